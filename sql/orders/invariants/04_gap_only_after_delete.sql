-- 4. Between two versions of a key there is a gap only where a delete made it.
WITH ended AS (
    SELECT
        id, valid_to,
        LEAD(valid_from) OVER (PARTITION BY id ORDER BY valid_from) AS next_valid_from
    FROM orders_history
)

SELECT ended.*
FROM ended
WHERE
    next_valid_from > valid_to
    AND NOT EXISTS (
        SELECT 1 FROM v_orders_event_applied AS e
        WHERE e.id = ended.id AND e.updated_at = ended.valid_to AND e.is_delete
    );
