"""Whether the streams of the refresh can still be read: that of the landed rows, and that of a backlog's parts."""

from collections.abc import Sequence
from datetime import UTC, datetime

from customertrack.reads.results import query
from customertrack.sqltext.identifiers import qualify
from customertrack.warehouse import Connection

_STREAMS = ("TABLE_CHANGES", "BACKLOG_LEFT")


def streams(dimension: str = "customer") -> tuple[str, ...]:
    """The names of the streams of a dimension's refresh."""
    return tuple(f"{dimension.upper()}_{name}" for name in _STREAMS)


def is_lost(connection: Connection, database: str, schema: str, now: datetime, dimension: str = "customer") -> bool:
    """Whether one of a dimension's is gone, stale, or past the time at which it may be stale.

    `now` is UTC, without a zone. See `lost`.
    """
    return dimension in lost(connection, database, schema, now, [dimension])


def lost(connection: Connection, database: str, schema: str, now: datetime, dimensions: Sequence[str]) -> list[str]:
    """The dimensions of which a stream is gone, stale, or past the time at which it may be.

    docs.snowflake.com, "SHOW STREAMS": STALE_AFTER is when it is predicted to be; a read may succeed after it, or not.
    """
    shown = query(connection, f"SHOW STREAMS IN SCHEMA {qualify(database, schema)}")
    told = [dict(zip(shown.columns, row, strict=True)) for row in shown.rows]
    fresh = {each["name"] for each in told if not _is_stale(each, now)}
    return [dimension for dimension in dimensions if not fresh.issuperset(streams(dimension))]


def _is_stale(told: dict[str, object], now: datetime) -> bool:
    stale_after = told.get("stale_after")
    return str(told["stale"]).lower() == "true" or (isinstance(stale_after, datetime) and _utc(stale_after) < now)


def _utc(time: datetime) -> datetime:
    return time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time
