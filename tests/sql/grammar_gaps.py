"""Statements of sql/ that a grammar lacks though Snowflake documents them: file, beginning, and the vendor's page.

An entry whose statement the grammar parses by now, or which is no longer there, fails test_grammars.py.
"""

from tests.sql.sql_files import DIMENSIONS

REFERENCE = "https://docs.snowflake.com/en/sql-reference/sql"

# Of each dimension, whose name stands for the braces.
_SQLGLOT = {
    ("R__10_raw.sql", "CREATE STREAM IF NOT EXISTS {}_table_changes"): "create-stream",
    ("R__16_backlog.sql", "CREATE STREAM IF NOT EXISTS {}_backlog_left"): "create-stream",
    ("R__25_pipe.sql", "CREATE PIPE IF NOT EXISTS {}_s3_pipe"): "create-pipe",
    ("R__45_renew_stream.sql", "DROP STREAM IF EXISTS {}_renewal"): "drop-stream",
    ("R__45_renew_stream.sql", "CREATE STREAM {}_renewal"): "create-stream",
    ("R__45_renew_stream.sql", "CREATE OR REPLACE STREAM {}_table_changes CLONE"): "create-stream",
    ("R__45_renew_stream.sql", "CREATE OR REPLACE STREAM {}_backlog_left"): "create-stream",
    ("R__50_refresh.sql", "CALL pdr_rebuild_{}"): "call",
    ("R__60_refresh_task.sql", "ALTER TASK IF EXISTS {}_refresh_task SUSPEND"): "alter-task",
    ("R__60_refresh_task.sql", "CREATE OR ALTER TASK {}_refresh_task"): "create-task",
    ("R__60_refresh_task.sql", "ALTER TASK {}_refresh_task RESUME"): "alter-task",
    ("R__65_purge_task.sql", "ALTER TASK IF EXISTS {}_purge_task SUSPEND"): "alter-task",
    ("R__65_purge_task.sql", "CREATE OR ALTER TASK {}_purge_task"): "create-task",
    ("R__65_purge_task.sql", "ALTER TASK {}_purge_task RESUME"): "alter-task",
    ("R__70_watch_grants.sql", "GRANT MONITOR ON PIPE"): "grant-privilege",
    ("R__70_watch_grants.sql", "GRANT MONITOR ON TASK"): "grant-privilege",
    ("R__70_watch_grants.sql", "GRANT SELECT ON STREAM"): "grant-privilege",
    ("console/grants.sql", "GRANT MONITOR ON TASK"): "grant-privilege",
    ("console/grants.sql", "GRANT SELECT ON STREAM"): "grant-privilege",
}
SQLGLOT = {
    (f"{name}/{file}", beginning.format(name)): f"{REFERENCE}/{page}"
    for name in DIMENSIONS
    for (file, beginning), page in _SQLGLOT.items()
}
SQLFLUFF: dict[tuple[str, str], str] = {}
