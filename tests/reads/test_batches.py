"""Refreshes page by page, in either order, and their course in stretches."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from customertrack.reads import batches
from snowglobe import Connection, connect

NUMBER = 23
BEGAN = datetime(2026, 1, 1)
_DRAW = Random(5)
# Some numbers are left out, as of a refresh that found nothing.
IDS = sorted(_DRAW.sample(range(1, 60), NUMBER))
SECONDS = {one: _DRAW.randrange(1, 40) / 8 for one in IDS}
_COLUMNS = (
    *("files", "rows_landed", "events_accepted", "rows_rejected", "keys_touched", "keys_late"),
    *("versions_closed", "versions_opened"),
)
COUNTS = {one: {column: _DRAW.randrange(1_000) for column in _COLUMNS} for one in IDS}


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with connect(tmp_path_factory.mktemp("batches") / Path("warehouse.duckdb")) as opened:
        cursor = opened.cursor()
        counts = ", ".join(f"{name} NUMBER" for name in _COLUMNS)
        for name in ("thing", "nothing"):
            cursor.execute(
                f"CREATE TABLE {name}_batch (batch_id NUMBER, started_at TIMESTAMP_NTZ(6), finished_at "
                f"TIMESTAMP_NTZ(6), {counts}, last_loaded_at TIMESTAMP_NTZ(6))"
            )
        for one in IDS:
            began = BEGAN + timedelta(hours=one)
            times = [began, began + timedelta(seconds=SECONDS[one])]
            binds = ", ".join("?" * (3 + len(_COLUMNS)))
            cursor.execute(f"INSERT INTO thing_batch VALUES ({binds}, NULL)", [one, *times, *COUNTS[one].values()])
        yield opened


def test_page_by_page(connection: Connection):
    assert batches.count(connection, "thing") == NUMBER
    slowest = sorted(IDS, key=lambda one: (-SECONDS[one], -one))
    orders: dict[batches.Order, list[int]] = {"newest": IDS[::-1], "slowest": slowest}
    for order, expected in orders.items():
        pages = [batches.page(connection, "thing", order, 10, offset) for offset in (0, 10, 20, 30)]
        assert [len(page) for page in pages] == [10, 10, 3, 0]
        assert [one.batch_id for page in pages for one in page] == expected
    newest = batches.page(connection, "thing", "newest", 1, 0)[0]
    assert (newest.rows_landed, newest.finished_at - newest.started_at) == (
        COUNTS[IDS[-1]]["rows_landed"],
        timedelta(seconds=SECONDS[IDS[-1]]),
    )


@pytest.mark.parametrize(("most", "length"), [(200, 1), (23, 1), (22, 2), (5, 5), (1, 23)])
def test_the_course_of_all(connection: Connection, most: int, length: int):
    found = batches.course(connection, "thing", most)
    parts = [IDS[start : start + length] for start in range(0, NUMBER, length)]
    assert len(found) == len(parts) <= most
    for one, ids in zip(found, parts, strict=True):
        assert (one.first_refresh, one.last_refresh, one.refreshes) == (ids[0], ids[-1], len(ids))
        assert one.started_at == BEGAN + timedelta(hours=ids[0])
        assert one.seconds == pytest.approx(sum(SECONDS[each] for each in ids) / len(ids))
        assert one.slowest == max(SECONDS[each] for each in ids)
        assert one.finished_at == BEGAN + timedelta(hours=ids[-1], seconds=SECONDS[ids[-1]])
        sums = {column: sum(COUNTS[each][column] for each in ids) for column in _COLUMNS}
        assert {column: getattr(one, column) for column in _COLUMNS} == sums


def test_nothing_has_no_course(connection: Connection):
    assert batches.count(connection, "nothing") == 0
    assert batches.course(connection, "nothing") == []
    assert batches.page(connection, "nothing", "newest", 10, 0) == []
