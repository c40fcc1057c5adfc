"""The generator's truth of a dimension, under the names and kinds of change that its definition has today."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import numpy as np

from customertrack.demo.feed import HomeFeed
from customertrack.dimension.definition import Attribute
from customertrack.dimension.definition import Definition as Today
from customertrack.reads.results import Row
from generator.hashing import Ints
from generator.population import blocks
from generator.truth_tables import OPEN_END, true_versions

# Keys worked out at a time: memory follows it, not the size of the tables.
AT_ONCE = 10_000


class Truth:
    """What both tables hold after so many batches of a feed, for some keys at a time.

    Attributes that are defined since, or retired, are left out; a renamed one has its new name. Keys that are left out
    are asked for by nobody, and are in nothing that is given.
    """

    def __init__(self, made: HomeFeed, today: Today, batches: int) -> None:
        self._population = made.feed.population
        self._batches = batches
        self._today = _attributes_today(made, today)
        self._known = self._population.known(batches - 1)
        # Which numbers of keys have been asked for, or are left out.
        self._asked = np.zeros(self._known + 1, np.bool_)
        self.left_out: set[Row] = set()
        self.key = tuple(part.name for part in self._population.definition.key)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns of a version: key, attributes, valid_from, valid_to, is_current."""
        attributes = (attribute.name for attribute in self._today.values())
        return (*self.key, *attributes, "valid_from", "valid_to", "is_current")

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
        if not keys:
            return np.empty(0, np.int64)
        numbers = self._population.keys.numbers_of(keys)
        return np.where(numbers > self._known, 0, numbers)

    def _rows(self, numbers: Ints) -> list[Row]:
        changes = {name: attribute.change for name, attribute in self._today.items()}
        columns = true_versions(self._population, self._batches, numbers, changes)
        ordered = [columns[name] for name in (*self.key, *self._today, "valid_from", "valid_to")]
        return list(zip(*(column.tolist() for column in (*ordered, columns["valid_to"] == OPEN_END)), strict=True))


def _attributes_today(made: HomeFeed, today: Today) -> Mapping[str, Attribute]:
    """What the attributes that the feed was made with are now, by the name that they had."""
    by_name = {attribute.name: attribute for attribute in today.attributes}
    renamed = {attribute.was: attribute for attribute in today.attributes if attribute.was}
    now = {one.name: renamed.get(one.name) or by_name.get(one.name) for one in made.definition.attributes}
    return {name: attribute for name, attribute in now.items() if attribute and not attribute.retired}
