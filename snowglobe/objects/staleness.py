"""When a stream becomes stale: too long after it was last moved, by the clock of the connection.

docs.snowflake.com, "Introduction to streams": the data retention period of its table, which is extended up to
MAX_DATA_EXTENSION_TIME_IN_DAYS for a stream. In Snowflake a read may still succeed for some time after that, here it
never does.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from snowglobe.catalog import Retention, Stream
from snowglobe.errors import ProgrammingError
from snowglobe.session import Session

# A position without data that is older is moved to now when somebody asks; more often would only cost.
_OFTEN_ENOUGH = timedelta(hours=12)


def stale_after(session: Session, stream: Stream) -> datetime:
    """Until when the stream can be read, in UTC."""
    return _reached_at(session, stream) + _patience(session, stream)


def is_stale(session: Session, stream: Stream) -> bool:
    """Whether it can no longer be read."""
    return session.clock() > stale_after(session, stream)


def check_fresh(session: Session, streams: Sequence[Stream]) -> None:
    """Raise ProgrammingError if one of them is stale."""
    for stream in streams:
        if not _moved_lately(session, stream) and is_stale(session, stream):
            name = stream.name.upper()
            raise ProgrammingError(
                f"SQL execution error: Stream {name} has become stale: its offset is outside of the data retention "
                f"period of {stream.table.upper()}. Recreate the stream.",
                91930,
                "55000",
            )


def keep_fresh(session: Session, stream: Stream) -> None:
    """Have a stream without data begin now; one that is stale stays so."""
    at = session.clock()
    if _moved_lately(session, stream) or is_stale(session, stream):
        return
    if session.database.opening.read_only:
        return
    with session.atomic():
        session.run("UPDATE embedded.stream_position SET reached_at = ? WHERE stream = ?", [at, stream.name])


def _moved_lately(session: Session, stream: Stream) -> bool:
    """Whether it was where it is, or moved there, in the last hours; what the file said lately is remembered."""
    known, at = session.database.streams_reached_at, session.clock()
    lately = min(_OFTEN_ENOUGH, _patience(session, stream))
    if at - known.get(stream.name, datetime.min) >= lately:
        known[stream.name] = _reached_at(session, stream)
    return at - known[stream.name] < lately


def _patience(session: Session, stream: Stream) -> timedelta:
    """How long it may stay where it is."""
    kept = session.catalog.get(Retention, stream.table) or Retention(stream.table)
    return timedelta(days=max(kept.days, kept.extension))


def _reached_at(session: Session, stream: Stream) -> datetime:
    """Since when it is where it is. A file of before this was noted does not say it."""
    reached = session.rows("SELECT reached_at FROM embedded.stream_position WHERE stream = ?", [stream.name])[0][0]
    return reached or session.clock()
