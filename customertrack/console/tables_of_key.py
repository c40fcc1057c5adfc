"""The tables of the page of one key: its versions, its gaps, its events, and the row that is there now."""

from dataclasses import dataclass

from customertrack.console.origin import unsaid_of
from customertrack.console.page import Page
from customertrack.reads.events_of_key import Events
from customertrack.reads.history import Key, current_of
from customertrack.reads.results import Table
from customertrack.reads.tables import as_named
from customertrack.reads.text import text
from customertrack.reads.timeline import Timeline


@dataclass(frozen=True)
class Now:
    """The current row: attribute and value, and the file and row of the event that made it so."""

    values: Table
    place: tuple[str, int]


def current_row(page: Page, key: Key) -> Now | None:
    """The row of a key that is there now; None if there is none."""
    found = current_of(page.connection, page.tables, key)
    if not found.rows:
        return None
    row = dict(zip(found.columns, found.rows[0], strict=True))
    names = [*map(as_named, page.tables.shown), "update_timestamp"]
    values = [(name, "NULL" if row[name] is None else text(row[name])) for name in names]
    return Now(Table(("attribute", "value"), values), (row["source_file"], int(row["source_row"])))


def versions_table(timeline: Timeline) -> Table:
    """The versions, the newest first."""
    names = tuple(timeline.versions[0].values)
    rows = [
        (
            version.number,
            version.valid_from,
            None if version.is_current else version.valid_to,
            "all" if version.is_first else ", ".join(version.changed),
            "late" if version.is_late else "",
            *version.values.values(),
            version.source_file,
            version.source_row,
            version.event and version.event.loaded_at,
            version.event and version.event.batch_id,
        )
        for version in reversed(timeline.versions)
    ]
    places = ("source_file", "source_row", "loaded_at", "batch_id")
    return Table(("version", "valid_from", "valid_to", "changed", "arrived", *names, *places), rows)


def gaps_table(timeline: Timeline) -> Table:
    """The times in which the key was deleted, the newest first, and by what."""
    rows = [
        (
            gap.begins,
            gap.ends,
            gap.by and gap.by.source_file,
            gap.by and gap.by.source_row,
            gap.by and gap.by.loaded_at,
        )
        for gap in reversed(timeline.gaps)
    ]
    return Table(("deleted_from", "deleted_to", "source_file", "source_row", "loaded_at"), rows)


def events_table(page: Page, events: Events) -> Table:
    """The events, the newest first, as their rows said them."""
    says_all = page.definition.feed.missing != "keep" and page.definition.number == 1
    rows = [
        (
            event.updated_at,
            "delete" if event.is_delete else "upsert",
            "late" if event.is_late else "",
            *event.values.values(),
            *([] if says_all else [", ".join(unsaid_of(page.definition, event))]),
            event.source_file,
            event.source_row,
            event.loaded_at,
            event.batch_id,
            *([event.replaced_at] if page.tables.has_snapshots else []),
        )
        for event in events.events
    ]
    columns = [
        *("updated_at", "event", "arrived", *map(as_named, page.tables.shown)),
        *([] if says_all else ["not said"]),
        *("source_file", "source_row", "loaded_at", "batch_id"),
        *(["replaced_at"] if page.tables.has_snapshots else []),
    ]
    return Table(tuple(columns), rows)
