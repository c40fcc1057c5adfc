"""Who exists at a batch and has which values: a pure function of (seed, key, batch), in numpy, for many at once.

Keys are numbered from 1 on. Each attribute group of a key has a version number, ``floor(batch * rate + phase)``, with
the phase drawn from the key; what a version looks like is drawn from key and version. Whether a key is there follows a
cycle of ``1 / delete_rate`` batches present and ``1 / reinsert_rate`` batches away, entered somewhere in its present
part. All of it is integer arithmetic, because floats may round differently on another machine.

Where keys become others, every entity has two numbers, an odd one and the even one behind it, and goes from one to the
other and back; what it is like goes with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from generator import file_times
from generator.definition import Definition, Group
from generator.errors import SettingsError
from generator.hashing import Ints, UInts, below, chosen, draw
from generator.keys import Keys
from generator.pools import Pool, make_pool
from generator.settings import Settings

Bools = NDArray[np.bool_]

BLOCK = 2**16
# Rates and phases are counted in parts of this; with at most 2**30 slots their product stays within 63 bits.
WHOLE = 2**32
# A batch in the cycle of presence, finer than a batch so that 1 / rate need not be whole.
TICKS = 2**10
LONGEST_STAY = 2**60
# How far a forerunner's values lie from those of the event that it runs before, in versions.
ASTRAY = 3
# Batches within which keys come back after a truncate.
RETURN = 3
# A file with all keys is made and read as one.
MOST_IN_SNAPSHOT = 2_000_000
_UNITS = {1000: "seconds", 60_000: "minutes", 86_400_000: "days"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Population:
    """The keys of a dimension, as settings have them. Raises SettingsError for settings that its feed cannot have."""

    definition: Definition
    settings: Settings

    def __post_init__(self) -> None:
        groups = [group.name for group in self.definition.groups]
        for name in self.settings.rates:
            if name not in groups:
                raise SettingsError(f"there is no group {name} in {self.definition.name}: give {', '.join(groups)}")
        self.known(0)
        if self.definition.is_snapshots and self.settings.customers < max(1, self.definition.min_rows):
            raise SettingsError(
                f"a snapshot of fewer than {max(1, self.definition.min_rows)} rows is not taken: give more --customers"
            )
        if self.unit_ms > 1 and (self.settings.start_ms % self.unit_ms or self.settings.interval_ms % self.unit_ms):
            raise SettingsError(
                f"the times of this feed are whole {_UNITS[self.unit_ms]}: give such a --start and --interval"
            )
        if (self.definition.time_format != "iso" or self.definition.is_debezium) and self.settings.start_ms <= 0:
            raise SettingsError("the times of this feed count from 1970: give a later start")
        if self.initial_us is not None and self.initial_us > self.settings.start_ms * 1000:
            raise SettingsError("the full load of this feed is true from later than its start: give a later start")

    @cached_property
    def keys(self) -> Keys:
        """Their business keys."""
        return Keys(self.definition)

    @cached_property
    def pools(self) -> dict[str, Pool]:
        """The values to pick from, by group. It takes a while."""
        return {
            group.name: make_pool(group, self.settings.seed, self.definition.dialect)
            for group in self.definition.groups
        }

    @property
    def unit_ms(self) -> int:
        """Milliseconds that the feed can tell apart."""
        if self.definition.time_file is not None:
            return file_times.unit_ms(self.definition.time_file)
        return 1000 if self.definition.time_format == "epoch_s" else 1

    @cached_property
    def initial_us(self) -> int | None:
        """Since when the first batch is true, if it is a full load: microseconds since 1970."""
        if self.definition.initial is None:
            return None
        time = datetime.fromisoformat(self.definition.initial.time)
        return (time.replace(tzinfo=time.tzinfo or UTC) - _EPOCH) // timedelta(microseconds=1)

    @property
    def delete_rate(self) -> float:
        """That of the settings; 0 where the feed has no deletes."""
        return self.settings.delete_rate if self.definition.has_deletes else 0.0

    @property
    def truncate_rate(self) -> float:
        """That of the settings; 0 where the feed has no truncates."""
        return self.settings.truncate_rate if self.definition.has_truncates else 0.0

    @property
    def is_moving(self) -> bool:
        """Whether keys become others."""
        return self.definition.has_moves and self.settings.move_rate > 0

    def is_truncated(self, k: Ints | int) -> Bools:
        """Whether all keys end at batch k. There is nothing to end before batch 1."""
        batches = np.atleast_1d(np.asarray(k, np.int64))
        return chosen(draw(self.settings.seed, "truncate", batches), self.truncate_rate) & (batches > 0)

    def rate(self, group: Group) -> float:
        """The share of the keys in which a group changes in a batch."""
        return self.settings.rates.get(group.name, group.rate)

    def entities(self, k: int) -> int:
        """How many there have been up to and including batch k, under whatever keys; 0 before batch 0."""
        return self.settings.customers + k * self.settings.growth if k >= 0 else 0

    def known(self, k: int) -> int:
        """How many keys there can have been up to and including batch k; 0 before batch 0. Raises SettingsError."""
        count = self.entities(k) * (2 if self.is_moving else 1)
        self.keys.check(count)
        if self.definition.is_snapshots and count > MOST_IN_SNAPSHOT:
            raise SettingsError(
                f"each file would have {count:,} keys, and a snapshot has at most {MOST_IN_SNAPSHOT:,}: "
                "give fewer --customers and less --growth"
            )
        return count

    def numbers(self, entities: Ints, k: Ints | int) -> Ints:
        """The numbers of the keys that these entities have at batch k."""
        if not self.is_moving:
            return entities
        phases = (draw(self.settings.seed, "phase of moves", entities) >> np.uint64(32)).astype(np.int64)
        return 2 * entities - 1 + (((k * round(self.settings.move_rate * WHOLE) + phases) >> 32) & 1)

    def touched_by(self, ids: Ints, batches: int) -> set[int]:
        """The numbers of all keys of so many batches that rows of these say something of: of the keys that they were
        too; 0, of all."""
        if (ids == 0).any():
            return set(range(1, self.known(batches - 1) + 1))
        others = ids + np.where(ids % 2 == 1, 1, -1) if self.is_moving else ids
        return {*ids.tolist(), *others.tolist()}


def blocks(first: int, last: int, size: int = BLOCK) -> Iterator[range]:
    """The numbers first..last in ranges of at most ``size``, which keeps memory bounded and caches warm."""
    for begin in range(first, last + 1, size):
        yield range(begin, min(begin + size, last + 1))


class Cohort:
    """Some keys, by number. ``k`` is a batch for all of them, or an int64 array with a batch for each."""

    def __init__(self, population: Population, ids: Ints) -> None:
        self.population = population
        self.settings = population.settings
        self.ids = ids
        self.entities = (ids + 1) // 2 if population.is_moving else ids

    @cached_property
    def born(self) -> Ints:
        """The batch in which each entity first appears."""
        later = self.entities - self.settings.customers
        if self.settings.growth == 0 or later.max(initial=0) <= 0:
            return np.zeros_like(later)
        return np.maximum((later - 1) // self.settings.growth + 1, 0)

    @cached_property
    def _phases(self) -> dict[str, Ints]:
        groups = self.population.definition.groups
        return {
            group.name: (self._draw(f"phase of {group.name}") >> np.uint64(32)).astype(np.int64) for group in groups
        }

    @cached_property
    def _entry(self) -> Ints:
        """Where in the present part of its cycle each key is born, in ticks."""
        return (self._draw("entry") % np.uint64(self._present_ticks)).astype(np.int64)

    @cached_property
    def _present_ticks(self) -> int:
        return _ticks(self.population.delete_rate)

    def present(self, k: Ints | int) -> Bools:
        """Whether each key is there at batch k: born, not deleted without a return, and not another one."""
        there = self.there(k)
        return there & (self.population.numbers(self.entities, k) == self.ids) if self.population.is_moving else there

    def there(self, k: Ints | int) -> Bools:
        """Whether the entity of each key is there at batch k, under whichever key."""
        there = self.born <= k
        if self.population.delete_rate > 0:
            age = self._entry + (k - self.born) * TICKS
            cycle = self._present_ticks + _ticks(self.settings.reinsert_rate)
            there &= age % cycle < self._present_ticks
        if self.population.definition.is_snapshots:
            # A file without rows would say nothing.
            there |= self.entities == 1
        if self.population.truncate_rate > 0:
            for ago in range(RETURN + 1):
                away = below(self._draw("return", k - ago), RETURN + 1)
                there &= ~(self.population.is_truncated(k - ago) & (away >= ago))
        return there

    def version(self, group: Group, k: Ints | int) -> Ints:
        """The version number of a group of attributes at batch k; it grows whether present or not."""
        return (k * round(self.population.rate(group) * WHOLE) + self._phases[group.name]) >> 32

    def moment(self, k: Ints | int) -> Ints:
        """When, in slot k, something happens to each key: milliseconds since 1970-01-01 UTC."""
        if self.population.definition.is_snapshots:
            return np.zeros_like(self.ids) + (self.settings.start_ms + k * self.settings.interval_ms)
        unit = self.population.unit_ms
        within = below(self._draw("moment", k), self.settings.interval_ms // unit) * unit
        if self.population.truncate_rate > 0:
            # Then, whatever else happens in a slot comes behind it.
            within *= ~self.population.is_truncated(k)
        return within + (self.settings.start_ms + k * self.settings.interval_ms)

    def instant(self, k: Ints) -> Ints:
        """Since when it is true what happens in slot k: microseconds since 1970-01-01 UTC."""
        moments, initial = self.moment(k) * 1000, self.population.initial_us
        return moments if initial is None else np.where(k == 0, initial, moments)

    def positions(self, group: Group, k: Ints | int, turns: Ints | int = 0) -> Ints:
        """Where in the group's pool the values of each key at batch k stand; of its forerunners where turns are 1."""
        version = self.version(group, k) + ASTRAY * turns
        return _step(self._draw(f"value of {group.name}"), version, len(self.population.pools[group.name].rows))

    def _draw(self, purpose: str, k: Ints | int = 0) -> UInts:
        return draw(self.settings.seed, purpose, self.entities, k)


def _step(bits: UInts, version: Ints, size: int) -> Ints:
    """The position of a version in a pool: an odd step per version, so that the next one always differs."""
    begin = bits & np.uint64(0xFFFF)
    stride = (bits >> np.uint64(16)) & np.uint64(0xFFFF) | np.uint64(1)
    return ((begin + version.astype(np.uint64) * stride) & np.uint64(size - 1)).astype(np.int64)


def _ticks(rate: float) -> int:
    """How long a state lasts that is left at that rate per batch."""
    return round(min(TICKS / rate, LONGEST_STAY)) if rate > 0 else LONGEST_STAY
