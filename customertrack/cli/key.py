"""A business key as it is typed: its parts in their order."""

from collections.abc import Sequence
from typing import Any

from customertrack.cli.show.words import listed, plural
from customertrack.dimension.definition import KeyPart
from customertrack.dimension.key_text import value_of
from customertrack.dimension.types import INTEGER, Text, Type
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
    try:
        return value_of(part, word)
    except ValueError as error:
        raise UsageError(
            f"'{word}' is no {_called(part.type)}, as a {part.name} is; give it as the source has it."
        ) from error


def _called(kind: Type) -> str:
    match kind:
        case Text():
            return f"text of up to {kind.length} characters"
        case _ if kind == INTEGER:
            return "whole number"
    return kind.name
