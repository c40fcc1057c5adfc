"""The types that a key part or an attribute can have, a closed family: each is a column of Snowflake's."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from customertrack.dimension.words import did_you_mean

# What VARCHAR is without a length, as for an argument of a function. Snowflake's longest column has eight times as much
# (docs.snowflake.com, "String & binary data types"), which no such argument would take.
MOST_TEXT = 16_777_216
# docs.snowflake.com, "Numeric data types".
MOST_DIGITS, MOST_SCALE = 38, 37

_WRITTEN = re.compile(r"([A-Za-z_][\w ]*?) *(?:\( *([0-9]{1,20}) *(?:, *([0-9]{1,20}) *)?\))?")
_INTEGER = re.compile(r"[+-]?[0-9]{1,38}")
_NUMBER = re.compile(r"[+-]?0*([0-9]*)(?:[.]([0-9]*?)0*)?")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIMESTAMP = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
# Names of these types elsewhere, too far from ours for a likeness of letters.
_ELSEWHERE = {
    "integer": ("int", "bigint", "smallint", "int64", "int32", "long", "serial"),
    "number(18,2)": ("decimal", "numeric", "float", "double", "real", "money"),
    "text(100)": ("varchar", "string", "char", "character varying", "nvarchar", "str"),
    "boolean": ("bool", "bit"),
    "timestamp": ("datetime", "timestamp_ntz", "timestamptz", "timestamp_tz", "time"),
    "variant": ("json", "jsonb", "object", "array", "struct", "map"),
    "uuid": ("guid", "uniqueidentifier"),
}


@dataclass(frozen=True)
class Type(ABC):
    """`name`: as a definition writes it. `column`: the type of the column in Snowflake."""

    @property
    @abstractmethod
    def name(self) -> str:
        """As in a definition: `number(12,2)`."""

    @property
    @abstractmethod
    def column(self) -> str:
        """As in CREATE TABLE: `NUMBER(12, 2)`."""

    @abstractmethod
    def takes(self, text: str) -> bool:
        """Whether a definition may write a value of the type so."""

    def widens_to(self, other: "Type") -> bool:
        """Whether a column of this type can become one of the other: every value stays, and equal ones stay equal.

        Only what ALTER TABLE ... ALTER COLUMN can do: more digits before the point, more characters.
        """
        return self == other


@dataclass(frozen=True)
class Number(Type):
    """`digits` in all, of which `scale` are behind the point."""

    digits: int
    scale: int

    @property
    def name(self) -> str:
        """number(p,s)."""
        return f"number({self.digits},{self.scale})"

    @property
    def column(self) -> str:
        """NUMBER(p, s)."""
        return f"NUMBER({self.digits}, {self.scale})"

    def takes(self, text: str) -> bool:
        """A decimal number without an exponent, none of whose digits would be lost."""
        found = _NUMBER.fullmatch(text)
        if not found or not any(map(str.isdigit, text)):
            return False
        return len(found[1]) <= self.digits - self.scale and len(found[2] or "") <= self.scale

    def widens_to(self, other: Type) -> bool:
        """To more digits, of which as many are behind the point."""
        return isinstance(other, Number) and self.scale == other.scale and self.digits <= other.digits


@dataclass(frozen=True)
class Integer(Number):
    """A whole number of up to 38 digits."""

    digits: int = MOST_DIGITS
    scale: int = 0

    @property
    def name(self) -> str:
        """integer."""
        return "integer"

    def takes(self, text: str) -> bool:
        """Digits, with a sign or without."""
        return _INTEGER.fullmatch(text) is not None


@dataclass(frozen=True)
class Text(Type):
    """Up to `length` characters."""

    length: int

    @property
    def name(self) -> str:
        """text(n)."""
        return f"text({self.length})"

    @property
    def column(self) -> str:
        """VARCHAR(n)."""
        return f"VARCHAR({self.length})"

    def takes(self, text: str) -> bool:
        """Any text that is not too long, and not empty: that is NULL."""
        return 0 < len(text) <= self.length

    def widens_to(self, other: Type) -> bool:
        """To more characters."""
        return isinstance(other, Text) and self.length <= other.length


@dataclass(frozen=True)
class Plain(Type):
    """A type without sizes. `fits`: whether a definition may write a value so."""

    word: str
    stored: str
    fits: Callable[[str], bool] = field(repr=False)

    @property
    def name(self) -> str:
        """The word alone."""
        return self.word

    @property
    def column(self) -> str:
        """The column's type."""
        return self.stored

    def takes(self, text: str) -> bool:
        """What `fits` says."""
        return self.fits(text)


def _is_date(text: str) -> bool:
    return _DATE.fullmatch(text) is not None and _parses(date.fromisoformat, text)


def is_timestamp(text: str) -> bool:
    """Whether it is a date or a time of ISO 8601, with an offset or without."""
    return _TIMESTAMP.fullmatch(text) is not None and _parses(datetime.fromisoformat, text)


def _parses(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


INTEGER = Integer()
# A uuid is kept as its text in lower case: Snowflake has no type for it.
UUID = Plain("uuid", "VARCHAR(36)", lambda text: _UUID.fullmatch(text) is not None)
BOOLEAN = Plain("boolean", "BOOLEAN", lambda text: text.lower() in ("true", "false"))
DATE = Plain("date", "DATE", _is_date)
TIMESTAMP = Plain("timestamp", "TIMESTAMP_NTZ(6)", is_timestamp)
VARIANT = Plain("variant", "VARIANT", lambda text: False)

_WITHOUT_SIZES: Mapping[str, Type] = {one.name: one for one in (INTEGER, UUID, BOOLEAN, DATE, TIMESTAMP, VARIANT)}
WRITTEN = ("integer", "number(p,s)", "text(n)", "uuid", "boolean", "date", "timestamp", "variant")


def of_column(column: str) -> Type | None:
    """The type whose column this is, as CREATE TABLE has it; of a text that is also a uuid's, the text."""
    if text := re.fullmatch(r"VARCHAR\(([0-9]+)\)", column):
        return Text(int(text[1]))
    if number := re.fullmatch(r"NUMBER\(([0-9]+), ([0-9]+)\)", column):
        return Number(int(number[1]), int(number[2]))
    return next((one for one in _WITHOUT_SIZES.values() if one.column == column), None)


def parse(written: str) -> Type:
    """The type that a definition writes so. Raises ValueError with a sentence that says what is wrong."""
    found = _WRITTEN.fullmatch(written)
    if not found:
        raise ValueError(f'"{written}" is no type; the types are {", ".join(WRITTEN)}')
    word, sizes = found[1], [int(size) for size in found.groups()[1:] if size]
    if word == "text":
        return _text(written, sizes)
    if word == "number":
        return _number(written, sizes)
    if word not in _WITHOUT_SIZES:
        raise ValueError(f'There is no type "{word}"{_meant(word)}')
    if sizes:
        raise ValueError(f'"{word}" has no size; write it as "{word}"')
    return _WITHOUT_SIZES[word]


def _text(written: str, sizes: list[int]) -> Type:
    if len(sizes) != 1 or not 1 <= sizes[0] <= MOST_TEXT:
        raise ValueError(f'"{written}": text has a length from 1 to {MOST_TEXT:,} characters, as in "text(100)"')
    return Text(sizes[0])


def _number(written: str, sizes: list[int]) -> Type:
    if len(sizes) != 2 or not 1 <= sizes[0] <= MOST_DIGITS or sizes[1] > min(sizes[0], MOST_SCALE):
        raise ValueError(
            f'"{written}": a number has from 1 to {MOST_DIGITS} digits in all, and no more than those and {MOST_SCALE} '
            'behind the point, as in "number(12,2)"'
        )
    return Number(*sizes)


def _meant(word: str) -> str:
    for ours, others in _ELSEWHERE.items():
        if word.lower() in others:
            return f'; did you mean "{ours}"?'
    return did_you_mean(word, [one.partition("(")[0] for one in WRITTEN])
