"""How a dimension stands: what has landed and became of it, how far behind the tables are, whether they are right."""

import shlex

import streamlit as st

from customertrack.console.page import Page
from customertrack.console.pages import overview_charts as charts
from customertrack.console.source import Source
from customertrack.console.widgets import empty, number, plain, table
from customertrack.console.words import at, plural, span
from customertrack.dimension.sql_text import literal
from customertrack.errors import UserError
from customertrack.reads import batches, overview, snapshots
from customertrack.reads.last_check import LastCheck
from customertrack.reads.overview import Lag, Totals
from customertrack.reads.results import Table
from customertrack.reads.status import Counts, counts, failed_files, last_batch, last_task_run

# Seconds.
_BETWEEN_LOOKS = 3
_SHOWN = "_overview_is_new"


def show(page: Page) -> None:
    """What needs somebody first, then the figures."""
    connection, tables = page.connection, page.tables
    last = last_batch(connection, page.name)
    st.session_state[_SHOWN] = True
    _look_again(page.source, page.name, last.batch_id if last else None)
    _failures(page)
    if page.definition.feed.kind == "snapshots":
        _snapshots(page)
    totals = overview.totals(connection, tables)
    held = counts(connection, page.name, has_history=tables.has_history)
    if not totals.refreshes and not held.pending:
        empty("Nothing has been applied yet. Have files land:", _ingest(page))
        return
    _figures(totals, held, has_history=tables.has_history)
    if totals.refreshes:
        _over_time(page)
    _lag(overview.lag(connection, tables))
    st.subheader("How late events come")
    charts.lateness(overview.lateness(connection, tables), page.name)
    _check(page, last.batch_id if last else 0)


@st.fragment(run_every=_BETWEEN_LOOKS)
def _look_again(source: Source, name: str, seen: int | None) -> None:
    """Show the page anew once something was applied. It asks for one number; if that cannot be had, it asks again."""
    if st.session_state.pop(_SHOWN, False):
        return
    try:
        with source.reading(name) as connection:
            last = last_batch(connection, name)
    except UserError:
        return
    if last and last.batch_id != seen:
        st.rerun()


def _failures(page: Page) -> None:
    run = last_task_run(page.connection, page.name)
    if run and run.state == "FAILED":
        st.error(plain(f"The last refresh, at {at(run.started_at)}, failed and changed nothing: {run.message}"))
    failed = failed_files(page.connection, page.name)
    if failed:
        st.warning(
            f"{plural(len(failed), 'file')} could not be loaded. Such a name is used up: correct the file, "
            "and have it land under another."
        )
        rows = [(one.name, one.reason, one.at) for one in failed]
        table(Table(("file", "reason", "tried_at"), rows), f"{page.name}_failed_files")


def _snapshots(page: Page) -> None:
    """Those that somebody has to decide about, each with the commands that do."""
    for one in snapshots.waiting(page.connection, page.name):
        file = _name(one)
        if one.status != "held":
            st.info(plain(f"The snapshot {file}, since {at(one.loaded_at)}: {one.status}."))
            continue
        st.warning(
            plain(f"The snapshot {file} is held since {at(one.loaded_at)}: {one.reason}. Nothing of it is applied.")
        )
        st.code("\n".join(_decisions(page, one)), language=None, wrap_lines=True)


def _name(one: snapshots.Waiting) -> str:
    return one.source_file.rpartition("/")[2]


def _decisions(page: Page, one: snapshots.Waiting) -> list[str]:
    file = _name(one)
    words = ("release", "discard") if one.can_be_released else ("discard",)
    if page.source.program:
        return [f"{page.source.program} {word} --dimension {page.name} {shlex.quote(file)}" for word in words]
    return [f"CALL {word}_{page.name}_snapshot({literal(file)}, CURRENT_USER());" for word in words]


def _ingest(page: Page) -> str:
    return f"{page.source.program} ingest --dimension {page.name} FILE" if page.source.program else ""


def _figures(totals: Totals, held: Counts, *, has_history: bool) -> None:
    with st.container(horizontal=True, gap="medium"):
        landed = totals.rows_landed + held.pending
        number("Rows landed", landed, "All that ever landed, whether or not it is applied yet.")
        number("Events", held.events, "Accepted rows, those that changed nothing too. Of snapshots: the differences.")
        number("Rejects", held.rejects, "Rows that are no valid events; kept whole, with their reasons.")
        number("Keys", held.customers, "Keys that are there now.")
        if has_history:
            number("Versions", held.versions, "Stretches in which nothing that is tracked changed.")
        number("Pending", held.pending, "Rows that are loaded and not applied yet.")


def _over_time(page: Page) -> None:
    course = batches.course(page.connection, page.name)
    st.subheader("What landed, and what became of it")
    charts.rows(course, page.name)
    if page.tables.has_history:
        st.subheader("Versions made")
        charts.versions(course, page.name)


def _lag(found: Lag) -> None:
    st.subheader("From loaded to applied")
    with st.container(horizontal=True, gap="medium"):
        number("The last refresh", span(found.last), "From when its newest row was loaded to when it was applied.")
        number("Usual", span(found.usual), "The median of the last hundred refreshes.")
        number("Longest", span(found.longest), "Of the last hundred refreshes.")
    st.text(f"The newest row that is applied was loaded at {at(found.loaded_at)}.")
    if found.pending_since:
        st.text(f"The oldest row that is pending was loaded at {at(found.pending_since)}.")


def _check(page: Page, last_refresh: int) -> None:
    st.subheader("Whether the tables are right")
    check = page.source.last_check(page.name)
    if check:
        _checked(page, check, last_refresh)
    elif page.source.program:
        empty(
            "Nothing has been checked yet. This checks the invariants, and the generator's truth if there is one:",
            f"{page.source.program} verify",
        )
    else:
        st.info("The watch checks the invariants once a day; what it finds is told by the alarms in CloudWatch.")


def _checked(page: Page, check: LastCheck, last_refresh: int) -> None:
    since = f"after refresh {check.batch_id}"
    since += (
        "; nothing was applied since" if check.batch_id == last_refresh else f", and the last is {last_refresh} now"
    )
    when = f"Checked at {at(check.at)}, {since}."
    if check.offences:
        st.error(plain(f"{len(check.offences)} of {check.invariants} invariants do not hold. {when}"))
        rows = [(one.number, one.rule, one.rows) for one in check.offences]
        table(Table(("number", "invariant", "offending_rows"), rows), f"{page.name}_offences")
    else:
        st.success(plain(f"All {check.invariants} invariants hold. {when}"))
    told = plain(f"Truth: {check.truth}.")
    {True: st.success, False: st.error, None: st.info}[check.is_true](told)
    if page.source.program and check.batch_id != last_refresh:
        st.code(f"{page.source.program} verify", language=None, wrap_lines=True)
