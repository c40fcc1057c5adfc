"""The values that a group of attributes can have together: made once per seed, and from then on only picked from."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from generator import providers, values
from generator.definition import Attribute, Dialect, Group
from generator.hashing import Ints, draw
from generator.values import Value

Objects = NDArray[np.object_]

# Powers of two: an odd step through a pool then comes to every entry, and never stays. What goes together, as in an
# address, needs more.
SIZE, SIZE_TOGETHER = 1024, 4096
# One in so many values is NULL.
NULL_EVERY_FROM_TYPES, NULL_EVERY_FROM_FAKER = 16, 64
# Room for the number of any key, and the point before it.
_ROOM_FOR_NUMBER = 14


# A pool is made once (make_pool), so it is equal to none but itself: what is made of one is found again by it.
@dataclass(frozen=True, eq=False)
class Pool:
    """`rows`: the entries, a value for each attribute of the group."""

    group: Group
    rows: tuple[tuple[Value, ...], ...]

    @cached_property
    def columns(self) -> tuple[Objects, ...]:
        """The values of each attribute."""
        columns = [np.empty(len(self.rows), object) for _ in self.group.attributes]
        for at, column in enumerate(columns):
            column[:] = [row[at] for row in self.rows]
        return tuple(columns)

    def states(self, names: Collection[str]) -> Ints:
        """For each entry the first one that is equal in all attributes of these names."""
        return _states(self, tuple(at for at, attribute in enumerate(self.group.attributes) if attribute.name in names))

    @cached_property
    def is_numbered(self) -> bool:
        """Whether they are addresses of e-mail, to each of which the number of its key is added: they are unique."""
        first, *others = self.group.attributes
        if others or first.type.base != "text":
            return False
        (length,) = first.type.size
        texts = [str(value) for (value,) in self.rows if value is not None]
        return all(text.count("@") == 1 and len(text) + _ROOM_FOR_NUMBER <= length for text in texts)

    def values(self, at: int, positions: Ints, ids: Ints) -> Objects:
        """The values of the attribute at that place, for keys of these numbers at these positions."""
        found = self.columns[at][positions]
        if self.is_numbered:
            found[:] = [numbered(value, number) for value, number in zip(found, ids.tolist(), strict=True)]
        return found


@lru_cache(maxsize=64)
def _states(pool: Pool, picks: tuple[int, ...]) -> Ints:
    """What `states` gives, for the attributes in these places."""
    first: dict[tuple[Value, ...], int] = {}
    states = [tuple(row[at] for at in picks) for row in pool.rows]
    return np.array([first.setdefault(state, at) for at, state in enumerate(states)], np.int64)


def numbered(address: str | None, number: int) -> str | None:
    """An address of e-mail that only the key of this number has."""
    return address and address.replace("@", f".{number}@")


@cache
def make_pool(group: Group, seed: int, dialect: Dialect) -> Pool:
    """The pool of a group: the same on every machine with the same release of Faker. Raises SettingsError.

    Its texts are what the dialect can hold.
    """
    provided = [attribute for attribute in group.attributes if attribute.provider]
    size = SIZE_TOGETHER if len(provided) > 1 else SIZE
    columns: dict[str, Sequence[Value]] = {}
    if provided:
        rows = providers.rows(provided, _seed(seed, group), size)
        columns |= zip((attribute.name for attribute in provided), zip(*rows, strict=True), strict=True)
    for attribute in group.attributes:
        if not attribute.provider:
            columns[attribute.name] = values.made(attribute.type, seed, attribute.name, size)
    finished = [_finished(attribute, columns[attribute.name], seed, dialect) for attribute in group.attributes]
    return Pool(group, tuple(zip(*finished, strict=True)))


def _seed(seed: int, group: Group) -> int:
    return int(draw(seed, f"Faker's of {group.name}", np.zeros(1, np.int64))[0])


def _finished(attribute: Attribute, column: Sequence[Value], seed: int, dialect: Dialect) -> list[Value]:
    """With what is awkward among the texts, and a few NULLs."""
    finished = list(column)
    if attribute.type.base == "text" and not any("@" in str(value) for value in column):
        awkward = values.awkward(*attribute.type.size)
        finished[: len(awkward)] = awkward
    every = NULL_EVERY_FROM_FAKER if attribute.provider else NULL_EVERY_FROM_TYPES
    bits = draw(seed, f"NULL in {attribute.name}", np.arange(len(finished)))
    drawn = [None if one % every == 0 else value for one, value in zip(bits.tolist(), finished, strict=True)]
    return [value if _holds(dialect, value) else None for value in drawn]


def _holds(dialect: Dialect, value: Value) -> bool:
    """Whether a value can be written: in the encoding and, where nothing is quoted, without what would end a field."""
    if not isinstance(value, str):
        return True
    is_encoded = value.encode(dialect.encoding, "ignore").decode(dialect.encoding) == value
    return is_encoded and (bool(dialect.quote) or dialect.delimiter not in value)
