"""The time that a session goes by."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The time now, UTC, without a zone."""
    return datetime.now(UTC).replace(tzinfo=None)
