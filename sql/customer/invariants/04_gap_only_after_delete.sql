-- 4. Between two versions of a key there is a gap only where a delete made it.
WITH ended AS (
    SELECT
        customer_id, valid_to,
        LEAD(valid_from) OVER (PARTITION BY customer_id ORDER BY valid_from) AS next_valid_from
    FROM customer_history
)

SELECT ended.*
FROM ended
WHERE
    next_valid_from > valid_to
    AND NOT EXISTS (
        SELECT 1 FROM v_customer_event_applied AS e
        WHERE e.customer_id = ended.customer_id AND e.updated_at = ended.valid_to AND e.is_delete
    );
