-- 8. [[ name + '_history' if history else name ]] equals a rebuild from [[ name ]]_event, as far as it is applied: the one rule, written without any of the refresh's shortcuts.
[% if attributes|filled %]
WITH placed AS (
    SELECT e.*, ROW_NUMBER() OVER (PARTITION BY [[ key|columns|fit(8) ]] ORDER BY [[ order()|fit(8) ]]) AS _place
    FROM [[ applied ]] AS e
),

-- Where the life of an event began, and which event said last what [[ 'not all say' if partial else 'a definition has added' ]].
ended AS (
    SELECT
        placed.*,
        MAX(IFF(is_delete, _place, 0)) OVER (PARTITION BY [[ key|columns|fit(8) ]] ORDER BY _place) AS _end_place,
[% for one in attributes|sayings %]
        MAX(IFF([[ one.is_said() ]] AND NOT is_delete, _place, 0)) OVER ([[ '\n            ' if one.place and one.since > 1 ]]PARTITION BY [[ key|columns|fit(8) ]] ORDER BY _place[[ '\n        ' if one.place and one.since > 1 ]]) AS _place_[[ one.saying ]][[ comma(loop) ]]
[% endfor %]
    FROM placed
),

last_of_time AS (
    SELECT ended.*
    FROM ended
    QUALIFY ROW_NUMBER() OVER (PARTITION BY [[ (key + ['updated_at'])|columns|fit(8) ]] ORDER BY _place DESC) = 1
),

-- For each attribute the place of the event whose value is shown. One of another life has said nothing.
shown AS (
    SELECT
        last_of_time.*,
[% for attribute in attributes|filled %]
[% if attribute.change in ('keep', 'correct') %]
        [[ 'MIN' if attribute.change == 'keep' else 'MAX' ]](IFF(_place_[[ attribute.saying ]] > _end_place, _place_[[ attribute.saying ]], NULL)) OVER (PARTITION BY [[ key|columns|fit(12) ]]) AS [[ attribute.previous ]][[ comma(loop) ]]
[% elif attribute.before == 'first' %]
        IFF(
            _place_[[ attribute.saying ]] > _end_place, _place_[[ attribute.saying ]],
            MIN(IFF(_place_[[ attribute.saying ]] > _end_place, _place_[[ attribute.saying ]], NULL)) OVER (PARTITION BY [[ key|columns|fit(12) ]], _end_place)
        ) AS [[ attribute.previous ]][[ comma(loop) ]]
[% else %]
        IFF(_place_[[ attribute.saying ]] > _end_place, _place_[[ attribute.saying ]], NULL) AS [[ attribute.previous ]][[ comma(loop) ]]
[% endif %]
[% endfor %]
    FROM last_of_time
),

counting AS (
    SELECT
        [[ (key|columns('s') + ['s.updated_at', 's.is_delete', 's.source_file', 's.source_row'])|fit(8) ]],
[% for attribute in attributes %]
[% if attribute.is_filled %]
        IFF(s.is_delete, NULL, s_[[ loop.index ]].[[ attribute.name ]]) AS [[ attribute.name ]][[ comma(loop) ]]
[% else %]
        s.[[ attribute.name ]][[ comma(loop) ]]
[% endif %]
[% endfor %]
    FROM shown AS s
[% for attribute in attributes %]
[% if attribute.is_filled %]
    LEFT JOIN placed AS s_[[ loop.index ]] ON [[ same('s', 's_' ~ loop.index) ]] AND s_[[ loop.index ]]._place = s.[[ attribute.previous ]]
[% endif %]
[% endfor %]
),
[% else %]
WITH counting AS (
    SELECT e.*
    FROM [[ applied ]] AS e
    QUALIFY ROW_NUMBER() OVER (PARTITION BY [[ (key + ['updated_at'])|columns|fit(8) ]] ORDER BY [[ backwards[1:]|fit(8, 80) ]]) = 1
),
[% endif %]

compared AS (
    SELECT
        c.*,
        LAG(is_delete, 1, TRUE) OVER (PARTITION BY [[ key|columns|fit(8) ]] ORDER BY updated_at) AS _is_delete_before[[ ',' if versioned ]]
[% for attribute in versioned %]
        LAG([[ attribute|compared ]]) OVER (PARTITION BY [[ key|columns|fit(8) ]] ORDER BY updated_at) AS [[ attribute.previous ]][[ comma(loop) ]]
[% endfor %]
    FROM counting AS c
),

[% if all_versioned %]
change AS (
    SELECT compared.*
    FROM compared
    WHERE
        is_delete IS DISTINCT FROM _is_delete_before
[% for attribute in versioned %]
        OR [[ attribute|compared ]] IS DISTINCT FROM [[ attribute.previous ]]
[% endfor %]
),

[% else %]
stretch AS (
    SELECT
        compared.*,
        SUM(IFF(
            is_delete IS DISTINCT FROM _is_delete_before[[ ',' if not versioned ]]
[% for attribute in versioned %]
            OR [[ attribute|compared ]] IS DISTINCT FROM [[ attribute.previous ]][[ ',' if loop.last ]]
[% endfor %]
            1, 0
        )) OVER (PARTITION BY [[ key|columns|fit(8) ]] ORDER BY updated_at ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS stretch_number
    FROM compared
),

change AS (
    SELECT
        [[ (key + ['updated_at', 'is_delete', 'source_file', 'source_row'])|columns|fit(8) ]],
[% for attribute in attributes %]
[% if attribute.change == 'version' or (attribute.is_filled and attribute.change != 'update') %]
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

either AS (
    SELECT
        [[ (key + attributes)|comparable|fit(8) ]],
        updated_at AS valid_from, [[ 'valid_to, ' if history ]]source_file, source_row,
        1 AS _of_rebuild, 0 AS _of_history
    FROM timeline
    WHERE NOT is_delete[[ '' if history else " AND valid_to = TO_TIMESTAMP_NTZ('9999-12-31 00:00:00', 'YYYY-MM-DD HH24:MI:SS')" ]]
    UNION ALL
    SELECT
        [[ (key + shown)|comparable|fit(8) ]],
        [[ 'valid_from, valid_to' if history else 'update_timestamp AS valid_from' ]], source_file, source_row,
        0 AS _of_rebuild, 1 AS _of_history
    FROM [[ name + '_history' if history else 'dimension.' + name ]]
)

-- One GROUP BY compares both, and takes two NULLs as equal.
SELECT
    IFF(SUM(_of_history) > SUM(_of_rebuild), 'only in [[ name + '_history' if history else name ]]', 'only in the rebuild') AS offence,
    [[ (key + attributes)|columns|fit(4) ]],
    valid_from, [[ 'valid_to, ' if history ]]source_file, source_row
FROM either
GROUP BY
    [[ (key + attributes)|columns|fit(4) ]],
    valid_from, [[ 'valid_to, ' if history ]]source_file, source_row
HAVING SUM(_of_history) <> SUM(_of_rebuild);
