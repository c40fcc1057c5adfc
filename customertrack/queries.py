"""The one read side: what the command line and the console show. Plain Snowflake SQL with binds, for either warehouse."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from customertrack import statements
from customertrack.warehouse import Connection


@dataclass(frozen=True)
class Table:
    """A result: column names in lower case, rows as tuples."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


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
class Status:
    """Where the pipeline stands: the tables, the pipe's own words, the files it could not load, the last refresh (None: none yet)."""

    counts: Counts
    pipe: dict[str, Any]
    failed_files: list[FailedFile]
    last_batch: Batch | None


@dataclass(frozen=True)
class Invariant:
    """One file of sql/invariants and the rows that offend against it."""

    number: int
    rule: str
    offences: Table


def query(connection: Connection, sql: str, params: Sequence[object] = ()) -> Table:
    """Any statement's result."""
    cursor = connection.cursor()
    cursor.execute(sql, params)
    return Table(tuple(str(column[0]).lower() for column in cursor.description or ()), [tuple(row) for row in cursor.fetchall()])


def current(connection: Connection, limit: int = 100) -> Table:
    """Customers as they are now, by key, at most `limit`."""
    return query(connection, "SELECT * FROM customer ORDER BY customer_id LIMIT ?", [limit])


def history(connection: Connection, customer_id: int) -> Table:
    """All versions of one customer, oldest first."""
    return query(connection, "SELECT * FROM customer_history WHERE customer_id = ? ORDER BY valid_from", [customer_id])


def as_of(connection: Connection, time: datetime, customer_id: int | None = None) -> Table:
    """What was true at `time` (UTC), of one customer or of all, by key."""
    wanted = "SELECT * FROM TABLE(customer_as_of(?)) WHERE customer_id = COALESCE(?, customer_id) ORDER BY customer_id"
    return query(connection, wanted, [time, customer_id])


def as_known(connection: Connection, time: datetime, known: datetime, customer_id: int | None = None) -> Table:
    """What the warehouse believed at `known` about `time` (both UTC), of one customer or of all, by key."""
    wanted = "SELECT * FROM TABLE(customer_as_known(?, ?)) WHERE customer_id = COALESCE(?, customer_id) ORDER BY customer_id"
    return query(connection, wanted, [time, known, customer_id])


def rejects(connection: Connection, limit: int = 100) -> Table:
    """Rejected rows as they landed, with their reasons and places, newest first, at most `limit`."""
    return query(connection, "SELECT * FROM customer_reject ORDER BY batch_id DESC, source_file, source_row LIMIT ?", [limit])


def rejects_by_reason(connection: Connection) -> Table:
    """How many rejects there are of each set of reasons, most first."""
    return query(connection, "SELECT reject_reasons, COUNT(*) AS reject_rows FROM customer_reject GROUP BY reject_reasons ORDER BY 2 DESC, 1")


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
    failed = query(
        connection,
        "SELECT file_name, first_error_message, last_load_time FROM TABLE(INFORMATION_SCHEMA.COPY_HISTORY("
        "TABLE_NAME => 'customer_raw', START_TIME => DATEADD('day', -13, CURRENT_TIMESTAMP()))) WHERE status = 'Load failed' ORDER BY last_load_time",
    )
    pipe = json.loads(query(connection, "SELECT SYSTEM$PIPE_STATUS('customer_s3_pipe')").rows[0][0])
    return Status(counts(connection), pipe, [FailedFile(*row) for row in failed.rows], last_batch(connection))


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
