"""A business key as people write it: a text for each part."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from customertrack.dimension.definition import KeyPart
from customertrack.dimension.types import BOOLEAN, DATE, INTEGER, TIMESTAMP, UUID, Number, Type


def value_of(part: KeyPart, word: str) -> Any:
    """The value of a part that the word means, for a bind. Raises ValueError for one that is no value of its type."""
    if word == part.null or part.type.takes(word):
        return _READ.get(part.type, _of_sizes(part.type))(word)
    raise ValueError(word)


def _of_sizes(kind: Type) -> Callable[[str], Any]:
    return Decimal if isinstance(kind, Number) else str


def _time(word: str) -> datetime:
    time = datetime.fromisoformat(word)
    return time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time


_READ: Mapping[Type, Callable[[str], Any]] = {
    INTEGER: int,
    BOOLEAN: lambda word: word.lower() == "true",
    DATE: date.fromisoformat,
    TIMESTAMP: _time,
    UUID: str.lower,
}
