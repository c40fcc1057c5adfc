"""The charts of the overview."""

from collections.abc import Iterator, Sequence
from dataclasses import astuple, fields

import altair as alt

from customertrack.console.chart_data import chart_rows
from customertrack.console.palette import APPLIED, LATE, REJECTED, VERSIONS
from customertrack.console.widgets import chart
from customertrack.console.words import at, plural
from customertrack.reads.batches import Stretch
from customertrack.reads.results import Row, Table

_HEIGHT = 260
# Of the width of a refresh, on each side of a bar.
_GAP = 0.06


def rows(course: Sequence[Stretch], dimension: str) -> None:
    """Landed rows by refresh: what became events, what rejects."""
    series = {"events": "events_accepted", "rejects": "rows_rejected"}
    events, rejects = (_sum(course, column) for column in series.values())
    said = f"{plural(events, 'event')} and {plural(rejects, 'reject')}, {_by_refresh(course)}."
    picture = _stacked(course, series, (APPLIED, REJECTED), "rows")
    chart(picture, said, _table(course), f"{dimension}_refreshes")


def versions(course: Sequence[Stretch], dimension: str) -> None:
    """Versions by refresh: those that it opened, and those that it closed."""
    series = {"opened": "versions_opened", "closed": "versions_closed"}
    opened, closed = (_sum(course, column) for column in series.values())
    said = f"{opened:,} versions opened and {closed:,} closed, {_by_refresh(course)}."
    chart(_stacked(course, series, (VERSIONS, LATE), "versions"), said, _table(course), f"{dimension}_versions_made")


def lateness(found: Table, dimension: str) -> None:
    """How many events were loaded how long after their time."""
    total = sum(events for _, events in found.rows)
    picture = (
        alt.Chart(chart_rows(found.columns, found.rows))
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


def _by_refresh(course: Sequence[Stretch]) -> str:
    each = "by refresh" if course[0].refreshes == 1 else f"by {course[0].refreshes} refreshes each"
    return f"{each}, from {at(course[0].started_at)} to {at(course[-1].finished_at)}"


def _table(course: Sequence[Stretch]) -> Table:
    return Table(tuple(each.name for each in fields(Stretch)), [astuple(one) for one in course])


def _stacked(course: Sequence[Stretch], series: dict[str, str], colours: tuple[str, ...], what: str) -> alt.Chart:
    """A bar for each stretch, as wide as it has refreshes, with a part for each series: its name and its column."""
    columns = ("from", "to", "refreshes", "until", "what", what, "below", "above")
    parts = [part for one in course for part in _parts(one, series)]
    refresh = alt.Axis(format="d", tickMinStep=1, grid=False)
    return (
        alt.Chart(chart_rows(columns, parts))
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


def _parts(stretch: Stretch, series: dict[str, str]) -> Iterator[Row]:
    """The parts of a bar, one upon the other, with a small gap to the next bar."""
    first, last = stretch.first_refresh, stretch.last_refresh
    gap = _GAP * (last - first + 1)
    below = 0
    for name, column in series.items():
        count = getattr(stretch, column)
        place = first - 0.5 + gap, last + 0.5 - gap
        yield (*place, _numbers(first, last), at(stretch.finished_at), name, count, below, below + count)
        below += count


def _numbers(first: int, last: int) -> str:
    return str(first) if first == last else f"{first} to {last}"


def _sum(course: Sequence[Stretch], column: str) -> int:
    return sum(getattr(one, column) for one in course)
