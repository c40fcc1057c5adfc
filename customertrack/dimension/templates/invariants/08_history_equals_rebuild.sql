-- 8. [[ name + '_history' if history else name ]] equals a rebuild from [[ name ]]_event, as far as it is applied: the one rule, written without any of the refresh's shortcuts.
WITH counting AS (
    SELECT e.*
    FROM v_[[ name ]]_event_applied AS e
    QUALIFY ROW_NUMBER() OVER (PARTITION BY [[ (key + ['updated_at'])|columns|fit(8) ]] ORDER BY [[ backwards[1:]|fit(8, 80) ]]) = 1
),

compared AS (
    SELECT
        c.*,
        LAG(is_delete, 1, TRUE) OVER (PARTITION BY [[ key|columns|fit(8) ]] ORDER BY updated_at) AS is_delete_before[[ ',' if versioned ]]
[% for attribute in versioned %]
        LAG([[ attribute.name ]]) OVER (PARTITION BY [[ key|columns|fit(8) ]] ORDER BY updated_at) AS [[ attribute.previous ]][[ comma(loop) ]]
[% endfor %]
    FROM counting AS c
),

[% if all_versioned %]
change AS (
    SELECT compared.*
    FROM compared
    WHERE
        is_delete IS DISTINCT FROM is_delete_before
[% for attribute in versioned %]
        OR [[ attribute.name ]] IS DISTINCT FROM [[ attribute.previous ]]
[% endfor %]
),

[% else %]
stretch AS (
    SELECT
        compared.*,
        SUM(IFF(
            is_delete IS DISTINCT FROM is_delete_before[[ ',' if not versioned ]]
[% for attribute in versioned %]
            OR [[ attribute.name ]] IS DISTINCT FROM [[ attribute.previous ]][[ ',' if loop.last ]]
[% endfor %]
            1, 0
        )) OVER (PARTITION BY [[ key|columns|fit(8) ]] ORDER BY updated_at ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS stretch_number
    FROM compared
),

change AS (
    SELECT
        [[ (key + ['updated_at', 'is_delete', 'source_file', 'source_row'])|columns|fit(8) ]],
[% for attribute in attributes %]
[% if attribute.change == 'version' %]
        [[ attribute.name ]][[ comma(loop) ]]
[% elif attribute.change == 'update' %]
        LAST_VALUE([[ attribute.name ]]) OVER (
            PARTITION BY [[ key|columns|fit(12) ]], stretch_number ORDER BY updated_at ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) AS [[ attribute.name ]][[ comma(loop) ]]
[% else %]
        [[ 'FIRST_VALUE' if attribute.change == 'keep' else 'LAST_VALUE' ]]([[ attribute.name ]]) OVER (
            PARTITION BY [[ key|columns|fit(12) ]], is_delete ORDER BY updated_at ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) AS [[ attribute.name ]][[ comma(loop) ]]
[% endif %]
[% endfor %]
    FROM stretch
    QUALIFY ROW_NUMBER() OVER (PARTITION BY [[ key|columns|fit(8) ]], stretch_number ORDER BY updated_at) = 1
),

[% endif %]
timeline AS (
    SELECT
        change.*,
        LEAD(updated_at, 1, TO_TIMESTAMP_NTZ('9999-12-31 00:00:00', 'YYYY-MM-DD HH24:MI:SS')) OVER (
            PARTITION BY [[ key|columns|fit(12) ]] ORDER BY updated_at
        ) AS valid_to
    FROM change
),

rebuilt AS (
    SELECT
        [[ (key + attributes)|columns|fit(8) ]],
        updated_at AS valid_from, [[ 'valid_to, ' if history ]]source_file, source_row
    FROM timeline
    WHERE NOT is_delete[[ '' if history else " AND valid_to = TO_TIMESTAMP_NTZ('9999-12-31 00:00:00', 'YYYY-MM-DD HH24:MI:SS')" ]]
),

kept AS (
    SELECT
        [[ (key + attributes)|columns|fit(8) ]],
        [[ 'valid_from, valid_to' if history else 'update_timestamp AS valid_from' ]], source_file, source_row
    FROM [[ name + '_history' if history else name ]]
)

-- A version that stands twice is an offence of invariant 2, so comparing sets is enough here.
SELECT 'only in [[ name + '_history' if history else name ]]' AS offence, k.* FROM (SELECT * FROM kept EXCEPT SELECT * FROM rebuilt) AS k
UNION ALL
SELECT 'only in the rebuild' AS offence, r.* FROM (SELECT * FROM rebuilt EXCEPT SELECT * FROM kept) AS r;
