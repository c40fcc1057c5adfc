"""The files of a feed: what each slot delivers, with the faults that were asked for.

Every file is a pure function of settings, faults and slot: it can be made on any machine, in any order, any number of
times, and is always the same, byte for byte, under the same name. So a late row cannot be moved into "the last" file,
which would depend on where a run ends; what is still held back when a run ends comes in a file of its own.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import Enum
from functools import cached_property, lru_cache
from hashlib import sha256
from zlib import crc32

import numpy as np

from generator.definition import Definition
from generator.errors import SettingsError
from generator.events import DELETE, NO_FLAW, Rows, events, joined
from generator.faults import Faults, Luck
from generator.file_names import Pattern
from generator.population import Population
from generator.rendering import LINES_AT_ONCE, Renderer
from generator.settings import Settings


class Kind(Enum):
    """Why there is a file. The value tells its name from the slot's others, and sorts it behind them."""

    SLOT = ""
    AGAIN = "_again"
    LATE = "_late"


@dataclass(frozen=True)
class FeedFile:
    """One file: its slot, its kind, its name and its rows. It becomes CSV when ``chunks`` or ``csv`` is asked for."""

    k: int
    kind: Kind
    name: str
    rows: Rows
    renderer: Renderer

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
        return len(self.rows) - self.deletes - self.malformed

    def chunks(self) -> Iterator[bytes]:
        """The file from its header on, in pieces of a few thousand lines, so that no file need fit into memory."""
        yield self.renderer.header
        for begin in range(0, len(self.rows), LINES_AT_ONCE):
            yield self.renderer.lines(self.rows.pick(slice(begin, begin + LINES_AT_ONCE)))

    def csv(self) -> bytes:
        """The whole file: UTF-8, a header, the columns of the definition, lines that end in a line feed."""
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
        self._pattern = Pattern(definition.files)
        self._initial = Pattern(definition.initial.files) if definition.initial else None
        # How many batches back a file may draw on; without such faults there is nothing to look for there.
        self._reach = self.faults.lateness if self.faults.late or self.faults.duplicates else 0
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
        return f"seed{self.settings.seed}_{_digest(self.population, self.faults)}"

    @cached_property
    def _renderer(self) -> Renderer:
        return Renderer(self.population)

    def check_packed(self) -> None:
        """Raises SettingsError if the definition does not take files of this feed with .gz behind their names."""
        for k, pattern in ((0, self._initial or self._pattern), (1, self._pattern)):
            if not pattern.fits(f"{self.object_name(k)}.gz"):
                raise SettingsError(f"names that fit {pattern.pattern} do not end in .gz: leave out --gzip")

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
        order = self._luck.order("files", batches) if self.faults.shuffle else range(batches)
        for position in order:
            yield from self.files(slots[position])
        held_back = self.held_back(slots[-1]) if slots else None
        if held_back:
            yield held_back

    def _delivered(self, k: int) -> Rows:
        own = self._events(k)
        parts = self._due(k) if self._reach else [own]
        if self.faults.malformed:
            parts.append(self._luck.spoiled(own))
        return joined(parts)

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
        return FeedFile(k, kind, self._name(k, kind), rows, self._renderer)

    def _name(self, k: int, kind: Kind) -> str:
        number = k * len(Kind) + list(Kind).index(kind)
        if self._initial and k == 0 and kind is not Kind.LATE:
            name = self._initial.name(number, crc32(self.label.encode()))
            if not self._pattern.fits(name):
                raise SettingsError(
                    f"no name is found that fits both {self._initial.pattern} and {self._pattern.pattern}"
                )
            return name
        name = self._usual_name(k, kind)
        if not self._pattern.fits(name):
            name = self._pattern.name(number, crc32(self.label.encode()))
        if self._initial and self._initial.fits(name):
            raise SettingsError(f"the name {name} would be that of a full load: leave names to others than full loads")
        return name

    def _usual_name(self, k: int, kind: Kind) -> str:
        begin = self.settings.slot_start(k)
        whole_seconds = self.settings.start_ms % 1000 == 0 and self.settings.interval_ms % 1000 == 0
        fraction = "" if whole_seconds else f"{begin.microsecond // 1000:03}"
        dimension = self.population.definition.name
        return f"{dimension}_{begin:%Y%m%dT%H%M%S}{fraction}Z_{self.label}{kind.value}.csv"


def _digest(population: Population, faults: Faults) -> str:
    """Eight hexadecimal digits that differ between feeds, and are equal where all that makes one is."""
    settings = population.settings
    values = asdict(settings) | asdict(faults)
    # A rate may be 0 or 0.0, and of the times only the milliseconds count.
    plain = {name: float(value) for name, value in values.items() if name not in ("start", "interval", "rates")}
    plain |= {"seed": settings.seed, "start": settings.start_ms, "interval": settings.interval_ms}
    groups = [
        (float(population.rate(group)), population.pools[group.name].rows) for group in population.definition.groups
    ]
    made = {**asdict(population.definition), "groups": [asdict(one) for one in population.definition.attributes]}
    return sha256(json.dumps([plain, made, groups], sort_keys=True, default=str).encode()).hexdigest()[:8]
