"""A business key in the address, and on a page."""

import json

from customertrack.dimension.definition import Definition
from customertrack.dimension.key_text import value_of
from customertrack.reads.history import Key
from customertrack.reads.text import text


def in_address(key: Key) -> str:
    """A key as the address has it: the text of its only part, or a list of texts in JSON."""
    texts = [text(part) for part in key]
    return texts[0] if len(texts) == 1 else json.dumps(texts, ensure_ascii=False, separators=(",", ":"))


def of_address(definition: Definition, written: str) -> Key | None:
    """The key that the address has, as values to bind; None if it is none of the dimension."""
    try:
        texts = [written] if len(definition.key) == 1 else json.loads(written)
        if not isinstance(texts, list) or len(texts) != len(definition.key):
            return None
        return tuple(value_of(part, word) for part, word in zip(definition.key, map(str, texts), strict=True))
    except (ValueError, RecursionError):
        return None


def shown(key: Key) -> str:
    """A key for people: its parts in their order."""
    return " · ".join(text(part) for part in key)
