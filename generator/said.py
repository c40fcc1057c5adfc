"""What rows say, whatever the format: which values, keys, numbers and words, for many rows at once."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from generator.definition import Definition, Group
from generator.events import DELETE, INSERT, NO_FLAW, TRUNCATE, UPDATE, Rows, has_forerunner
from generator.hashing import Ints, UInts, below, draw
from generator.padded import Mask
from generator.population import Cohort, Population


@dataclass(frozen=True)
class Numbers:
    """Whole numbers above 0, but where they are missing."""

    values: Ints
    is_missing: Mask


class Said:
    """What these rows of a population say."""

    def __init__(self, population: Population, rows: Rows) -> None:
        self.population = population
        self.definition: Definition = population.definition
        self.rows = rows
        # What has no key, which is number 0, writes none; number 1 is as good to be worked out.
        self.ids = np.maximum(rows.ids, 1)
        self.cohort = Cohort(population, self.ids)

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def is_upsert(self) -> Mask:
        """Whether a row says what its key is like."""
        return self.rows.ops < DELETE

    @cached_property
    def is_truncate(self) -> Mask:
        """Whether a row ends all keys."""
        return self.rows.ops == TRUNCATE

    @cached_property
    def moments(self) -> Ints:
        """When it became true: milliseconds since 1970."""
        return self.cohort.moment(self.rows.batches)

    def positions(self, group: Group) -> Ints:
        """Where in the group's pool the row's values stand; behind its end where a row is no upsert."""
        found = self.cohort.positions(group, self.rows.batches, self.rows.turns)
        return np.where(self.is_upsert, found, len(self.population.pools[group.name].rows))

    def says(self, group: Group) -> Mask:
        """Whether a row says the values of a group: an upsert does, if rows are not partial; else an update says what
        is other than before, what a forerunner at its time has said, and sometimes what nobody asked for."""
        if not self.definition.keeps_missing or self.definition.format == "parquet":
            return self.is_upsert
        rows = self.rows
        is_other = self.cohort.version(group, rows.batches) != self.cohort.version(group, rows.batches - 1)
        is_extra = below(self._draw(f"says {group.name}"), 8) == 0
        is_whole = (rows.ops == INSERT) | (rows.turns == 1) | (rows.flaws != NO_FLAW)
        is_whole |= has_forerunner(self.population, self.ids, rows.batches)
        # What another key has said is not said of this one.
        is_whole |= self.population.numbers(self.cohort.entities, rows.batches - 1) != self.ids
        return self.is_upsert & (is_whole | is_other | is_extra)

    def key(self, at: int) -> Numbers:
        """The numbers of a part of the key, and where it is NULL."""
        return Numbers(*self.population.keys.numbers(at, self.ids))

    def key_before(self, at: int) -> Numbers:
        """Those of the key before the row: where it moves, and sometimes where it does not, which says nothing."""
        rows = self.rows
        settled = (rows.ops == UPDATE) & (rows.turns == 0)
        old = self.population.numbers(self.cohort.entities, rows.batches - 1)
        moves = settled & self.cohort.there(rows.batches - 1) & (old != self.ids)
        told = moves | (settled & (below(self._draw("key before"), 2) == 0))
        values, is_null = self.population.keys.numbers(at, np.where(moves, old, self.ids))
        return Numbers(values, is_null | ~told)

    def sequence(self, at: int) -> Numbers:
        """Numbers that rise with time. A forerunner's are lower, or missing, in one column, whatever is behind that."""
        rows = self.rows
        turns = max(1, len(self.definition.sequence))
        bits = self._draw("sequence")
        decides, nudge = below(bits << np.uint64(8), turns), below(bits << np.uint64(20), 4)
        is_first = rows.turns == 1
        away = np.where(decides == at, -1 - nudge, np.where(decides < at, nudge, 0)) * is_first
        # A layout's own numbers are always there.
        missing = is_first & (decides == at) & (nudge == 0) & bool(self.definition.sequence)
        return Numbers(np.abs(self.moments) * 10 + 5 + away, missing)

    def words(self, upserts: int, deletes: int, truncates: int) -> Ints:
        """Which word says what a row is, of so many for the same, one behind the other."""
        bits = self._draw("op")
        chosen = np.where(self.is_upsert, below(bits, upserts), upserts + below(bits, deletes))
        if truncates == 0:
            return chosen
        return np.where(self.is_truncate, upserts + deletes + below(bits, truncates), chosen)

    def _draw(self, purpose: str) -> UInts:
        return draw(self.population.settings.seed, purpose, self.rows.ids, self.rows.batches)
