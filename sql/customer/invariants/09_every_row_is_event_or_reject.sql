-- 9. Every landed row is exactly once an event or a reject. Rows still pending in the stream are not yet due.
WITH counted AS (
    SELECT source_file, source_row, SUM(landed) AS landed_rows, SUM(pending) AS pending_rows, SUM(applied) AS applied_rows
    FROM (
        SELECT source_file, source_row, 1 AS landed, 0 AS pending, 0 AS applied FROM customer_raw
        UNION ALL
        SELECT source_file, source_row, 0 AS landed, 1 AS pending, 0 AS applied FROM customer_table_changes
        UNION ALL
        SELECT source_file, source_row, 0 AS landed, 0 AS pending, 1 AS applied FROM customer_event
        UNION ALL
        SELECT source_file, source_row, 0 AS landed, 0 AS pending, 1 AS applied FROM customer_reject
    ) AS kept
    GROUP BY source_file, source_row
)

SELECT * FROM counted
WHERE
    landed_rows - pending_rows <> applied_rows
    -- Old landed rows may be deleted to save space; only files that are still there can be counted.
    AND source_file IN (SELECT r.source_file FROM customer_raw AS r);
