"""Times in buckets: few enough, without a gap, and the same in SQL and here."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

import pytest

from customertrack.reads.buckets import BUCKETS, Bucket, begin_sql, period
from snowglobe import Connection, connect

NEW_YEAR = datetime(2026, 1, 1)


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with connect(tmp_path_factory.mktemp("buckets") / "warehouse.duckdb") as opened:
        yield opened


@pytest.mark.parametrize("bucket", BUCKETS)
def test_a_time_is_in_the_bucket_that_its_begin_says(connection: Connection, bucket: Bucket):
    draw = Random(7)
    first = datetime(1969, 12, 25)
    times = [first + timedelta(seconds=draw.randrange(4_000_000)) for _ in range(40)] + [datetime(1, 1, 1, 5), NEW_YEAR]
    whole = period(min(times[:40]), max(times[:40]), bucket, most=5_000)
    assert whole.bucket == bucket
    for time in times:
        asked = f"SELECT {begin_sql(bucket, 'happened_at')} FROM (SELECT ?::TIMESTAMP_NTZ AS happened_at) AS event"
        begin = connection.cursor().execute(asked, [time]).fetchone()[0]
        alone = period(time, time, bucket)
        assert (alone.begins, alone.begin) == ([begin], begin)
        assert begin <= time < alone.end
        assert begin in whole.begins or time not in times[:40]


def test_weeks_begin_on_mondays():
    assert period(datetime(2026, 11, 29, 23), datetime(2026, 11, 30), "week").begins == [
        datetime(2026, 11, 23),
        datetime(2026, 11, 30),
    ]


def test_buckets_follow_each_other_up_to_the_end():
    for bucket, last in zip(BUCKETS, ("2026-01-02 05:06", "2026-03-01", "2026-12-31", "2027-12-31 23:59"), strict=True):
        found = period(NEW_YEAR, datetime.fromisoformat(last), bucket)
        assert found.bucket == bucket
        for begin, following in pairwise([*found.begins, found.end]):
            assert period(begin, following - timedelta(microseconds=1), bucket).begins == [begin]


@pytest.mark.parametrize(
    ("days", "asked", "found"),
    [
        (1, None, "hour"),
        (8, None, "hour"),
        (9, None, "day"),
        (200, None, "day"),
        (201, None, "week"),
        (1_500, None, "month"),
        (9, "hour", "day"),
        (201, "hour", "week"),
        (8, "week", "week"),
        (8, "month", "month"),
    ],
)
def test_there_are_never_more_than_two_hundred(days: int, asked: Bucket | None, found: Bucket):
    whole = period(NEW_YEAR, NEW_YEAR + timedelta(days=days, microseconds=-1), asked)
    assert whole.bucket == found
    assert len(whole.begins) <= 200


def test_of_too_many_months_the_last_are_taken():
    found = period(datetime(1, 1, 1), datetime(2026, 11, 29))
    assert (found.bucket, len(found.begins), found.end) == ("month", 200, datetime(2026, 12, 1))
