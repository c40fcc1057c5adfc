"""What changes in a batch: the rows that a fault-free feed consists of."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.hashing import Ints, chosen, draw
from generator.population import Cohort, Population, blocks

# TRUNCATE has no key, 0. A TOMBSTONE says nothing; Debezium has one behind each delete.
INSERT, UPDATE, DELETE, TRUNCATE, TOMBSTONE = range(5)
# What an unspoiled row has for a flaw; the others are positions among generator.flaws.
NO_FLAW = -1
# The share of the events that have another one of the same time before them, where a sequence orders the two.
FORERUNNERS = 0.125


@dataclass(frozen=True)
class Rows:
    """Rows of a file before they are written; arrays of one length.

    ids: numbers of keys, int64. batches: the batch in which each row happened, int64, whatever file it travels in.
    ops: INSERT, UPDATE and so on, int8. flaws: NO_FLAW for an event, else how the row is spoiled, int16.
    turns: 1 for a forerunner, which the event of the same key and batch follows at the same time, 2 for a tombstone;
    else 0, int64.
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
    """The events of batch k by number of the key, one at most per key, then their forerunners and tombstones.

    An insert for who is there now and was not before (new, or back after a delete), a delete for who was there and is
    not, an update for who stays with an attribute group in a new version or under another key. Of snapshots an insert
    for everyone who is there. Raises SettingsError if there is no slot k.
    """
    population.settings.slot_start(k)
    population.known(k)
    if population.definition.is_snapshots:
        return joined([_everyone(population, block, k) for block in blocks(1, population.entities(k))])
    if population.truncate_rate > 0 and population.is_truncated(k)[0]:
        return rows_of(np.zeros(1, np.int64), k, np.full(1, TRUNCATE, np.int8))
    rows = changes(population, k)
    if not population.definition.is_ordered:
        return rows
    parts = [rows, _forerunners(population, rows, k)]
    return joined([*parts, *map(_tombstones, parts)] if population.definition.is_debezium else parts)


def changes(population: Population, k: int) -> Rows:
    """What is other at batch k than at the one before."""
    now, before = population.entities(k), population.entities(k - 1)
    found = [_changes(population, block, k) for block in blocks(1, before)]
    arrivals = population.numbers(np.arange(before + 1, now + 1, dtype=np.int64), k)
    arrivals = arrivals[Cohort(population, arrivals).there(k)]
    return joined([*found, rows_of(arrivals, k, np.full(len(arrivals), INSERT, np.int8))])


def _everyone(population: Population, block: range, k: int) -> Rows:
    ids = np.arange(block.start, block.stop, dtype=np.int64)
    there = ids[Cohort(population, ids).present(k)]
    return rows_of(there, k, np.full(len(there), INSERT, np.int8))


def _changes(population: Population, block: range, k: int) -> Rows:
    entities = np.arange(block.start, block.stop, dtype=np.int64)
    ids, old = population.numbers(entities, k), population.numbers(entities, k - 1)
    cohort = Cohort(population, ids)
    now, before = cohort.there(k), cohort.there(k - 1)
    changed = now != before
    for group in population.definition.groups:
        if population.rate(group) > 0:
            changed |= (cohort.version(group, k) != cohort.version(group, k - 1)) & now
    moved = now & before & (ids != old) if population.is_moving else np.zeros(len(ids), np.bool_)
    ops = np.where(now, np.where(before, UPDATE, INSERT), DELETE).astype(np.int8)
    if population.definition.is_debezium:
        ops[moved] = INSERT
    changed |= moved
    rows = rows_of(np.where(now, ids, old)[changed], k, ops[changed])
    if not population.definition.is_debezium or not moved.any():
        return rows
    # There a key that becomes another is a delete and an insert.
    return joined([rows, rows_of(old[moved], k, np.full(int(moved.sum()), DELETE, np.int8))])


def _forerunners(population: Population, rows: Rows, k: int) -> Rows:
    """Events that do not count, because others of the same time follow: upserts and, where there are any, deletes."""
    seed = population.settings.seed
    ids = rows.ids[has_forerunner(population, rows.ids, k)]
    deletes = chosen(draw(seed, "forerunner's end", ids, k), 0.25 if population.definition.has_deletes else 0.0)
    return rows_of(ids, k, np.where(deletes, DELETE, UPDATE).astype(np.int8), turn=1)


def has_forerunner(population: Population, ids: Ints, k: Ints | int) -> NDArray[np.bool_]:
    """Whether the event of each key in batch k, or in its own, has one before it."""
    share = FORERUNNERS if population.definition.is_ordered else 0.0
    return chosen(draw(population.settings.seed, "forerunner", ids, k), share)


def _tombstones(rows: Rows) -> Rows:
    gone = rows.ids[rows.ops == DELETE]
    return rows_of(gone, int(rows.batches[0]) if len(rows) else 0, np.full(len(gone), TOMBSTONE, np.int8), turn=2)
