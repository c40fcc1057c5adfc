"""The rule, by applying one input after the other: "The rule, restated", steps 1 to 4."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from tests.dimension.definition import Attribute, Definition
from tests.dimension.judge import Input, Key, Place
from tests.dimension.values import Value

OPEN_END = datetime(9999, 12, 31)

Said = dict[str, Value]
"""The attributes that somebody has said, by name. One that nobody has said shows as NULL."""


class Moment(NamedTuple):
    """A key after the last input of one time. `said`: None while it is absent. `life`: how often it had been ended.

    `place`: of that last input.
    """

    time: datetime
    life: int
    said: Said | None
    place: Place


@dataclass(frozen=True)
class Version:
    """One row of the history. `state`: each attribute as this row shows it. `place`: of the input that began it."""

    key: Key
    state: Said
    valid_from: datetime
    valid_to: datetime
    is_last: bool
    place: Place

    @property
    def is_current(self) -> bool:
        return self.valid_to == OPEN_END


def history(definition: Definition, inputs: Iterable[Input]) -> list[Version]:
    """All versions of all keys, from the set of accepted inputs."""
    ordered = sorted(inputs, key=lambda given: given.order)
    keys = dict.fromkeys(given.key for given in ordered if given.key is not None)
    return [version for key in keys for version in versions(definition, key, ordered)]


def versions(definition: Definition, key: Key, ordered: Iterable[Input]) -> list[Version]:
    """The versions of one key, from inputs in their order."""
    moments = list(_moments(key, ordered))
    for attribute in definition.attributes:
        if attribute.before == "first":
            _carry_back(attribute, moments)
    found: list[tuple[Moment, Moment, datetime]] = []
    began: Moment | None = None
    last: Moment | None = None
    for moment in moments:
        if began and last and _versioned(definition, moment) != _versioned(definition, began):
            found.append((began, last, moment.time))
            began = None
        if moment.said is not None:
            began, last = began or moment, moment
    if began and last:
        found.append((began, last, OPEN_END))
    of_key = _of_key(definition, moments)
    return [
        Version(key, _state(definition, last, of_key), began.time, until, number == len(found), began.place)
        for number, (began, last, until) in enumerate(found, 1)
    ]


def _moments(key: Key, ordered: Iterable[Input]) -> Iterator[Moment]:
    """A moment for each time at which something happens to the key."""
    said: Said | None = None
    life = 0
    mine = [given for given in ordered if given.key == key or given.kind == "barrier"]
    for time, of_one_time in groupby(mine, key=lambda given: given.time):
        place = None
        for given in of_one_time:
            if given.kind == "upsert":
                said, place = {**(said or {}), **given.said}, given.place
            elif key not in given.spares:
                said, life, place = None, life + 1, given.place
        if place:
            yield Moment(time, life, said, place)


def _carry_back(attribute: Attribute, moments: list[Moment]) -> None:
    """The first value that is said in each life, to the moments of that life that come before."""
    first: dict[int, Value] = {}
    for moment in moments:
        if moment.said is not None and attribute.name in moment.said:
            first.setdefault(moment.life, moment.said[attribute.name])
    for moment in moments:
        if moment.said is not None and moment.life in first:
            moment.said.setdefault(attribute.name, first[moment.life])


def _versioned(definition: Definition, moment: Moment) -> list[Value] | None:
    if moment.said is None:
        return None
    return [moment.said.get(attribute.name) for attribute in definition.attributes if attribute.change == "version"]


def _of_key(definition: Definition, moments: list[Moment]) -> Said:
    """What all versions of the key show: the first value that was said (keep), or the last (correct)."""
    found: Said = {}
    for attribute in definition.attributes:
        values = [moment.said[attribute.name] for moment in moments if moment.said and attribute.name in moment.said]
        if attribute.change in ("keep", "correct") and values:
            found[attribute.name] = values[0 if attribute.change == "keep" else -1]
    return found


def _state(definition: Definition, last: Moment, of_key: Said) -> Said:
    """The attributes as a version shows them that ended with the moment `last`."""
    said = last.said or {}
    return {
        attribute.name: (of_key if attribute.change in ("keep", "correct") else said).get(attribute.name)
        for attribute in definition.attributes
    }
