"""What a dimension's tables must hold once a feed is in (semantics.md, "The one rule").

It is worked out from the population alone, never from files: a key's state at a batch is the values of its groups, or
absence; where what begins a version differs from the batch before lies the border of a version.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.definition import Definition
from generator.feed import Feed
from generator.hashing import Ints
from generator.population import Cohort, Population, blocks
from generator.settings import LAST_SLOT, Settings, check_whole, to_utc

# Column name -> array of one length for all columns.
Columns = dict[str, NDArray[Any]]

OPEN_END = np.datetime64("9999-12-31T00:00:00.000000", "us")


def truth_history(definition: Definition, settings: Settings, batches: int, ids: range | None = None) -> Columns:
    """Every version after batches 0..batches-1, by number of the key and time.

    definition, settings: the feed's. batches: how many, from the first on. ids: only the keys of these numbers
    (consecutive; all, if None); ``id_ranges`` cuts the whole into such ranges, so that the truth of a large population
    can be streamed.

    Returns the parts of the key and the attributes under their names (objects, None for NULL; a key of one integer as
    int64); valid_from, valid_to (datetime64[us], UTC; 9999-12-31 00:00:00 in an open version). Faults change none of
    it. Raises SettingsError if there cannot be so many batches.
    """
    population = Population(definition, settings)
    _check(settings, batches)
    ranges = [ids] if ids is not None else id_ranges(definition, settings, batches)
    parts = [true_versions(population, batches, _numbers(part)) for part in [*ranges, range(0)]]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def truth(
    definition: Definition, settings: Settings, batches: int, at: datetime | None = None, ids: range | None = None
) -> Columns:
    """The keys after batches 0..batches-1: as they then are or, with ``at``, as they were at that time.

    Takes and returns what ``truth_history`` does, but with update_timestamp (the valid_from of the version) in place
    of valid_from and valid_to. ``at`` is UTC if it has no offset.
    """
    versions = truth_history(definition, settings, batches, ids)
    if at is None:
        holds = versions["valid_to"] == OPEN_END
    else:
        moment = np.datetime64(to_utc(at).replace(tzinfo=None), "us")
        holds = (versions["valid_from"] <= moment) & (moment < versions["valid_to"])
    names = {name: "update_timestamp" if name == "valid_from" else name for name in versions if name != "valid_to"}
    return {name: versions[column][holds] for column, name in names.items()}


def id_ranges(definition: Definition, settings: Settings, batches: int, size: int = 2**16) -> Iterator[range]:
    """All numbers of keys of batches 0..batches-1 in ranges of at most ``size``. Raises SettingsError."""
    _check(settings, batches)
    return blocks(1, Population(definition, settings).known(batches - 1), size)


def true_rejects(feed: Feed, batches: int) -> dict[str, int]:
    """How many rejects there are in each file of batches 0..batches-1, by its name."""
    return {file.name: file.malformed for k in range(batches) for file in feed.files(k)}


def _check(settings: Settings, batches: int) -> None:
    check_whole("batches", batches, most=LAST_SLOT + 1)
    if batches:
        settings.slot_start(batches - 1)


@dataclass(frozen=True)
class _Borders:
    """Where states change, by key and batch. `who`: position in the cohort. `when`: the batch. `starts`: a version.

    `first`, `last`: for each key of the cohort the first and the last batch at which it was there.
    """

    who: Ints
    when: Ints
    starts: NDArray[np.bool_]
    first: Ints
    last: Ints


def true_versions(population: Population, batches: int, ids: Ints, changes: Mapping[str, str] | None = None) -> Columns:
    """What ``truth_history`` gives, for the keys of these numbers, in their order.

    changes: what a change of each attribute does, where that is no longer what the definition says. Those that are not
    in it are left out.
    """
    if changes is None:
        changes = {attribute.name: attribute.change for attribute in population.definition.attributes}
    cohort = Cohort(population, ids)
    borders = _borders(cohort, batches, {name for name, change in changes.items() if change == "version"})
    who, when, starts = borders.who, borders.when, borders.starts
    begin = Cohort(population, cohort.ids[who]).instant(when)
    # A version lasts until the key's next border, whether that begins another one or an absence.
    is_last = np.append(who[1:] != who[:-1], True)[: len(who)]
    end = np.append(begin[1:], 0)[: len(who)].astype("datetime64[us]")
    end[is_last] = OPEN_END
    until = np.append(when[1:], 0)[: len(who)]
    until[is_last] = batches
    chosen = Cohort(population, cohort.ids[who[starts]])
    keys, parts = population.keys, population.definition.key
    # For each kind of change the batch whose values a version shows.
    shown = {
        "version": when[starts],
        "update": until[starts] - 1,
        "correct": borders.last[who[starts]],
        "keep": borders.first[who[starts]],
    }
    return {
        **{part.name: keys.values(at, chosen.ids) for at, part in enumerate(parts)},
        **_attributes(chosen, {name: shown[change] for name, change in changes.items()}),
        "valid_from": begin[starts].astype("datetime64[us]"),
        "valid_to": end[starts],
    }


def _numbers(ids: range) -> Ints:
    return np.arange(ids.start, ids.stop, dtype=np.int64)


def _borders(cohort: Cohort, batches: int, names: set[str]) -> _Borders:
    """Those of versions that a change of one of the attributes `names` begins."""
    count = len(cohort.ids)
    pools = cohort.population.pools
    versioned = [
        (group, pools[group.name].states(names))
        for group in cohort.population.definition.groups
        if any(attribute.name in names for attribute in group.attributes)
    ]
    before = [np.full(count, -1, np.int64) for _ in versioned]
    was, first, last = np.zeros(count, np.bool_), np.full(count, batches, np.int64), np.full(count, -1, np.int64)
    found: list[tuple[Ints, Ints, NDArray[np.bool_]]] = [(last[:0], last[:0], was[:0])]
    for k in range(batches):
        there = cohort.present(k)
        changed = there != was
        for at, (group, state_of) in enumerate(versioned):
            state = state_of[cohort.positions(group, k)]
            changed |= there & (state != before[at])
            before[at] = state
        who = np.flatnonzero(changed)
        found.append((who, np.full(len(who), k, np.int64), there[who]))
        first[there] = np.minimum(first[there], k)
        last[there] = k
        was = there
    everyone, batches_of, begins = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.argsort(everyone, kind="stable")
    return _Borders(everyone[order], batches_of[order], begins[order], first, last)


def _attributes(cohort: Cohort, shown: Mapping[str, Ints]) -> Columns:
    """The attributes of each version: `shown` has for each the batches whose values it shows."""
    columns: Columns = {}
    for group in cohort.population.definition.groups:
        pool = cohort.population.pools[group.name]
        for at, attribute in enumerate(group.attributes):
            if attribute.name in shown:
                positions = cohort.positions(group, shown[attribute.name])
                columns[attribute.name] = pool.values(at, positions, cohort.ids)
    return columns
