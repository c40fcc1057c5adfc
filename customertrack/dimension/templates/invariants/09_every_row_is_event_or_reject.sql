[% if snapshots %]
-- 9. Every landed row of a snapshot is counted exactly once, as changed, unchanged, repeated or rejected; the log has those that changed, and the rejects
-- are there. Snapshots that are still loading are not yet due.
WITH landed AS (
    SELECT source_file, COUNT(*) AS landed_rows FROM [[ name ]]_raw GROUP BY source_file
),

pending AS (
    SELECT source_file, COUNT(*) AS pending_rows FROM [[ name ]]_table_changes GROUP BY source_file
),

event AS (
    SELECT source_file, COUNT_IF(source_row > 0) AS event_rows FROM [[ name ]]_event GROUP BY source_file
),

reject AS (
    SELECT source_file, COUNT(*) AS reject_rows FROM [[ name ]]_reject GROUP BY source_file
)

SELECT s.*, l.landed_rows, p.pending_rows, e.event_rows, r.reject_rows
FROM [[ name ]]_snapshot AS s
FULL OUTER JOIN landed AS l ON s.source_file = l.source_file
LEFT JOIN pending AS p ON l.source_file = p.source_file
LEFT JOIN event AS e ON s.source_file = e.source_file
LEFT JOIN reject AS r ON s.source_file = r.source_file
WHERE
    -- Old landed rows may be deleted to save space; only files that are still there can be counted.
    (
        l.landed_rows - COALESCE(p.pending_rows, 0) <> COALESCE(s.rows_landed, 0)
        AND COALESCE(s.status, '') <> 'loading'
    )
    OR COALESCE(s.rows_landed <> s.rows_changed + s.rows_unchanged + s.rows_repeated + s.rows_rejected, FALSE)
    OR COALESCE(s.rows_unchanged < 0, FALSE)
    OR IFF(s.status IN ('applied', 'superseded'), s.rows_changed, 0) <> COALESCE(e.event_rows, 0)
    OR IFF(s.status IN ('applied', 'superseded'), s.rows_rejected, 0) <> COALESCE(r.reject_rows, 0);
[% else %]
-- 9. Every landed row is exactly once an event or a reject[[ ', or a truncate' if truncates ]][[ ', or ignored' if ignores ]]. Rows still pending in the stream are not yet due.
WITH counted AS (
    SELECT source_file, source_row, SUM(landed) AS landed_rows, SUM(pending) AS pending_rows, SUM(applied) AS applied_rows
    FROM (
        SELECT source_file, source_row, 1 AS landed, 0 AS pending, 0 AS applied FROM [[ name ]]_raw
        UNION ALL
        SELECT source_file, source_row, 0 AS landed, 1 AS pending, 0 AS applied FROM [[ name ]]_table_changes
        UNION ALL
        SELECT source_file, source_row, 0 AS landed, 0 AS pending, 1 AS applied FROM [[ name ]]_event[[ ' WHERE part IS DISTINCT FROM 0' if changing ]]
        UNION ALL
        SELECT source_file, source_row, 0 AS landed, 0 AS pending, 1 AS applied FROM [[ name ]]_reject
[% if truncates %]
        UNION ALL
        SELECT source_file, source_row, 0 AS landed, 0 AS pending, 1 AS applied FROM [[ name ]]_barrier
[% endif %]
[% if ignores %]
        UNION ALL
        SELECT source_file, source_row, 0 AS landed, 0 AS pending, 1 AS applied FROM [[ name ]]_ignored
[% endif %]
    ) AS kept
    GROUP BY source_file, source_row
)

SELECT * FROM counted
WHERE
    landed_rows - pending_rows <> applied_rows
    -- Old landed rows may be deleted to save space; only files that are still there can be counted.
    AND source_file IN (SELECT r.source_file FROM [[ name ]]_raw AS r);
[% endif %]
