-- The way back when the stream has become stale, or is gone: it is made anew, and the landed rows that are neither event nor reject are taken up.
--
-- A new stream shows what lands from now on. What landed before and was not applied is moved to the end of orders_raw, as it was, so that the new stream
-- shows it too. Which rows these are is asked in one statement, of orders_raw, the logs, and a stream of the same position as the new one: so what the
-- pipe loads meanwhile is in the new stream alone, and comes once. It may be called at any time and any number of times; a call that ended half way is
-- made good by the next one.
USE SCHEMA {{ database }}.dimension;

CREATE OR ALTER PROCEDURE renew_orders_stream()
RETURNS VARCHAR
LANGUAGE SQL
COMMENT = 'Makes the streams of the refresh anew and takes up what no refresh has applied; returns how many rows that were'
EXECUTE AS OWNER
AS
$$
DECLARE
    rows_taken_up INTEGER;
BEGIN
    DROP STREAM IF EXISTS orders_renewal;
    CREATE STREAM orders_renewal ON TABLE orders_raw APPEND_ONLY = TRUE COMMENT = 'Landed rows that no refresh has applied yet';
    -- OR REPLACE is what is meant here: the old position is worth nothing, the grants are kept, and at no time there is no stream.
    CREATE OR REPLACE STREAM orders_table_changes CLONE orders_renewal COPY GRANTS;

    -- The other stream has waited as long. It shows the backlog that is there, so that the task is called for it.
    CREATE OR REPLACE STREAM orders_backlog_left COPY GRANTS
        ON TABLE orders_backlog
        APPEND_ONLY = TRUE
        SHOW_INITIAL_ROWS = TRUE
        COMMENT = 'Wakes the refresh; consumed with the last part';

    -- A refresh that has read the old stream holds this row until it has ended; what it has applied is then to be seen.
    UPDATE orders_refresh SET batch_id = batch_id;

    DELETE FROM orders_work_taken_up;

    -- A statement of its own, outside of any transaction: within one a stream would be read as of the beginning, and a table as of now.
    INSERT INTO orders_work_taken_up (
        source_file, source_row, file_modified_at, loaded_at,
        id, changed_at, "A,B"
    )
    SELECT
        r.source_file, r.source_row, r.file_modified_at, r.loaded_at,
        r.id, r.changed_at, r."A,B"
    FROM orders_raw AS r
    LEFT JOIN (
        SELECT source_file, source_row, loaded_at FROM orders_event
        UNION ALL
        SELECT source_file, source_row, loaded_at FROM orders_reject
        UNION ALL
        SELECT source_file, source_row, CONVERT_TIMEZONE('UTC', loaded_at)::TIMESTAMP_NTZ(6) AS loaded_at FROM orders_renewal
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
    UPDATE orders_refresh SET batch_id = batch_id;

    DELETE FROM orders_raw USING orders_work_taken_up AS t
    WHERE
        orders_raw.source_file = t.source_file
        AND orders_raw.source_row = t.source_row
        AND orders_raw.loaded_at = t.loaded_at;

    INSERT INTO orders_raw (
        source_file, source_row, file_modified_at, loaded_at,
        id, changed_at, "A,B"
    )
    SELECT DISTINCT
        source_file, source_row, file_modified_at, loaded_at,
        id, changed_at, "A,B"
    FROM orders_work_taken_up;

    DELETE FROM orders_work_taken_up;
    COMMIT;

    DROP STREAM IF EXISTS orders_renewal;
    RETURN rows_taken_up || ' rows taken up';
EXCEPTION
    WHEN OTHER THEN
        ROLLBACK;
        RAISE;
END;
$$;
