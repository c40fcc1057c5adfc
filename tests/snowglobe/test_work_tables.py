"""Work tables: transient tables that each session has for itself, because what they hold is worth nothing after it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from snowglobe.connection import Connection, connect
from snowglobe.errors import InterfaceError, NotSupportedError, ProgrammingError
from tests.snowglobe.support import rows, run, value


@pytest.fixture
def open_again(empty: Path, folder: Path) -> Iterator[Callable[[], Connection]]:
    """Opens one connection more to a warehouse in which `work` is a work table; all are closed in the end."""
    shutil.copyfile(empty, folder / "warehouse.duckdb")
    opened: list[Connection] = []

    def connection() -> Connection:
        opened.append(connect(folder / "warehouse.duckdb", schema="dimension", work_tables=["dimension.work"]))
        return opened[-1]

    yield connection
    for each in opened:
        each.close()


@pytest.fixture
def work(open_again: Callable[[], Connection]) -> Connection:
    return open_again()


def test_it_must_be_transient(work: Connection):
    run(work, "CREATE TABLE work (a NUMBER)", "INSERT INTO dimension.work VALUES (1)")
    assert rows(work, "SELECT a FROM dimension.work") == [(1,)]


def test_no_stream_watches_it(work: Connection):
    run(work, "CREATE TRANSIENT TABLE work (a NUMBER)")
    with pytest.raises(NotSupportedError, match="no work table"):
        run(work, "CREATE STREAM seen ON TABLE work APPEND_ONLY = TRUE")


def test_all_connections_of_a_process_have_the_same(work: Connection, folder: Path):
    with pytest.raises(InterfaceError, match="other work tables"):
        connect(folder / "warehouse.duckdb", schema="dimension")


def test_a_work_table_is_each_sessions_own(work: Connection, open_again: Callable[[], Connection]):
    run(work, "CREATE TRANSIENT TABLE IF NOT EXISTS work (a NUMBER) DATA_RETENTION_TIME_IN_DAYS = 0")
    other = open_again()
    run(work, "INSERT INTO work VALUES (1)")
    run(other, "INSERT INTO work VALUES (2), (3)")
    assert (rows(work, "SELECT a FROM work"), value(other, "SELECT COUNT(*) FROM work")) == ([(1,)], 2)
    with pytest.raises(ProgrammingError):
        run(work, "SELECT a FROM dimension.work")
    work.close()
    other.close()
    assert rows(open_again(), "SELECT a FROM work") == []


def test_an_overwritten_work_table_keeps_nothing_of_its_old_rows(work: Connection):
    run(work, "CREATE TRANSIENT TABLE work (a NUMBER NOT NULL)")
    kept = "SELECT SUM(count) FROM pragma_storage_info('temp.work') WHERE segment_type <> 'VALIDITY'"
    for query in ("SELECT 1", "SELECT a FROM work WHERE a = 1"):
        run(work, "INSERT OVERWRITE INTO work VALUES (0), (1)")
        run(work, *(f"INSERT INTO work SELECT a + {2**power} FROM work" for power in range(1, 17)))
        assert work._session.rows(kept) == [(2**17,)]
        run(work, f"INSERT OVERWRITE INTO work {query}")
        assert (rows(work, "SELECT a FROM work"), work._session.rows(kept)) == ([(1,)], [(1,)])


def test_a_work_table_can_be_dropped(work: Connection):
    run(work, "CREATE TRANSIENT TABLE work (a NUMBER)", "DROP TABLE work", "DROP TABLE IF EXISTS work")
    with pytest.raises(ProgrammingError):
        run(work, "SELECT a FROM work")
    run(work, "CREATE TABLE work (b NUMBER)", "SELECT b FROM dimension.work")


def test_a_work_table_gets_a_column(work: Connection, open_again: Callable[[], Connection]):
    run(work, "CREATE TRANSIENT TABLE work (a NUMBER)", "ALTER TABLE work ADD COLUMN b VARCHAR")
    run(
        work,
        "CREATE OR ALTER TRANSIENT TABLE work (a NUMBER, b VARCHAR, c DATE)",
        "INSERT INTO work VALUES (1, 'x', NULL)",
    )
    assert rows(work, "SELECT a, b, c FROM work") == [(1, "x", None)]
    work.close()
    assert rows(open_again(), "SELECT a, b, c FROM work") == []
