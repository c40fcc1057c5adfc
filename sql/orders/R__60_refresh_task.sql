-- The task: called when something is pending, by the streams themselves (a triggered task, decision 0025). Serverless; while nothing lands it costs
-- nothing.
USE SCHEMA {{ database }}.dimension;

-- A task must be suspended while it is altered.
ALTER TASK IF EXISTS orders_refresh_task SUSPEND;

CREATE OR ALTER TASK orders_refresh_task
    USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE = 'XSMALL'
    -- What an account or a user has set must not change what a refresh does, nor its time (docs.snowflake.com, CREATE TASK: with AUTOCOMMIT off, DML
    -- of a task fails). TIMEZONE is America/Los_Angeles by default.
    TIMEZONE = 'UTC', TIMESTAMP_INPUT_FORMAT = 'AUTO', AUTOCOMMIT = TRUE, STATEMENT_TIMEOUT_IN_SECONDS = 14400
    -- Four hours: a backlog takes many parts, and what a run that is stopped has applied stays.
    USER_TASK_TIMEOUT_MS = 14400000
    SUSPEND_TASK_AFTER_NUM_FAILURES = 10
    COMMENT = 'Brings orders and orders_history up to date'
    TASK_AUTO_RETRY_ATTEMPTS = 2
    USER_TASK_MINIMUM_TRIGGER_INTERVAL_IN_SECONDS = 30
    -- The longer, the smaller the machine that Snowflake chooses.
    TARGET_COMPLETION_INTERVAL = '10 MINUTES'
    SERVERLESS_TASK_MIN_STATEMENT_SIZE = 'XSMALL'
    SERVERLESS_TASK_MAX_STATEMENT_SIZE = 'MEDIUM'
    WHEN SYSTEM$STREAM_HAS_DATA('orders_table_changes') OR SYSTEM$STREAM_HAS_DATA('orders_backlog_left')
    AS CALL pdr_pipeline_scd2_orders();

-- RESUME; or SUSPEND, if somebody has suspended a task and the migrate function found it so: then it starts the others itself.
ALTER TASK orders_refresh_task {{ tasks }};
