-- 10. Every version names the file and row that began it.
SELECT h.*
FROM orders_history AS h
WHERE NOT EXISTS (
    SELECT 1 FROM v_orders_event_applied AS e
    WHERE
        e.source_file = h.source_file AND e.source_row = h.source_row
        AND e.id = h.id AND e.updated_at = h.valid_from AND NOT e.is_delete
);
