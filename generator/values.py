"""Values of a type: made up, written as text, read from text, and texts that are no value of it."""

import json
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Context, Decimal
from uuid import UUID

import numpy as np

from generator.definition import Type
from generator.hashing import draw

Value = int | Decimal | str | bool | date | datetime | None

# What no value of any type is, as the character stands for bytes that are not UTF-8.
UNREADABLE = "\ufffd"
# Up to this length a text that is one character too long is written out.
LONGEST_MISFIT = 5_000

_EXACT = Context(prec=80)
_FIRST_DAY = datetime(2020, 1, 1)
_DAYS = 4_000
_SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstv" for vowel in "aeiou"]
_MOST_WORDS = 3
# Words that mean other things elsewhere; taken as they are.
_AWKWARD = (
    "O'Brien",
    "Smith, Jr.",
    "Null",
    '3 "The Elms"',
    "Größe-Weg 7; Hof",
    "1, Rue de l'Église",
    "李",
    "N/A",
    "서울",
)
_TRUE, _FALSE = ("true", "True", "t", "yes", "1"), ("false", "FALSE", "f", "no", "0")


def made(kind: Type, seed: int, purpose: str, count: int) -> list[Value]:
    """So many values, the same for ever; some come twice, and where there are few, many times."""
    numbers = np.arange(count)
    bits = [int(each) for each in draw(seed, f"values of {purpose}", numbers)]
    more = [int(each) for each in draw(seed, f"more of {purpose}", numbers)]
    return [_MAKERS[kind.base](one, other, *kind.size) for one, other in zip(bits, more, strict=True)]


def awkward(length: int) -> list[str]:
    """What a reader of CSV must survive, of at most so many characters."""
    return [text for text in _AWKWARD if len(text) <= length]


def text_of(value: Value, kind: Type, turn: int = 0) -> str:
    """A value that is not NULL as it stands in a file. `turn`: which one of several ways to write it."""
    match value:
        case bool():
            # Mostly the first.
            words = _TRUE if value else _FALSE
            return words[turn % 64 % len(words)] if turn % 64 < len(words) else words[0]
        case Decimal():
            return f"{value.quantize(Decimal(1).scaleb(-kind.size[1]), context=_EXACT):f}"
        case datetime():
            return value.isoformat(" ")
    return str(value)


def value_of(text: str, kind: Type) -> Value:
    """The value of a text as Python or Faker writes it. Raises ValueError if it is none of the type."""
    return _READERS[kind.base](text, *kind.size)


def misfits(kind: Type) -> Sequence[str]:
    """Texts that are no value of the type, each for another reason."""
    match kind.base, kind.size:
        case "text", (length,):
            return [UNREADABLE, *(["x" * (length + 1)] if length < LONGEST_MISFIT else [])]
        case "number", (digits, scale):
            return ["7e3", "x", f"0.{'0' * scale}1", "1" + "0" * (digits - scale)]
    return _MISFITS[kind.base]


_MISFITS = {
    "integer": ["7.5", "x", "1" + "0" * 38],
    "uuid": ["x", "7c9e6679-7425-40de-944b-e07fc1f90ae"],
    "boolean": ["maybe"],
    "date": ["2026-02-30", "soon"],
    "timestamp": ["2026-02-30 00:00:00", "soon"],
    "variant": ["{", "{'a': 1}"],
}


def _text(bits: int, more: int, length: int) -> str:
    """A few words of two or three syllables, as long as there is room."""
    words: list[str] = []
    for _ in range(1 + more % _MOST_WORDS):
        word = ""
        for _ in range(2 + bits % 2):
            bits, at = divmod(bits, len(_SYLLABLES))
            word += _SYLLABLES[at]
        words.append(word)
    return " ".join(words).capitalize()[:length].rstrip()


def _number(bits: int, more: int, digits: int, scale: int) -> Decimal:
    """Mostly small ones; a few as large as there is room for."""
    whole = digits - scale
    most = digits if more % 256 == 0 else min(digits, scale + min(whole, 4))
    sign = -1 if more % 64 == 1 else 1
    return Decimal(sign * (((more << 64) | bits) % 10**most)).scaleb(-scale, context=_EXACT)


def _integer(bits: int, more: int) -> int:
    return int(_number(bits, more, 38, 0))


def _time(bits: int, more: int) -> datetime:
    return _FIRST_DAY + timedelta(days=bits % _DAYS, microseconds=more % (86_400 * 10**6))


def _variant(bits: int, more: int) -> str:
    words = [_text(bits, 0, 10), _text(more, 0, 10)]
    return _canonical({"size": bits % 100, "tags": words[: more % 3], "note": None if more % 4 else words[0]})


_MAKERS: dict[str, Callable[..., Value]] = {
    "integer": _integer,
    "number": _number,
    "text": _text,
    "uuid": lambda bits, more: str(UUID(int=(bits << 64) | more, version=4)),
    "boolean": lambda bits, more: bits % 2 == 0,
    "date": lambda bits, more: _time(bits, more).date(),
    "timestamp": _time,
    "variant": _variant,
}


def _fitting_text(text: str, length: int) -> str:
    if not 0 < len(text) <= length or UNREADABLE in text or not text.isprintable():
        raise ValueError(text)
    return text


def _fitting_number(text: str, digits: int, scale: int) -> Decimal:
    found = re.fullmatch(r"-?0*([0-9]*)[.]?([0-9]*?)0*", text)
    if not found or not any(map(str.isdigit, text)) or len(found[1]) > digits - scale or len(found[2]) > scale:
        raise ValueError(text)
    return Decimal(text)


def _boolean(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


def _canonical(read: object) -> str:
    return json.dumps(read, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


_READERS: dict[str, Callable[..., Value]] = {
    "integer": lambda text: int(_fitting_number(text, 38, 0)),
    "number": _fitting_number,
    "text": _fitting_text,
    "uuid": lambda text: str(UUID(text)),
    "boolean": _boolean,
    "date": date.fromisoformat,
    "timestamp": datetime.fromisoformat,
    "variant": lambda text: _canonical(json.loads(text)),
}
