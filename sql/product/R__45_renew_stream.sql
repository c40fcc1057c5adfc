-- The way back when the stream has become stale, or is gone: it is made anew, and the landed rows that are neither event nor reject are taken up.
--
-- A new stream shows what lands from now on. What landed before and was not applied is moved to the end of product_raw, as it was, so that the new stream
-- shows it too. Which rows these are is asked in one statement, of product_raw, the logs, and a stream of the same position as the new one: so what the
-- pipe loads meanwhile is in the new stream alone, and comes once. It may be called at any time and any number of times; a call that ended half way is
-- made good by the next one.
USE SCHEMA {{ database }}.dimension;

CREATE OR ALTER PROCEDURE renew_product_stream()
RETURNS VARCHAR
LANGUAGE SQL
COMMENT = 'Makes the streams of the refresh anew and takes up what no refresh has applied; returns how many rows that were'
EXECUTE AS OWNER
AS
$$
DECLARE
    rows_taken_up INTEGER;
BEGIN
    DROP STREAM IF EXISTS product_renewal;
    CREATE STREAM product_renewal ON TABLE product_raw APPEND_ONLY = TRUE COMMENT = 'Landed rows that no refresh has applied yet';
    -- OR REPLACE is what is meant here: the old position is worth nothing, the grants are kept, and at no time there is no stream.
    CREATE OR REPLACE STREAM product_table_changes CLONE product_renewal COPY GRANTS;

    -- The other stream has waited as long. It shows the backlog that is there, so that the task is called for it.
    CREATE OR REPLACE STREAM product_backlog_left COPY GRANTS
        ON TABLE product_backlog
        APPEND_ONLY = TRUE
        SHOW_INITIAL_ROWS = TRUE
        COMMENT = 'Wakes the refresh; consumed with the last part';

    -- A refresh that has read the old stream holds this row until it has ended; what it has applied is then to be seen.
    UPDATE product_refresh SET batch_id = batch_id;

    DELETE FROM product_work_taken_up;

    -- A statement of its own, outside of any transaction: within one a stream would be read as of the beginning, and a table as of now.
    INSERT INTO product_work_taken_up (
        source_file, source_row, file_modified_at, loaded_at,
        sku, region, changed_at, op, change_no, name, price, on_sale, launched, stock, refreshed_at, brand
    )
    SELECT
        r.source_file, r.source_row, r.file_modified_at, r.loaded_at,
        r.sku, r.region, r.changed_at, r.op, r.change_no, r.name, r.price, r.on_sale, r.launched, r.stock, r.refreshed_at, r.brand
    FROM product_raw AS r
    LEFT JOIN (
        SELECT source_file, source_row, loaded_at FROM product_event
        UNION ALL
        SELECT source_file, source_row, loaded_at FROM product_reject
        UNION ALL
        SELECT source_file, source_row, CONVERT_TIMEZONE('UTC', loaded_at)::TIMESTAMP_NTZ(6) AS loaded_at FROM product_renewal
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
    UPDATE product_refresh SET batch_id = batch_id;

    DELETE FROM product_raw USING product_work_taken_up AS t
    WHERE
        product_raw.source_file = t.source_file
        AND product_raw.source_row = t.source_row
        AND product_raw.loaded_at = t.loaded_at;

    INSERT INTO product_raw (
        source_file, source_row, file_modified_at, loaded_at,
        sku, region, changed_at, op, change_no, name, price, on_sale, launched, stock, refreshed_at, brand
    )
    SELECT DISTINCT
        source_file, source_row, file_modified_at, loaded_at,
        sku, region, changed_at, op, change_no, name, price, on_sale, launched, stock, refreshed_at, brand
    FROM product_work_taken_up;

    DELETE FROM product_work_taken_up;
    COMMIT;

    DROP STREAM IF EXISTS product_renewal;
    RETURN rows_taken_up || ' rows taken up';
EXCEPTION
    WHEN OTHER THEN
        ROLLBACK;
        RAISE;
END;
$$;
