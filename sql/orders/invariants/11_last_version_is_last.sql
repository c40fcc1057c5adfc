-- 11. A key's last version, and no other, is the one that begins last; and no two versions have one id.
WITH told AS (
    SELECT
        h.*,
        COALESCE(valid_from = MAX(valid_from) OVER (PARTITION BY id), FALSE) AS begins_last,
        COUNT(*) OVER (PARTITION BY version_id) AS versions_of_id
    FROM orders_history AS h
)

SELECT * FROM told
WHERE is_last IS DISTINCT FROM begins_last OR version_id IS NULL OR versions_of_id > 1;
