"""Days of versions: where a day is the end or the begin of what is asked for, it is without or within."""

from datetime import datetime

import pytest

from customertrack.reads.buckets import Bucket, Period
from customertrack.reads.days import Days, by_bucket


def day(number: int) -> datetime:
    return datetime(2026, 6, number)


@pytest.mark.parametrize(("end", "most", "since"), [(3, 8, 1), (3, 5, 2), (4, 9, 2), (4, 8, 3), (4, 5, 3), (9, 100, 1)])
def test_the_newest_days_are_before_the_end(end: int, most: int, since: int):
    of_days = Days({day(1): 4, day(2): 4, day(3): 5}, {})
    assert of_days.newest(day(end), most) == day(since)


def test_the_reach_is_of_begins_and_ends():
    assert Days({day(3): 1}, {day(9): 1}).reach == (day(3), day(9))
    assert Days({}, {}).reach is None


@pytest.mark.parametrize(
    ("bucket", "expected"),
    [("day", {None: 1, day(8): 2, day(14): 4}), ("week", {None: 1, day(8): 6})],
)
def test_counts_of_days_are_those_of_their_buckets(bucket: Bucket, expected: dict[datetime | None, int]):
    counts = {day(7): 1, day(8): 2, day(14): 4, day(15): 8}
    # From a Monday on, before the next.
    assert by_bucket(counts, Period(day(8), day(15), bucket)) == expected
