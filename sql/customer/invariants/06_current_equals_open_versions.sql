-- 6. customer equals the open versions, column for column, NULL-safe (GROUP BY takes two NULLs as equal).
WITH either AS (
    SELECT
        customer_id, first_name, last_name, email, street, city, state, country,
        update_timestamp AS valid_from, source_file, source_row,
        1 AS _of_current, 0 AS _of_history
    FROM dimension.customer
    UNION ALL
    SELECT
        customer_id, first_name, last_name, email, street, city, state, country,
        valid_from, source_file, source_row,
        0 AS _of_current, 1 AS _of_history
    FROM customer_history
    WHERE valid_to = TO_TIMESTAMP_NTZ('9999-12-31 00:00:00', 'YYYY-MM-DD HH24:MI:SS')
)

SELECT
    IFF(SUM(_of_current) > SUM(_of_history), 'only in customer', 'only in customer_history') AS offence,
    customer_id, first_name, last_name, email, street, city, state, country,
    valid_from, source_file, source_row
FROM either
GROUP BY
    customer_id, first_name, last_name, email, street, city, state, country,
    valid_from, source_file, source_row
HAVING SUM(_of_current) <> SUM(_of_history);
