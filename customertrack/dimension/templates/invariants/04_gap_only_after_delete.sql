[% if history %]
-- 4. Between two versions of a key there is a gap only where a delete made it.
WITH ended AS (
    SELECT
        [[ key|columns|fit(8) ]], valid_to,
        LEAD(valid_from) OVER (PARTITION BY [[ key|columns|fit(8) ]] ORDER BY valid_from) AS next_valid_from
    FROM [[ name ]]_history
)

SELECT ended.*
FROM ended
WHERE
    next_valid_from > valid_to
    AND NOT EXISTS (
        SELECT 1 FROM [[ applied ]] AS e
        WHERE [[ same('e', 'ended') ]] AND e.updated_at = ended.valid_to AND e.is_delete
    );
[% endif %]
