"""Where something on a page came from: the event, its file and row, what the row said, and the landed line itself."""

import streamlit as st

from customertrack.console.links import link
from customertrack.console.page import Page
from customertrack.console.widgets import table
from customertrack.dimension.definition import Definition
from customertrack.reads.events_of_key import Event
from customertrack.reads.landed import landed_row
from customertrack.reads.results import Table
from customertrack.reads.text import text


def unsaid_of(definition: Definition, event: Event) -> list[str]:
    """The attributes that an event did not say: the row had no such field, or its definition no such attribute."""
    number, letters = event.definition or 1, event.unsaid or ""
    return [
        one.name
        for place, one in enumerate(definition.attributes)
        if not one.retired and not event.is_delete and (one.since > number or letters[place : place + 1] == "1")
    ]


def show_event(page: Page, file: str, row: int, event: Event | None) -> None:
    """The event behind what is true. `event`: None if it is not told."""
    facts = [("file", file), ("row", str(row) if row else "the snapshot as a whole")]
    if event:
        facts += [
            ("known_at" if page.tables.has_snapshots else "loaded_at", text(event.loaded_at)),
            ("refresh", str(event.batch_id)),
            ("arrived late", "yes" if event.is_late else "no"),
        ]
    table(Table(("event", "is"), facts), f"{page.name}_event")
    link("rejects", "Rejects of this file", "_rejects", dimension=page.name, file=file)


def show_landed(page: Page, file: str, row: int) -> None:
    """The landed line behind an event: from the warehouse, or from the file."""
    st.subheader("Landed line")
    if not row:
        st.text(
            "A snapshot says this by what it does not have, or has still: the row is a difference to the snapshot "
            "before it, and stands in no line of its own."
        )
        return
    found = landed_row(page.connection, page.tables, file, row, is_parquet=page.definition.feed.format == "parquet")
    if found and page.definition.feed.format == "csv":
        table(Table(found.columns, [(name, _or_null(value)) for name, value in found.rows]), f"{page.name}_landed_row")
        return
    line = found.rows[0][1] if found else page.source.landed_line(file, row)
    if line is None:
        st.info("The landed row is purged, and its file cannot be read from here: what the event says is all there is.")
        return
    if not found:
        st.caption("The landed row is purged; this is the line of the file.")
    st.code(line, language=None, wrap_lines=True)


def _or_null(value: object) -> str:
    return "NULL" if value is None else text(value)
