"""The refreshes: what each has applied, and what it cost."""

from collections.abc import Mapping, Sequence

import altair as alt
import streamlit as st

from customertrack.console.chart_data import chart_rows
from customertrack.console.choices import choose, choose_page
from customertrack.console.page import Page
from customertrack.console.palette import BLUE, ORANGE
from customertrack.console.widgets import chart, empty, table
from customertrack.console.words import at, plural, span
from customertrack.reads import batches, refreshes, snapshots
from customertrack.reads.batches import Order, Stretch
from customertrack.reads.results import Table
from customertrack.reads.status import Batch

_ROWS, _MOST_STRETCHES, _HEIGHT = 50, 200, 260
_COUNTED = (
    *("rows_landed", "events_accepted", "rows_rejected", "truncates", "rows_ignored", "keys_touched", "keys_late"),
    *("versions_closed", "versions_opened", "files"),
)
# What only some feeds have, and the table whose rows are counted.
_OF_LOGS = {"truncates": "barrier", "rows_ignored": "ignored"}
_ORDERS: dict[Order, str] = {"newest": "Newest first", "slowest": "Slowest first"}


def show(page: Page) -> None:
    """A page of refreshes in the order of the address, and the course of all."""
    found = batches.count(page.connection, page.name)
    if not found:
        empty("No refresh has applied anything yet.")
        return
    _course(batches.course(page.connection, page.name, _MOST_STRETCHES), page.name)
    st.subheader("Each refresh")
    _batches(page, found)


def _course(course: list[Stretch], dimension: str) -> None:
    """Seconds and rows over all refreshes, some to a bar where there are many."""
    data = Table(
        ("first_refresh", "last_refresh", "refreshes", "started_at", "seconds", "slowest", "rows_landed"),
        [
            (
                *(one.first_refresh, one.last_refresh, one.refreshes, one.started_at),
                *(round(one.seconds, 3), round(one.slowest, 3), one.rows_landed),
            )
            for one in course
        ],
    )
    many = sum(one.refreshes for one in course)
    each = "" if course[0].refreshes == 1 else f", {course[0].refreshes} to a bar"
    seconds, landed = st.columns(2)
    with seconds:
        slow = max(course, key=lambda one: one.slowest)
        average = sum(one.seconds * one.refreshes for one in course) / many
        said = (
            f"Seconds of {plural(many, 'refresh', 'refreshes')}{each}: {span(average)} on average; the slowest took "
            f"{span(slow.slowest)}, {_among(slow)}."
        )
        st.subheader("Seconds")
        chart(_seconds(data), said, data, f"{dimension}_seconds")
    with landed:
        most = max(course, key=lambda one: one.rows_landed)
        in_all = sum(one.rows_landed for one in course)
        said = f"Rows landed{each}: {in_all:,} in all; most, {most.rows_landed:,}, {_among(most)}."
        st.subheader("Rows landed")
        chart(_rows_landed(data), said, data, f"{dimension}_rows_landed")


def _among(one: Stretch) -> str:
    if one.refreshes == 1:
        return f"in refresh {one.first_refresh} at {at(one.started_at)}"
    return f"among refreshes {one.first_refresh} to {one.last_refresh}, from {at(one.started_at)} on"


def _seconds(data: Table) -> alt.LayerChart | alt.FacetChart:
    """A bar up to the slowest, and before it one up to the average, where those are two things."""
    slowest = _by_refresh(data).mark_bar(color=ORANGE).encode(y=alt.Y("slowest:Q", title="seconds"))
    average = _by_refresh(data).mark_bar(color=BLUE).encode(y="seconds:Q")
    return alt.layer(slowest, average).properties(height=_HEIGHT)


def _rows_landed(data: Table) -> alt.Chart:
    rows = alt.Y("rows_landed:Q", title="rows", axis=alt.Axis(format=",d", tickMinStep=1))
    return _by_refresh(data).mark_bar(color=BLUE).encode(y=rows).properties(height=_HEIGHT)


def _by_refresh(data: Table) -> alt.Chart:
    """Each as wide as it has refreshes."""
    rows = [(*row[:3], at(row[3]), *row[4:], row[0] - 0.5, row[1] + 0.5) for row in data.rows]
    axis, scale = alt.Axis(format="d", tickMinStep=1), alt.Scale(zero=False, nice=False)
    return alt.Chart(chart_rows((*data.columns, "begin", "end"), rows)).encode(
        x=alt.X("begin:Q", title="refresh", axis=axis, scale=scale, bin="binned"),
        x2="end:Q",
        tooltip=["first_refresh:Q", "last_refresh:Q", "started_at:N", "seconds:Q", "slowest:Q", "rows_landed:Q"],
    )


def _batches(page: Page, found: int) -> None:
    """One page of them, and the snapshots that they have applied."""
    pages = -(-found // _ROWS)
    by_order, by_page = st.columns([3, 1])
    with by_order:
        order = choose(page, "order", "Order", list(_ORDERS), "newest", lambda one: _ORDERS[_order(one)])
    with by_page:
        turned_to = choose_page(page, pages)
    begin = (turned_to - 1) * _ROWS
    shown = batches.page(page.connection, page.name, _order(order), _ROWS, begin)
    st.caption(f"Refreshes {begin + 1:,} to {begin + len(shown):,} of {found:,}.")
    table(_told(shown, _statements(page), page), f"{page.name}_refreshes")
    if page.tables.has_snapshots:
        st.subheader("Their snapshots")
        of_them = snapshots.of_batches(page.connection, page.name, [one.batch_id for one in shown])
        table(of_them, f"{page.name}_snapshots")


def _order(word: str) -> Order:
    return next(order for order in _ORDERS if order == word)


def _told(shown: Sequence[Batch], statements: Mapping[int, int | None], page: Page) -> Table:
    """`statements`: by refresh, where that is known."""
    logs = page.tables.logs
    columns = [name for name in _COUNTED if name not in _OF_LOGS or _OF_LOGS[name] in logs]
    rows = [
        (
            one.batch_id,
            one.started_at,
            (one.finished_at - one.started_at).total_seconds(),
            *(getattr(one, name) for name in columns),
            statements.get(one.batch_id),
        )
        for one in shown
    ]
    return Table(("refresh", "started_at", "seconds", *columns, "statements"), rows)


def _statements(page: Page) -> dict[int, int | None]:
    """Of a run that applied a backlog in several parts they are not told apart."""
    runs = refreshes.last_refreshes(page.connection, page.name)
    return {run.last_batch_id: run.statements for run in runs if run.last_batch_id is not None and run.batches == 1}
