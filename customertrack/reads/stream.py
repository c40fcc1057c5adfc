"""Whether the stream of the landed rows can still be read."""

from datetime import UTC, datetime

from customertrack.reads.results import query
from customertrack.sqltext.identifiers import qualify
from customertrack.warehouse import Connection

STREAM = "CUSTOMER_TABLE_CHANGES"


def is_lost(connection: Connection, database: str, schema: str, now: datetime) -> bool:
    """Whether the stream is gone, stale, or past the time at which it may be stale; `now` is UTC, without a zone.

    docs.snowflake.com, "SHOW STREAMS": STALE_AFTER is when it is predicted to be; a read may succeed after it, or not.
    """
    shown = query(connection, f"SHOW STREAMS LIKE '{STREAM}' IN SCHEMA {qualify(database, schema)}")
    if not shown.rows:
        return True
    told = dict(zip(shown.columns, shown.rows[0], strict=True))
    stale_after = told.get("stale_after")
    return str(told["stale"]).lower() == "true" or (stale_after is not None and _utc(stale_after) < now)


def _utc(time: datetime) -> datetime:
    return time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time
