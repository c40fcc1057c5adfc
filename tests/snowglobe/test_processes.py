"""Threads wait for each other; a second process is told; a killed one loses nothing that was committed."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from snowglobe.connection import Connection, connect
from snowglobe.errors import DatabaseError, OperationalError
from tests.snowglobe.conftest import COPY
from tests.snowglobe.support import drop_file, rows, run, value

ROOT = Path(__file__).parents[2]
WRITER = """
import os, sys, time
from datetime import datetime
from pathlib import Path
from snowglobe.connection import connect
from snowglobe.storage.bucket import FolderBucket
folder = Path(sys.argv[1])
buckets = {"bucket": FolderBucket(folder / "bucket")}
clock = lambda: datetime(2026, 1, 2)
connection = connect(folder / "warehouse.duckdb", schema="dimension", buckets=buckets, clock=clock)
cursor = connection.cursor()
cursor.execute("INSERT INTO raw (id) VALUES ('committed')")
cursor.execute("BEGIN")
cursor.execute("INSERT INTO taken SELECT id FROM pending")
cursor.execute("INSERT INTO raw (id) SELECT 'lost' FROM raw")
for _ in range(2 if "load" in sys.argv else 0):
    list(connection.refresh_pipe("pipe"))
print("in the middle", flush=True)
time.sleep(600)
"""


@pytest.fixture
def prepared(landing: Connection, folder: Path) -> Path:
    """A warehouse with a stream and a pipe, closed."""
    run(
        landing,
        "CREATE TABLE taken (id VARCHAR)",
        "CREATE STREAM pending ON TABLE raw APPEND_ONLY = TRUE",
        "INSERT INTO raw (id) VALUES ('first')",
        f"CREATE PIPE pipe AUTO_INGEST = TRUE AS {COPY}",
    )
    landing.close()
    return folder


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """A process with a transaction open on the warehouse of the folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "in the middle\n"
    return process


def kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


def test_a_second_process_is_told_at_once(prepared: Path):
    process = start(prepared)
    try:
        with pytest.raises(OperationalError, match="Another process has") as raised:
            connect(prepared / "warehouse.duckdb")
        assert (raised.value.errno, raised.value.sqlstate) == (250001, "08001")
    finally:
        kill(process)


def test_what_a_killed_process_had_not_committed_is_gone(prepared: Path, open_warehouse: Callable[[], Connection]):
    drop_file(prepared, "a.csv", "id", "loaded")
    kill(start(prepared, "load"))
    again = open_warehouse()
    assert rows(again, "SELECT id FROM raw ORDER BY id") == [("committed",), ("first",)]
    assert rows(again, "SELECT id FROM pending ORDER BY id") == [("committed",), ("first",)]
    assert rows(again, "SELECT id FROM taken") == []
    assert [load.rows for load in again.refresh_pipe("pipe")] == [1]
    run(again, "INSERT INTO taken SELECT id FROM pending")
    assert value(again, "SELECT COUNT(*) FROM taken") == 3
    assert rows(again, "SELECT id FROM pending") == []


def test_what_it_leaves_in_the_scratch_folder_is_cleared(prepared: Path, open_warehouse: Callable[[], Connection]):
    kill(start(prepared))
    left = prepared / "warehouse.scratch" / "left.tmp"
    left.touch()
    open_warehouse()
    assert not left.exists()


def test_the_second_writer_waits_for_the_first(warehouse: Connection, open_warehouse: Callable[[], Connection]):
    """Where DuckDB would fail with a conflict."""
    run(warehouse, "CREATE TABLE counter (n NUMBER)", "INSERT INTO counter VALUES (0)")
    other = open_warehouse()
    run(warehouse, "BEGIN", "UPDATE counter SET n = n + 1")
    done = threading.Event()

    def write() -> None:
        run(other, "UPDATE counter SET n = n + 10")
        done.set()

    thread = threading.Thread(target=write)
    thread.start()
    assert not done.wait(0.2)
    assert value(warehouse, "SELECT n FROM counter") == 1
    run(warehouse, "COMMIT")
    thread.join(30)
    assert done.is_set()
    assert value(warehouse, "SELECT n FROM counter") == 11


def test_readers_do_not_wait(warehouse: Connection, open_warehouse: Callable[[], Connection]):
    run(warehouse, "CREATE TABLE t (n NUMBER)", "BEGIN", "INSERT INTO t VALUES (1)")
    assert value(open_warehouse(), "SELECT COUNT(*) FROM t") == 0


def test_many_threads_lose_nothing(warehouse: Connection, open_warehouse: Callable[[], Connection]):
    run(warehouse, "CREATE TABLE counter (n NUMBER)", "INSERT INTO counter VALUES (0)", "CREATE TABLE log (n NUMBER)")
    failures: list[DatabaseError] = []

    def work(connection: Connection) -> None:
        try:
            for _ in range(10):
                run(
                    connection,
                    "BEGIN",
                    "UPDATE counter SET n = n + 1",
                    "INSERT INTO log SELECT n FROM counter",
                    "COMMIT",
                )
        except DatabaseError as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(open_warehouse(),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert failures == []
    assert value(warehouse, "SELECT n FROM counter") == 40
    assert rows(warehouse, "SELECT n FROM log ORDER BY n") == [(n,) for n in range(1, 41)]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(OperationalError, match="Choose another one"):
        connect(tmp_path / "file" / "warehouse.duckdb")


def test_a_file_that_is_no_warehouse_is_told(tmp_path: Path):
    path = tmp_path / "warehouse.duckdb"
    path.write_text("not a database" * 1000)
    with pytest.raises(OperationalError, match="cannot be opened") as raised:
        connect(path)
    assert len(str(raised.value).splitlines()) == 1
    path.unlink()
    connect(path).close()


def test_the_machines_time_zone_means_nothing(tmp_path: Path):
    script = """
import sys
from pathlib import Path
from snowglobe.connection import connect
cursor = connect(Path(sys.argv[1])).cursor()
cursor.execute("CREATE TABLE t (at TIMESTAMP_LTZ)")
cursor.execute("INSERT INTO t VALUES ('2026-01-02 03:04:05')")
cursor.execute("SELECT at, at::TIMESTAMP_NTZ, at::VARCHAR, CURRENT_TIMESTAMP()::TIMESTAMP_NTZ = SYSDATE() FROM t")
print(*cursor.fetchone(), sep=" | ")
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TZ": "Asia/Tokyo"}
    command = [sys.executable, "-c", script, str(tmp_path / "warehouse.duckdb")]
    ran = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    at = "2026-01-02 03:04:05"
    assert ran.stdout.strip() == f"{at}+00:00 | {at} | {at}+00 | True"
