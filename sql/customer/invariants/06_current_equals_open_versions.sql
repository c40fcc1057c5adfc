-- 6. customer equals the open versions, column for column, NULL-safe (EXCEPT takes two NULLs as equal).
WITH current_truth AS (
    SELECT
        customer_id, first_name, last_name, email, street, city, state, country,
        update_timestamp AS valid_from, source_file, source_row
    FROM customer
),

open_version AS (
    SELECT
        customer_id, first_name, last_name, email, street, city, state, country,
        valid_from, source_file, source_row
    FROM customer_history
    WHERE valid_to = TO_TIMESTAMP_NTZ('9999-12-31 00:00:00', 'YYYY-MM-DD HH24:MI:SS')
)

SELECT 'only in customer' AS offence, c.* FROM (SELECT * FROM current_truth EXCEPT SELECT * FROM open_version) AS c
UNION ALL
SELECT 'only in customer_history' AS offence, v.* FROM (SELECT * FROM open_version EXCEPT SELECT * FROM current_truth) AS v;
