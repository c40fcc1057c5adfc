"""Landed files in, whole tables out, for any dimension. Tests compare the warehouse with it.

Like tests.replay it shares nothing with the product: no SQL, no windows, no code of the definition's own reader.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tests.dimension import definition as definitions
from tests.dimension import snapshots
from tests.dimension.definition import Definition, Toml
from tests.dimension.fold import Version, history
from tests.dimension.judge import Input, Place, judge
from tests.dimension.landed import LandedFile, rows
from tests.dimension.values import Value


@dataclass(frozen=True)
class Tables:
    """What the warehouse must hold. `rejects`: reasons by place. `history`: by key and valid_from; none if not kept.

    `current`: the open versions, kept or not. `held`: snapshots of which nothing is applied.
    """

    events: list[Input]
    rejects: dict[Place, frozenset[str]]
    history: list[Version]
    current: list[Version]
    held: list[str] = field(default_factory=list)


def replay(toml: Toml, files: Iterable[LandedFile]) -> Tables:
    """The tables after all of `files`, in whatever order they are given, as today's definition has them."""
    today = definitions.read(toml)
    if today.feed.kind == "snapshots":
        events, rejects, held = snapshots.judged(today, files)
    else:
        events, rejects, held = *_changes(today, files), []
    found = sorted(history(today, events), key=lambda version: (tuple(map(_sortable, version.key)), version.valid_from))
    current = [version for version in found if version.is_current]
    events = sorted(events, key=lambda event: event.order)
    return Tables(events, rejects, found if today.keeps_history else [], current, held)


def _changes(today: Definition, files: Iterable[LandedFile]) -> tuple[list[Input], dict[Place, frozenset[str]]]:
    """The accepted events and the rejects, each row judged by the definition under which it was loaded."""
    events: list[Input] = []
    rejects: dict[Place, frozenset[str]] = {}
    renamed = {was: attribute.name for attribute in today.attributes for was in attribute.was}
    for file in files:
        then = definitions.read(file.definition) if file.definition else today
        for number, fields in enumerate(rows(file, then.feed), 1):
            found = judge(then, file, number, fields)
            if isinstance(found, frozenset):
                rejects[file.name, number] = found
                continue
            events += [_renamed(event, renamed if file.definition else {}) for event in found]
    return events, rejects


def _renamed(event: Input, names: Mapping[str, str]) -> Input:
    return event._replace(said={names.get(name, name): value for name, value in event.said.items()})


def _sortable(part: Value) -> tuple[str, Value | datetime]:
    return type(part).__name__, part
