"""What was ever said of one key: its events, and the truncates that ended all keys."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from customertrack.reads.history import Key
from customertrack.reads.results import query
from customertrack.reads.tables import Tables, as_named
from customertrack.warehouse import Connection

MOST = 5_000
"""So many events, and versions, are told of a key at most: the newest."""


@dataclass(frozen=True)
class Event:
    """One event. `values`: of the attributes, by name; a delete's are NULL, and so are those that were not said.

    `unsaid`: a character for each attribute of its definition, 1 where the row did not say it; None: it said all.
    `replaced_at`: since when a later snapshot's difference stands instead; None: it stands.
    `is_late`: when this was first said of its time, something of a later time had been applied already.
    """

    updated_at: datetime
    is_delete: bool
    source_file: str
    source_row: int
    loaded_at: datetime
    batch_id: int
    definition: int | None
    unsaid: str | None
    replaced_at: datetime | None
    values: Mapping[str, Any]
    is_late: bool = False


@dataclass(frozen=True)
class Truncate:
    """A row that ended all keys."""

    updated_at: datetime
    source_file: str
    source_row: int
    loaded_at: datetime
    batch_id: int


@dataclass(frozen=True)
class Events:
    """The events of a key, the last first, and all truncates. `is_more`: whether there are older events."""

    events: list[Event]
    truncates: list[Truncate]
    is_more: bool

    @property
    def known_at(self) -> list[datetime]:
        """The times at which the tables began to say something else of the key, in order."""
        times = {one.loaded_at for one in (*self.events, *self.truncates)}
        return sorted(times | {one.replaced_at for one in self.events if one.replaced_at})


def events_of(connection: Connection, tables: Tables, key: Key) -> Events:
    """All that was said of a key, the newest MOST events of it."""
    sequence = "".join(f", {each} DESC NULLS LAST" for each in tables.sequence)
    found = query(
        connection,
        f"SELECT * FROM {tables.name}_event WHERE {tables.has_key()} "
        f"ORDER BY updated_at DESC{sequence}, source_file DESC, source_row DESC, part DESC NULLS LAST LIMIT {MOST + 1}",
        list(key),
    )
    events = [_event(dict(zip(found.columns, row, strict=True)), tables) for row in found.rows]
    truncates = _truncates(connection, tables) if "barrier" in tables.logs else []
    if tables.has_snapshots:
        late = _late_snapshots(connection, tables)
        events = [replace(event, is_late=event.source_file in late) for event in events]
    else:
        events = _marked(events, truncates)
    return Events(events[:MOST], truncates, len(events) > MOST)


def _event(row: Mapping[str, Any], tables: Tables) -> Event:
    return Event(
        row["updated_at"],
        row["is_delete"],
        row["source_file"],
        int(row["source_row"]),
        row["loaded_at"],
        int(row["batch_id"]),
        row["definition"],
        row["unsaid"],
        row.get("replaced_at"),
        {as_named(shown): row[as_named(column)] for shown, column in zip(tables.shown, tables.attributes, strict=True)},
    )


def _truncates(connection: Connection, tables: Tables) -> list[Truncate]:
    sql = (
        f"SELECT updated_at, source_file, source_row, loaded_at, batch_id FROM {tables.name}_barrier "
        f"ORDER BY updated_at DESC, source_file DESC, source_row DESC LIMIT {MOST}"
    )
    return [Truncate(*row) for row in query(connection, sql).rows]


def _late_snapshots(connection: Connection, tables: Tables) -> set[str]:
    """The snapshots that a later refresh applied than one of a later time. Of a key that says nothing, as its events
    are differences: one that came late can change what the next one changes.
    """
    rows = query(
        connection,
        f"SELECT source_file, batch_id FROM {tables.name}_snapshot WHERE status = 'applied' "
        "ORDER BY snapshot_at DESC NULLS LAST",
    ).rows
    return set(_late(rows))


def _late(newest_first: Iterable[Sequence[Any]]) -> Iterable[str]:
    first: int | None = None
    for file, batch_id in newest_first:
        if first is not None and batch_id > first:
            yield file
        first = batch_id if first is None else min(first, batch_id)


def _marked(events: Sequence[Event], truncates: Sequence[Truncate]) -> list[Event]:
    """The events, the last first, with those marked that are late. What lands again is as late as the first time."""
    times = sorted({one.updated_at for one in (*events, *truncates)}, reverse=True)
    arrived: dict[datetime, int] = {}
    said: dict[tuple[Any, ...], int] = {}
    for one in (*events, *truncates):
        arrived[one.updated_at] = min(arrived.get(one.updated_at, one.batch_id), one.batch_id)
    for event in events:
        said[_said(event)] = min(said.get(_said(event), event.batch_id), event.batch_id)
    after: dict[datetime, int | None] = {}
    first: int | None = None
    for time in times:
        after[time] = first
        first = arrived[time] if first is None else min(first, arrived[time])
    return [replace(event, is_late=_is_after(said[_said(event)], after[event.updated_at])) for event in events]


def _said(event: Event) -> tuple[Any, ...]:
    return event.updated_at, event.is_delete, event.unsaid, *event.values.values()


def _is_after(batch_id: int, first_after: int | None) -> bool:
    return first_after is not None and batch_id > first_after
