"""Rejects by reason, by file, and row by row; what is ignored beside them."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest

from customertrack.described import tables_of
from customertrack.reads import rejects
from customertrack.reads.buckets import period
from customertrack.reads.rejects import ALL, Which
from customertrack.reads.tables import Tables
from tests.dimension.inputs import UPDATED, csv
from tests.dimension.snapshot_files import STOCK, snapshot
from tests.dimension.warehouse import Dimension, dimension
from tests.feeds.test_faults import DEBEZIUM, event, landed, thing

# A row that makes two events, a truncate, and rejects with one reason and with several.
FIRST = csv(
    "1.csv",
    "U,1,,2026-01-05,1,x",
    "U,2,1,2026-01-06,1,y",
    "T,,,2026-01-07,1,",
    "U,,,2026-01-08,1,z",
    "U,x,,nonsense,1,z",
    "U,3,,2026-01-08,1,longer than nine",
)
SECOND = csv("2.csv", "U,x,,2026-01-09,1,z", "U,4,,2026-01-09,1,z", minute=60 * 24 * 3)
THIRD = csv("3.csv", "U,5,,2026-01-09,1,z", minute=60 * 24 * 4)


@pytest.fixture(scope="module")
def item() -> Iterator[tuple[Dimension, Tables]]:
    with dimension(UPDATED) as made:
        made.land([FIRST, SECOND, THIRD])
        yield made, tables_of(made.definition)


def test_reasons_by_when_the_rows_were_loaded(item: tuple[Dimension, Tables]):
    made, tables = item
    reach = rejects.span(made.connection, tables)
    assert reach == (FIRST.loaded_at, SECOND.loaded_at)
    days = period(*reach, bucket="day")
    found = rejects.reasons(made.connection, tables, days)
    one_by_one = Counter(reason for together in made.rejects().values() for reason in together)
    assert {reason: days.total() for reason, days in found.items()} == one_by_one
    assert [(reason, dict(days)) for reason, days in found.items()] == [
        ("invalid_key", {days.begins[0]: 1, days.begins[-1]: 1}),
        ("invalid_a", {days.begins[0]: 1}),
        ("invalid_at", {days.begins[0]: 1}),
        ("missing_key", {days.begins[0]: 1}),
    ]


def test_a_row_of_a_file_counts_once_whatever_it_has_made(item: tuple[Dimension, Tables]):
    made, tables = item
    found, number = rejects.files(made.connection, tables, 10)
    assert number == 2
    assert [(one.name, one.rejects, one.rows) for one in found] == [
        ("landing/item/1.csv", 3, 6),
        ("landing/item/2.csv", 1, 2),
    ]
    assert [one.loaded_at.date() for one in found] == [FIRST.loaded_at.date(), SECOND.loaded_at.date()]
    assert rejects.files(made.connection, tables, 1) == (found[:1], 2)


@pytest.mark.parametrize(
    ("which", "places"),
    [
        (ALL, [("2.csv", 1), ("1.csv", 4), ("1.csv", 5), ("1.csv", 6)]),
        (Which("invalid_key"), [("2.csv", 1), ("1.csv", 5)]),
        (Which("invalid_at"), [("1.csv", 5)]),
        # No reason is found by a part of its name.
        (Which("invalid"), []),
        (Which("key"), []),
        (Which(file="landing/item/1.csv"), [("1.csv", 4), ("1.csv", 5), ("1.csv", 6)]),
        (Which("invalid_key", "landing/item/2.csv"), [("2.csv", 1)]),
        (Which("missing_key", "landing/item/2.csv"), []),
        (Which(file="landing/item/3.csv"), []),
    ],
)
def test_the_rows_that_are_asked_for_newest_first(
    item: tuple[Dimension, Tables], which: Which, places: list[tuple[str, int]]
):
    made, tables = item
    found = rejects.rejects(made.connection, tables, 100, which)
    at = [found.columns.index(name) for name in ("source_file", "source_row")]
    assert [(row[at[0]].rpartition("/")[2], row[at[1]]) for row in found.rows] == places
    assert rejects.count(made.connection, tables, which) == len(places)
    by_pages = [rejects.rejects(made.connection, tables, 2, which, offset=offset).rows for offset in (0, 2, 4)]
    assert [row for page in by_pages for row in page] == found.rows


def test_rows_are_as_they_landed(item: tuple[Dimension, Tables]):
    made, tables = item
    found = rejects.rejects(made.connection, tables, 1, Which("invalid_at"))
    assert (
        dict(zip(found.columns, found.rows[0], strict=True)).items()
        >= {
            "op": "U",
            "id": "x",
            "at": "nonsense",
            "a": "z",
            "reject_reasons": "invalid_key, invalid_at",
        }.items()
    )


def test_what_is_ignored_is_no_reject_and_lands_all_the_same():
    documents = [None, {"ts_ms": 1772438405000}, None, event("c", 1, 5, thing("a")), 7, {"op": "m", "source": {}}]
    with landed(DEBEZIUM, documents) as made:
        tables = tables_of(made.definition)
        assert rejects.ignored(made.connection, tables) == {"heartbeat": 1, "message": 1, "tombstone": 2}
        ((one,), number) = rejects.files(made.connection, tables, 5)
        assert (one.rejects, one.rows, number) == (1, 6, 1)
        (row,) = rejects.rejects(made.connection, tables).rows
        assert row[:2] == ("7", "invalid_record")


def test_of_a_snapshot_what_changed_nothing_landed_too():
    first, second = snapshot("2026-05-01", "a,x,1", "b,y,2"), snapshot("2026-05-02", "a,x,1", "b,y,many", after=1)
    with dimension(STOCK) as made:
        made.land([first, second])
        tables = tables_of(made.definition)
        assert rejects.ignored(made.connection, tables) == {}
        ((one,), _) = rejects.files(made.connection, tables, 5)
        assert (one.name, one.rejects, one.rows) == ("landing/stock/stock_2026-05-02.csv", 1, 2)
        assert one.loaded_at - timedelta(minutes=1) < second.loaded_at <= one.loaded_at
