"""The questions of the overview, for dimensions of every shape."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from customertrack.described import tables_of
from customertrack.reads import batches, overview
from customertrack.reads.overview import LATENESS, Lag, Totals
from tests.dimension.landed import LandedFile
from tests.dimension.snapshot_files import STOCK, snapshot
from tests.dimension.warehouse import Dimension, dimension

JUNE = datetime(2026, 6, 1)
CHANGES = """
dimension = "price"

[feed]
kind     = "changes"
format   = "csv"
time     = "at"
op       = {{ column = "op", upsert = ["", "U"], delete = ["D"] }}

[key]
sku    = "text(3)"
region = {{ type = "text(2)", null = "*" }}

[attributes]
price = "integer"
{more}"""
TYPE_2, TYPE_1 = CHANGES.format(more=""), CHANGES.format(more="\n[history]\nkeep = false\n")
MERGED = CHANGES.format(more='\n[storage]\nlayout = "merge_on_read"\n')
# Three files, an hour apart: an event a second old, a reject, one of a year ago and of a day ahead, one that is late.
FILES = [
    ("sku,region,price,at\na,,1,2026-05-31 23:59:59\nb,de,x,2026-06-01\n", 0),
    ("sku,region,price,at\na,,2,2025-01-01\nb,,3,2026-06-01 12:00:00\n", 1),
    ("sku,region,price,at,op\na,,,2026-06-01 01:30:00,D\n", 2),
]


def files() -> list[LandedFile]:
    return [
        LandedFile(f"{at}.csv", text.encode(), JUNE + timedelta(hours=hours)) for at, (text, hours) in enumerate(FILES)
    ]


@pytest.fixture(scope="module", params=[TYPE_2, TYPE_1, MERGED], ids=["type 2", "type 1", "merge on read"])
def made(request: pytest.FixtureRequest) -> Iterator[Dimension]:
    """With three files, a refresh after each."""
    with dimension(request.param) as made:
        made.land(files())
        yield made


def test_nothing_has_landed():
    with dimension(TYPE_2) as made:
        tables = tables_of(made.definition)
        assert overview.totals(made.connection, tables) == Totals(0, 0, 0, 0, 0, None, None)
        assert batches.course(made.connection, tables.name) == []
        assert overview.lag(made.connection, tables) == Lag(None, None, None, None, None)
        assert overview.lateness(made.connection, tables).rows == [(words, 0) for words, _ in LATENESS]


def test_what_landed_and_became_of_it(made: Dimension):
    course = batches.course(made.connection, made.name)
    assert [(one.first_refresh, one.rows_landed, one.rows_rejected) for one in course] == [
        (1, 2, 1),
        (2, 2, 0),
        (3, 1, 0),
    ]
    assert [one.keys_late for one in course] == [0, 1, 0]


def test_many_refreshes_become_few_stretches(made: Dimension):
    course = batches.course(made.connection, made.name, most=2)
    assert [(one.first_refresh, one.last_refresh, one.refreshes, one.rows_landed, one.files) for one in course] == [
        (1, 2, 2, 4, 2),
        (3, 3, 1, 1, 1),
    ]
    assert course[0].finished_at == JUNE + timedelta(hours=1, seconds=1)


def test_how_late_events_come(made: Dimension):
    told = dict(overview.lateness(made.connection, tables_of(made.definition)).rows)
    assert {words: events for words, events in told.items() if events} == {
        "ahead of its time": 1,
        "within a minute": 1,
        "within an hour": 1,
        "later": 1,
    }


def test_how_far_behind_the_tables_are():
    with dimension(TYPE_2) as made:
        first, second, third = files()
        made.land([first, second])
        made.drop(third)
        found = overview.lag(made.connection, tables_of(made.definition))
        assert found == Lag(JUNE + timedelta(hours=1), 1.0, 1.0, 1.0, JUNE + timedelta(hours=2))


def test_snapshots_count_all_rows_and_the_differences_as_events():
    with dimension(STOCK) as made:
        made.land(
            [
                snapshot("2026-01-01", "a,x,1", "b,y,1", "c,z,1"),
                snapshot("2026-01-02", "a,x,1", "b,y,2", "c,z,1", after=1),
            ]
        )
        tables = tables_of(made.definition)
        totals = overview.totals(made.connection, tables)
        assert (totals.refreshes, totals.rows_landed, totals.events_accepted) == (2, 6, 4)
        assert dict(overview.lateness(made.connection, tables).rows)["within a year"] == 4
