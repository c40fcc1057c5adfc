"""What ``customer`` and ``customer_history`` must hold once a feed is in (semantics.md, "The one rule").

It is worked out from the population alone, never from files: a customer's state at a batch is its version numbers, or
absence; where the state differs from the one before lies the border of a version.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.hashing import Ints
from generator.pools import DOMAINS, Pools, make_pools
from generator.population import Cohort, blocks, known
from generator.settings import GROUPS, LAST_SLOT, Settings, check_whole, to_utc

# Column name -> array of one length for all columns.
Columns = dict[str, NDArray[Any]]

OPEN_END = np.datetime64("9999-12-31T00:00:00.000", "ms")
ABSENT = -1


def truth_history(settings: Settings, batches: int, ids: range | None = None) -> Columns:
    """Every version after batches 0..batches-1, by customer and time.

    settings: the feed's. batches: how many, from the first on. ids: only these customers (consecutive; all, if None);
    ``id_ranges`` cuts the whole into such ranges, so that the truth of a large population can be streamed.

    Returns the columns customer_id (int64); first_name, last_name, email, street, city, state, country (str, None for
    NULL); valid_from, valid_to (datetime64[ms], UTC; 9999-12-31 00:00:00 in an open version). Faults change none of it.
    Raises SettingsError if there cannot be so many batches.
    """
    _check(settings, batches)
    ranges = [ids] if ids is not None else id_ranges(settings, batches)
    parts = [_versions(settings, batches, part) for part in ranges] or [_versions(settings, batches, range(0))]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def truth(settings: Settings, batches: int, at: datetime | None = None, ids: range | None = None) -> Columns:
    """The customers after batches 0..batches-1, by id: as they then are or, with ``at``, as they were at that time.

    Takes and returns what ``truth_history`` does, but with update_timestamp (the valid_from of the version) in place
    of valid_from and valid_to. ``at`` is UTC if it has no offset.
    """
    versions = truth_history(settings, batches, ids)
    if at is None:
        holds = versions["valid_to"] == OPEN_END
    else:
        moment = np.datetime64(to_utc(at).replace(tzinfo=None), "ms")
        holds = (versions["valid_from"] <= moment) & (moment < versions["valid_to"])
    names = {name: "update_timestamp" if name == "valid_from" else name for name in versions if name != "valid_to"}
    return {name: versions[column][holds] for column, name in names.items()}


def id_ranges(settings: Settings, batches: int, size: int = 2**16) -> Iterator[range]:
    """All customer ids of batches 0..batches-1 in ranges of at most ``size``. Raises SettingsError."""
    _check(settings, batches)
    return blocks(1, known(settings, batches - 1), size)


def _check(settings: Settings, batches: int) -> None:
    check_whole("batches", batches, most=LAST_SLOT + 1)
    if batches:
        settings.slot_start(batches - 1)


def _versions(settings: Settings, batches: int, ids: range) -> Columns:
    cohort = Cohort(settings, np.arange(ids.start, ids.stop, dtype=np.int64))
    who, when, starts = _borders(cohort, batches)
    # A version lasts until the customer's next border, whether that begins another one or an absence.
    begin = Cohort(settings, cohort.ids[who]).moment(when)
    last = np.append(who[1:] != who[:-1], True)[: len(who)]
    end = np.append(begin[1:], 0)[: len(who)].astype("datetime64[ms]")
    end[last] = OPEN_END
    chosen = Cohort(settings, cohort.ids[who[starts]])
    return {
        "customer_id": chosen.ids,
        **_attributes(chosen, when[starts], make_pools(settings.seed)),
        "valid_from": begin[starts].astype("datetime64[ms]"),
        "valid_to": end[starts],
    }


def _borders(cohort: Cohort, batches: int) -> tuple[Ints, Ints, NDArray[np.bool_]]:
    """Where states change, by customer and batch: position in the cohort, batch, and whether a version starts there."""
    state = np.full(len(cohort.ids), ABSENT, np.int64)
    who: list[Ints] = []
    when: list[Ints] = []
    starts: list[NDArray[np.bool_]] = []
    for k in range(batches):
        # A version number only ever grows, so their sum is different whenever one of them is.
        now = np.where(cohort.present(k), sum(cohort.version(group, k) for group in GROUPS), ABSENT)
        changed = np.flatnonzero(now != state)
        who.append(changed)
        when.append(np.full(len(changed), k, np.int64))
        starts.append(now[changed] != ABSENT)
        state = now
    everyone = np.concatenate([*who, np.empty(0, np.int64)])
    order = np.argsort(everyone, kind="stable")
    return (
        everyone[order],
        np.concatenate([*when, np.empty(0, np.int64)])[order],
        np.concatenate([*starts, np.empty(0, np.bool_)])[order],
    )


def _attributes(cohort: Cohort, k: Ints, pools: Pools) -> Columns:
    """The attributes of each customer at its batch, as text."""
    looks = cohort.looks(k)
    email = _pick(pools.user_names, looks.user_name) + "." + cohort.ids.astype(str).astype(object)
    email = email + "@" + _pick(DOMAINS, looks.domain)
    email[~looks.has_email] = None
    return {
        "first_name": _pick(pools.first_names, looks.first_name),
        "last_name": _pick(pools.last_names, looks.last_name),
        "email": email,
        "street": _pick(pools.streets, looks.street),
        "city": _pick([place.city for place in pools.places], looks.place),
        "state": _pick([place.state for place in pools.places], looks.place),
        "country": _pick([place.country for place in pools.places], looks.place),
    }


def _pick(values: tuple[str, ...] | list[str] | list[str | None], positions: Ints) -> NDArray[Any]:
    return np.array(values, dtype=object)[positions]
