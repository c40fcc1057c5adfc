"""The landed rows that are no valid events: why, of which files, and the rows themselves."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import streamlit as st

from customertrack.console.cells import to_csv
from customertrack.console.choices import choose, choose_page
from customertrack.console.over_time import bars, within
from customertrack.console.page import Page
from customertrack.console.palette import GREY, SERIES
from customertrack.console.widgets import chart, empty, number, plain, table
from customertrack.console.words import plural
from customertrack.reads import rejects
from customertrack.reads.buckets import Period, period
from customertrack.reads.rejects import File, Which
from customertrack.reads.results import Table

# Rows that are shown at once; the most that can be turned to; buckets of time, reasons and files that are shown.
_ROWS, _MOST_PAGES = 50, 200
_FEW, _MOST_REASONS, _MOST_FILES = 60, 5, 100
# What a file for download holds: a message to the browser has 32 MB inside Snowflake.
MOST_IN_CSV, _MOST_BYTES = 20_000, 30_000_000
_ANY = ""


def show(page: Page) -> None:
    """What was rejected; of the rows those with the reason and of the file that the address names."""
    reach = rejects.span(page.connection, page.tables)
    if reach is None:
        empty("There are no rejects.")
        _ignored(page)
        return
    files, with_rejects = rejects.files(page.connection, page.tables, _MOST_FILES)
    total = rejects.count(page.connection, page.tables)
    with st.container(horizontal=True, gap="medium"):
        number("Rejects", total, "Landed rows that are no valid events. They are kept whole.")
        number("Files with rejects", with_rejects)
    _ignored(page)
    whole = period(*reach, most=_FEW)
    reasons = rejects.reasons(page.connection, page.tables, whole)
    st.subheader("Reasons")
    _reasons(page, reasons, total)
    _reasons_over_time(page, reasons, whole)
    st.subheader("Files")
    _files(page, files, with_rejects)
    st.subheader("Rows")
    _rows(page, list(reasons), [file.name for file in files])


def _ignored(page: Page) -> None:
    found = rejects.ignored(page.connection, page.tables)
    if found:
        kinds = ", ".join(f"{rows:,} of {what}" for what, rows in found.items())
        rows = plural(sum(found.values()), "row")
        st.info(plain(f"{rows} were ignored, as they say nothing of any key and are no faults: {kinds}."))


def _reasons(page: Page, reasons: dict[str, Counter[datetime]], total: int) -> None:
    rows = [(reason, found.total(), _percent(found.total(), total)) for reason, found in reasons.items()]
    st.caption("A row that has several reasons counts with each.")
    table(Table(("reason", "rejects", "percent_of_rejects"), rows), f"{page.name}_reasons")


def _reasons_over_time(page: Page, reasons: dict[str, Counter[datetime]], whole: Period) -> None:
    """The most frequent ones each, the others together."""
    told = dict(list(reasons.items())[:_MOST_REASONS])
    others = sum((found for reason, found in reasons.items() if reason not in told), Counter[datetime]())
    named = [(reason, colour, found) for (reason, found), colour in zip(told.items(), SERIES, strict=False)]
    named += [("others", GREY, others)] if others else []
    series = {name: (colour, [found[begin] for begin in whole.begins]) for name, colour, found in named}
    most = next(iter(reasons))
    said = (
        f"Reasons of rejects by {whole.bucket}, by when the rows were loaded, {within(whole)}. "
        f"Most frequent is {most}, {reasons[most].total():,} times."
    )
    columns = ("begin", *reasons)
    rows = [(begin, *(found[begin] for found in reasons.values())) for begin in whole.begins]
    chart(bars(whole, series, "rejects"), said, Table(columns, rows), f"{page.name}_reasons_over_time")


def _files(page: Page, files: Sequence[File], with_rejects: int) -> None:
    if with_rejects > len(files):
        st.caption(f"The {len(files)} with most rejects, of {with_rejects:,}.")
    rows = [
        (one.name, one.rejects, one.rows, _percent(one.rejects, one.rows) if one.rows else None, one.loaded_at)
        for one in files
    ]
    columns = ("file", "rejects", "rows_landed", "percent_of_rows", "loaded_at")
    table(Table(columns, rows), f"{page.name}_files_with_rejects")


def _rows(page: Page, reasons: Sequence[str], files: Sequence[str]) -> None:
    """One page of those that are chosen. A file of the address may have fewer rejects than those that are listed."""
    asked = page.query.get("file") or _ANY
    others = [asked] if asked and asked not in files else []
    by_reason, by_file, by_page = st.columns([2, 3, 1])
    with by_reason:
        reason = choose(page, "reason", "Reason", [_ANY, *reasons], _ANY, lambda one: one or "any")
    with by_file:
        file = choose(page, "file", "File", [_ANY, *others, *files], _ANY, lambda one: one or "any")
    which = Which(reason or None, file or None)
    found = rejects.count(page.connection, page.tables, which)
    pages = min(-(-found // _ROWS), _MOST_PAGES)
    with by_page:
        turned_to = choose_page(page, pages)
    if not found:
        empty("No reject has this reason and is of this file.")
        return
    begin = (turned_to - 1) * _ROWS
    st.caption(_which(begin, found))
    rows = _reasons_first(rejects.rejects(page.connection, page.tables, _ROWS, which, offset=begin))
    table(rows, f"{page.name}_rejects")
    if found > _ROWS:
        _download(page, which, found)


def _reasons_first(rows: Table) -> Table:
    """What is looked for stands where it is seen, however many columns have landed."""
    place = rows.columns.index("reject_reasons")

    def moved(values: tuple[Any, ...]) -> tuple[Any, ...]:
        return (values[place], *values[:place], *values[place + 1 :])

    return Table(moved(rows.columns), [moved(row) for row in rows.rows])


def _which(begin: int, found: int) -> str:
    reachable = _ROWS * _MOST_PAGES
    beyond = f" Only the first {reachable:,} can be turned to: choose a reason or a file." if found > reachable else ""
    return f"Rows {begin + 1:,} to {min(begin + _ROWS, found):,} of {found:,}, the newest first.{beyond}"


def _download(page: Page, which: Which, found: int) -> None:
    """All that are chosen, up to a limit. They are read when they are asked for."""
    many = min(found, MOST_IN_CSV)
    told = f"all {found:,} rows" if many == found else f"the first {many:,} of {found:,} rows"
    if not st.button(f"Make a CSV file of {told}", key="make_csv"):
        return
    rows = _reasons_first(rejects.rejects(page.connection, page.tables, many, which))
    content = to_csv(rows)
    while len(content) > _MOST_BYTES:
        rows = Table(rows.columns, rows.rows[: len(rows.rows) // 2])
        content = to_csv(rows)
    if len(rows.rows) < many:
        st.warning(f"The file has only the first {len(rows.rows):,} rows: it would be too large with all.")
    name = f"{page.name}_all_rejects.csv"
    st.download_button(
        f"Download {plural(len(rows.rows), 'row')}", content, name, "text/csv", key=f"csv:{name}", on_click="ignore"
    )


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 2)
