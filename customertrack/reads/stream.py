"""Whether the streams of the refresh can still be read: that of the landed rows, and that of a backlog's parts."""

from datetime import UTC, datetime

from customertrack.reads.results import query
from customertrack.sqltext.identifiers import qualify
from customertrack.warehouse import Connection

STREAMS = ("CUSTOMER_TABLE_CHANGES", "CUSTOMER_BACKLOG_LEFT")


def is_lost(connection: Connection, database: str, schema: str, now: datetime) -> bool:
    """Whether one of them is gone, stale, or past the time at which it may be stale; `now` is UTC, without a zone.

    docs.snowflake.com, "SHOW STREAMS": STALE_AFTER is when it is predicted to be; a read may succeed after it, or not.
    """
    shown = query(connection, f"SHOW STREAMS IN SCHEMA {qualify(database, schema)}")
    told = [dict(zip(shown.columns, row, strict=True)) for row in shown.rows]
    fresh = {each["name"] for each in told if not _is_stale(each, now)}
    return not fresh.issuperset(STREAMS)


def _is_stale(told: dict[str, object], now: datetime) -> bool:
    stale_after = told.get("stale_after")
    return str(told["stale"]).lower() == "true" or (isinstance(stale_after, datetime) and _utc(stale_after) < now)


def _utc(time: datetime) -> datetime:
    return time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time
