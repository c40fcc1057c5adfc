"""What changes in a batch: the rows that a fault-free feed consists of."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.hashing import Ints
from generator.population import Cohort, blocks, known
from generator.settings import GROUPS, Settings

OPS = ("I", "U", "D")
INSERT, UPDATE, DELETE = range(len(OPS))
# What an unspoiled row has for a flaw; the others are positions in generator.faults.FLAWS.
NO_FLAW = -1


@dataclass(frozen=True)
class Rows:
    """Rows of a file before they are written; four arrays of one length.

    ids: customer ids, int64. batches: the batch in which each row happened, int64, whatever file it travels in.
    ops: positions in OPS, int8. flaws: NO_FLAW for an event, else how the row is spoiled, int8.
    """

    ids: Ints
    batches: Ints
    ops: NDArray[np.int8]
    flaws: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.ids)

    def pick(self, which: NDArray[np.bool_] | Ints | slice) -> "Rows":
        """The rows under a mask, at positions, or in a slice."""
        return Rows(self.ids[which], self.batches[which], self.ops[which], self.flaws[which])


def events_of(ids: Ints, k: int, ops: NDArray[np.int8]) -> Rows:
    """Unspoiled rows of batch k."""
    return Rows(ids, np.full(len(ids), k, np.int64), ops, np.full(len(ids), NO_FLAW, np.int8))


def joined(parts: Sequence[Rows]) -> Rows:
    """The rows of all parts (at least one), one after the other."""
    if len(parts) == 1:
        return parts[0]
    return Rows(
        np.concatenate([part.ids for part in parts]),
        np.concatenate([part.batches for part in parts]),
        np.concatenate([part.ops for part in parts]),
        np.concatenate([part.flaws for part in parts]),
    )


def events(settings: Settings, k: int) -> Rows:
    """The events of batch k by customer id, one at most per customer.

    An insert for who is there now and was not before (new, or back after a delete), a delete for who was there and is
    not, an update for who stays with an attribute group in a new version. Raises SettingsError if there is no slot k.
    """
    settings.slot_start(k)
    found = [_changes(settings, block, k) for block in blocks(1, known(settings, k - 1))]
    arrivals = np.arange(known(settings, k - 1) + 1, known(settings, k) + 1, dtype=np.int64)
    return joined([*found, events_of(arrivals, k, np.full(len(arrivals), INSERT, np.int8))])


def _changes(settings: Settings, block: range, k: int) -> Rows:
    cohort = Cohort(settings, np.arange(block.start, block.stop, dtype=np.int64))
    now, before = cohort.present(k), cohort.present(k - 1)
    changed = now != before
    for group in GROUPS:
        if settings.rate(group) > 0:
            changed |= (cohort.version(group, k) != cohort.version(group, k - 1)) & now
    ops = np.where(now, np.where(before, UPDATE, INSERT), DELETE).astype(np.int8)
    return events_of(cohort.ids[changed], k, ops[changed])
