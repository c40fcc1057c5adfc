"""Where the pipeline stands: what the tables hold, the pipe, the files that failed, the last refresh, the task."""

import json
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from customertrack.reads.results import query
from customertrack.warehouse import Connection

# The dimension that is meant where none is named.
_CUSTOMER = "customer"


@dataclass(frozen=True)
class Batch:
    """One row of a dimension's `_batch`: what one refresh applied. Most feeds have no truncates, and ignore no row."""

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
    truncates: int = 0
    rows_ignored: int = 0


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

    What it did stands in the table of batches: the history has a return value only if SYSTEM$SET_RETURN_VALUE sets one.
    """

    state: str
    message: str
    started_at: datetime


@dataclass(frozen=True)
class Status:
    """Where the pipeline stands: the tables, the pipe's own words, the files it could not load, the last refresh and
    the task's last run (None: none yet), and whether somebody, or failures in a row, suspended the task."""

    counts: Counts
    pipe: dict[str, Any]
    failed_files: list[FailedFile]
    last_batch: Batch | None
    last_task_run: TaskRun | None = None
    task_is_suspended: bool = False


def last_batch(connection: Connection, dimension: str = _CUSTOMER) -> Batch | None:
    """The newest refresh that applied something."""
    found = read_batches(connection, dimension, "ORDER BY batch_id DESC LIMIT 1")
    return found[0] if found else None


def batches_after(connection: Connection, batch_id: int, dimension: str = _CUSTOMER) -> list[Batch]:
    """What was applied since that batch, oldest first."""
    return read_batches(connection, dimension, "WHERE batch_id > ? ORDER BY batch_id", batch_id)


def batches_since(connection: Connection, started_at: datetime, dimension: str = _CUSTOMER) -> list[Batch]:
    """What refreshes applied that began then or later, oldest first."""
    return read_batches(connection, dimension, "WHERE started_at >= ? ORDER BY batch_id", started_at)


def counts(connection: Connection, dimension: str = _CUSTOMER, *, has_history: bool = True) -> Counts:
    """Rows of every table, in one query. Without history there are no versions."""
    versions = f"(SELECT COUNT(*) FROM v_{dimension}_version)" if has_history else "0"
    return Counts(*query(connection, _COUNTS.format(name=dimension, versions=versions)).rows[0])


def has_pending(connection: Connection, dimension: str = _CUSTOMER) -> bool:
    """Whether a row has landed, or part of a backlog was left, that no refresh has applied."""
    asked = f"EXISTS (SELECT 1 FROM {dimension}_table_changes) OR EXISTS (SELECT 1 FROM v_{dimension}_event_left)"
    return bool(query(connection, f"SELECT {asked}").rows[0][0])


def read_status(connection: Connection, dimension: str = _CUSTOMER, *, has_history: bool = True) -> Status:
    """Where the pipeline of a dimension stands."""
    pipe = json.loads(query(connection, f"SELECT SYSTEM$PIPE_STATUS('{dimension}_s3_pipe')").rows[0][0])
    return Status(
        counts(connection, dimension, has_history=has_history),
        pipe,
        failed_files(connection, dimension),
        last_batch(connection, dimension),
        last_task_run(connection, dimension),
        task_is_suspended(connection, dimension),
    )


def failed_files(connection: Connection, dimension: str = _CUSTOMER) -> list[FailedFile]:
    """The files that the pipe could not load, oldest first. Snowflake remembers them for 14 days."""
    failed = query(
        connection,
        "SELECT file_name, first_error_message, last_load_time FROM TABLE(INFORMATION_SCHEMA.COPY_HISTORY("
        f"TABLE_NAME => '{dimension}_raw', START_TIME => DATEADD('day', -13, CURRENT_TIMESTAMP()))) "
        "WHERE status = 'Load failed' ORDER BY last_load_time",
    )
    return [FailedFile(*row) for row in failed.rows]


def last_task_run(connection: Connection, dimension: str = _CUSTOMER) -> TaskRun | None:
    """The newest run of the refresh task."""
    rows = query(
        connection,
        "SELECT state, COALESCE(error_message, ''), query_start_time FROM TABLE("
        f"INFORMATION_SCHEMA.TASK_HISTORY(TASK_NAME => '{dimension}_refresh_task')) "
        "ORDER BY query_start_time DESC LIMIT 1",
    ).rows
    return TaskRun(*rows[0]) if rows else None


def task_is_suspended(connection: Connection, dimension: str = _CUSTOMER) -> bool:
    """Whether the refresh task applies nothing until it is resumed."""
    shown = query(connection, f"SHOW TASKS LIKE '{dimension}_refresh_task'")
    told = [dict(zip(shown.columns, row, strict=True)) for row in shown.rows]
    return (f"{dimension}_refresh_task".upper(), "suspended") in {(each["name"], each["state"]) for each in told}


def read_batches(connection: Connection, dimension: str, which: str, *values: object) -> list[Batch]:
    """Those that `which` says, the end of a statement with its binds. All columns: a table has those its feed needs."""
    found = query(connection, f"SELECT * FROM {dimension}_batch {which}", list(values))
    known = {field.name for field in fields(Batch)}
    rows = (dict(zip(found.columns, row, strict=True)) for row in found.rows)
    return [Batch(**{name: value for name, value in row.items() if name in known}) for row in rows]


_COUNTS = """
SELECT
    (SELECT COUNT(*) FROM {name}_raw),
    (SELECT COUNT(*) FROM {name}_table_changes) + (SELECT COUNT(*) FROM v_{name}_event_left),
    (SELECT COUNT(*) FROM {name}_event) - (SELECT COUNT(*) FROM v_{name}_event_left),
    (SELECT COUNT(*) FROM {name}_reject),
    (SELECT COUNT(*) FROM {name}),
    {versions},
    (SELECT COUNT(*) FROM {name}_batch)
"""
