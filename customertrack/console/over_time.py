"""Charts of what is counted in buckets of time, and the words for a period."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import altair as alt

from customertrack.reads.buckets import Period
from customertrack.reads.results import Row

_HEIGHT = 240
Series = Mapping[str, tuple[str, Sequence[int]]]
"""By name: a colour, and a number for each bucket."""


def within(period: Period) -> str:
    """The period, in words: by hours its end, or else its last day."""
    if period.bucket == "hour":
        return f"from {period.begin:%Y-%m-%d %H:%M} to {period.end:%Y-%m-%d %H:%M} UTC"
    return f"from {period.begin:%Y-%m-%d} to {period.end - timedelta(days=1):%Y-%m-%d} UTC"


def bars(period: Period, series: Series, what: str) -> alt.Chart:
    """A bar for each bucket, with a part for each series; numbers below zero hang down. `what` is counted."""
    return _chart(period, series, what, alt.Chart.mark_bar)


def lines(period: Period, series: Series, what: str) -> alt.Chart:
    """A line for each series, from bucket to bucket."""
    return _chart(period, series, what, _marked_line)


def values(columns: Sequence[str], rows: Sequence[Row]) -> alt.Data:
    """Rows as a chart takes them."""
    found: list[dict[str, Any]] = [dict(zip(columns, row, strict=True)) for row in rows]
    return alt.Data(values=found)


def _chart(period: Period, series: Series, what: str, marked: Any) -> alt.Chart:
    begins = period.begins
    ends = [*begins[1:], period.end]
    rows = [
        (_moment(begin), _moment(end), name, number, _bucket(begin, period))
        for name, (_, numbers) in series.items()
        for begin, end, number in zip(begins, ends, numbers, strict=True)
    ]
    found = marked(alt.Chart(values(("begin", "end", "series", "number", "bucket"), rows)))
    colours = [colour for colour, _ in series.values()]
    return found.encode(
        x=alt.X("begin:T", title=f"by {period.bucket}, UTC", scale=alt.Scale(type="utc")),
        **({} if marked is _marked_line else {"x2": "end:T"}),
        y=alt.Y("number:Q", title=what, axis=alt.Axis(format=",d", tickMinStep=1)),
        color=alt.Color(
            "series:N",
            title=None,
            scale=alt.Scale(domain=list(series), range=colours),
            legend=alt.Legend(orient="top", columns=3) if len(series) > 1 else None,
        ),
        tooltip=[
            alt.Tooltip("bucket:N", title="from"),
            alt.Tooltip("series:N", title="what"),
            alt.Tooltip("number:Q", title=what, format=",d"),
        ],
    ).properties(height=_HEIGHT)


def _marked_line(chart: alt.Chart) -> alt.Chart:
    return chart.mark_line(point=True, interpolate="step-after")


def _moment(time: datetime) -> str:
    return f"{time.isoformat()}Z"


def _bucket(begin: datetime, period: Period) -> str:
    return f"{begin:%Y-%m-%d %H:%M}" if period.bucket == "hour" else f"{begin:%Y-%m-%d}"
