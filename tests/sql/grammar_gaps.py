"""Statements of sql/ that a grammar lacks though Snowflake documents them: file, beginning, and the vendor's page.

An entry whose statement the grammar parses by now, or which is no longer there, fails test_grammars.py.
"""

REFERENCE = "https://docs.snowflake.com/en/sql-reference/sql"

SQLGLOT = {
    ("R__20_customer_s3_pipe.sql", "CREATE PIPE IF NOT EXISTS customer_s3_pipe"): f"{REFERENCE}/create-pipe",
    ("R__45_renew_customer_stream.sql", "DROP STREAM IF EXISTS customer_renewal"): f"{REFERENCE}/drop-stream",
    ("R__45_renew_customer_stream.sql", "CREATE STREAM customer_renewal"): f"{REFERENCE}/create-stream",
    (
        "R__45_renew_customer_stream.sql",
        "CREATE OR REPLACE STREAM customer_table_changes CLONE",
    ): f"{REFERENCE}/create-stream",
    (
        "R__45_renew_customer_stream.sql",
        "CREATE OR REPLACE STREAM customer_backlog_left",
    ): f"{REFERENCE}/create-stream",
    (
        "R__60_customer_refresh_task.sql",
        "ALTER TASK IF EXISTS customer_refresh_task SUSPEND",
    ): f"{REFERENCE}/alter-task",
    ("R__60_customer_refresh_task.sql", "CREATE OR ALTER TASK customer_refresh_task"): f"{REFERENCE}/create-task",
    ("R__60_customer_refresh_task.sql", "ALTER TASK customer_refresh_task RESUME"): f"{REFERENCE}/alter-task",
    ("R__65_customer_purge_task.sql", "ALTER TASK IF EXISTS customer_purge_task SUSPEND"): f"{REFERENCE}/alter-task",
    ("R__65_customer_purge_task.sql", "CREATE OR ALTER TASK customer_purge_task"): f"{REFERENCE}/create-task",
    ("R__65_customer_purge_task.sql", "ALTER TASK customer_purge_task RESUME"): f"{REFERENCE}/alter-task",
    (
        "V1.4.0__customer_backlog.sql",
        "CREATE STREAM IF NOT EXISTS customer_backlog_left",
    ): f"{REFERENCE}/create-stream",
    ("R__70_watch_grants.sql", "GRANT MONITOR ON PIPE"): f"{REFERENCE}/grant-privilege",
    ("R__70_watch_grants.sql", "GRANT MONITOR ON TASK"): f"{REFERENCE}/grant-privilege",
    ("R__70_watch_grants.sql", "GRANT SELECT ON STREAM"): f"{REFERENCE}/grant-privilege",
    ("V1.1.0__customer_raw.sql", "CREATE STREAM IF NOT EXISTS customer_table_changes"): f"{REFERENCE}/create-stream",
}
SQLFLUFF: dict[tuple[str, str], str] = {}
