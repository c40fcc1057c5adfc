-- 3. A key has at most one open version, and has one exactly if its last event is not a delete.
WITH last_event AS (
    SELECT sku, region, is_delete
    FROM v_product_event_applied
    QUALIFY ROW_NUMBER() OVER (PARTITION BY sku, region ORDER BY updated_at DESC, change_no DESC NULLS LAST, source_file DESC, source_row DESC) = 1
),

open_version AS (
    SELECT sku, region, COUNT(*) AS versions
    FROM product_history
    WHERE valid_to = TO_TIMESTAMP_NTZ('9999-12-31 00:00:00', 'YYYY-MM-DD HH24:MI:SS')
    GROUP BY sku, region
)

SELECT
    COALESCE(e.sku, v.sku) AS sku,
    COALESCE(e.region, v.region) AS region,
    e.is_delete,
    COALESCE(v.versions, 0) AS open_versions
FROM last_event AS e
FULL OUTER JOIN open_version AS v ON e.sku = v.sku AND e.region = v.region
WHERE COALESCE(v.versions, 0) IS DISTINCT FROM IFF(COALESCE(e.is_delete, TRUE), 0, 1);
