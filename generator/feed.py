"""The files of a feed: what each slot delivers, with the faults that were asked for.

Every file is a pure function of settings, faults and slot: it can be made on any machine, in any order, any number of
times, and is always the same, byte for byte, under the same name. So a late row cannot be moved into "the last" file,
which would depend on where a run ends; what is still held back when a run ends comes in a file of its own.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, lru_cache

import numpy as np

from generator.definition import Definition
from generator.events import DELETE, NO_FLAW, Rows, changes, events, joined
from generator.faults import Faults, Luck
from generator.lines import Writer
from generator.naming import Kind, Names, digest
from generator.population import Population
from generator.settings import Settings
from generator.writers import check, writer_of


@dataclass(frozen=True)
class FeedFile:
    """One file: its slot, its kind, its name and its rows. ``chunks`` and ``content`` write it."""

    k: int
    kind: Kind
    name: str
    rows: Rows
    writer: Writer

    @cached_property
    def deletes(self) -> int:
        """The delete events in the file, those that come twice counted twice."""
        return int(np.count_nonzero((self.rows.ops == DELETE) & (self.rows.flaws == NO_FLAW)))

    @cached_property
    def malformed(self) -> int:
        """The rows that must end as rejects."""
        return int(np.count_nonzero(self.rows.flaws != NO_FLAW))

    @property
    def upserts(self) -> int:
        """The insert and update events in the file, those that come twice counted twice."""
        return int(np.count_nonzero((self.rows.ops < DELETE) & (self.rows.flaws == NO_FLAW)))

    def chunks(self) -> Iterator[bytes]:
        """The file in pieces, so that none need fit into memory whose format has lines."""
        return self.writer.chunks(self.rows)

    def content(self) -> bytes:
        """The whole file."""
        return b"".join(self.chunks())


class Feed:
    """The files of a population. Raises SettingsError for settings that the dimension cannot have, and where they are
    asked for, for a slot that does not exist.

    ``label`` is in the name of every file, between the slot's time and the kind. If none is given it tells this feed
    from all others, also from one whose values another release of Faker made, so that a name never stands for two
    contents.
    """

    def __init__(
        self,
        definition: Definition,
        settings: Settings | None = None,
        faults: Faults | None = None,
        label: str = "",
    ) -> None:
        self.settings = settings or Settings()
        self.population = Population(definition, self.settings)
        self.faults = faults or Faults()
        self._given_label = label
        self._luck = Luck(definition, self.settings.seed, self.faults)
        self._names = Names(definition, self.settings)
        # How many batches back a file may draw on; without such faults there is nothing to look for there.
        draws_on_others = (self.faults.late or self.faults.duplicates) and not definition.is_snapshots
        self._reach = self.faults.lateness if draws_on_others else 0
        # A file with late rows draws on the batches before it, which were just made.
        self._events = lru_cache(maxsize=self._reach + 1)(lambda k: events(self.population, k))

    @property
    def label(self) -> str:
        """What all names of this feed's files have in common."""
        return self._given_label or self.own_label

    @cached_property
    def own_label(self) -> str:
        """The label of whoever is given none: of equal feeds it is equal."""
        # The pools take a while to make, and are needed for the files anyway.
        return f"seed{self.settings.seed}_{digest(self.population, self.faults)}"

    @cached_property
    def _writer(self) -> Writer:
        return writer_of(self.population)

    def check_written(self) -> None:
        """Raises SettingsError if there is no writer for such files, or not what it needs."""
        check(self.population.definition)

    def check_packed(self) -> None:
        """Raises SettingsError if the definition does not take files of this feed with .gz behind their names."""
        self._names.check_packed(self.label)

    def slot_at(self, moment: datetime) -> int:
        """The slot that covers a moment (no offset: UTC)."""
        return self.settings.slot_at(moment)

    def object_name(self, k: int) -> str:
        """The name of slot k's file: unique per slot and feed, and in the order of the slots."""
        return self._name(k, Kind.SLOT)

    def names(self, k: int) -> list[str]:
        """The names of all files of slot k, without making them."""
        kinds = (Kind.SLOT, Kind.AGAIN) if self._luck.file_comes_twice(k) else (Kind.SLOT,)
        return [self._name(k, kind) for kind in kinds]

    def possible_names(self, k: int) -> list[str]:
        """The names that files of slot k have or can have, its late rows' among them."""
        return [self._name(k, kind) for kind in Kind]

    def batch(self, k: int) -> FeedFile:
        """The file of slot k."""
        return self._file(k, Kind.SLOT, self._delivered(k))

    def files(self, k: int) -> list[FeedFile]:
        """All files of slot k: the batch, and its copy under another name if that fault meets it."""
        batch = self.batch(k)
        return [batch, *(replace(batch, kind=Kind.AGAIN, name=name) for name in self.names(k)[1:])]

    def held_back(self, k: int) -> FeedFile | None:
        """The late rows still under way after slot k, as a file; None if there are none."""
        parts = []
        for past in self._drawn_on(k):
            rows = self._events(past)
            parts.append(rows.pick(self._luck.delays(rows) > k - past))
        late = sum(map(len, parts))
        return self._file(k, Kind.LATE, joined(parts)) if late else None

    def run(self, first: int, batches: int) -> Iterator[FeedFile]:
        """All files of the slots first..first+batches-1 and, last, what is then still held back."""
        slots = range(first, first + batches)
        for position in self._order(slots):
            yield from self.files(slots[position])
        held_back = self.held_back(slots[-1]) if slots else None
        if held_back:
            yield held_back

    def _order(self, slots: range) -> Iterable[int]:
        """In which the slots of a run come, by their positions. A snapshot is late as a whole."""
        if self.faults.shuffle:
            return self._luck.order("files", len(slots))
        if not self.population.definition.is_snapshots:
            return range(len(slots))
        delays = self._luck.delays_of_files(slots)
        # What is late by one comes behind what is then on time.
        return np.argsort(2 * (np.arange(len(slots)) + delays) + (delays > 0), kind="stable")

    def _delivered(self, k: int) -> Rows:
        own = self._events(k)
        if self.population.definition.is_snapshots:
            return self._snapshot(own, k)
        parts = self._due(k) if self._reach else [own]
        if self.faults.malformed:
            parts.append(self._luck.spoiled(own))
        return joined(parts)

    def _snapshot(self, own: Rows, k: int) -> Rows:
        """With copies and spoiled rows. Of a key that is as it was a spoiled row may come in place of its own: a reject
        is no absence."""
        copies = own.pick(self._luck.copies(own) >= 0)
        if not self.faults.malformed:
            return joined([own, copies])
        spoiled = self._luck.spoiled(own)
        changed = changes(self.population, k).ids
        steady = spoiled.ids[~np.isin(spoiled.ids, changed)]
        parts = [rows.pick(~np.isin(rows.ids, steady)) for rows in (own, copies)]
        return joined([*parts, spoiled])

    def _due(self, k: int) -> list[Rows]:
        """The rows, and the copies of rows, of this and earlier batches whose time has come."""
        parts = []
        for past in self._drawn_on(k):
            rows = self._events(past)
            parts.append(rows.pick(self._luck.delays(rows) == k - past))
            parts.append(rows.pick(self._luck.copies(rows) == k - past))
        return parts

    def _drawn_on(self, k: int) -> range:
        """The batches whose rows may come in a file of slot k."""
        return range(max(0, k - self._reach), k + 1)

    def _file(self, k: int, kind: Kind, rows: Rows) -> FeedFile:
        if self.faults.shuffle:
            rows = rows.pick(self._luck.order(f"rows of {k}{kind.value}", len(rows)))
        return FeedFile(k, kind, self._name(k, kind), rows, self._writer)

    def _name(self, k: int, kind: Kind) -> str:
        return self._names.name(k, kind, self.label)
