-- 3. A key has at most one open version, and has one exactly if its last event is not a delete.
WITH last_event AS (
    SELECT customer_id, is_delete -- customer: business key
    FROM v_customer_event_applied
    QUALIFY ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY updated_at DESC, source_file DESC, source_row DESC) = 1 -- customer: business key
),

open_version AS (
    SELECT customer_id, COUNT(*) AS versions -- customer: business key
    FROM customer_history
    WHERE valid_to = TO_TIMESTAMP_NTZ('9999-12-31 00:00:00', 'YYYY-MM-DD HH24:MI:SS')
    GROUP BY customer_id -- customer: business key
)

SELECT
    COALESCE(e.customer_id, v.customer_id) AS customer_id, -- customer: business key
    e.is_delete,
    COALESCE(v.versions, 0) AS open_versions
FROM last_event AS e
FULL OUTER JOIN open_version AS v ON e.customer_id = v.customer_id -- customer: business key
WHERE COALESCE(v.versions, 0) IS DISTINCT FROM IFF(COALESCE(e.is_delete, TRUE), 0, 1);
