"""What deploys remember of their own, in a row of the database they migrate.

Whoever suspends a task means it, and so does a deploy that does it for a while: this row tells one from the other.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from customertrack.migrations import Tables
from customertrack.reads.results import query
from customertrack.sqltext.identifiers import qualify
from customertrack.warehouse import Connection, WarehouseError

_COLUMNS = """
    NAME VARCHAR,
    STANDS_STILL BOOLEAN,
    HELD VARCHAR,
    REFRESH_DUE BOOLEAN,
    STOPPED_AT TIMESTAMP_NTZ(6),
    LANDING_URL VARCHAR,
    LEFT_BEHIND NUMBER(38,0),
    FEED_START TIMESTAMP_NTZ(6),
    DIMENSIONS VARCHAR
"""
_ASSIGNED = (
    *("STANDS_STILL", "HELD", "REFRESH_DUE", "STOPPED_AT", "LANDING_URL", "LEFT_BEHIND", "FEED_START", "DIMENSIONS"),
)
# Snowflake's "Object does not exist or not authorized", and the same of a schema.
_ABSENT = (2003, 2043)


@dataclass(frozen=True)
class Record:
    """`stands_still`: a deploy is at it, has failed, or was the end of a stack, so that what is stopped is its doing,
    but for what is `held`: names that somebody else had stopped before. `refresh_due`: the pipes have to look for files
    that they were not told of. `stopped_at` (UTC), `landing_url`, `left_behind`: when and where the last stack ended,
    and how many files it had not loaded. `feed_start`: UTC. `dimensions`: the names of those that the last deploy that
    succeeded was of.
    """

    stands_still: bool = True
    held: frozenset[str] = frozenset()
    refresh_due: bool = True
    stopped_at: datetime | None = None
    landing_url: str = ""
    left_behind: int = 0
    feed_start: datetime | None = None
    dimensions: frozenset[str] = frozenset()


def read(connection: Connection, database: str) -> Record | None:
    """The row, or None as long as no deploy has come to its end. The driver's errors pass through."""
    try:
        rows = query(connection, f"SELECT {', '.join(_ASSIGNED)} FROM {_table(database)}").rows
    except Exception as error:
        if isinstance(error, WarehouseError) and error.errno in _ABSENT:
            return None
        raise
    if not rows or rows[0][0] is None:
        return None
    stands_still, held, refresh_due, stopped_at, landing_url, left_behind, feed_start, dimensions = rows[0]
    return Record(
        bool(stands_still),
        _names(held),
        bool(refresh_due),
        stopped_at,
        landing_url or "",
        int(left_behind or 0),
        feed_start,
        _names(dimensions),
    )


def make(connection: Connection, database: str) -> None:
    """Make the table and its row, in the schema of the migrations, which is there."""
    table, cursor = _table(database), connection.cursor()
    cursor.execute(f"CREATE TABLE IF NOT EXISTS {table} ({_COLUMNS})")
    cursor.execute(
        f"MERGE INTO {table} AS known USING (SELECT 'pipeline' AS NAME) AS wanted ON known.NAME = wanted.NAME "
        "WHEN NOT MATCHED THEN INSERT (NAME) VALUES (wanted.NAME)"
    )
    write(connection, database, Record())


def write(connection: Connection, database: str, record: Record) -> None:
    """Make it the row."""
    values = (
        *(record.stands_still, ",".join(sorted(record.held)), record.refresh_due, record.stopped_at),
        *(record.landing_url, record.left_behind, record.feed_start, ",".join(sorted(record.dimensions))),
    )
    assignments = ", ".join(f"{name} = ?" for name in _ASSIGNED)
    connection.cursor().execute(f"UPDATE {_table(database)} SET {assignments}", values)


def begun(known: Record, stopped: frozenset[str]) -> Record:
    """What holds once a deploy is at it, `stopped` being the names of what is stopped now.

    Between deploys what is stopped is held by somebody; while they are at it, only what was held before and still is.
    """
    held = known.held & stopped if known.stands_still else stopped
    return replace(known, stands_still=True, held=held, refresh_due=known.refresh_due or known.stands_still)


def _names(listed: str | None) -> frozenset[str]:
    return frozenset((listed or "").split(",")) - {""}


def _table(database: str) -> str:
    return qualify(database, Tables(database).schema, "DEPLOYMENT")
