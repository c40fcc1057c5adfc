"""The business keys: for each number, from 1 on, a key of its own, as text for a file and as values for the truth."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.definition import Definition, Part, Type
from generator.errors import SettingsError
from generator.hashing import Ints, draw
from generator.values import Value, value_of

Texts = NDArray[np.str_]

# No population has more.
MOST_KEYS = 2**40
# Of the parts but the one that has most room, so many different values.
FEW = 4
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_WIDEST_CODE, _LONGEST_NAME, _DIGITS = 8, 12, 13
_FIRST_DAY = datetime(2020, 1, 1)


@dataclass(frozen=True)
class Keys:
    """Those of a dimension. Raises SettingsError for more keys than there can be, where `check` is asked."""

    definition: Definition

    @cached_property
    def room(self) -> int:
        """How many keys there can be."""
        return min(prod(self._rooms), MOST_KEYS)

    def check(self, count: int) -> None:
        """Raises SettingsError if there cannot be so many keys."""
        if count > self.room:
            raise SettingsError(
                f"there would be {count} keys, and the key of {self.definition.name} has room for {self.room}: "
                "give fewer --customers and less --growth"
            )

    def numbers(self, at: int, ids: Ints) -> tuple[Ints, NDArray[np.bool_]]:
        """For a part, by its place: the number that each key of these numbers has in it, and where it is NULL."""
        part, numbers = self.definition.key[at], self._split(ids)[at]
        if part.null is None:
            return numbers, np.zeros(len(numbers), np.bool_)
        others = np.maximum(numbers - 1, 0)
        taken = self._taken[at]
        # The stand-in itself must not land.
        return others + (others >= taken) if taken is not None else others, numbers == 0

    def values(self, at: int, ids: Ints) -> NDArray[Any]:
        """The values of a part as the tables have them: NULL is its stand-in."""
        part, (numbers, is_null) = self.definition.key[at], self.numbers(at, ids)
        if part.type.base == "integer" and part.null is None:
            return numbers + 1
        column = np.empty(len(ids), object)
        column[:] = [value_of(text, part.type) for text in written(part, numbers).tolist()]
        if part.null is not None:
            column[is_null] = [value_of(part.null, part.type)] * int(is_null.sum())
        return column

    def numbers_of(self, keys: Sequence[Sequence[Value]]) -> Ints:
        """The numbers of these keys, as the tables have them; 0 where it is none of them."""
        found = np.array([self._number(key) for key in keys], np.int64).reshape(len(keys))
        known = np.maximum(found, 1)
        for at in range(len(self.definition.key)):
            same = [mine == theirs[at] for mine, theirs in zip(self.values(at, known).tolist(), keys, strict=True)]
            found *= np.array(same, np.bool_)
        return found

    def _number(self, key: Sequence[Value]) -> int:
        """The number that a key would have."""
        number = 0
        places = [self._widest, *(at for at in range(len(key)) if at != self._widest)]
        for at in places:
            digit = self._digit(at, key[at])
            if digit is None or not 0 <= digit < self._all_rooms[at]:
                return 0
            number = number * self._rooms[at] + digit
        return number + 1 if number < self.room else 0

    def _digit(self, at: int, value: Value) -> int | None:
        part = self.definition.key[at]
        digit = _GUESSES[part.type.base](value, part)
        if part.null is None:
            return digit
        if value == value_of(part.null, part.type):
            return 0
        taken = self._taken[at]
        return None if digit is None else digit + 1 - (taken is not None and digit > taken)

    @cached_property
    def _taken(self) -> list[int | None]:
        """For each part the number that would be written as its stand-in."""
        return [None if part.null is None else _number_of(part) for part in self.definition.key]

    @cached_property
    def _all_rooms(self) -> list[int]:
        """How many different values each part can have. One may be NULL; the stand-in is none."""
        pairs = zip(self.definition.key, self._taken, strict=True)
        return [_room(part.type) + (part.null is not None) - (taken is not None) for part, taken in pairs]

    @cached_property
    def _widest(self) -> int:
        return self._all_rooms.index(max(self._all_rooms))

    @cached_property
    def _rooms(self) -> list[int]:
        return [room if at == self._widest else min(room, FEW) for at, room in enumerate(self._all_rooms)]

    def _split(self, ids: Ints) -> list[Ints]:
        """A number for each part: the widest has what the others leave."""
        parts: dict[int, Ints] = {}
        rest = ids - 1
        for at, room in reversed(list(enumerate(self._rooms))):
            if at != self._widest:
                rest, parts[at] = np.divmod(rest, room)
        parts[self._widest] = rest
        return [parts[at] for at in range(len(self._rooms))]


def prefix(part: Part) -> str | None:
    """What stands before the number in a part that is written as one, counted from 1; None if it is written otherwise.

    SKU-17 where there is room for that, else a code of letters and digits.
    """
    if part.type.base == "integer":
        return ""
    if part.type.base == "text" and (length := part.type.size[0]) > _DIGITS + 1:
        return part.name.upper()[: min(_LONGEST_NAME, length - _DIGITS - 1)] + "-"
    return None


def _room(kind: Type) -> int:
    match kind.base, kind.size:
        case "number", (digits, scale):
            return min(10 ** (digits - scale + _scale(digits, scale)) - 1, MOST_KEYS)
        case "text", (length,) if length <= _DIGITS + 1:
            return min(len(_ALPHABET) ** _code(length), MOST_KEYS)
        case "boolean", _:
            return 2
        case "date", _:
            return (datetime(9999, 1, 1) - _FIRST_DAY).days
        case "timestamp", _:
            return (datetime(9999, 1, 1) - _FIRST_DAY) // timedelta(seconds=1)
    return MOST_KEYS


def written(part: Part, numbers: Ints) -> Texts:
    """The text of each number in a part, from 0 on; no two are alike."""
    before = prefix(part)
    if before is not None:
        return np.char.add(before, (numbers + 1).astype(str))
    match part.type.base, part.type.size:
        case "text", (length,):
            letters = np.array(list(_ALPHABET))
            places = reversed(range(_code(length)))
            return _joined([letters[numbers // len(_ALPHABET) ** at % len(_ALPHABET)] for at in places])
        case "number", (digits, scale):
            return _decimal(_scale(digits, scale), numbers + 1)
        case "uuid", _:
            return _uuid(numbers)
        case "boolean", _:
            return np.where(numbers == 0, "false", "true")
        case "date", _:
            return (np.datetime64(_FIRST_DAY, "D") + numbers).astype(str)
    moments = (np.datetime64(_FIRST_DAY, "s") + numbers).astype(str).tolist()
    return np.array([moment.replace("T", " ") for moment in moments], np.str_)


def _number_of(part: Part) -> int | None:
    """Which number would be written as a part's stand-in; None if none would."""
    stand_in = value_of(part.null or "", part.type)
    at = _GUESSES[part.type.base](stand_in, part)
    if at is None or not 0 <= at < _room(part.type):
        return None
    text = str(written(part, np.array([at], np.int64))[0])
    return at if value_of(text, part.type) == stand_in else None


def _guessed_text(value: Value, part: Part) -> int | None:
    text = str(value)
    if before := prefix(part):
        number = text.removeprefix(before)
        return int(number) - 1 if number.isdecimal() else None
    number = 0
    for letter in text:
        number = number * len(_ALPHABET) + _ALPHABET.find(letter)
    return number


# The number that a value would have, if it has one at all.
_GUESSES: dict[str, Callable[[Any, Part], int | None]] = {
    "integer": lambda value, part: int(str(value)) - 1,
    "number": lambda value, part: int(value * 10 ** _scale(*part.type.size)) - 1,
    "text": _guessed_text,
    "uuid": lambda value, part: int(str(value)[-12:], 16),
    "boolean": lambda value, part: int(bool(value)),
    "date": lambda value, part: (np.datetime64(value, "D") - np.datetime64(_FIRST_DAY, "D")).astype(int),
    "timestamp": lambda value, part: (np.datetime64(value, "s") - np.datetime64(_FIRST_DAY, "s")).astype(int),
}


def _scale(digits: int, scale: int) -> int:
    """Digits behind the point that keys use: none, if there are enough before it."""
    return min(scale, max(0, _DIGITS - (digits - scale)))


def _code(length: int) -> int:
    return min(length, _WIDEST_CODE)


def _decimal(scale: int, numbers: Ints) -> Texts:
    if scale == 0:
        return numbers.astype(str)
    pairs = zip(*(part.tolist() for part in np.divmod(numbers, 10**scale)), strict=True)
    return np.array([f"{whole}.{fraction:0{scale}}" for whole, fraction in pairs], np.str_)


def _uuid(numbers: Ints) -> Texts:
    """Of version 4; the last 12 digits are the number, so no two are alike."""
    bits = draw(0, "uuid of a key", numbers)
    digits = np.array(list("0123456789abcdef"))

    def hexadecimal(values: NDArray[np.uint64], count: int) -> Texts:
        return _joined([digits[(values >> np.uint64(4 * at)) & np.uint64(15)] for at in reversed(range(count))])

    dash = np.full(len(numbers), "-")
    variant = np.full(len(numbers), "-a")
    parts = [hexadecimal(bits >> np.uint64(32), 8), dash, hexadecimal(bits >> np.uint64(16), 4)]
    parts += [np.full(len(numbers), "-4"), hexadecimal(bits, 3), variant, hexadecimal(bits >> np.uint64(5), 3)]
    return _joined([*parts, dash, hexadecimal(numbers.astype(np.uint64), 12)])


def _joined(parts: Sequence[Texts]) -> Texts:
    """The texts of all parts, side by side."""
    whole = parts[0]
    for part in parts[1:]:
        whole = np.char.add(whole, part)
    return whole
