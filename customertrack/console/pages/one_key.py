"""One key over time: its versions, what was believed when, and the landed rows behind them."""

import re
from datetime import datetime

import streamlit as st

from customertrack.console.compared import compare
from customertrack.console.finding import choose_key
from customertrack.console.keys import in_address, shown
from customertrack.console.origin import show_event, show_landed, unsaid_of
from customertrack.console.page import Page
from customertrack.console.picture import MOST, PICKED, timeline_chart, window_of
from customertrack.console.tables_of_key import current_row, events_table, gaps_table, versions_table
from customertrack.console.times import time_of
from customertrack.console.widgets import chart_to_pick, empty, plain, table
from customertrack.console.words import plural
from customertrack.reads.events_of_key import Events, events_of
from customertrack.reads.history import Key
from customertrack.reads.results import Table
from customertrack.reads.text import text
from customertrack.reads.timeline import Timeline, Version, timeline_of

# What a version shows of an attribute that begins none.
_SHOWS = {"update": "the last in this version", "correct": "the last of the key", "keep": "the first of the key"}


def show(page: Page) -> None:
    """A key is found, and then shown."""
    key = choose_key(page)
    if key is None:
        return
    st.header(plain(shown(key)), anchor=False)
    events = events_of(page.connection, page.tables, key)
    if not events.events:
        empty(f"Nothing was ever said of {page.name} {shown(key)}; find another by a part of what is known of it.")
        return
    name = f"{page.name}_{_for_file(key)}"
    if page.tables.has_history:
        _history(page, key, events, timeline_of(page.connection, page.tables, key, events), name)
    else:
        _present(page, key, events, name)
    st.subheader("Events", anchor=False)
    if events.is_more:
        st.caption(f"The newest {len(events.events):,}; there are older ones.")
    table(events_table(page, events), f"{name}_events")


def _history(page: Page, key: Key, events: Events, timeline: Timeline, name: str) -> None:
    if not timeline.versions:
        empty(f"No version of {page.name} {shown(key)} was ever made: its events only deleted it.")
        return
    st.caption(plain(_in_words(timeline)))
    chosen = _chosen(page, timeline)
    stops = sorted({time for one in timeline.versions for time in (one.valid_from, one.valid_to) if time.year < 9999})
    time = time_of(page.query.get("t")) or stops[-1]
    _picture(page, timeline, chosen, time)
    _version(page, timeline, chosen, name)
    compare(page, key, events, stops, name)
    st.subheader("Versions", anchor=False)
    table(versions_table(timeline), f"{name}_versions")
    if timeline.gaps:
        st.subheader("When it was deleted", anchor=False)
        table(gaps_table(timeline), f"{name}_gaps")


def _present(page: Page, key: Key, events: Events, name: str) -> None:
    """Of a dimension that keeps no versions: what is true now, and where that came from."""
    st.caption("This dimension keeps no versions: there is what is true now, and what the events say.")
    now = current_row(page, key)
    if now is None:
        empty(f"{page.name} {shown(key)} is deleted.")
    else:
        table(now.values, f"{name}_now")
    stops = sorted({one.updated_at for one in events.events})
    compare(page, key, events, stops, name)
    if now is not None:
        st.subheader("Where it came from", anchor=False)
        event = next((one for one in events.events if (one.source_file, one.source_row) == now.place), None)
        show_event(page, *now.place, event)
        show_landed(page, *now.place)


def _in_words(timeline: Timeline) -> str:
    """What the picture shows, for who does not see it."""
    first, last = timeline.versions[0], timeline.versions[-1]
    words = [plural(timeline.total, "version")]
    if first.number > 1:
        words.append(f"the newest {len(timeline.versions):,} are here")
    elif first is not last:
        words.append(f"the first since {text(first.valid_from)}")
    words.append(f"the last since {text(last.valid_from)}" if first is not last else f"since {text(last.valid_from)}")
    words.append("open" if last.is_current else f"deleted since {text(last.valid_to)}")
    gaps = sum(gap.ends is not None for gap in timeline.gaps)
    late = sum(version.is_late for version in timeline.versions)
    words += [f"{plural(gaps, 'gap')} where it was deleted"] * bool(gaps) + [f"{late:,} arrived late"] * bool(late)
    return f"{', '.join(words)}."


def _chosen(page: Page, timeline: Timeline) -> Version:
    """The version of the address, by its begin: its number changes when others arrive. Else the last one."""
    asked = time_of(page.query.get("version"))
    return next((one for one in timeline.versions if one.valid_from == asked), timeline.versions[-1])


def _choose(page: Page, version: Version) -> None:
    page.query.set(version=version.valid_from.isoformat())


def _picture(page: Page, timeline: Timeline, chosen: Version, time: datetime) -> None:
    by_number = {version.number: version for version in timeline.versions}
    oldest, newest = timeline.versions[0].number, timeline.versions[-1].number
    # Windows are counted from the newest version, so that it has all its room.
    last = newest - (newest - chosen.number) // MOST * MOST
    if newest - oldest >= MOST:
        ends = list(range(newest, oldest - 1, -MOST))
        st.session_state["_window"] = last
        st.selectbox(
            "Versions in the picture",
            ends,
            key="_window",
            format_func=lambda end: f"{max(end - MOST + 1, oldest):,} to {end:,}",
            on_change=lambda: _choose(page, by_number[st.session_state["_window"]]),
        )
    window = window_of(timeline, last)

    def pick() -> None:
        picked = st.session_state["_picture"]["selection"].get(PICKED) or []
        number = next((one["number"] for one in picked if "number" in one), None)
        if number in by_number:
            _choose(page, by_number[number])

    chart_to_pick(
        timeline_chart(window, chosen, time),
        "Each version as a bar, below it each attribute that changes: where the colour changes, its value does. A "
        "triangle marks a version that arrived late, a dashed frame a time in which the key was deleted, a green frame "
        "the version below, a line the time that is chosen. A click chooses a version, and so does the field below.",
        "_picture",
        pick,
    )


def _version(page: Page, timeline: Timeline, chosen: Version, name: str) -> None:
    st.subheader("One version", anchor=False)
    by_number = {version.number: version for version in timeline.versions}
    st.session_state["_version"] = chosen.number
    st.selectbox(
        "Version",
        list(reversed(by_number)),
        key="_version",
        format_func=lambda number: _called(by_number[number]),
        on_change=lambda: _choose(page, by_number[st.session_state["_version"]]),
    )
    before = by_number.get(chosen.number - 1) if not chosen.is_first else None
    filled = unsaid_of(page.definition, chosen.event) if chosen.event else []
    shows = {one.name: [_SHOWS[one.change]] for one in page.definition.shown if one.change in _SHOWS}
    rows = [
        (
            attribute,
            "NULL" if value is None else text(value),
            ("NULL" if before.values[attribute] is None else text(before.values[attribute]))
            if before and attribute in chosen.changed
            else "",
            "; ".join(["not said by its row"] * (attribute in filled) + shows.get(attribute, [])),
        )
        for attribute, value in chosen.values.items()
    ]
    values, origin = st.columns(2)
    with values:
        table(Table(("attribute", "value", "changed from", "note"), rows), f"{name}_version")
    with origin:
        show_event(page, chosen.source_file, chosen.source_row, chosen.event)
    show_landed(page, chosen.source_file, chosen.source_row)


def _called(version: Version) -> str:
    until = "open" if version.is_current else f"until {text(version.valid_to)}"
    late = ", arrived late" if version.is_late else ""
    return f"{version.number:,}: since {text(version.valid_from)}, {until}{late}"


def _for_file(key: Key) -> str:
    """The key as a part of a file's name."""
    return re.sub(r"[^\w-]+", "_", in_address(key)).strip("_")[:40]
