"""Which attributes change how often, which keys came and went, which are busiest, and how the tables grow."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import streamlit as st

from customertrack.console import keys
from customertrack.console.choices import choose, choose_day
from customertrack.console.links import link
from customertrack.console.over_time import within
from customertrack.console.page import Page
from customertrack.console.pages import changes_charts as charts
from customertrack.console.widgets import empty, number, plain, table
from customertrack.reads import growth, turnover
from customertrack.reads.buckets import BUCKETS, MOST_BUCKETS, Bucket, Period, period
from customertrack.reads.days import Days, days

# More versions than these are not compared in one look: it would take more than a second.
MOST_COMPARED = 100_000
# So many buckets are looked at where none is chosen.
_FEW = 60
_LONGEST_LABEL = 30


@dataclass(frozen=True)
class Chosen:
    """`whole`: what is looked at. `compared`: the part of it whose versions are compared, `versions` of the whole."""

    whole: Period
    compared: Period
    versions: int


def show(page: Page) -> None:
    """What changed in a period."""
    if not page.tables.has_history:
        _without_versions(page)
        return
    of_days = days(page.connection, page.tables)
    if of_days.reach is None:
        _nothing_yet(page)
        return
    chosen = _chosen(page, of_days, of_days.reach)
    _attributes(page, chosen)
    _busiest(page, chosen.whole)
    st.subheader("Growth")
    charts.growth(growth.growth(page.connection, page.tables, of_days, chosen.whole), chosen.whole, page.name)


def _nothing_yet(page: Page) -> None:
    command = f"{page.source.program} ingest --dimension {page.name} FILE" if page.source.program else ""
    empty("Nothing has been applied yet. Have files land:", command)


def _chosen(page: Page, of_days: Days, reach: tuple[datetime, datetime]) -> Chosen:
    """The period of the address. Where it says none: as much of the end as can be compared in one look."""
    first, last = reach
    begin = max(first, of_days.newest(last + timedelta(days=1), MOST_COMPARED))
    whole = _choose_period(page, reach, begin)
    versions = of_days.versions_begun(whole)
    if versions <= MOST_COMPARED:
        return Chosen(whole, whole, versions)
    since = of_days.newest(whole.end, MOST_COMPARED)
    return Chosen(whole, period(max(since, whole.begin), _last_of(whole), most=_FEW), versions)


def _choose_period(page: Page, reach: tuple[datetime, datetime], begin: datetime) -> Period:
    first, last = reach
    columns = st.columns(3)
    with columns[0]:
        since = choose_day(page, "from", "From", begin.date(), first.date(), last.date())
    with columns[1]:
        until = choose_day(page, "to", "To", last.date(), since, last.date())
    begin, end = _begin_of(since), _begin_of(until) + timedelta(days=1, microseconds=-1)
    by_itself = period(begin, end, most=_FEW).bucket
    with columns[2]:
        word = choose(page, "bucket", "By", BUCKETS, by_itself)
    asked: Bucket = next(bucket for bucket in BUCKETS if bucket == word)
    found = period(begin, end, asked)
    if found.bucket != asked:
        st.info(f"That would be more than {MOST_BUCKETS} buckets, so each is a {found.bucket}.")
    if found.begin > begin:
        st.info(f"Shown are the last {MOST_BUCKETS} months.")
    return found


def _attributes(page: Page, chosen: Chosen) -> None:
    shown = zip(page.definition.shown, page.tables.shown, strict=True)
    versioned = {column: one.name for one, column in shown if one.change == "version"}
    found = turnover.changes(page.connection, page.tables, list(versioned), chosen.compared)
    if chosen.compared != chosen.whole:
        st.info(
            f"{chosen.versions:,} versions begin in this period, and at most about {MOST_COMPARED:,} are compared in "
            f"one look: attributes and keys are those since {chosen.compared.begin:%Y-%m-%d}. All else is of the whole "
            "period. Choose a shorter one to see what was before."
        )
    _figures(found)
    st.subheader("Attributes that changed")
    counts = {versioned[name]: count for name, count in found.attributes.items()}
    if found.changed:
        charts.attributes(counts, found.changed, chosen.compared, page.name)
        charts.changed(found.turnover, chosen.compared, page.name)
    else:
        st.caption(f"No version began with a change {within(chosen.compared)}.")
    others = [one.name for one in page.definition.shown if one.change != "version"]
    if others:
        st.caption(plain(f"These begin no version, and are not counted: {', '.join(others)}."))
    st.subheader("Keys that came and went")
    charts.keys(found.turnover, chosen.compared, page.name)


def _figures(found: turnover.Changes) -> None:
    with st.container(horizontal=True, gap="medium"):
        number("Came", sum(one.came for one in found.turnover), "Keys whose first version begins in the period.")
        number("Changed", found.changed, "Versions that begin where another one of their key ends.")
        number("Deleted", sum(one.deleted for one in found.turnover), "Versions after whose end their key is absent.")
        number("Came back", sum(one.returned for one in found.turnover), "Versions that begin after an absence.")


def _busiest(page: Page, whole: Period) -> None:
    st.subheader("Busiest keys")
    found = growth.busiest(page.connection, page.tables, whole)
    if not found.rows:
        st.caption("No version begins in this period.")
        return
    st.caption(f"Of which most versions begin {within(whole)}.")
    table(found, f"{page.name}_busiest_keys")
    st.caption("See one of them:")
    with st.container(horizontal=True):
        for place, (*key, _) in enumerate(found.rows):
            label = keys.shown(key)
            short = label if len(label) <= _LONGEST_LABEL else f"{label[:_LONGEST_LABEL]}..."
            link("one_key", plain(short), f"busiest_{place}", dimension=page.name, key=keys.in_address(key))


def _without_versions(page: Page) -> None:
    reach = growth.span(page.connection, page.tables)
    if reach is None:
        _nothing_yet(page)
        return
    st.info("No versions are kept of this dimension: what follows is of its events, by their time.")
    whole = _choose_period(page, reach, reach[0])
    said = growth.said(page.connection, page.tables, whole)
    st.subheader("Events")
    charts.events(said, whole, page.name)
    st.subheader("Keys")
    charts.keys_said(said, whole, page.name)


def _begin_of(day: date) -> datetime:
    return datetime.combine(day, time())


def _last_of(whole: Period) -> datetime:
    return whole.end - timedelta(microseconds=1)
