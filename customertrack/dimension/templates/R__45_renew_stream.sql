-- The way back when the stream has become stale, or is gone: it is made anew, and the landed rows that are neither event nor reject are taken up.
--
-- A new stream shows what lands from now on. What landed before and was not applied is moved to the end of [[ name ]]_raw, as it was, so that the new stream
-- shows it too. Which rows these are is asked in one statement, of [[ name ]]_raw, the logs, and a stream of the same position as the new one: so what the
-- pipe loads meanwhile is in the new stream alone, and comes once. It may be called at any time and any number of times; a call that ended half way is
-- made good by the next one.
USE SCHEMA {{ database }}.dimension;

CREATE OR ALTER PROCEDURE renew_[[ name ]]_stream()
RETURNS VARCHAR
LANGUAGE SQL
COMMENT = 'Makes the streams of the refresh anew and takes up what no refresh has applied; returns how many rows that were'
EXECUTE AS OWNER
AS
$$
DECLARE
    rows_taken_up INTEGER;
BEGIN
    DROP STREAM IF EXISTS [[ name ]]_renewal;
    CREATE STREAM [[ name ]]_renewal ON TABLE [[ name ]]_raw APPEND_ONLY = TRUE COMMENT = 'Landed rows that no refresh has applied yet';
    -- OR REPLACE is what is meant here: the old position is worth nothing, the grants are kept, and at no time there is no stream.
    CREATE OR REPLACE STREAM [[ name ]]_table_changes CLONE [[ name ]]_renewal COPY GRANTS;

    -- The other stream has waited as long. It shows the backlog that is there, so that the task is called for it.
    CREATE OR REPLACE STREAM [[ name ]]_backlog_left COPY GRANTS
        ON TABLE [[ name ]]_backlog
        APPEND_ONLY = TRUE
        SHOW_INITIAL_ROWS = TRUE
        COMMENT = 'Wakes the refresh; consumed with the last part';

    -- A refresh that has read the old stream holds this row until it has ended; what it has applied is then to be seen.
    UPDATE [[ name ]]_refresh SET batch_id = batch_id;

    DELETE FROM [[ name ]]_work_taken_up;

    -- A statement of its own, outside of any transaction: within one a stream would be read as of the beginning, and a table as of now.
    INSERT INTO [[ name ]]_work_taken_up (
        source_file, source_row, file_modified_at, loaded_at,
        [[ landed|fit(8) ]]
    )
    SELECT
        r.source_file, r.source_row, r.file_modified_at, r.loaded_at,
        [[ landed|columns('r')|fit(8) ]]
    FROM [[ name ]]_raw AS r
    LEFT JOIN (
        SELECT source_file, source_row, loaded_at FROM [[ name ]]_event
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
        UNION ALL
        SELECT source_file, source_row, CONVERT_TIMEZONE('UTC', loaded_at)::TIMESTAMP_NTZ(6) AS loaded_at FROM [[ name ]]_renewal
    ) AS k
        ON
            r.source_file = k.source_file
            AND r.source_row = k.source_row
            -- A file that was loaded twice has its rows twice, and each of them counts.
            AND CONVERT_TIMEZONE('UTC', r.loaded_at)::TIMESTAMP_NTZ(6) = k.loaded_at
    WHERE k.source_file IS NULL;
    rows_taken_up := SQLROWCOUNT;

    BEGIN TRANSACTION;
    -- Two calls at once have one another's rows; the second finds none left.
    UPDATE [[ name ]]_refresh SET batch_id = batch_id;

    DELETE FROM [[ name ]]_raw USING [[ name ]]_work_taken_up AS t
    WHERE
        [[ name ]]_raw.source_file = t.source_file
        AND [[ name ]]_raw.source_row = t.source_row
        AND [[ name ]]_raw.loaded_at = t.loaded_at;

    INSERT INTO [[ name ]]_raw (
        source_file, source_row, file_modified_at, loaded_at,
        [[ landed|fit(8) ]]
    )
    SELECT[[ ' DISTINCT' if format != 'parquet' ]]
        source_file, source_row, file_modified_at, loaded_at,
        [[ landed|fit(8) ]]
    FROM [[ name ]]_work_taken_up[% if format == "parquet" %]

    QUALIFY ROW_NUMBER() OVER (PARTITION BY source_file, source_row, loaded_at ORDER BY file_modified_at) = 1[% endif %];

    DELETE FROM [[ name ]]_work_taken_up;
    COMMIT;

    DROP STREAM IF EXISTS [[ name ]]_renewal;
    RETURN rows_taken_up || ' rows taken up';
EXCEPTION
    WHEN OTHER THEN
        ROLLBACK;
        RAISE;
END;
$$;
