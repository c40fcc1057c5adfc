-- 8. customer_history equals a rebuild from customer_event, as far as it is applied: the one rule, written without any of the refresh's shortcuts.
WITH counting AS (
    SELECT e.*
    FROM v_customer_event_applied AS e
    QUALIFY ROW_NUMBER() OVER (PARTITION BY customer_id, updated_at ORDER BY source_file DESC, source_row DESC) = 1
),

compared AS (
    SELECT
        c.*,
        LAG(is_delete, 1, TRUE) OVER (PARTITION BY customer_id ORDER BY updated_at) AS _is_delete_before,
        LAG(first_name) OVER (PARTITION BY customer_id ORDER BY updated_at) AS first_name_before,
        LAG(last_name) OVER (PARTITION BY customer_id ORDER BY updated_at) AS last_name_before,
        LAG(email) OVER (PARTITION BY customer_id ORDER BY updated_at) AS email_before,
        LAG(street) OVER (PARTITION BY customer_id ORDER BY updated_at) AS street_before,
        LAG(city) OVER (PARTITION BY customer_id ORDER BY updated_at) AS city_before,
        LAG(state) OVER (PARTITION BY customer_id ORDER BY updated_at) AS state_before,
        LAG(country) OVER (PARTITION BY customer_id ORDER BY updated_at) AS country_before
    FROM counting AS c
),

change AS (
    SELECT compared.*
    FROM compared
    WHERE
        is_delete IS DISTINCT FROM _is_delete_before
        OR first_name IS DISTINCT FROM first_name_before
        OR last_name IS DISTINCT FROM last_name_before
        OR email IS DISTINCT FROM email_before
        OR street IS DISTINCT FROM street_before
        OR city IS DISTINCT FROM city_before
        OR state IS DISTINCT FROM state_before
        OR country IS DISTINCT FROM country_before
),

timeline AS (
    SELECT
        change.*,
        LEAD(updated_at, 1, TO_TIMESTAMP_NTZ('9999-12-31 00:00:00', 'YYYY-MM-DD HH24:MI:SS')) OVER (
            PARTITION BY customer_id ORDER BY updated_at
        ) AS valid_to
    FROM change
),

either AS (
    SELECT
        customer_id, first_name, last_name, email, street, city, state, country,
        updated_at AS valid_from, valid_to, source_file, source_row,
        1 AS _of_rebuild, 0 AS _of_history
    FROM timeline
    WHERE NOT is_delete
    UNION ALL
    SELECT
        customer_id, first_name, last_name, email, street, city, state, country,
        valid_from, valid_to, source_file, source_row,
        0 AS _of_rebuild, 1 AS _of_history
    FROM customer_history
)

-- One GROUP BY compares both, and takes two NULLs as equal.
SELECT
    IFF(SUM(_of_history) > SUM(_of_rebuild), 'only in customer_history', 'only in the rebuild') AS offence,
    customer_id, first_name, last_name, email, street, city, state, country,
    valid_from, valid_to, source_file, source_row
FROM either
GROUP BY
    customer_id, first_name, last_name, email, street, city, state, country,
    valid_from, valid_to, source_file, source_row
HAVING SUM(_of_history) <> SUM(_of_rebuild);
