-- 6. orders equals the open versions, column for column, NULL-safe (EXCEPT takes two NULLs as equal).
WITH current_truth AS (
    SELECT
        id, a_b,
        update_timestamp AS valid_from, source_file, source_row
    FROM orders
),

open_version AS (
    SELECT
        id, a_b,
        valid_from, source_file, source_row
    FROM orders_history
    WHERE valid_to = TO_TIMESTAMP_NTZ('9999-12-31 00:00:00', 'YYYY-MM-DD HH24:MI:SS')
)

SELECT 'only in orders' AS offence, c.* FROM (SELECT * FROM current_truth EXCEPT SELECT * FROM open_version) AS c
UNION ALL
SELECT 'only in orders_history' AS offence, v.* FROM (SELECT * FROM open_version EXCEPT SELECT * FROM current_truth) AS v;
