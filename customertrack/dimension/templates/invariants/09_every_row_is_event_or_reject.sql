-- 9. Every landed row is exactly once an event or a reject[[ ', or a truncate' if truncates ]][[ ', or ignored' if ignores ]]. Rows still pending in the stream are not yet due.
WITH landed AS (
    SELECT source_file, source_row, COUNT(*) AS landed_rows FROM [[ name ]]_raw GROUP BY source_file, source_row
),

pending AS (
    SELECT source_file, source_row, COUNT(*) AS pending_rows
    FROM [[ name ]]_table_changes
    GROUP BY source_file, source_row
),

applied AS (
    SELECT source_file, source_row, COUNT(*) AS applied_rows
    FROM (
        SELECT source_file, source_row FROM [[ name ]]_event[[ ' WHERE part IS DISTINCT FROM 0' if changing ]]
        UNION ALL
        SELECT source_file, source_row FROM [[ name ]]_reject
[% if truncates %]
        UNION ALL
        SELECT source_file, source_row FROM [[ name ]]_barrier
[% endif %]
[% if ignores %]
        UNION ALL
        SELECT source_file, source_row FROM [[ name ]]_ignored
[% endif %]
    ) AS kept
    GROUP BY source_file, source_row
)

SELECT
    COALESCE(l.source_file, a.source_file) AS source_file,
    COALESCE(l.source_row, a.source_row) AS source_row,
    COALESCE(l.landed_rows, 0) AS landed_rows,
    COALESCE(p.pending_rows, 0) AS pending_rows,
    COALESCE(a.applied_rows, 0) AS applied_rows
FROM landed AS l
FULL OUTER JOIN applied AS a ON l.source_file = a.source_file AND l.source_row = a.source_row
LEFT JOIN pending AS p ON l.source_file = p.source_file AND l.source_row = p.source_row
WHERE
    COALESCE(l.landed_rows, 0) - COALESCE(p.pending_rows, 0) IS DISTINCT FROM COALESCE(a.applied_rows, 0)
    -- Old landed rows may be deleted to save space; only files that are still there can be counted.
    AND COALESCE(l.source_file, a.source_file) IN (SELECT r.source_file FROM [[ name ]]_raw AS r);
