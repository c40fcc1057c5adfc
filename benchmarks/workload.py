"""The batches that every contestant gets: seeded, vectorised, and independent of the project's own generator."""

from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.csv_files import Events, write_events
from benchmarks.plan import Plan, add_arguments, batch_folder, from_arguments

SLOT_SECONDS = 150
INITIAL_SECONDS = DAY_SECONDS = 86_400
ROWS_PER_INITIAL_FILE = 250_000
ATTRIBUTE_GROUPS = 3

SHARE_LATE = 0.10
SHARE_DUPLICATES = 0.05
SHARE_TIES = 0.02
SHARE_NULLS = 0.03
EVENTS_PER_KEY = 2
SLOTS_LATE = 3


@dataclass
class Population:
    """Who is there, and which version each attribute group (name, e-mail, address) of each customer has.

    `versions` is int64 of shape (3, customers ever), `alive` bool of shape (customers ever,); a customer's id is its
    index.
    """

    versions: np.ndarray
    alive: np.ndarray

    @classmethod
    def of(cls, customers: int) -> "Population":
        """All alive, all attributes in their first version."""
        return cls(np.zeros((ATTRIBUTE_GROUPS, customers), dtype=np.int64), np.ones(customers, dtype=bool))

    def grow(self, count: int) -> np.ndarray:
        """Add `count` customers and return their ids."""
        first = self.alive.size
        self.versions = np.pad(self.versions, ((0, 0), (0, count)))
        self.alive = np.pad(self.alive, (0, count), constant_values=True)
        return np.arange(first, first + count)

    def choose(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """`count` different living customers, or all of them if there are fewer."""
        living = np.flatnonzero(self.alive)
        return rng.choice(living, min(count, living.size), replace=False)


def initial_files(plan: Plan, population: Population) -> list[Events]:
    """All customers as they were on the day before the first batch, in order, cut into files."""
    keys = np.arange(plan.customers)
    seconds = keys * INITIAL_SECONDS // plan.customers - INITIAL_SECONDS
    events = Events.upserts(keys, population.versions, seconds)
    return [events.take(slice(at, at + ROWS_PER_INITIAL_FILE)) for at in range(0, keys.size, ROWS_PER_INITIAL_FILE)]


def ordered_files(plan: Plan, population: Population, rng: np.random.Generator, slot: int) -> list[Events]:
    """W1: one file, sorted by time; each key is in it once, and each row makes or ends a version."""
    chosen = population.choose(rng, plan.changes + plan.deleted)
    deleted, changed = np.split(chosen, [plan.deleted])
    population.alive[deleted] = False
    population.versions[rng.integers(0, ATTRIBUTE_GROUPS, changed.size), changed] += 1
    upserted = np.concatenate([changed, population.grow(plan.new)])
    keys = np.concatenate([upserted, deleted])
    seconds = np.sort(rng.integers(0, SLOT_SECONDS, keys.size)) + slot * SLOT_SECONDS
    events = Events.upserts(keys, population.versions[:, keys], seconds)
    events.deleted[upserted.size :] = True
    mixed = rng.permutation(keys.size)
    return [events.take(mixed).at(seconds)]


def disordered_files(plan: Plan, population: Population, rng: np.random.Generator, slot: int) -> list[Events]:
    """W2: three files in which keys recur with random states, times are shuffled, and the last file is late."""
    chosen = population.choose(rng, plan.changes // EVENTS_PER_KEY + plan.deleted)
    deleted, changed = np.split(chosen, [plan.deleted])
    population.alive[deleted] = False
    upserted = np.concatenate([rng.choice(changed, plan.changes), population.grow(plan.new)])
    keys = np.concatenate([upserted, deleted])
    versions = population.versions[:, keys]
    versions[rng.integers(0, ATTRIBUTE_GROUPS, keys.size), np.arange(keys.size)] += rng.integers(0, 4, keys.size)
    events = Events.upserts(keys, versions, rng.integers(0, SLOT_SECONDS, keys.size) + slot * SLOT_SECONDS)
    events.deleted[upserted.size :] = True
    events.blank[:] = rng.random(keys.size) < SHARE_NULLS

    ties = events.take(_some(rng, keys.size, SHARE_TIES))
    ties.versions[1] += 1
    doubled = events.take(_some(rng, keys.size, SHARE_DUPLICATES))
    events = Events.joined([events, ties, doubled])
    events = events.take(rng.permutation(events.keys.size))
    rows = np.arange(events.keys.size)
    late, first, second = np.split(rows, [int(rows.size * SHARE_LATE), rows.size // 2])
    behind = events.take(late)
    back = rng.integers(1, SLOTS_LATE + 1, late.size) * SLOT_SECONDS
    return [events.take(first), events.take(second), behind.at(behind.seconds - back)]


def extracts(plan: Plan, population: Population, rng: np.random.Generator, slot: int) -> list[Events]:
    """W3: one file with everybody who is there, all at one time, a day after the one before."""
    chosen = population.choose(rng, plan.changes + plan.deleted)
    deleted, changed = np.split(chosen, [plan.deleted])
    population.alive[deleted] = False
    population.versions[rng.integers(0, ATTRIBUTE_GROUPS, changed.size), changed] += 1
    population.grow(plan.new)
    return [_everybody(population, slot)]


def _everybody(population: Population, slot: int) -> Events:
    keys = np.flatnonzero(population.alive)
    return Events.upserts(keys, population.versions[:, keys], np.full(keys.size, slot * DAY_SECONDS))


def _some(rng: np.random.Generator, size: int, share: float) -> np.ndarray:
    return rng.choice(size, int(size * share), replace=False)


CHANGES = {"W1": ordered_files, "W2": disordered_files, "W3": extracts}


def write(plan: Plan, folder: Path) -> None:
    """Write the plan's batches below `folder`, one folder for each; the columns are those of the CSV contract.

    All times lie in the past. A deleted customer does not come back, except that in W2 a late row may name it.
    """
    rng = np.random.default_rng(plan.seed)
    population = Population.of(plan.customers)
    first = [_everybody(population, 0)] if plan.has_extracts else initial_files(plan, population)
    _write_batch(folder, 0, first, plan.attributes)
    for number in range(1, plan.batches + 1):
        _write_batch(folder, number, CHANGES[plan.workload](plan, population, rng, number), plan.attributes)


def _write_batch(folder: Path, number: int, files: list[Events], attributes: int) -> None:
    target = batch_folder(folder, number)
    target.mkdir(parents=True)
    for part, events in enumerate(files):
        write_events(target / f"customer_{number:04}_{part}.csv", events, attributes)


def main() -> None:
    """Write one plan's batches; a process of its own, so that its memory is nobody else's."""
    parser = ArgumentParser(description=main.__doc__)
    add_arguments(parser)
    arguments = parser.parse_args()
    write(from_arguments(arguments), arguments.folder)


if __name__ == "__main__":
    main()
