-- 8. orders_history equals a rebuild from orders_event, as far as it is applied: the one rule, written without any of the refresh's shortcuts.
WITH counting AS (
    SELECT e.*
    FROM v_orders_event_applied AS e
    QUALIFY ROW_NUMBER() OVER (PARTITION BY id, updated_at ORDER BY source_file DESC, source_row DESC) = 1
),

compared AS (
    SELECT
        c.*,
        LAG(is_delete, 1, TRUE) OVER (PARTITION BY id ORDER BY updated_at) AS is_delete_before,
        LAG(a_b) OVER (PARTITION BY id ORDER BY updated_at) AS a_b_before
    FROM counting AS c
),

change AS (
    SELECT compared.*
    FROM compared
    WHERE
        is_delete IS DISTINCT FROM is_delete_before
        OR a_b IS DISTINCT FROM a_b_before
),

timeline AS (
    SELECT
        change.*,
        LEAD(updated_at, 1, TO_TIMESTAMP_NTZ('9999-12-31 00:00:00', 'YYYY-MM-DD HH24:MI:SS')) OVER (
            PARTITION BY id ORDER BY updated_at
        ) AS valid_to
    FROM change
),

rebuilt AS (
    SELECT
        id, a_b,
        updated_at AS valid_from, valid_to, source_file, source_row
    FROM timeline
    WHERE NOT is_delete
),

kept AS (
    SELECT
        id, a_b,
        valid_from, valid_to, source_file, source_row
    FROM orders_history
)

-- A version that stands twice is an offence of invariant 2, so comparing sets is enough here.
SELECT 'only in orders_history' AS offence, k.* FROM (SELECT * FROM kept EXCEPT SELECT * FROM rebuilt) AS k
UNION ALL
SELECT 'only in the rebuild' AS offence, r.* FROM (SELECT * FROM rebuilt EXCEPT SELECT * FROM kept) AS r;
