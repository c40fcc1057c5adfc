"""The versions of one key as a person looks at them: what each changed, which events made it so, and the gaps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from customertrack.reads.events_of_key import MOST, Event, Events, Truncate, events_of
from customertrack.reads.history import Key, versions_of
from customertrack.reads.results import Table, query
from customertrack.reads.tables import Tables, as_named
from customertrack.warehouse import Connection


@dataclass(frozen=True)
class Version:
    """One version. `number`: from 1, the first of the key. `values`: of the attributes, by name.

    `changed`: the attributes that differ from the version before, all that are there if a gap or nothing was before.
    `event`: the one that began it; None if it is older than those that are told.
    """

    number: int
    valid_from: datetime
    valid_to: datetime
    is_current: bool
    source_file: str
    source_row: int
    values: Mapping[str, Any]
    changed: tuple[str, ...]
    is_first: bool
    event: Event | None

    @property
    def is_late(self) -> bool:
        """Whether the event that began it arrived late."""
        return self.event is not None and self.event.is_late


@dataclass(frozen=True)
class Gap:
    """Since `begins` the key was deleted, until `ends`, or still if that is None. `by`: what deleted it."""

    begins: datetime
    ends: datetime | None
    by: Event | Truncate | None


@dataclass(frozen=True)
class Timeline:
    """The newest versions of a key, oldest first, and the gaps among and after them. `total`: how many there are."""

    versions: list[Version]
    gaps: list[Gap]
    total: int


def versions_and_lateness(connection: Connection, tables: Tables, key: Key) -> Table:
    """`versions_of` with one column more, `is_late`: whether the event that began the version arrived late."""
    found, began = versions_of(connection, tables, key), _began(events_of(connection, tables, key))
    place = [found.columns.index(name) for name in ("source_file", "source_row", "valid_from")]
    late = {at for at, event in began.items() if event.is_late}
    rows = [(*row, tuple(row[each] for each in place) in late) for row in found.rows]
    return Table((*found.columns, "is_late"), rows)


def timeline_of(connection: Connection, tables: Tables, key: Key, events: Events) -> Timeline:
    """The versions of a key; at most MOST. `events`: those of the same key."""
    found = query(
        connection,
        f"SELECT *, COUNT(*) OVER () AS _total FROM v_{tables.name}_version WHERE {tables.has_key()} "
        f"ORDER BY valid_from DESC LIMIT {MOST + 1}",
        list(key),
    )
    rows = [dict(zip(found.columns, row, strict=True)) for row in reversed(found.rows)]
    total = int(rows[0]["_total"]) if rows else 0
    began = _began(events)
    versions: list[Version] = []
    before: Mapping[str, Any] = {}
    for number, row in enumerate(rows, 1 + total - len(rows)):
        values = {name: row[name] for name in map(as_named, tables.shown)}
        is_first = not versions or versions[-1].valid_to < row["valid_from"]
        changed = [
            column for column, value in values.items() if (value is not None if is_first else value != before[column])
        ]
        place = (row["source_file"], int(row["source_row"]), row["valid_from"])
        versions.append(
            Version(
                number,
                row["valid_from"],
                row["valid_to"],
                row["is_current"],
                place[0],
                place[1],
                values,
                tuple(changed),
                is_first,
                began.get(place),
            )
        )
        before = values
    # One more than is told was read, so that what the oldest one changed is known.
    versions = versions[-MOST:]
    return Timeline(versions, _gaps(versions, events), total)


def _began(events: Events) -> dict[tuple[str, int, datetime], Event]:
    """The events that begin versions, by what a version says of its own: file, row and begin."""
    return {
        (one.source_file, one.source_row, one.updated_at): one
        for one in events.events
        if not one.is_delete and one.replaced_at is None
    }


def _gaps(versions: list[Version], events: Events) -> list[Gap]:
    deletes: dict[datetime, Event | Truncate] = {one.updated_at: one for one in events.truncates}
    # The events are the last first: of several at one time the last one counts.
    for one in reversed(events.events):
        if one.is_delete and one.replaced_at is None:
            deletes[one.updated_at] = one
    gaps: list[Gap] = []
    for version, after in zip(versions, [*versions[1:], None], strict=False):
        if not version.is_current and (after is None or version.valid_to < after.valid_from):
            gaps.append(Gap(version.valid_to, after.valid_from if after else None, deletes.get(version.valid_to)))
    return gaps
