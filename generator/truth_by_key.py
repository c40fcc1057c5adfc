"""The truth for whoever has the tables' rows, key by key, and asks which versions these keys must have."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from generator.hashing import Ints
from generator.population import Population, blocks
from generator.truth_tables import OPEN_END, true_versions

# Keys worked out at a time: memory follows it, not the size of the tables.
AT_ONCE = 10_000

Row = tuple[Any, ...]


class TruthByKey:
    """What both tables hold after so many batches, for some keys at a time.

    `changes`: for each attribute that is wanted what a change of it does. Versions are rows of the parts of the key,
    these attributes, valid_from, valid_to, is_current. Keys that are left out are in nothing that is given.
    """

    def __init__(self, population: Population, batches: int, changes: Mapping[str, str]) -> None:
        self._population = population
        self._batches = batches
        self._changes = changes
        self._known = population.known(batches - 1)
        # Which numbers of keys have been asked for, or are left out.
        self._asked = np.zeros(self._known + 1, np.bool_)
        self.left_out: set[Row] = set()
        self.key = tuple(part.name for part in population.definition.key)

    def leave_out(self, keys: Iterable[Row], numbers: Collection[int]) -> None:
        """Have nothing to do with these keys, nor with the feed's keys of these numbers."""
        ids = np.array(sorted(numbers), np.int64)
        values = [self._population.keys.values(at, ids).tolist() for at in range(len(self.key))]
        self.left_out = {*keys, *zip(*values, strict=True)}

    def of_keys(self, keys: Sequence[Row]) -> list[Row]:
        """The versions of these keys, in their order; of those that are none of the feed's there are none."""
        numbers = self._numbers_of(keys)
        self._asked[numbers] = True
        return self._rows(numbers[numbers > 0])

    def of_others(self) -> Iterator[list[Row]]:
        """The versions of all keys that have not been asked for. After that none has."""
        self._asked[self._numbers_of(list(self.left_out))] = True
        for block in blocks(1, self._known, AT_ONCE):
            numbers = np.arange(block.start, block.stop, dtype=np.int64)
            yield self._rows(numbers[~self._asked[numbers]])
        self._asked[:] = False

    def _numbers_of(self, keys: Sequence[Row]) -> Ints:
        numbers = self._population.keys.numbers_of(keys)
        return np.where(numbers > self._known, 0, numbers)

    def _rows(self, numbers: Ints) -> list[Row]:
        columns = true_versions(self._population, self._batches, numbers, self._changes)
        ordered = [columns[name] for name in (*self.key, *self._changes, "valid_from", "valid_to")]
        return list(zip(*(column.tolist() for column in (*ordered, columns["valid_to"] == OPEN_END)), strict=True))
