"""Charts of what is counted in buckets of time, and the words for a period."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import altair as alt

from customertrack.console.chart_data import chart_rows, end_of_scale, milliseconds
from customertrack.reads.buckets import Bucket, Period
from customertrack.reads.results import Row

# Of the chart with its axes and its legend. What is left free beside a bar.
_HEIGHT, _GAP = 300, 0.04
# Of which three fit beside each other in 400 pixels.
_LONG_NAME = 12
_FORMATS: dict[Bucket, str] = {"hour": "%m-%d %H:%M", "day": "%Y-%m-%d", "week": "%Y-%m-%d", "month": "%Y-%m"}
Series = Mapping[str, tuple[str, Sequence[int]]]
"""By name: a colour, and a number for each bucket."""


def within(period: Period) -> str:
    """The period, in words: by hours its end, or else its last day."""
    if period.bucket == "hour":
        return f"from {period.begin:%Y-%m-%d %H:%M} to {period.end:%Y-%m-%d %H:%M} UTC"
    return f"from {period.begin:%Y-%m-%d} to {period.end - timedelta(days=1):%Y-%m-%d} UTC"


def bars(period: Period, series: Series, what: str) -> alt.Chart:
    """A bar for each bucket, with a part for each series; numbers below zero hang down. `what` is counted.

    Where a part begins and ends is said here: Vega-Lite stacks no bars that lie between two times.
    """
    rows: list[Row] = []
    for place, (begin, end) in enumerate(_buckets(period)):
        gap = (end - begin) * _GAP
        heights = {True: 0, False: 0}
        for name, (_, numbers) in series.items():
            number = numbers[place]
            low = heights[number >= 0]
            heights[number >= 0] += number
            if number:
                rows.append(
                    (milliseconds(begin + gap), milliseconds(end - gap), low, low + number, name, abs(number), begin)
                )
    found = alt.Chart(chart_rows(("from", "to", "low", "high", "series", "number", "begin"), _told(rows, period)))
    return _encoded(found.mark_rect(), period, series, what, "from").encode(
        x2="to:T", y=_amount("low", what), y2="high:Q"
    )


def lines(period: Period, series: Series, what: str) -> alt.Chart:
    """A line for each series, whose numbers are those at the ends of the buckets."""
    rows = [
        (milliseconds(end), name, number, begin)
        for name, (_, numbers) in series.items()
        for (begin, end), number in zip(_buckets(period), numbers, strict=True)
    ]
    found = alt.Chart(chart_rows(("to", "series", "number", "begin"), _told(rows, period)))
    return _encoded(found.mark_line(point=True), period, series, what, "to").encode(y=_amount("number", what))


def _encoded(chart: alt.Chart, period: Period, series: Series, what: str, time: str) -> alt.Chart:
    beside = 2 if max(map(len, series)) > _LONG_NAME else 3
    legend = alt.Legend(orient="top", columns=beside) if len(series) > 1 else None
    colours = alt.Scale(domain=list(series), range=[colour for colour, _ in series.values()])
    # All of the period, though nothing may have happened at its ends.
    reach = alt.Scale(type="utc", domain=[end_of_scale(period.begin), end_of_scale(period.end)], nice=False)
    return chart.encode(
        x=alt.X(
            f"{time}:T",
            title=f"by {period.bucket}, UTC",
            scale=reach,
            axis=alt.Axis(format=_FORMATS[period.bucket], labelOverlap=True, tickCount=min(len(period.begins), 10)),
        ),
        color=alt.Color("series:N", title=None, scale=colours, legend=legend),
        tooltip=[
            alt.Tooltip("begin:N", title=period.bucket),
            alt.Tooltip("series:N", title="what"),
            alt.Tooltip("number:Q", title=what, format=",d"),
        ],
    ).properties(height=_HEIGHT)


def _amount(column: str, what: str) -> alt.Y:
    return alt.Y(f"{column}:Q", title=what, axis=alt.Axis(format=",d", tickMinStep=1))


def _buckets(period: Period) -> list[tuple[datetime, datetime]]:
    begins = period.begins
    return list(zip(begins, [*begins[1:], period.end], strict=True))


def _told(rows: Sequence[Row], period: Period) -> list[Row]:
    """The begin of the bucket, which is the last, as people read it."""
    written = "%Y-%m-%d %H:%M" if period.bucket == "hour" else "%Y-%m-%d"
    return [(*row[:-1], f"{row[-1]:{written}}") for row in rows]
