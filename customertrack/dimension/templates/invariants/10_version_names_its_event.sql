[% if history %]
-- 10. Every version names the file and row that began it.
SELECT h.*
FROM [[ name ]]_history AS h
WHERE NOT EXISTS (
    SELECT 1 FROM v_[[ name ]]_event_applied AS e
    WHERE
        e.source_file = h.source_file AND e.source_row = h.source_row
        AND [[ same('e', 'h') ]] AND e.updated_at = h.valid_from AND NOT e.is_delete
);
[% endif %]
