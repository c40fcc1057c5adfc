"""What Snowflake says of a value that does not fit its type, made of what DuckDB raises.

The sentences and numbers are those that users of Snowflake have reported. Of a number that does not fit, Snowflake says
also whether its type takes NULL; and of BINARY nobody has reported the number.
"""

import re

from snowglobe.errors import UNKNOWN_ERRNO, ProgrammingError

TOO_LONG = "Text too long: "
"""Before a text in what a cast to VARCHAR(n) raises (query/adapt.py)."""

# A CHECK of objects/limits.py as DuckDB has it: of a number, of text without a length, of what has one with the value.
_NO_DIGITS_LEFT = re.compile(r"\ACHECK constraint failed .*? expression CHECK\(.*\babs\(.* <= (\d+)\)", re.DOTALL)
_NO_SPACE_LEFT = re.compile(r"\ACHECK constraint failed .*? expression CHECK\(.*\bstrlen\(.* <= (\d+)\)", re.DOTALL)
_NO_ROOM = re.compile(r"\ACHECK constraint failed .*? expression CHECK\((.*)\) \(Error: (.*)\)\Z", re.DOTALL)
# DuckDB's casts to DECIMAL and to integers.
_NO_DECIMAL = re.compile(r"\ACould not cast value (\S+) to DECIMAL\((\d+),(\d+)\)")
_LARGE_DECIMAL = re.compile(r"\ACasting value \"(\S+)\" to type DECIMAL\((\d+),(\d+)\) failed")
_LARGE = re.compile(r"\AType \w+(?:\(.*?\))? with value (\S+) can't be cast because the value is out of range")
# Also within what its reader of CSV says.
_NO_NUMBER = re.compile(
    r"Could not convert string (['\"])(.*?)\1 to '?(?:DECIMAL|INT|BIGINT|HUGEINT|DOUBLE)", re.DOTALL
)
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)
# The bytes that Snowflake needs for so many digits.
_BYTES = ((2, 1), (4, 2), (9, 4), (18, 8), (38, 16))
_SHOWN = 200


def shown(text: str, most: int = _SHOWN) -> str:
    """A value as it stands in a message: its beginning, if it is long."""
    return text if len(text) <= most else f"{text[:most]}..."


def text_too_long(text: str) -> ProgrammingError:
    """A text with more characters than its VARCHAR has room for."""
    return ProgrammingError(f"String '{shown(text)}' is too long and would be truncated", 100078, "22000")


def number_too_large(value: str | None, precision: int, scale: int) -> ProgrammingError:
    """A number with more digits before the point than its NUMBER has room for. `value`: None if DuckDB does not say."""
    size = next(size for digits, size in _BYTES if precision <= digits)
    message = f"Number out of representable range: type FIXED[SB{size}]({precision},{scale})"
    return ProgrammingError(message if value is None else f"{message}, value {shown(value)}", 100046, "22003")


def no_number(text: str) -> ProgrammingError:
    """A text that is no number, or one with too many digits."""
    if _NUMBER.fullmatch(text):
        return ProgrammingError(f"Numeric value '{shown(text)}' is out of range", 100039, "22003")
    return ProgrammingError(f"Numeric value '{shown(text)}' is not recognized", 100038, "22018")


def of_constraint(text: str) -> ProgrammingError | None:
    """What a column's NOT NULL, or its limit, has refused; None if the text is of neither."""
    if text.startswith("NOT NULL constraint failed"):
        return ProgrammingError("NULL result in a non-nullable column", 100072, "22000")
    if found := _NO_DIGITS_LEFT.match(text):
        return number_too_large(None, len(found[1]), 0)
    if found := _NO_SPACE_LEFT.match(text):
        return ProgrammingError(f"Max LOB size ({found[1]}) exceeded", 100082, "22000")
    found = _NO_ROOM.match(text)
    if found is None:
        return None
    condition, value = found.groups()
    if "octet_length(" in condition:
        message = f"Binary value '{shown(value)}' is too long and would be truncated"
        return ProgrammingError(message, UNKNOWN_ERRNO, "22000")
    return text_too_long(value)


def of_cast(text: str) -> ProgrammingError | None:
    """What a cast has refused; None if the text is of none that is known."""
    if text.startswith(TOO_LONG):
        return text_too_long(text.removeprefix(TOO_LONG))
    if found := _NO_DECIMAL.match(text) or _LARGE_DECIMAL.match(text):
        return number_too_large(found[1], int(found[2]), int(found[3]))
    if found := _LARGE.match(text):
        return ProgrammingError(f"Number out of representable range: type FIXED, value {found[1]}", 100046, "22003")
    if found := _NO_NUMBER.search(text):
        return no_number(found[2])
    return None
