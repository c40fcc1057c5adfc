"""Time in buckets of equal name: hours, days, weeks or months, few enough to be shown."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

Bucket = Literal["hour", "day", "week", "month"]
BUCKETS: tuple[Bucket, ...] = get_args(Bucket)
MOST_BUCKETS = 200

_LENGTHS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}
# A Monday. What DATE_TRUNC takes for the begin of a week depends on the session (docs.snowflake.com, WEEK_START).
_FIRST_MONDAY = "TO_DATE('0001-01-01', 'YYYY-MM-DD')"


@dataclass(frozen=True)
class Period:
    """Whole buckets from `begin` on, before `end`; both UTC and where a bucket begins."""

    begin: datetime
    end: datetime
    bucket: Bucket

    @property
    def begins(self) -> list[datetime]:
        """Where each of its buckets begins."""
        return list(_begins(self.begin, self.end, self.bucket))


def begin_sql(bucket: Bucket, time: str) -> str:
    """The begin of the bucket of a time, both as SQL."""
    if bucket == "week":
        days = f"MOD(DATEDIFF('day', {_FIRST_MONDAY}, {time}), 7)"
        return f"DATEADD('day', -{days}, DATE_TRUNC('day', {time}))"
    return f"DATE_TRUNC('{bucket}', {time})"


def period(first: datetime, last: datetime, bucket: Bucket | None = None, most: int = MOST_BUCKETS) -> Period:
    """The buckets of all times from `first` to `last` (UTC), both included.

    Without a bucket it is the shortest of which at most `most` are needed. One of which more are needed gives way to
    the next longer; if there are too many months, the last ones are taken.
    """
    longer = BUCKETS[BUCKETS.index(bucket) if bucket else 0 :]
    for one in longer:
        # No more of them are listed than are asked for: a feed may begin in the year 1900, or 1.
        begin, end = begin_of(first, one), _after(begin_of(last, one), one)
        if one == "month":
            begin = max(begin, _months_before(end, most))
        if one == "month" or (end - begin) / _LENGTHS[one] <= most:
            return Period(begin, end, one)
    raise AssertionError(longer)


def _begins(begin: datetime, end: datetime, bucket: Bucket) -> Iterator[datetime]:
    while begin < end:
        yield begin
        begin = _after(begin, bucket)


def begin_of(time: datetime, bucket: Bucket) -> datetime:
    """Where the bucket of a time begins."""
    if bucket == "hour":
        return time.replace(minute=0, second=0, microsecond=0)
    day = time.replace(hour=0, minute=0, second=0, microsecond=0)
    if bucket == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if bucket == "month" else day


def _after(begin: datetime, bucket: Bucket) -> datetime:
    return _months_before(begin, -1) if bucket == "month" else begin + _LENGTHS[bucket]


def _months_before(begin: datetime, months: int) -> datetime:
    """Never before the first month that there is."""
    number = max(begin.year * 12 + begin.month - 1 - months, 12)
    return begin.replace(year=number // 12, month=number % 12 + 1)
