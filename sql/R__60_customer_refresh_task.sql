-- The task: once a minute, and only if something is pending. Serverless, and the check costs no warehouse.
USE SCHEMA {{ database }}.dimension;

-- A task must be suspended while it is altered.
ALTER TASK IF EXISTS customer_refresh_task SUSPEND;

CREATE OR ALTER TASK customer_refresh_task
    USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE = 'XSMALL'
    SCHEDULE = '1 MINUTE'
    SUSPEND_TASK_AFTER_NUM_FAILURES = 10
    -- The account's default would be America/Los_Angeles.
    TIMEZONE = 'UTC'
    COMMENT = 'Brings customer and customer_history up to date'
    WHEN SYSTEM$STREAM_HAS_DATA('customer_table_changes')
    AS CALL pdr_pipeline_scd2_customer();

-- RESUME; or SUSPEND, if somebody has suspended a task and the migrate function found it so: then it starts the others itself.
ALTER TASK customer_refresh_task {{ tasks }};
