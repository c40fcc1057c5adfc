[% if merged %]
-- Compaction: what the refreshes have appended (R__13) is moved into the tables of R__12, once it is a hundredth of them, or of closed versions a
-- tenth. By size and not by the clock, because a compaction writes those tables anew: so what is rewritten stays about a hundred times what has changed,
-- however fast that is, and readers, who put the two together, find little beside the tables.
--
-- It changes nothing that the views show, and takes what is committed, up to one batch. So a refresh and a reader may come before it, after it, or while
-- it runs: each reads both sides in one statement, and a statement sees another transaction whole or not at all (docs.snowflake.com, "Transactions").
-- Numbers of batches become visible in their order, as refreshes wait for each other: nothing up to that one comes later.
-- No refresh waits for it: UPDATE, DELETE and MERGE are what locks a table against its like ("Resource locking"), and a refresh only inserts here.
-- Should an INSERT have to wait all the same, it waits for the end of the compaction, which itself waits for no refresh but where both come to the
-- tables in one order: superseded, closed, states.
-- This file comes before the refresh (R__50), so that an attribute that is added is moved before any row has it.
USE SCHEMA {{ database }}.dimension;

CREATE OR ALTER PROCEDURE pdr_compact_[[ name ]]()
RETURNS VARCHAR
LANGUAGE SQL
COMMENT = 'Moves what refreshes have appended into the tables, if it is enough of them; returns how many rows that were'
EXECUTE AS OWNER
AS
$$
DECLARE
    until_batch_id INTEGER;
[% if history %]
    closed_are_due BOOLEAN;
[% endif %]
    states_are_due BOOLEAN;
    rows_moved INTEGER DEFAULT 0;
BEGIN
    -- Counts of whole tables, which Snowflake has without reading them.
    SELECT
[% if history %]
        -- Where closed versions were appended is nothing to readers; those that are superseded are.
        l.closed_rows + l.superseded_rows > 0
        AND GREATEST(10 * l.closed_rows, 50 * l.superseded_rows) >= (SELECT COUNT(*) FROM [[ name ]]_closed),
[% endif %]
        l.state_rows > 0 AND 100 * l.state_rows >= (SELECT COUNT(*) FROM [[ name ]]_state)
    INTO [[ ':closed_are_due, ' if history ]]:states_are_due
    FROM (
        SELECT
[% if history %]
            (SELECT COUNT(*) FROM [[ name ]]_recent_closed) AS closed_rows,
            (SELECT COUNT(*) FROM [[ name ]]_superseded) AS superseded_rows,
[% endif %]
            (SELECT COUNT(*) FROM [[ name ]]_recent) AS state_rows
    ) AS l;
    IF (NOT states_are_due[[ ' AND NOT closed_are_due' if history ]]) THEN
        RETURN 'rows moved 0';
    END IF;

    BEGIN TRANSACTION;
    -- Compactions wait for each other here. One that comes second finds what is left by the first.
    UPDATE [[ name ]]_compaction SET compacted_at = SYSDATE();
    SELECT batch_id INTO :until_batch_id FROM [[ name ]]_refresh;

[% if history %]
    IF (closed_are_due) THEN
[% include "_compact_closed.sql" %]
    END IF;

[% endif %]
    IF (states_are_due) THEN
[% include "_compact_states.sql" %]
    END IF;
    COMMIT;
    RETURN 'rows moved ' || rows_moved;
EXCEPTION
    WHEN OTHER THEN
        ROLLBACK;
        RAISE;
END;
$$;

-- A task must be suspended while it is altered.
ALTER TASK IF EXISTS [[ name ]]_compact_task SUSPEND;

CREATE OR ALTER TASK [[ name ]]_compact_task
    USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE = 'SMALL'
    -- How often it is looked whether anything is to be done.
    SCHEDULE = '10 MINUTES'
    -- As of [[ name ]]_refresh_task.
    TIMEZONE = 'UTC', TIMESTAMP_INPUT_FORMAT = 'AUTO', AUTOCOMMIT = TRUE, STATEMENT_TIMEOUT_IN_SECONDS = 14400
    USER_TASK_TIMEOUT_MS = 14400000
    SUSPEND_TASK_AFTER_NUM_FAILURES = 10
    COMMENT = 'Compacts what the refreshes of [[ name ]] have appended'
    TARGET_COMPLETION_INTERVAL = '1 HOUR'
    SERVERLESS_TASK_MIN_STATEMENT_SIZE = 'XSMALL'
    SERVERLESS_TASK_MAX_STATEMENT_SIZE = 'LARGE'
    AS CALL pdr_compact_[[ name ]]();

-- As of [[ name ]]_refresh_task.
ALTER TASK [[ name ]]_compact_task {{ tasks }};
[% elif storage %]
-- Nothing is appended any more (R__13), so there is nothing to compact.
USE SCHEMA {{ database }}.dimension;

DROP TASK IF EXISTS [[ name ]]_compact_task;
DROP PROCEDURE IF EXISTS pdr_compact_[[ name ]]();
[% endif %]
