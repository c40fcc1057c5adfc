"""Where the pipeline stands: what the tables hold, the pipe, the files that failed, the last refresh, the task."""

import json
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from customertrack.reads.results import query
from customertrack.warehouse import Connection


@dataclass(frozen=True)
class Batch:
    """One row of customer_batch: what one refresh applied."""

    batch_id: int
    started_at: datetime
    finished_at: datetime
    files: int
    rows_landed: int
    events_accepted: int
    rows_rejected: int
    keys_touched: int
    keys_late: int
    versions_closed: int
    versions_opened: int
    last_loaded_at: datetime | None


@dataclass(frozen=True)
class Counts:
    """How many rows each table holds. Landed rows are pending, or events, or rejects."""

    landed: int
    pending: int
    events: int
    rejects: int
    customers: int
    versions: int
    batches: int


@dataclass(frozen=True)
class FailedFile:
    """A file that the pipe could not load, and why."""

    name: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class TaskRun:
    """One run of the task: `state` is SUCCEEDED or FAILED; `message` why it failed, or nothing.

    What it did stands in customer_batch: the history has a return value only if SYSTEM$SET_RETURN_VALUE sets one.
    """

    state: str
    message: str
    started_at: datetime


@dataclass(frozen=True)
class Status:
    """Where the pipeline stands: the tables, the pipe's own words, the files it could not load, the last refresh and
    the task's last run (None: none yet)."""

    counts: Counts
    pipe: dict[str, Any]
    failed_files: list[FailedFile]
    last_batch: Batch | None
    last_task_run: TaskRun | None = None


def last_batch(connection: Connection) -> Batch | None:
    """The newest refresh that applied something."""
    rows = query(connection, f"{_BATCHES} ORDER BY batch_id DESC LIMIT 1").rows
    return Batch(*rows[0]) if rows else None


def batches_after(connection: Connection, batch_id: int) -> list[Batch]:
    """What was applied since that batch, oldest first."""
    rows = query(connection, f"{_BATCHES} WHERE batch_id > ? ORDER BY batch_id", [batch_id]).rows
    return [Batch(*row) for row in rows]


def batches_since(connection: Connection, started_at: datetime) -> list[Batch]:
    """What refreshes applied that began then or later, oldest first."""
    rows = query(connection, f"{_BATCHES} WHERE started_at >= ? ORDER BY batch_id", [started_at]).rows
    return [Batch(*row) for row in rows]


def counts(connection: Connection) -> Counts:
    """Rows of every table, in one query."""
    return Counts(*query(connection, _COUNTS).rows[0])


def read_status(connection: Connection) -> Status:
    """Where the pipeline stands."""
    pipe = json.loads(query(connection, "SELECT SYSTEM$PIPE_STATUS('customer_s3_pipe')").rows[0][0])
    return Status(counts(connection), pipe, failed_files(connection), last_batch(connection), last_task_run(connection))


def failed_files(connection: Connection) -> list[FailedFile]:
    """The files that the pipe could not load, oldest first. Snowflake remembers them for 14 days."""
    failed = query(
        connection,
        "SELECT file_name, first_error_message, last_load_time FROM TABLE(INFORMATION_SCHEMA.COPY_HISTORY("
        "TABLE_NAME => 'customer_raw', START_TIME => DATEADD('day', -13, CURRENT_TIMESTAMP()))) "
        "WHERE status = 'Load failed' ORDER BY last_load_time",
    )
    return [FailedFile(*row) for row in failed.rows]


def last_task_run(connection: Connection) -> TaskRun | None:
    """The newest run of the refresh task."""
    rows = query(
        connection,
        "SELECT state, COALESCE(error_message, ''), query_start_time FROM TABLE("
        "INFORMATION_SCHEMA.TASK_HISTORY(TASK_NAME => 'customer_refresh_task')) ORDER BY query_start_time DESC LIMIT 1",
    ).rows
    return TaskRun(*rows[0]) if rows else None


_BATCHES = f"SELECT {', '.join(field.name for field in fields(Batch))} FROM customer_batch"
_COUNTS = """
SELECT
    (SELECT COUNT(*) FROM customer_raw),
    (SELECT COUNT(*) FROM customer_table_changes) + (SELECT COUNT(*) FROM v_customer_event_left),
    (SELECT COUNT(*) FROM customer_event) - (SELECT COUNT(*) FROM v_customer_event_left),
    (SELECT COUNT(*) FROM customer_reject),
    (SELECT COUNT(*) FROM customer),
    (SELECT COUNT(*) FROM customer_history),
    (SELECT COUNT(*) FROM customer_batch)
"""
