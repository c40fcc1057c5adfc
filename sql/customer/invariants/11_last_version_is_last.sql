-- 11. A key's last version, and no other, is the one that begins last; and no two versions have one id.
WITH last_begin AS (
    SELECT customer_id, MAX(valid_from) AS valid_from
    FROM customer_history
    GROUP BY customer_id
),

id_of_several AS (
    SELECT version_id
    FROM customer_history
    GROUP BY version_id
    HAVING COUNT(*) > 1
)

SELECT h.*
FROM customer_history AS h
INNER JOIN last_begin AS l ON h.customer_id = l.customer_id
WHERE
    h.is_last IS DISTINCT FROM COALESCE(h.valid_from = l.valid_from, FALSE)
    OR h.version_id IS NULL
    OR h.version_id IN (SELECT s.version_id FROM id_of_several AS s);
