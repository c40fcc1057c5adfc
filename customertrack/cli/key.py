"""A business key as it is typed: its parts in their order."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from customertrack.cli.show.words import listed, plural
from customertrack.dimension.definition import KeyPart
from customertrack.dimension.types import BOOLEAN, DATE, INTEGER, TIMESTAMP, UUID, Number, Text, Type
from customertrack.errors import UsageError


def key_of(dimension: str, parts: Sequence[KeyPart], words: Sequence[str]) -> tuple[Any, ...]:
    """The values that the words mean. Raises UsageError for a wrong number of them, and for one that is no value."""
    if len(words) != len(parts):
        named = listed([part.name for part in parts], most=len(parts))
        are = "was" if len(words) == 1 else "were"
        raise UsageError(
            f"A key of {dimension} is {plural(len(parts), 'part')}: {named}; {len(words)} {are} given. "
            "Give each part, in this order."
        )
    return tuple(_value(part, word) for part, word in zip(parts, words, strict=True))


def _value(part: KeyPart, word: str) -> Any:
    if word == part.null or part.type.takes(word):
        return _READ.get(part.type, _of_sizes(part.type))(word)
    raise UsageError(f"'{word}' is no {_called(part.type)}, as a {part.name} is; give it as the source has it.")


def _of_sizes(kind: Type) -> Callable[[str], Any]:
    return Decimal if isinstance(kind, Number) else str


def _time(word: str) -> datetime:
    time = datetime.fromisoformat(word)
    return time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time


def _called(kind: Type) -> str:
    match kind:
        case Text():
            return f"text of up to {kind.length} characters"
        case _ if kind == INTEGER:
            return "whole number"
    return kind.name


_READ: Mapping[Type, Callable[[str], Any]] = {
    INTEGER: int,
    BOOLEAN: lambda word: word.lower() == "true",
    DATE: date.fromisoformat,
    TIMESTAMP: _time,
    UUID: str.lower,
}
