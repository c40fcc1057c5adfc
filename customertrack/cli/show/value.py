"""One value as text: the same in a table, in CSV and in JSON."""

from datetime import date, time
from decimal import Decimal
from math import isfinite
from typing import Any

from customertrack.reads.text import text


def printable(value: Any) -> str:
    """A value on one line: whatever could break the line, or steer a terminal, is shown by its escape."""
    written = "NULL" if value is None else text(value)
    return written if written.isprintable() else "".join(c if c.isprintable() else _escape(c) for c in written)


def sayable(sentence: str) -> str:
    """A sentence for people, of one line or several: what in it is from outside, such as the name of a file, cannot
    steer a terminal."""
    return "\n".join(map(printable, sentence.split("\n")))


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


def _number(value: Decimal) -> int | float | str:
    """A number that JSON's readers give back as it was: most read a fraction as a double, so a longer one is text."""
    if not value.is_finite():
        return str(value)
    if value == value.to_integral_value():
        return int(value)
    return float(value) if Decimal(repr(float(value))) == value else str(value)
