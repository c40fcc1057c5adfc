"""How far the tables are behind, and how late events come, counted row by row."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median

import pytest

from customertrack.reads import overview
from customertrack.reads.overview import LATENESS, Lag
from customertrack.reads.tables import Tables
from snowglobe import Connection, connect

BEGAN = datetime(2026, 1, 1)
THING = Tables("thing", ("id",), (), (), (), ())
_DRAW = Random(3)
# By refresh: how many seconds its newest row had waited; None: a part of a backlog that says nothing of it.
WAITED = {one: None if one % 9 == 0 else _DRAW.randrange(1, 8_000) / 8 for one in range(1, 160)}
PENDING = [BEGAN + timedelta(days=9, minutes=minutes) for minutes in (3, 1, 2)]
LIMITS = [until for _, until in LATENESS if until is not None]
LATE = [until + seconds for until in LIMITS for seconds in (-1, 0, 0, 1, 1, 1)]


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with connect(tmp_path_factory.mktemp("lag") / Path("warehouse.duckdb")) as opened:
        cursor = opened.cursor()
        cursor.execute(
            "CREATE TABLE thing_batch (batch_id NUMBER, last_loaded_at TIMESTAMP_NTZ(6), finished_at TIMESTAMP_NTZ(6))"
        )
        cursor.execute("CREATE TABLE thing_table_changes (loaded_at TIMESTAMP_NTZ(6))")
        cursor.execute("CREATE TABLE thing_event (updated_at TIMESTAMP_NTZ(6), loaded_at TIMESTAMP_NTZ(6))")
        for one, seconds in WAITED.items():
            loaded = BEGAN + timedelta(hours=one)
            times = [None, loaded] if seconds is None else [loaded, loaded + timedelta(seconds=seconds)]
            cursor.execute("INSERT INTO thing_batch VALUES (?, ?, ?)", [one, *times])
        for time in PENDING:
            cursor.execute("INSERT INTO thing_table_changes VALUES (?)", [time])
        for seconds in LATE:
            cursor.execute("INSERT INTO thing_event VALUES (?, ?)", [BEGAN, BEGAN + timedelta(seconds=seconds)])
        yield opened


def test_the_lag_is_that_of_the_last_hundred_that_have_one(connection: Connection):
    waited = {one: seconds for one, seconds in WAITED.items() if seconds is not None}
    last = sorted(waited)[-100:]
    seconds = [waited[one] for one in last]
    assert overview.lag(connection, THING) == Lag(
        BEGAN + timedelta(hours=last[-1]), seconds[-1], median(seconds), max(seconds), min(PENDING)
    )


def test_each_lateness_begins_where_the_one_before_ends(connection: Connection):
    places = Counter(bisect_right(LIMITS, seconds) for seconds in LATE)
    expected = [(words, places[place]) for place, (words, _) in enumerate(LATENESS)]
    assert overview.lateness(connection, THING).rows == expected
