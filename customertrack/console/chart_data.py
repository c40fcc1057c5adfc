"""Rows and times as a chart takes them: beside its specification, of which each value is checked."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import altair as alt
import pandas as pd

from customertrack.reads.results import Row


def chart_rows(columns: Sequence[str], rows: Sequence[Row]) -> pd.DataFrame:
    """Rows, of which there may be none."""
    return pd.DataFrame(list(rows), columns=list(columns))


def milliseconds(time: datetime) -> float:
    """As a browser counts time, so that no time zone of its own comes into it."""
    return (time.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1)


def end_of_scale(time: datetime) -> alt.DateTime:
    """A number is not taken for a time there."""
    return alt.DateTime(
        year=time.year,
        month=time.month,
        date=time.day,
        hours=time.hour,
        minutes=time.minute,
        seconds=time.second,
        milliseconds=time.microsecond // 1000,
        utc=True,
    )
