"""One value of a result as text: the same wherever a person or another program reads it."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any


def text(value: Any) -> str:
    """A value of a result as people and other programs read it; NULL is the empty text.

    Times are ISO 8601 with a blank (`2026-01-01 00:10:00`), their fraction only where there is one, in UTC; one that
    the warehouse keeps with a time zone ends in `Z`. Binary is hexadecimal, as Snowflake shows it.
    """
    match value:
        case str():
            return value
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            return _moment(value)
        case Decimal():
            return f"{value:f}"
        case bytes() | bytearray() | memoryview():
            return bytes(value).hex().upper()
    return str(value)


def _moment(value: datetime) -> str:
    if value.tzinfo is None:
        return _without_zeros(value)
    return f"{_without_zeros(value.astimezone(UTC).replace(tzinfo=None))}Z"


def _without_zeros(value: datetime) -> str:
    written = value.isoformat(sep=" ")
    return written.rstrip("0") if value.microsecond else written
