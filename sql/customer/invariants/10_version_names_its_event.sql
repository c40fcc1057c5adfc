-- 10. Every version names the file and row that began it.
SELECT h.*
FROM customer_history AS h
WHERE NOT EXISTS (
    SELECT 1 FROM v_customer_event_applied AS e
    WHERE
        e.source_file = h.source_file AND e.source_row = h.source_row
        AND e.customer_id = h.customer_id AND e.updated_at = h.valid_from AND NOT e.is_delete
);
