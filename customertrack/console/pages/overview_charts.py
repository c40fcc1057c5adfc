"""The charts of the overview."""

from collections.abc import Iterator
from typing import Any

import altair as alt

from customertrack.console.palette import APPLIED, LATE, REJECTED, VERSIONS
from customertrack.console.widgets import chart
from customertrack.console.words import at, plural
from customertrack.reads.overview import Slices, Totals
from customertrack.reads.results import Row, Table

_HEIGHT = 260
# Of the width of a refresh, on each side of a bar.
_GAP = 0.06


def rows(parts: Slices, totals: Totals, dimension: str) -> None:
    """Landed rows by refresh: what became events, what rejects."""
    picture = _stacked(
        parts.table, {"events": "events_accepted", "rejects": "rows_rejected"}, (APPLIED, REJECTED), "rows"
    )
    said = (
        f"{totals.events_accepted:,} events and {plural(totals.rows_rejected, 'reject')}, {_by_refresh(parts, totals)}."
    )
    chart(picture, said, parts.table, f"{dimension}_refreshes")


def versions(parts: Slices, totals: Totals, dimension: str) -> None:
    """Versions by refresh: those that it opened, and those that it closed."""
    picture = _stacked(
        parts.table, {"opened": "versions_opened", "closed": "versions_closed"}, (VERSIONS, LATE), "versions"
    )
    opened, closed = (_sum(parts.table, name) for name in ("versions_opened", "versions_closed"))
    said = f"{opened:,} versions opened and {closed:,} closed, {_by_refresh(parts, totals)}."
    chart(picture, said, parts.table, f"{dimension}_versions_made")


def lateness(found: Table, dimension: str) -> None:
    """How many events were loaded how long after their time."""
    total = sum(events for _, events in found.rows)
    picture = (
        alt.Chart(_values(found.columns, found.rows))
        .mark_bar(color=APPLIED)
        .encode(
            x=alt.X("events:Q", title="events", axis=alt.Axis(format=",d", tickMinStep=1, tickCount=5)),
            y=alt.Y("lateness:N", title=None, sort=None, axis=alt.Axis(labelOverlap=False)),
            tooltip=["lateness:N", alt.Tooltip("events:Q", format=",d")],
        )
        .properties(height=_HEIGHT)
    )
    most = max(found.rows, key=lambda row: row[1])
    said = f"How long after their time {plural(total, 'event')} were loaded; most of them, {most[1]:,}, {most[0]}."
    chart(picture, said, found, f"{dimension}_lateness")


def _by_refresh(parts: Slices, totals: Totals) -> str:
    each = "by refresh" if parts.refreshes == 1 else f"by {parts.refreshes} refreshes each"
    return f"{each}, from {at(totals.begun_at)} to {at(totals.applied_at)}"


def _stacked(table: Table, series: dict[str, str], colours: tuple[str, ...], what: str) -> alt.Chart:
    """A bar for each slice, as wide as it has refreshes, with a part for each series: its name and its column."""
    columns = ("from", "to", "refreshes", "until", "what", what, "below", "above")
    parts = [part for row in table.rows for part in _parts(dict(zip(table.columns, row, strict=True)), series)]
    refresh = alt.Axis(format="d", tickMinStep=1, grid=False)
    return (
        alt.Chart(_values(columns, parts))
        .mark_bar(orient="vertical")
        .encode(
            x=alt.X("from:Q", title="refresh", axis=refresh, scale=alt.Scale(zero=False, nice=False)),
            x2="to:Q",
            y=alt.Y("below:Q", title=what, axis=alt.Axis(format=",d", tickMinStep=1)),
            y2="above:Q",
            color=alt.Color(
                "what:N",
                title=None,
                scale=alt.Scale(domain=list(series), range=list(colours)),
                legend=alt.Legend(orient="top", offset=4),
            ),
            tooltip=["refreshes:N", "until:N", "what:N", alt.Tooltip(f"{what}:Q", format=",d")],
        )
        .properties(height=_HEIGHT)
    )


def _parts(of_slice: dict[str, Any], series: dict[str, str]) -> Iterator[Row]:
    """The parts of a bar, one upon the other, with a small gap to the next bar."""
    first, last = int(of_slice["first_refresh"]), int(of_slice["last_refresh"])
    gap = _GAP * (last - first + 1)
    below = 0
    for name, column in series.items():
        count = int(of_slice[column])
        place = first - 0.5 + gap, last + 0.5 - gap
        yield (*place, _numbers(first, last), at(of_slice["finished_at"]), name, count, below, below + count)
        below += count


def _numbers(first: int, last: int) -> str:
    return str(first) if first == last else f"{first} to {last}"


def _sum(table: Table, column: str) -> int:
    place = table.columns.index(column)
    return sum(int(row[place]) for row in table.rows)


def _values(columns: tuple[str, ...], rows: list[Row]) -> alt.Data:
    values: list[dict[str, Any]] = [dict(zip(columns, row, strict=True)) for row in rows]
    return alt.Data(values=values)
