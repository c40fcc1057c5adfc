"""The charts of what changed, and of how the tables grow."""

from collections.abc import Mapping
from dataclasses import astuple
from itertools import accumulate

import altair as alt

from customertrack.console.chart_data import chart_rows
from customertrack.console.over_time import bars, lines, within
from customertrack.console.palette import BLUE, GREEN, ORANGE, RED
from customertrack.console.widgets import chart
from customertrack.console.words import plural
from customertrack.reads.buckets import Period
from customertrack.reads.growth import Growth, Said
from customertrack.reads.results import Table
from customertrack.reads.turnover import Turnover

_BAR, _AXIS, _MOST_BARS = 26, 70, 30


def attributes(counts: Mapping[str, int], changed: int, period: Period, dimension: str) -> None:
    """In how many versions each attribute is another than before; at least one is."""
    rows = [(name, count, round(100 * count / changed, 2)) for name, count in counts.items()]
    rows.sort(key=lambda row: (-row[1], row[0]))
    table, shown = Table(("attribute", "versions", "percent"), rows), rows[:_MOST_BARS]
    picture = (
        alt.Chart(chart_rows(table.columns, shown))
        .mark_bar(color=BLUE)
        .encode(
            x=alt.X("versions:Q", title="versions", axis=alt.Axis(format=",d", tickMinStep=1)),
            y=alt.Y("attribute:N", title=None, sort=None),
            tooltip=["attribute:N", alt.Tooltip("versions:Q", format=",d"), "percent:Q"],
        )
        .properties(height=_BAR * len(shown) + _AXIS)
    )
    said = [f"{plural(changed, 'version')} began with a change {within(period)}."]
    if rows:
        said += [f"Most of them, {rows[0][1]:,} ({rows[0][2]:.0f} %), changed {rows[0][0]}; one may change several."]
    if len(rows) > _MOST_BARS:
        said += [f"Shown are {_MOST_BARS} of {len(rows)} attributes; the CSV has all."]
    chart(picture, " ".join(said), table, f"{dimension}_changed_attributes")


def keys(turnover: list[Turnover], period: Period, dimension: str) -> None:
    """Keys that came and came back, above zero; those that were deleted, below."""
    series = {
        "came": (GREEN, [one.came for one in turnover]),
        "came back": (BLUE, [one.returned for one in turnover]),
        "deleted": (RED, [-one.deleted for one in turnover]),
    }
    came, returned, deleted = (abs(sum(numbers)) for _, numbers in series.values())
    said = (
        f"{plural(came, 'key')} came, {returned:,} came back, and {deleted:,} were deleted, "
        f"by {period.bucket}, {within(period)}. Deleted ones are below zero."
    )
    chart(bars(period, series, "keys"), said, _table(turnover), f"{dimension}_turnover")


def changed(turnover: list[Turnover], period: Period, dimension: str) -> None:
    """Versions that began with a change; there is at least one."""
    numbers = [one.changed for one in turnover]
    busiest = max(turnover, key=lambda one: one.changed)
    said = (
        f"{plural(sum(numbers), 'version')} began with a change, by {period.bucket}; most, {busiest.changed:,}, in the "
        f"{period.bucket} from {busiest.begin:%Y-%m-%d %H:%M} UTC on."
    )
    table = Table(("begin", "changed"), [(one.begin, one.changed) for one in turnover])
    chart(bars(period, {"changed": (ORANGE, numbers)}, "versions"), said, table, f"{dimension}_changed_versions")


def growth(found: list[Growth], period: Period, dimension: str) -> None:
    """Versions and current rows at the end of each bucket."""
    series = {
        "versions": (ORANGE, [one.versions for one in found]),
        "current rows": (GREEN, [one.rows for one in found]),
    }
    said = (
        f"{plural(found[-1].versions, 'version')} and {plural(found[-1].rows, 'current row')} before "
        f"{period.end:%Y-%m-%d %H:%M} UTC; {found[0].versions:,} and {found[0].rows:,} at the end of the first "
        f"{period.bucket}. By event time, as it is known today."
    )
    table = Table(("begin", "versions", "current_rows"), [astuple(one) for one in found])
    chart(lines(period, series, f"at the end of the {period.bucket}"), said, table, f"{dimension}_growth")


def events(found: list[Said], period: Period, dimension: str) -> None:
    """Upserts above zero, deletes below."""
    series = {
        "upserts": (BLUE, [one.upserts for one in found]),
        "deletes": (RED, [-one.deletes for one in found]),
    }
    upserts, deletes = (abs(sum(numbers)) for _, numbers in series.values())
    told = f"{plural(upserts, 'upsert')} and {plural(deletes, 'delete')}, by {period.bucket}, {within(period)}."
    table = Table(("begin", "first_said", "upserts", "deletes"), [astuple(one) for one in found])
    chart(bars(period, series, "events"), f"{told} Deletes are below zero.", table, f"{dimension}_events")


def keys_said(found: list[Said], period: Period, dimension: str) -> None:
    """Keys that had their first upsert in the period, before the end of each bucket."""
    keys = list(accumulate(one.keys for one in found))
    told = f"{plural(keys[-1], 'key')} had their first upsert {within(period)}; added up, by {period.bucket}."
    rows = [(one.begin, number) for one, number in zip(found, keys, strict=True)]
    chart(lines(period, {"keys": (GREEN, keys)}, "keys"), told, Table(("begin", "keys"), rows), f"{dimension}_keys")


def _table(turnover: list[Turnover]) -> Table:
    return Table(("begin", "came", "changed", "deleted", "came_back"), [astuple(one) for one in turnover])
