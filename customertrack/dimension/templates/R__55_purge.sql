-- Landed rows that are events or rejects by now are kept for looking back only: a nightly task deletes them once they are old (decision 0026).
USE SCHEMA {{ database }}.dimension;

CREATE OR ALTER PROCEDURE pdr_purge_[[ name ]]_raw(days NUMBER)
RETURNS VARCHAR
LANGUAGE SQL
COMMENT = 'Deletes landed rows older than so many days, file by file, where each row is an event or a reject'
EXECUTE AS OWNER
AS
$$
DECLARE
    oldest TIMESTAMP_NTZ;
    rows_deleted INTEGER;
BEGIN
    oldest := (SELECT CONVERT_TIMEZONE('UTC', MIN(loaded_at))::TIMESTAMP_NTZ(6) FROM [[ name ]]_raw);

    -- Whole files, so that invariant 9 can count those that are left; and none with a row that is neither event nor reject. The stream is not looked
    -- at, because a DELETE that reads it would consume it: a row that is still pending is no event yet.
    DELETE FROM [[ name ]]_raw
    WHERE source_file IN (
        SELECT landed.source_file
        FROM (
            SELECT source_file, source_row, COUNT(*) AS landed_rows, CONVERT_TIMEZONE('UTC', MAX(loaded_at))::TIMESTAMP_NTZ(6) AS loaded_at
            FROM [[ name ]]_raw
            -- Copies of a file may have landed some days apart: a pipe that was made anew loads the files of seven days again.
            WHERE CONVERT_TIMEZONE('UTC', loaded_at)::TIMESTAMP_NTZ(6) < DATEADD('day', 14 - :days, SYSDATE())
            GROUP BY source_file, source_row
        ) AS landed
        LEFT JOIN (
            SELECT kept.source_file, kept.source_row, COUNT(*) AS applied_rows
            FROM (
                SELECT source_file, source_row, loaded_at FROM [[ name ]]_event[[ ' WHERE part IS DISTINCT FROM 0' if changing ]]
                UNION ALL
                SELECT source_file, source_row, loaded_at FROM [[ name ]]_reject
[% if truncates %]
                UNION ALL
                SELECT source_file, source_row, loaded_at FROM [[ name ]]_barrier
[% endif %]
[% if ignores %]
                UNION ALL
                SELECT source_file, source_row, loaded_at FROM [[ name ]]_ignored
[% endif %]
            ) AS kept
            -- As a constant it lets the engine leave out all older partitions.
            WHERE kept.loaded_at >= :oldest
            GROUP BY kept.source_file, kept.source_row
        ) AS applied ON landed.source_file = applied.source_file AND landed.source_row = applied.source_row
        GROUP BY landed.source_file
        HAVING MAX(landed.loaded_at) < DATEADD('day', 0 - :days, SYSDATE()) AND MIN(IFF(landed.landed_rows = applied.applied_rows, 1, 0)) = 1
    );
    rows_deleted := SQLROWCOUNT;
    RETURN 'rows deleted ' || rows_deleted;
END;
$$;
