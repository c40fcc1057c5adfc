"""Pipes and COPY INTO: a name is loaded once, whole or not at all."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from snowglobe.connection import Connection
from snowglobe.errors import NotSupportedError, ProgrammingError
from snowglobe.loading.copy import FileLoad
from snowglobe.storage.bucket import FolderBucket
from tests.snowglobe.conftest import COPY, Clock
from tests.snowglobe.support import drop_file, rows, run, value

A, B = "in/a.csv", "in/b.csv"


def names(connection: Connection) -> list[str]:
    return [name for (name,) in rows(connection, "SELECT name FROM raw ORDER BY source_file, source_row")]


def test_an_announced_file_is_loaded_with_its_metadata(piped: Connection, folder: Path):
    drop_file(folder, "a.csv", "NAME,id,other", "Ann,1,x", "Bob,,y")
    assert list(piped.announce("pipe", [A])) == [FileLoad(A, "LOADED", 2, header=("NAME", "id", "other"))]
    assert rows(piped, "SELECT id, name, source_file, source_row, loaded_at FROM raw ORDER BY source_row") == [
        ("1", "Ann", A, 1, datetime(2026, 1, 2, 3, 4, 5, 678901, UTC)),
        (None, "Bob", A, 2, datetime(2026, 1, 2, 3, 4, 5, 678901, UTC)),
    ]


def test_the_time_of_the_scan_is_an_instant(landing: Connection, folder: Path):
    """As text it says its offset, here and on Snowflake; a time without a zone would say none."""
    run(landing, "CREATE TABLE as_text (source_file VARCHAR, source_row NUMBER, loaded_at VARCHAR)")
    drop_file(folder, "a.csv", "name", "Ann")
    run(landing, COPY.replace("raw", "as_text"))
    assert value(landing, "SELECT loaded_at FROM as_text").partition("+")[2].startswith("00")


def test_a_name_is_loaded_once_whatever_its_content_is_later(
    piped: Connection, folder: Path, open_warehouse: Callable[[], Connection]
):
    drop_file(folder, "a.csv", "name", "Ann")
    assert [load.name for load in piped.announce("pipe", [A, A])] == [A]
    drop_file(folder, "a.csv", "name", "Changed")
    assert list(piped.announce("pipe", [A])) == []
    assert list(piped.refresh_pipe("pipe")) == []
    assert piped.names_taken("pipe") == {A}
    piped.close()
    again = open_warehouse()
    assert list(again.refresh_pipe("pipe")) == []
    assert again.names_taken("pipe") == {A}
    assert names(again) == ["Ann"]


def test_a_refresh_takes_what_was_not_announced_in_the_order_of_names(piped: Connection, folder: Path):
    for name in ("b.csv", "a.csv", "c.csv"):
        drop_file(folder, name, "name", name)
    list(piped.announce("pipe", [B]))
    assert rows(piped, "ALTER PIPE pipe REFRESH") == [(A, "LOADED"), ("in/c.csv", "LOADED")]
    assert names(piped) == ["a.csv", "b.csv", "c.csv"]


def test_a_file_that_cannot_be_read_leaves_no_row_and_is_not_tried_again(piped: Connection, folder: Path):
    drop_file(folder, "a.csv", "name", "Ann", '"never closed')
    drop_file(folder, "b.csv", "name", "Bob")
    first, second = piped.refresh_pipe("pipe")
    assert (first.status, first.rows, second.status) == ("LOAD_FAILED", 0, "LOADED")
    assert "never closed" in (first.error or "")
    assert names(piped) == ["Bob"]
    drop_file(folder, "a.csv", "name", "Ann")
    assert list(piped.refresh_pipe("pipe")) == []


def test_a_row_that_the_table_does_not_take_fails_the_file(landing: Connection, folder: Path):
    run(
        landing,
        "CREATE TABLE strict (id NUMBER, name VARCHAR NOT NULL, source_file VARCHAR, source_row NUMBER, "
        "loaded_at TIMESTAMP_LTZ)",
        f"CREATE PIPE pipe AUTO_INGEST = TRUE AS {COPY.replace('raw', 'strict')}",
    )
    drop_file(folder, "a.csv", "id,name", "1,Ann", "x,Bob")
    drop_file(folder, "b.csv", "id,name", "1,Ann", "2,")
    drop_file(folder, "c.csv", "id,name", "3,Carl")
    assert [load.status for load in landing.refresh_pipe("pipe")] == ["LOAD_FAILED", "LOAD_FAILED", "LOADED"]
    assert rows(landing, "SELECT id, name FROM strict") == [(3, "Carl")]
    history = "SELECT file_name, status FROM TABLE(INFORMATION_SCHEMA.COPY_HISTORY(TABLE_NAME => 'strict')) ORDER BY 1"
    assert rows(landing, history) == [(A, "Load failed"), (B, "Load failed"), ("in/c.csv", "Loaded")]


def test_of_two_files_the_bad_one_fails_alone(strict: Connection, folder: Path):
    drop_file(folder, "a.csv", "id", "1")
    drop_file(folder, "b.csv", "id", "x")
    assert [load.status for load in strict.refresh_pipe("pipe")] == ["LOADED", "LOAD_FAILED"]
    assert rows(strict, "SELECT id FROM strict") == [(1,)]


def test_a_file_that_the_system_does_not_let_be_read_is_tried_again(
    piped: Connection, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    drop_file(folder, "a.csv", "name", "Ann")
    with monkeypatch.context() as withheld:
        withheld.setattr(FolderBucket, "fetch", lambda bucket, name: bucket.root / "withheld")
        assert [load.status for load in piped.announce("pipe", [A])] == ["NOT_READ"]
    assert piped.names_taken("pipe") == set()
    assert [load.status for load in piped.announce("pipe", [A])] == ["LOADED"]
    assert names(piped) == ["Ann"]


def test_files_that_are_large_together_are_not_committed_together(
    piped: Connection, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    for name in ("a.csv", "b.csv", "c.csv"):
        drop_file(folder, name, "name", name)
    size = (folder / "bucket" / A).stat().st_size
    monkeypatch.setattr("snowglobe.loading.copy._BYTES_AT_ONCE", 2 * size)
    assert next(piped.refresh_pipe("pipe")).name == A
    assert names(piped) == ["a.csv", "b.csv"]


def test_small_files_are_committed_together_unless_each_is_wanted(piped: Connection, folder: Path):
    for name in ("a.csv", "b.csv", "c.csv"):
        drop_file(folder, name, "name", name)
    assert next(piped.announce("pipe", [A, B], most=1)).name == A
    assert names(piped) == ["a.csv"]
    assert next(piped.refresh_pipe("pipe")).name == B
    assert names(piped) == ["a.csv", "b.csv", "c.csv"]


def test_a_file_that_is_gone_is_none(piped: Connection, folder: Path):
    assert list(piped.announce("pipe", [A])) == []
    drop_file(folder, "a.csv", "name", "Ann")
    assert [load.status for load in piped.announce("pipe", [A])] == ["LOADED"]


def test_names_outside_the_stage_or_the_pattern_are_not_for_it(landing: Connection, folder: Path):
    run(landing, f"CREATE PIPE pipe AUTO_INGEST = TRUE AS {COPY} PATTERN = '.*[.]csv'")
    for name in ("a.csv", "a.csv.txt", ".hidden.csv"):
        drop_file(folder, name, "name", "Ann")
    (folder / "bucket" / "elsewhere.csv").write_text("name\nBob\n")
    assert [load.name for load in landing.announce("pipe", ["elsewhere.csv", "in/a.csv.txt", A])] == [A]
    assert list(landing.refresh_pipe("pipe")) == []


def test_what_lies_in_a_hidden_folder_is_not_there_yet(piped: Connection, folder: Path):
    (folder / "bucket" / "in" / ".begun").mkdir()
    drop_file(folder, ".begun/a.csv", "name", "Ann")
    drop_file(folder, "b.csv", "name", "Bob")
    assert [load.name for load in piped.refresh_pipe("pipe")] == [B]


def test_a_paused_pipe_loads_later(piped: Connection, folder: Path):
    drop_file(folder, "a.csv", "name", "Ann")
    run(piped, "ALTER PIPE pipe SET PIPE_EXECUTION_PAUSED = TRUE")
    assert list(piped.announce("pipe", [A])) == list(piped.refresh_pipe("pipe")) == []
    status = json.loads(value(piped, "SELECT SYSTEM$PIPE_STATUS('pipe')"))
    assert status == {"executionState": "PAUSED", "pendingFileCount": 1, "oldestPendingFilePath": A}
    run(piped, "ALTER PIPE pipe SET PIPE_EXECUTION_PAUSED = FALSE")
    assert [load.status for load in piped.refresh_pipe("pipe")] == ["LOADED"]


def test_its_status(piped: Connection, folder: Path, clock: Clock):
    assert json.loads(value(piped, "SELECT SYSTEM$PIPE_STATUS('dimension.pipe')")) == {
        "executionState": "RUNNING",
        "pendingFileCount": 0,
    }
    drop_file(folder, "a.csv", "name", "Ann")
    drop_file(folder, "b.csv", "name", "Bob")
    list(piped.announce("pipe", [A]))
    clock.forward(minutes=1)
    assert json.loads(value(piped, "SELECT SYSTEM$PIPE_STATUS('pipe')")) == {
        "executionState": "RUNNING",
        "pendingFileCount": 1,
        "oldestPendingFilePath": B,
        "lastIngestedFilePath": A,
        "lastIngestedTimestamp": "2026-01-02T03:04:05.678Z",
    }


def test_copy_into_keeps_an_account_of_its_own(piped: Connection, folder: Path):
    drop_file(folder, "a.csv", "name", "Ann")
    list(piped.refresh_pipe("pipe"))
    cursor = piped.cursor().execute(COPY)
    assert (cursor.fetchall(), cursor.rowcount) == ([(A, "LOADED", 1, None)], 1)
    assert [column.name for column in cursor.description or []] == ["file", "status", "rows_loaded", "first_error"]
    assert rows(piped, COPY) == []
    assert names(piped) == ["Ann", "Ann"]


def test_copy_into_is_rolled_back_with_its_transaction(landing: Connection, folder: Path):
    drop_file(folder, "a.csv", "name", "Ann")
    run(landing, "BEGIN", COPY, "ROLLBACK")
    assert names(landing) == []
    assert len(rows(landing, COPY)) == 1
    assert names(landing) == ["Ann"]


def test_the_history_of_loads(piped: Connection, folder: Path, clock: Clock):
    drop_file(folder, "a.csv", "name", "Ann")
    list(piped.refresh_pipe("pipe"))
    clock.forward(days=2)
    drop_file(folder, "b.csv", '"never closed')
    list(piped.refresh_pipe("pipe"))
    run(piped, COPY)
    history = "TABLE(INFORMATION_SCHEMA.COPY_HISTORY(TABLE_NAME => '{}', START_TIME => DATEADD('day', -{}, {})))"
    wanted = (
        "SELECT file_name, status, row_count, pipe_name, table_name FROM {} ORDER BY pipe_name NULLS LAST, file_name"
    )
    assert rows(piped, wanted.format(history.format("raw", 7, "CURRENT_TIMESTAMP()"))) == [
        (A, "Loaded", 1, "PIPE", "RAW"),
        (B, "Load failed", 0, "PIPE", "RAW"),
        (A, "Loaded", 1, None, "RAW"),
        (B, "Load failed", 0, None, "RAW"),
    ]
    recent = rows(piped, wanted.format(history.format("DIMENSION.RAW", 1, "CURRENT_TIMESTAMP()")))
    assert [row[0] for row in recent] == [B, A, B]
    assert rows(piped, wanted.format(history.format("other", 7, "CURRENT_TIMESTAMP()"))) == []
    error = "SELECT first_error_message FROM {} WHERE status = 'Load failed' AND pipe_name = 'PIPE'"
    assert "never closed" in value(piped, error.format(history.format("raw", 7, "CURRENT_TIMESTAMP()")))


def test_a_pipe_is_made_once(piped: Connection):
    run(piped, f"CREATE PIPE IF NOT EXISTS pipe AUTO_INGEST = TRUE AS {COPY}")
    with pytest.raises(ProgrammingError, match="already exists"):
        run(piped, f"CREATE PIPE pipe AUTO_INGEST = TRUE AS {COPY}")
    run(piped, "DROP PIPE pipe", "DROP PIPE IF EXISTS pipe", "ALTER PIPE IF EXISTS pipe REFRESH")
    for missing in ("DROP PIPE pipe", "ALTER PIPE pipe REFRESH", "SELECT SYSTEM$PIPE_STATUS('pipe')"):
        with pytest.raises(ProgrammingError) as raised:
            run(piped, missing)
        assert (raised.value.errno, raised.value.sqlstate) == (2003, "02000")


def test_no_file_outside_the_buckets_is_opened(piped: Connection, folder: Path):
    """Not even if a statement got through: DuckDB itself opens none."""
    outside = folder / "outside.csv"
    outside.write_text("name\nsecret\n")
    for statement in (
        f"SELECT * FROM read_csv('{outside}')",
        f"SELECT * FROM read_text('{folder / 'bucket' / 'in' / '..' / '..' / 'outside.csv'}')",
        f"COPY raw TO '{folder / 'stolen.csv'}'",
        f"ATTACH '{folder / 'new.duckdb'}' AS other",
        "SET enable_external_access = true",
    ):
        with pytest.raises((ProgrammingError, NotSupportedError)):
            piped._session.run(statement)
    assert not (folder / "stolen.csv").exists()
    drop_file(folder, "a.csv", "name", "Ann")
    assert [load.status for load in piped.refresh_pipe("pipe")] == ["LOADED"]


def test_a_pipe_that_is_made_again_has_loaded_nothing_yet(piped: Connection, folder: Path):
    drop_file(folder, "a.csv", "name", "Ann")
    list(piped.refresh_pipe("pipe"))
    run(piped, "DROP PIPE pipe", f"CREATE PIPE pipe AUTO_INGEST = TRUE AS {COPY}")
    assert json.loads(value(piped, "SELECT SYSTEM$PIPE_STATUS('pipe')"))["pendingFileCount"] == 1
    assert [load.status for load in piped.refresh_pipe("pipe")] == ["LOADED"]
    assert names(piped) == ["Ann", "Ann"]
    history = "SELECT pipe_name, file_name FROM TABLE(INFORMATION_SCHEMA.COPY_HISTORY(TABLE_NAME => 'raw'))"
    assert rows(piped, history) == [("PIPE", A), ("PIPE", A)]


def test_a_pipe_means_the_names_of_its_own_schema(piped: Connection, folder: Path):
    run(piped, "CREATE SCHEMA elsewhere", "USE SCHEMA public")
    drop_file(folder, "a.csv", "name", "Ann")
    status = "SELECT SYSTEM$PIPE_STATUS('SNOWGLOBE.DIMENSION.PIPE')"
    assert json.loads(value(piped, status))["pendingFileCount"] == 1
    assert rows(piped, "ALTER PIPE dimension.pipe REFRESH") == [(A, "LOADED")]
    assert value(piped, "SELECT pattern FROM information_schema.pipes") is None
    copy = COPY.replace("'csv'", "'dimension.csv'")
    run(piped, f"CREATE PIPE dimension.other AUTO_INGEST = TRUE AS {copy}")
    with pytest.raises(ProgrammingError, match="does not exist"):
        run(piped, f"CREATE PIPE other AUTO_INGEST = TRUE AS {copy}")
    assert value(piped, "SELECT COUNT(*) FROM dimension.raw") == 1
