"""The one read side: what command line and console show. Plain Snowflake SQL with binds, for either warehouse."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, cast

from customertrack.sqltext import statements
from customertrack.sqltext.identifiers import is_folded
from customertrack.warehouse import Connection, Cursor

Row = tuple[Any, ...]
_PART = 1_000
_LONGEST_LIST = 500


class _CursorInParts(Cursor, Protocol):
    """What both drivers' cursors can besides."""

    def fetchmany(self, size: int, /) -> list[Any]: ...


@dataclass(frozen=True)
class Table:
    """A result: column names, in lower case if they need no quotes, rows as tuples."""

    columns: tuple[str, ...]
    rows: list[Row]


@dataclass(frozen=True)
class Parts:
    """A result that is read while it is used: column names as in Table, rows as tuples, some at a time."""

    columns: tuple[str, ...]
    parts: Iterator[list[Row]]


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
    last_loaded_at: datetime


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
    """One run of the task: `state` is SUCCEEDED or FAILED; `message` what it returned, or why it failed."""

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


@dataclass(frozen=True)
class Invariant:
    """One file of sql/invariants and the rows that offend against it."""

    number: int
    rule: str
    offences: Table


def read(connection: Connection, sql: str, params: Sequence[object] = ()) -> Parts:
    """Any statement's result, however long. Only until the next statement is it read in parts."""
    cursor = cast(_CursorInParts, connection.cursor())
    cursor.execute(sql, params)
    names = (str(column[0]) for column in cursor.description or ())
    columns = tuple(name.lower() if is_folded(name) else name for name in names)
    return Parts(columns, iter(lambda: cursor.fetchmany(_PART), []))


def query(connection: Connection, sql: str, params: Sequence[object] = ()) -> Table:
    """Any statement's result, whole."""
    return whole(read(connection, sql, params))


def whole(result: Parts) -> Table:
    """A result with all its rows at hand."""
    return Table(result.columns, [tuple(row) for part in result.parts for row in part])


def in_parts(table: Table) -> Parts:
    """A result that is at hand, for those who read in parts."""
    return Parts(table.columns, iter([table.rows]))


def in_lists(names: Sequence[str]) -> Iterator[Sequence[str]]:
    """The names in lists that a statement can hold."""
    for start in range(0, len(names), _LONGEST_LIST):
        yield names[start : start + _LONGEST_LIST]


def binds(values: Sequence[object]) -> str:
    """A `?` for each value, to stand in the brackets of IN."""
    return ", ".join("?" * len(values))


def current(connection: Connection, limit: int = 100) -> Table:
    """Customers as they are now, by key, at most `limit`."""
    return query(connection, "SELECT * FROM customer ORDER BY customer_id LIMIT ?", [limit])


def history(connection: Connection, customer_id: int) -> Table:
    """All versions of one customer, oldest first."""
    return query(connection, "SELECT * FROM customer_history WHERE customer_id = ? ORDER BY valid_from", [customer_id])


def as_of(connection: Connection, time: datetime, customer_id: int | None = None) -> Table:
    """What was true at `time` (UTC), of one customer or of all, by key."""
    return whole(read_as_of(connection, time, customer_id))


def read_as_of(connection: Connection, time: datetime, customer_id: int | None = None) -> Parts:
    """`as_of`, in parts."""
    wanted = "SELECT * FROM TABLE(customer_as_of(?)) WHERE customer_id = COALESCE(?, customer_id) ORDER BY customer_id"
    return read(connection, wanted, [time, customer_id])


def as_known(connection: Connection, time: datetime, known: datetime, customer_id: int | None = None) -> Table:
    """What the warehouse believed at `known` about `time` (both UTC), of one customer or of all, by key."""
    return whole(read_as_known(connection, time, known, customer_id))


def read_as_known(connection: Connection, time: datetime, known: datetime, customer_id: int | None = None) -> Parts:
    """`as_known`, in parts."""
    wanted = (
        "SELECT * FROM TABLE(customer_as_known(?, ?)) WHERE customer_id = COALESCE(?, customer_id) ORDER BY customer_id"
    )
    return read(connection, wanted, [time, known, customer_id])


def rejects(connection: Connection, limit: int = 100) -> Table:
    """Rejected rows as they landed, with their reasons and places, newest first, at most `limit`."""
    wanted = "SELECT * FROM customer_reject ORDER BY batch_id DESC, source_file, source_row LIMIT ?"
    return query(connection, wanted, [limit])


def last_batch(connection: Connection) -> Batch | None:
    """The newest refresh that applied something."""
    names = ", ".join(field.name for field in fields(Batch))
    rows = query(connection, f"SELECT {names} FROM customer_batch ORDER BY batch_id DESC LIMIT 1").rows
    return Batch(*rows[0]) if rows else None


def counts(connection: Connection) -> Counts:
    """Rows of every table, in one query."""
    return Counts(*query(connection, _COUNTS).rows[0])


def status(connection: Connection) -> Status:
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
        "SELECT state, COALESCE(error_message, return_value, ''), query_start_time FROM TABLE("
        "INFORMATION_SCHEMA.TASK_HISTORY(TASK_NAME => 'customer_refresh_task')) ORDER BY query_start_time DESC LIMIT 1",
    ).rows
    return TaskRun(*rows[0]) if rows else None


def invariants(connection: Connection, folder: Path) -> list[Invariant]:
    """Run each query of sql/invariants/; `folder` is sql/. An invariant holds if it has no offences."""
    found = []
    for path in sorted((folder / "invariants").glob("*.sql")):
        (statement,) = statements.split(path.read_text(encoding="utf-8"), str(path))
        number, _, rule = path.stem.partition("_")
        found.append(Invariant(int(number), rule.replace("_", " "), query(connection, statement.text)))
    return found


_COUNTS = """
SELECT
    (SELECT COUNT(*) FROM customer_raw),
    (SELECT COUNT(*) FROM customer_table_changes),
    (SELECT COUNT(*) FROM customer_event),
    (SELECT COUNT(*) FROM customer_reject),
    (SELECT COUNT(*) FROM customer),
    (SELECT COUNT(*) FROM customer_history),
    (SELECT COUNT(*) FROM customer_batch)
"""
