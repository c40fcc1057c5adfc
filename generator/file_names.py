"""Names for files that a regular expression of a definition fits.

The usual name says dimension, time and feed. Where a definition wants others, as `LOAD[0-9A-F]+[.]csv`, the slot is
written as a number in whatever characters the expression leaves open.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

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

    def name(self, number: int, feed: int, but: "Pattern | None" = None) -> str:
        """The name with a number, behind that of a feed where there is room for both; larger ones sort later.

        `but`: one that it must not fit, for which all alternatives are tried. The first one's name if none is left.
        """
        first = self._name(self._places, number, feed)
        if but is None or not but.fits(first):
            return first
        others = (self._name(places, number, feed) for places in self._alternatives)
        return next((name for name in others if not but.fits(name)), first)

    def _name(self, places: Sequence[_Place], number: int, feed: int) -> str:
        open_end = next((at for at, place in enumerate(places) if place.repeats and len(place.letters) > 1), None)
        if open_end is not None:
            letters = places[open_end].letters
            written = "".join(_digits(feed % _FEEDS * _NUMBERS + number, letters))
            name = "".join(written if at == open_end else place.letters[0] for at, place in enumerate(places))
        else:
            name = self._fixed(places, number)
        if not self.fits(name):
            raise SettingsError(f"no name is found that fits {self.pattern}: write the expression in a simpler way")
        return name

    def _fixed(self, places: Sequence[_Place], number: int) -> str:
        """The number in the places that there are."""
        chosen: list[str] = []
        for place in reversed(places):
            number, at = divmod(number, len(place.letters))
            chosen.append(place.letters[at])
        if number:
            raise SettingsError(f"{self.pattern} leaves room for too few names: give fewer --batches")
        return "".join(reversed(chosen))

    @cached_property
    def _places(self) -> Sequence[_Place]:
        return list(_alternative(_TOKEN.findall(self.pattern)))

    @cached_property
    def _alternatives(self) -> Sequence[Sequence[_Place]]:
        """The places of each alternative of the whole, or of the group that it begins with."""
        tokens = _TOKEN.findall(self.pattern)
        end = _end_of_group(tokens, 0) if tokens[:1] == ["("] else 0
        if not end or _bars(tokens) or _count("".join(tokens[end : end + 1]))[2]:
            return [list(_alternative(part)) for part in _split(tokens)]
        behind = list(_alternative(tokens[end:]))
        return [[*_alternative(part), *behind] for part in _split(tokens[1 : end - 1])]


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


def _split(tokens: list[str]) -> Iterator[list[str]]:
    """Its alternatives, those of groups left together."""
    bars = _bars(tokens)
    yield from (tokens[begin:end] for begin, end in zip([0, *(bar + 1 for bar in bars)], [*bars, None], strict=True))


def _bars(tokens: list[str]) -> list[int]:
    depths = accumulate((token == "(") - (token == ")") for token in tokens)
    return [at for at, (token, depth) in enumerate(zip(tokens, depths, strict=True)) if token == "|" and not depth]


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
