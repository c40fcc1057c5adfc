-- 3. A key has at most one open version, and has one exactly if its last event is not a delete.
WITH last_event AS (
    SELECT id, is_delete
    FROM v_orders_event_applied
    QUALIFY ROW_NUMBER() OVER (PARTITION BY id ORDER BY updated_at DESC, source_file DESC, source_row DESC) = 1
),

open_version AS (
    SELECT id, COUNT(*) AS versions
    FROM orders_history
    WHERE valid_to = TO_TIMESTAMP_NTZ('9999-12-31 00:00:00', 'YYYY-MM-DD HH24:MI:SS')
    GROUP BY id
)

SELECT
    COALESCE(e.id, v.id) AS id,
    e.is_delete,
    COALESCE(v.versions, 0) AS open_versions
FROM last_event AS e
FULL OUTER JOIN open_version AS v ON e.id = v.id
WHERE COALESCE(v.versions, 0) IS DISTINCT FROM IFF(COALESCE(e.is_delete, TRUE), 0, 1);
