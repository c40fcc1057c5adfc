"""What changes in a batch: the rows that a fault-free feed consists of."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.hashing import Ints, chosen, draw
from generator.population import Cohort, Population, blocks

INSERT, UPDATE, DELETE = range(3)
# What an unspoiled row has for a flaw; the others are positions among generator.flaws.
NO_FLAW = -1
# The share of the events that have another one of the same time before them, where a sequence orders the two.
FORERUNNERS = 0.125


@dataclass(frozen=True)
class Rows:
    """Rows of a file before they are written; arrays of one length.

    ids: numbers of keys, int64. batches: the batch in which each row happened, int64, whatever file it travels in.
    ops: INSERT, UPDATE or DELETE, int8. flaws: NO_FLAW for an event, else how the row is spoiled, int16.
    turns: 1 for a forerunner, which the event of the same key and batch follows at the same time; else 0, int64.
    """

    ids: Ints
    batches: Ints
    ops: NDArray[np.int8]
    flaws: NDArray[np.int16]
    turns: Ints

    def __len__(self) -> int:
        return len(self.ids)

    def pick(self, which: NDArray[np.bool_] | Ints | slice) -> "Rows":
        """The rows under a mask, at positions, or in a slice."""
        return Rows(self.ids[which], self.batches[which], self.ops[which], self.flaws[which], self.turns[which])


def rows_of(ids: Ints, k: int, ops: NDArray[np.int8], turn: int = 0) -> Rows:
    """Unspoiled rows of batch k."""
    count = len(ids)
    flaws, turns = np.full(count, NO_FLAW, np.int16), np.full(count, turn, np.int64)
    return Rows(ids, np.full(count, k, np.int64), ops, flaws, turns)


def joined(parts: Sequence[Rows]) -> Rows:
    """The rows of all parts (at least one), one after the other."""
    if len(parts) == 1:
        return parts[0]
    columns = zip(*((part.ids, part.batches, part.ops, part.flaws, part.turns) for part in parts), strict=True)
    return Rows(*(np.concatenate(column) for column in columns))


def events(population: Population, k: int) -> Rows:
    """The events of batch k by number of the key, one at most per key, and then their forerunners.

    An insert for who is there now and was not before (new, or back after a delete), a delete for who was there and is
    not, an update for who stays with an attribute group in a new version. Raises SettingsError if there is no slot k.
    """
    population.settings.slot_start(k)
    known, before = population.known(k), population.known(k - 1)
    found = [_changes(population, block, k) for block in blocks(1, before)]
    arrivals = np.arange(before + 1, known + 1, dtype=np.int64)
    rows = joined([*found, rows_of(arrivals, k, np.full(len(arrivals), INSERT, np.int8))])
    return joined([rows, _forerunners(population, rows, k)]) if population.definition.sequence else rows


def _changes(population: Population, block: range, k: int) -> Rows:
    cohort = Cohort(population, np.arange(block.start, block.stop, dtype=np.int64))
    now, before = cohort.present(k), cohort.present(k - 1)
    changed = now != before
    for group in population.definition.groups:
        if population.rate(group) > 0:
            changed |= (cohort.version(group, k) != cohort.version(group, k - 1)) & now
    ops = np.where(now, np.where(before, UPDATE, INSERT), DELETE).astype(np.int8)
    return rows_of(cohort.ids[changed], k, ops[changed])


def _forerunners(population: Population, rows: Rows, k: int) -> Rows:
    """Events that do not count, because others of the same time follow: upserts and, where there are any, deletes."""
    seed = population.settings.seed
    ids = rows.ids[chosen(draw(seed, "forerunner", rows.ids, k), FORERUNNERS)]
    deletes = chosen(draw(seed, "forerunner's end", ids, k), 0.25 if population.definition.op else 0.0)
    return rows_of(ids, k, np.where(deletes, DELETE, UPDATE).astype(np.int8), turn=1)
