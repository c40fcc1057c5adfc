"""One thread for small work, all for large."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from snowglobe.connection import Connection
from snowglobe.threads import Threads
from tests.snowglobe.support import drop_file, rows, run


@pytest.fixture
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 3}) as opened:
        opened.execute("CREATE TABLE t (a INTEGER)")
        yield opened


def setting(duck: duckdb.DuckDBPyConnection) -> int:
    return duck.execute("SELECT current_setting('threads')").fetchall()[0][0]


def insert(duck: duckdb.DuckDBPyConnection, threads: Threads, count: int, read: str = "main.other") -> int:
    """Threads of the next statement, which reads a table, after a transaction that wrote so many rows."""
    duck.execute("INSERT INTO t SELECT * FROM range(?)", [count])
    threads.wrote(count)
    threads.begin()
    threads.fit([read])
    return setting(duck)


def test_what_was_just_written_is_read_by_all(duck: duckdb.DuckDBPyConnection):
    threads = Threads(duck)
    assert setting(duck) == 1
    counts = [1000, 150_000, *[0] * 3, 0, 0]
    assert [insert(duck, threads, count) for count in counts] == [1, *[3] * 4, 1, 1]


def test_small_work_after_small_work_is_small(duck: duckdb.DuckDBPyConnection):
    threads = Threads(duck)
    assert [insert(duck, threads, 50_000) for _ in range(5)] == [1] * 5


def test_a_large_table_is_read_by_all_and_another_by_one(duck: duckdb.DuckDBPyConnection):
    threads = Threads(duck)
    for _ in range(6):
        insert(duck, threads, 100_000)
    assert threads.has_large
    threads.fit(["main.t"], is_asked=True)
    assert setting(duck) == 3
    threads.fit(["main.other"], is_asked=True)
    assert setting(duck) == 1
    duck.execute("SET threads = 2")
    Threads(duck).fit(["main.t"], is_asked=True)
    assert setting(duck) == 2


def test_what_is_written_follows_from_few_rows_of_a_large_table(duck: duckdb.DuckDBPyConnection):
    threads = Threads(duck)
    for _ in range(6):
        insert(duck, threads, 100_000)
    assert insert(duck, threads, 1, "main.t") == 1
    for _ in range(14):
        insert(duck, threads, 100_000)
    assert insert(duck, threads, 1, "main.t") == 3
    assert insert(duck, threads, 1, "main.other") == 1


@pytest.mark.parametrize(("megabytes", "most"), [(64, 1), (128, 1), (192, 2), (4096, 3)])
def test_there_are_no_more_than_memory_suffices_for(duck: duckdb.DuckDBPyConnection, megabytes: int, most: int):
    threads = Threads(duck, megabytes << 20)
    assert threads.most == most
    threads.fit_bulk()
    assert setting(duck) == most


def test_a_large_file_is_written_by_all(duck: duckdb.DuckDBPyConnection):
    threads = Threads(duck)
    threads.fit((), size=20 << 20)
    assert setting(duck) == 3
    threads.fit((), size=1 << 20)
    assert setting(duck) == 1


def test_a_pipe_says_how_large_its_file_is(piped: Connection, folder: Path):
    session = piped._session
    session.database.threads._most = 3
    drop_file(folder, "wide.csv", "id,name", *[f"{number},{'x' * 9000}" for number in range(2000)])
    assert [load.rows for load in piped.refresh_pipe("pipe")] == [2000]
    assert setting(session.duck) == 3


def test_what_a_session_writes_counts(piped: Connection, folder: Path):
    session = piped._session
    session.database.threads._most = 3
    assert setting(session.duck) == 1
    many = [f"{number},x" for number in range(130_000)]
    drop_file(folder, "many.csv", "id,name", *many)
    assert [load.rows for load in piped.refresh_pipe("pipe")] == [len(many)]
    run(piped, "CREATE TABLE copied (id NUMBER)", "INSERT INTO copied SELECT id FROM raw WHERE id < '2'")
    assert setting(session.duck) == 3
    for _ in range(8):
        run(piped, "DELETE FROM copied WHERE id < 0")
    assert setting(session.duck) == 1
    for _ in range(4):
        run(piped, "INSERT INTO copied SELECT id FROM raw")
    run(piped, "CREATE TABLE small (id NUMBER)")
    for _ in range(9):
        run(piped, "INSERT INTO small VALUES (1)")
    assert setting(session.duck) == 1
    rows(piped, "SELECT COUNT(*) FROM copied")
    assert setting(session.duck) == 3
    run(piped, "BEGIN")
    rows(piped, "SELECT COUNT(*) FROM copied")
    assert setting(session.duck) == 1
    run(piped, "DELETE FROM copied WHERE id < 0", "COMMIT")
    assert setting(session.duck) == 1
