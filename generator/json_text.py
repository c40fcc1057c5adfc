"""Values as JSON: what it has a type for as that, or as a text, as both are read alike."""

import json
from datetime import date, datetime
from decimal import Decimal

from generator.definition import Type
from generator.values import Value, text_of

# Of every so many numbers, one is written as a text, as some programs do with all of them.
_TEXTS = 8


def json_text(value: Value, kind: Type, turn: int = 0) -> bytes:
    """A value, NULL too. `turn`: which one of several ways to write it."""
    match value:
        case None:
            return b"null"
        case bool() if turn % 64 == 0 or turn % 64 > _TEXTS:
            return b"true" if value else b"false"
        case bool() | datetime() | date():
            return quoted(text_of(value, kind, turn))
        case int() | Decimal():
            text = text_of(value, kind)
            return quoted(text) if turn % _TEXTS == 1 else text.encode()
    return value.encode() if kind.base == "variant" else quoted(value)


def quoted(text: str) -> bytes:
    """A text in quotes."""
    return json.dumps(text, ensure_ascii=False).encode()
