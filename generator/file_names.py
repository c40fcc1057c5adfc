"""Names for files that a regular expression of a definition fits.

The usual name says dimension, time and feed. Where a definition wants others, as `LOAD[0-9A-F]+[.]csv`, the slot is
written as a number in whatever characters the expression leaves open.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from generator.errors import SettingsError

_TOKEN = re.compile(r"\\.|\[\^?\]?[^\]]*\]|[()|^$]|[*+?]|\{[0-9]*(?:,[0-9]*)?\}|.")
_COUNT = re.compile(r"\{([0-9]*)(,?)([0-9]*)\}")
# What names are made of, in the order of their bytes.
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# What is written: the number of a file, behind one of its feed.
_NUMBERS, _FEEDS = 2**40, 2**32


@dataclass(frozen=True)
class _Place:
    """One character: the letters that it may be. `repeats`: as often as wanted."""

    letters: str
    repeats: bool


class Pattern:
    """A regular expression for names. Raises SettingsError, when a name is asked for, if none can be found."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern

    def fits(self, name: str) -> bool:
        """Whether the whole of a name does."""
        return re.fullmatch(self.pattern, name) is not None

    def name(self, number: int, feed: int) -> str:
        """The name with a number, behind that of a feed where there is room for both; larger ones sort later."""
        places = self._places
        open_end = next((at for at, place in enumerate(places) if place.repeats and len(place.letters) > 1), None)
        if open_end is not None:
            letters = places[open_end].letters
            written = "".join(_digits(feed % _FEEDS * _NUMBERS + number, letters))
            name = "".join(written if at == open_end else place.letters[0] for at, place in enumerate(places))
        else:
            name = self._fixed(number)
        if not self.fits(name):
            raise SettingsError(f"no name is found that fits {self.pattern}: write the expression in a simpler way")
        return name

    def _fixed(self, number: int) -> str:
        """The number in the places that there are."""
        chosen: list[str] = []
        for place in reversed(self._places):
            number, at = divmod(number, len(place.letters))
            chosen.append(place.letters[at])
        if number:
            raise SettingsError(f"{self.pattern} leaves room for too few names: give fewer --batches")
        return "".join(reversed(chosen))

    @cached_property
    def _places(self) -> Sequence[_Place]:
        return list(_alternative(_TOKEN.findall(self.pattern)))


def _alternative(tokens: list[str]) -> Iterator[_Place]:
    """The places of the first alternative; what may be left out is."""
    at = 0
    while at < len(tokens) and tokens[at] != "|":
        token = tokens[at]
        end = _end_of_group(tokens, at) if token == "(" else at + 1
        least, repeats, taken = _count(tokens[end] if end < len(tokens) else "")
        inner = list(_alternative(tokens[at + 1 : end - 1])) if token == "(" else [_Place(_letters(token), repeats)]
        if token not in "^$":
            yield from inner * max(least, int(repeats and token != "("))
        at = end + taken


def _end_of_group(tokens: list[str], begin: int) -> int:
    depth = 0
    for at in range(begin, len(tokens)):
        depth += (tokens[at] == "(") - (tokens[at] == ")")
        if depth == 0:
            return at + 1
    return len(tokens)


def _count(token: str) -> tuple[int, bool, bool]:
    """Of a token behind another: how often that stands at least, whether without limit, and whether it says so."""
    if found := _COUNT.fullmatch(token):
        return int(found[1] or 0), bool(found[2]) and not found[3], True
    return {"*": (0, True, True), "+": (1, True, True), "?": (0, False, True)}.get(token, (1, False, False))


def _letters(token: str) -> str:
    """What one token stands for: the usual letters among it, or the one character that it is."""
    found = (
        "".join(letter for letter in _LETTERS if re.fullmatch(token, letter)) if len(token) > 1 or token == "." else ""
    )
    return found or token.removeprefix("\\").strip("[]")[:1]


def _digits(number: int, letters: str) -> Iterator[str]:
    """A number in a width that has room for any."""
    weight = 1
    while weight * len(letters) < _FEEDS * _NUMBERS:
        weight *= len(letters)
    while weight:
        at, number = divmod(number, weight)
        yield letters[at]
        weight //= len(letters)
