"""Growth, turnover and changed attributes are what one counts version by version, in every layout and any period."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from customertrack.dimension.names import written
from customertrack.reads import growth, turnover
from customertrack.reads.buckets import BUCKETS, Period, period
from customertrack.reads.days import days
from customertrack.reads.results import Row
from customertrack.reads.tables import Tables
from tests.dimension.warehouse import Dimension
from tests.reads.histories import ALL_KINDS, TYPE_1, bucket_of, counted, files, happened, landed
from tests.replay import OPEN_END

Kind = tuple[Dimension, Tables]
_WHOLE_DAY = timedelta(days=1, microseconds=-1)


@pytest.fixture(scope="module", params=ALL_KINDS)
def kind(request: pytest.FixtureRequest) -> Iterator[Kind]:
    with ALL_KINDS[request.param]() as made:
        yield made


def periods(made: Dimension, tables: Tables) -> Iterator[Period]:
    """All of it by each bucket, and each third, in whole days."""
    first, last = reach_of(made, tables)
    for bucket in BUCKETS:
        yield period(first, last + _WHOLE_DAY, bucket, most=5_000)
    for third in range(3):
        begin, end = (bucket_of(first + (last - first) * times / 3, "day") for times in (third, third + 1))
        yield period(begin, end + _WHOLE_DAY)


def reach_of(made: Dimension, tables: Tables) -> tuple[datetime, datetime]:
    found = days(made.connection, tables).reach if tables.has_history else growth.span(made.connection, tables)
    assert found is not None
    return found


def keys_of(made: Dimension) -> list[str]:
    return [part.name for part in made.definition.key]


def test_the_days_on_which_versions_begin_and_end(kind: Kind):
    made, tables = kind
    rows = made.history()
    begun = Counter(bucket_of(row["valid_from"], "day") for row in rows)
    ended = Counter(bucket_of(row["valid_to"], "day") for row in rows if row["valid_to"] != OPEN_END)
    found = days(made.connection, tables)
    assert (found.begun, found.ended) == (begun, ended)
    assert found.reach == (min(begun), max(begun | ended))


def test_turnover_and_changed_attributes(kind: Kind):
    made, tables = kind
    versioned = [one.name for one in made.definition.shown if one.change == "version"]
    words = ("came", "changed", "deleted", "returned")
    for asked in periods(made, tables):
        happenings = happened(made.history(), keys_of(made), versioned)
        expected = counted(happenings, asked.begin, asked.end, asked.bucket)
        found = turnover.changes(made.connection, tables, [written(name) for name in versioned], asked)
        assert [one.begin for one in found.turnover] == asked.begins
        of_keys = Counter({(one.begin, word): getattr(one, word) for one in found.turnover for word in words})
        assert +of_keys == Counter({what: times for what, times in expected.items() if what[1] in words})
        of_attributes = {written(name): sum(expected[begin, name] for begin in asked.begins) for name in versioned}
        assert found.attributes == of_attributes
        assert found.changed == sum(times for (_, word), times in expected.items() if word == "changed")


def test_growth(kind: Kind):
    made, tables = kind
    rows = made.history()
    for asked in periods(made, tables):
        found = growth.growth(made.connection, tables, days(made.connection, tables), asked)
        for one, end in zip(found, [*asked.begins[1:], asked.end], strict=True):
            begun = [row for row in rows if row["valid_from"] < end]
            assert one.versions == len(begun)
            assert one.rows == sum(row["valid_to"] >= end for row in begun)
    first, last = reach_of(made, tables)
    everything = period(first, last + _WHOLE_DAY)
    found = growth.growth(made.connection, tables, days(made.connection, tables), everything)
    assert found[-1].rows == len(made.current())


def test_busiest_keys(kind: Kind):
    made, tables = kind
    for asked in periods(made, tables):
        begun = Counter(
            tuple(row[part] for part in keys_of(made))
            for row in made.history()
            if asked.begin <= row["valid_from"] < asked.end
        )
        most: list[Row] = sorted(((*key, times) for key, times in begun.items()), key=lambda row: (-row[-1], row[:-1]))
        assert growth.busiest(made.connection, tables, asked, 4).rows == most[:4]
        assert days(made.connection, tables).versions_begun(asked) == begun.total()


def test_the_newest_days_with_so_many_versions(kind: Kind):
    made, tables = kind
    begins = [row["valid_from"] for row in made.history()]
    end = bucket_of(max(begins), "day") + timedelta(days=1)
    for most in (1, 3, 20, 10_000):
        since = days(made.connection, tables).newest(end, most)
        found = sum(since <= begin for begin in begins)
        assert found <= most or end - since == timedelta(days=1)
        # With the day before which versions began there would be more.
        earlier = [begin for begin in begins if begin < since]
        assert not earlier or sum(bucket_of(max(earlier), "day") <= begin for begin in begins) > most


def test_the_newest_days_are_one_at_least(kind: Kind):
    made, tables = kind
    end = min(row["valid_from"] for row in made.history()) + timedelta(minutes=1)
    assert days(made.connection, tables).newest(end, 10_000) == end - timedelta(days=1)


def test_without_versions_the_events_are_counted():
    with landed(TYPE_1, []) as (made, tables):
        assert growth.span(made.connection, tables) is None
        made.land(files(4), each=False)
        events = made.rows("SELECT * FROM thing_event")
        times = [row["updated_at"] for row in events]
        assert growth.span(made.connection, tables) == (min(times), max(times))
        first: dict[tuple[object, ...], datetime] = {}
        for row in sorted((row for row in events if not row["is_delete"]), key=lambda row: row["updated_at"]):
            first.setdefault((row["thing_id"], row["region"]), row["updated_at"])
        for asked in periods(made, tables):
            within = [row for row in events if asked.begin <= row["updated_at"] < asked.end]
            said = Counter((bucket_of(row["updated_at"], asked.bucket), row["is_delete"]) for row in within)
            keys = Counter(bucket_of(at, asked.bucket) for at in first.values())
            assert growth.said(made.connection, tables, asked) == [
                growth.Said(begin, keys[begin], said[begin, False], said[begin, True]) for begin in asked.begins
            ]
