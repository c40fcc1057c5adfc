-- Once a night. 100 days are longer than the stream may wait for its refresh, and than Snowflake remembers the names of loaded files.
USE SCHEMA {{ database }}.dimension;

-- A task must be suspended while it is altered.
ALTER TASK IF EXISTS orders_purge_task SUSPEND;

CREATE OR ALTER TASK orders_purge_task
    USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE = 'XSMALL'
    SCHEDULE = 'USING CRON 17 3 * * * UTC'
    -- As of orders_refresh_task.
    TIMEZONE = 'UTC', TIMESTAMP_INPUT_FORMAT = 'AUTO', AUTOCOMMIT = TRUE, STATEMENT_TIMEOUT_IN_SECONDS = 3600
    USER_TASK_TIMEOUT_MS = 3600000
    SUSPEND_TASK_AFTER_NUM_FAILURES = 10
    COMMENT = 'Deletes old landed rows that have been applied'
    TARGET_COMPLETION_INTERVAL = '1 HOUR'
    SERVERLESS_TASK_MIN_STATEMENT_SIZE = 'XSMALL'
    SERVERLESS_TASK_MAX_STATEMENT_SIZE = 'MEDIUM'
    AS CALL pdr_purge_orders_raw(100);

-- As of orders_refresh_task.
ALTER TASK orders_purge_task {{ tasks }};
