"""How a feed can go wrong without telling anything untrue."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from generator.definition import Definition
from generator.errors import SettingsError
from generator.events import TRUNCATE, UPDATE, Rows
from generator.flaws import flaws
from generator.hashing import Ints, below, chosen, draw
from generator.settings import check_rate, check_whole


@dataclass(frozen=True, kw_only=True)
class Faults:
    """What goes wrong in a feed; none of it changes the truth once every file and the held-back rows are in.

    late: share of rows that arrive 1..lateness batches after their own, with their own time.
    duplicates: share of rows that come once more, in the same file or one of the next ``lateness``.
    duplicate_files: share of files that come once more under another name.
    shuffle: rows lie in random order within files, and the files of a finite run come in random order.
    malformed: additional rows, as a share of the batch's own, that are no valid events (one of the flaws each).

    The rows of a full load are true since ever by the file that they come in; so they are not late, and their copies
    come in the same file. A snapshot is whole, and copies are in it: what is late is the file, where a run has an end,
    and only attributes are malformed, as a row without a key would hold all of it. Raises SettingsError for a share
    outside 0..1 or a lateness below 1.
    """

    late: float = 0.0
    duplicates: float = 0.0
    duplicate_files: float = 0.0
    shuffle: bool = False
    malformed: float = 0.0
    lateness: int = 3

    def __post_init__(self) -> None:
        for name in ("late", "duplicates", "duplicate_files", "malformed"):
            check_rate(name, getattr(self, name))
        check_whole("lateness", self.lateness, most=1000)
        if self.lateness == 0:
            raise SettingsError("lateness is 0: give the number of batches, 1 or more, that a late row may take")


# Enough of each to be seen: rows that come late, come twice, or are rejects.
USUAL_FAULTS = Faults(late=0.05, duplicates=0.01, malformed=0.005)


@dataclass(frozen=True)
class Luck:
    """Which rows meet which fault: drawn from the seed, the key and the batch of the row, never from the file."""

    definition: Definition
    seed: int
    faults: Faults

    @cached_property
    def _flaws(self) -> tuple[int, int]:
        """How many flaws there are, and how many that a full load can have, which are the first."""
        found = flaws(self.definition)
        return len(found), sum(not flaw.of_time for flaw in found)

    def delays(self, rows: Rows) -> Ints:
        """How many batches after its own each row is delivered: 0, or 1..lateness if it is late."""
        may_be = ~self._is_initial(rows) & (not self.definition.is_snapshots)
        late = self._meets("late", rows, self.faults.late) & may_be
        return np.where(late, 1 + below(self._draw("delay", rows), self.faults.lateness), 0)

    def delays_of_files(self, slots: range) -> Ints:
        """How many batches after its own the file of each slot is delivered."""
        numbers = np.asarray(slots, np.int64)
        late = chosen(draw(self.seed, "late file", numbers), self.faults.late)
        return np.where(late, 1 + below(draw(self.seed, "delay of file", numbers), self.faults.lateness), 0)

    def copies(self, rows: Rows) -> Ints:
        """How many batches after its own each row's copy is delivered: 0..lateness, or -1 if it has none."""
        copied = self._meets("copy", rows, self.faults.duplicates)
        delay = below(self._draw("delay of copy", rows), self.faults.lateness + 1)
        return np.where(copied, np.where(self._is_initial(rows), 0, delay), -1)

    def spoiled(self, rows: Rows) -> Rows:
        """The malformed rows that come with these: copies of some, spoiled. All are upserts, as of a delete's
        attributes nothing is asked."""
        rows = rows.pick(rows.ops < TRUNCATE)
        source = rows.pick(self._meets("malformed", rows, self.faults.malformed))
        of_all, of_initial = self._flaws
        if of_all == 0:
            return source.pick(slice(0))
        drawn = self._draw("flaw", source)
        flawed = np.where(self._is_initial(source), below(drawn, of_initial), below(drawn, of_all)).astype(np.int16)
        return Rows(source.ids, source.batches, np.full(len(source), UPDATE, np.int8), flawed, source.turns)

    def order(self, purpose: str, count: int) -> Ints:
        """The positions 0..count-1 in random order."""
        return np.argsort(draw(self.seed, f"order of {purpose}", np.arange(count)), kind="stable")

    def file_comes_twice(self, k: int) -> bool:
        """Whether the file of slot k comes once more."""
        slot = np.array([k], np.int64)
        return bool(chosen(draw(self.seed, "file twice", slot), self.faults.duplicate_files)[0])

    def _is_initial(self, rows: Rows) -> NDArray[np.bool_]:
        return (rows.batches == 0) & (self.definition.initial is not None)

    def _meets(self, fault: str, rows: Rows, share: float) -> NDArray[np.bool_]:
        return chosen(self._draw(fault, rows), share) if share else np.zeros(len(rows), np.bool_)

    def _draw(self, fault: str, rows: Rows) -> NDArray[np.uint64]:
        # No number of a key reaches so far.
        return draw(self.seed, fault, rows.ids + (rows.turns << 48), rows.batches)
