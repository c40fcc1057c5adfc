"""One value as text: the same in a table, in CSV and in JSON."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from math import isfinite
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


def printable(value: Any) -> str:
    """A value on one line: whatever could break the line, or steer a terminal, is shown by its escape."""
    written = "NULL" if value is None else text(value)
    return written if written.isprintable() else "".join(c if c.isprintable() else _escape(c) for c in written)


def json_ready(value: Any) -> Any:
    """The value as json.dumps takes it: numbers stay numbers, what JSON has no form for becomes its text."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if isfinite(value) else str(value)
        case Decimal():
            return _number(value)
        case list() | tuple():
            return [json_ready(item) for item in value]
        case dict():
            return {str(key): json_ready(item) for key, item in value.items()}
        case date() | time() | bytes() | bytearray() | memoryview():
            return text(value)
    return str(value)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def _moment(value: datetime) -> str:
    if value.tzinfo is None:
        return _without_zeros(value)
    return f"{_without_zeros(value.astimezone(UTC).replace(tzinfo=None))}Z"


def _without_zeros(value: datetime) -> str:
    written = value.isoformat(sep=" ")
    return written.rstrip("0") if value.microsecond else written


def _number(value: Decimal) -> int | float | str:
    """A number that JSON's readers give back as it was: most read a fraction as a double, so a longer one is text."""
    if not value.is_finite():
        return str(value)
    if value == value.to_integral_value():
        return int(value)
    return float(value) if Decimal(repr(float(value))) == value else str(value)
