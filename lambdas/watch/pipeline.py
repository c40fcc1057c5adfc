"""How the pipe, the stream, the refresh and the task of a dimension are doing.

What a watch reads every few minutes must not keep a warehouse awake: an XSMALL that is woken every five minutes costs
some five credits a day. SYSTEM$ functions and DESC run in the cloud services layer. MIN, MAX and COUNT of a whole table
come out of its metadata; query profiles show that, the documentation does not promise it. So the session has no
warehouse until `wake` gives it one: where they do not, Snowflake says so, and the hourly watch reads them. What needs a
warehouse says so, and is read once an hour or when something is wrong.

All functions expect the session to be in the schema of the tables. Times are aware, UTC.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from customertrack.errors import UserError
from customertrack.warehouse import Connection
from lambdas.watch.metric import Metric, minutes
from lambdas.watch.window import Window

# `{name}`: that of the dimension.
PIPE_STATUS = "SELECT SYSTEM$PIPE_STATUS('{name}_s3_pipe')"
STREAM_HAS_DATA = "SELECT SYSTEM$STREAM_HAS_DATA('{name}_table_changes'), SYSTEM$STREAM_HAS_DATA('{name}_backlog_left')"
# A SELECT alone does not move the stream (docs.snowflake.com, "Introduction to streams"). What is left of a backlog is
# older than whatever is in the stream.
OLDEST_PENDING = (
    "SELECT COALESCE((SELECT MIN(loaded_at) FROM v_{name}_event_left), "
    "(SELECT CONVERT_TIMEZONE('UTC', MIN(loaded_at))::TIMESTAMP_NTZ(6) FROM {name}_table_changes))"
)
LAST_BATCH = "SELECT MAX(started_at), MAX(finished_at) FROM {name}_batch"
COUNTS = (
    "SELECT COALESCE(SUM(rows_landed), 0), COALESCE(SUM(rows_rejected), 0) FROM {name}_batch "
    "WHERE finished_at > ? AND finished_at <= ?"
)
# By the time a run ended, because one that is scheduled in a window may fail after it. Two days are more than the
# longest window and a run's longest time together; the function wants constants and knows seven days at most.
TASK_FAILURES = (
    "SELECT COUNT(*) FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY("
    "SCHEDULED_TIME_RANGE_START => DATEADD('day', -2, CURRENT_TIMESTAMP()), RESULT_LIMIT => 10000, "
    "ERROR_ONLY => TRUE)) "
    # The function takes one name or none. A purge or a compaction that fails is missed by nobody, until it is dear.
    "WHERE name IN (UPPER('{name}_refresh_task'), UPPER('{name}_purge_task'), UPPER('{name}_compact_task')) "
    # Not what a person cancelled. The other state is FAILED_AND_AUTO_SUSPENDED.
    "AND state LIKE 'FAILED%' "
    "AND CONVERT_TIMEZONE('UTC', completed_time)::TIMESTAMP_NTZ(6) > ? "
    "AND CONVERT_TIMEZONE('UTC', completed_time)::TIMESTAMP_NTZ(6) <= ?"
)
# While the refresh keeps up, the age of the oldest pending row is not worth a warehouse.
_KEEPS_UP = timedelta(minutes=15)


def pipe(connection: Connection, dimension: str) -> list[Metric]:
    """PipeRunning (1 or 0) and PipePendingFiles.

    A pipe that says RUNNING does not run if its last compilation had an error, as when its stage cannot be reached
    (docs.snowflake.com, "SYSTEM$PIPE_STATUS"). Raises UserError if the status is not the documented JSON.
    """
    text = _row(connection, dimension, PIPE_STATUS)[0]
    try:
        status = json.loads(text)
        runs = status["executionState"] == "RUNNING" and not status.get("error")
        pending = float(status.get("pendingFileCount", 0))
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise UserError(f"SYSTEM$PIPE_STATUS said {str(text)[:200]!r}, which names no executionState") from error
    return [Metric("PipeRunning", float(runs), note=text), Metric("PipePendingFiles", pending)]


def stream(connection: Connection, dimension: str, now: datetime, wake: Callable[[], object]) -> list[Metric]:
    """StreamLagMinutes: how long the oldest pending row has been waiting, 0 if none is.

    Whatever came before the last refresh began has been applied by it, so the time since then is an upper bound, and
    free; but not while parts of a backlog are left. Only then, or if it is long, the rows themselves are read, after
    `wake`, because that needs a warehouse.
    """
    landed, parts_left = _row(connection, dimension, STREAM_HAS_DATA)
    if not landed and not parts_left:
        return [minutes("StreamLagMinutes", 0)]
    started, _ = _row(connection, dimension, LAST_BATCH)
    if not parts_left and started is not None and now - _utc(started) < _KEEPS_UP:
        return [minutes("StreamLagMinutes", (now - _utc(started)).total_seconds())]
    wake()
    # SYSTEM$STREAM_HAS_DATA may say yes though nothing is pending.
    oldest = _row(connection, dimension, OLDEST_PENDING)[0]
    return [minutes("StreamLagMinutes", 0 if oldest is None else (now - _utc(oldest)).total_seconds())]


def last_batch(connection: Connection, dimension: str, now: datetime) -> list[Metric]:
    """MinutesSinceLastBatch; nothing before the first one."""
    _, finished = _row(connection, dimension, LAST_BATCH)
    return [] if finished is None else [minutes("MinutesSinceLastBatch", (now - _utc(finished)).total_seconds())]


def batches(connection: Connection, dimension: str, window: Window) -> list[Metric]:
    """RowsLanded and RowsRejected of the batches that ended in the window. Needs a warehouse."""
    landed, rejected = _row(connection, dimension, COUNTS, *window.binds)
    return [Metric("RowsLanded", float(landed)), Metric("RowsRejected", float(rejected))]


def tasks(connection: Connection, dimension: str, window: Window) -> list[Metric]:
    """TaskFailures: runs that failed in the window, of the refresh, the purge, the compaction. Needs a warehouse.

    The function shows a role the tasks that it owns or has MONITOR on, and no error for others.
    """
    return [Metric("TaskFailures", float(_row(connection, dimension, TASK_FAILURES, *window.binds)[0]))]


def _row(connection: Connection, dimension: str, sql: str, *binds: object) -> Any:
    cursor = connection.cursor()
    cursor.execute(sql.format(name=dimension), binds or None)
    return cursor.fetchone()


def _utc(time: datetime) -> datetime:
    """A TIMESTAMP_NTZ is UTC here (semantics: "Time")."""
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time
