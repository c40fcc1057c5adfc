"""What is kept of each file that was loaded, and what becomes of one that changes meanwhile."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from snowglobe.connection import Connection
from snowglobe.storage.bucket import FolderBucket
from tests.snowglobe.support import drop_file, rows

A, B = "in/a.csv", "in/b.csv"


def names(connection: Connection) -> list[str]:
    return [name for (name,) in rows(connection, "SELECT name FROM raw ORDER BY source_file, source_row")]


def test_what_was_loaded_of_a_file_can_be_compared_with_what_it_is_now(piped: Connection, folder: Path):
    drop_file(folder, "a.csv", "name", "Ann")
    drop_file(folder, "b.csv", "name", '"never closed')
    list(piped.refresh_pipe("pipe"))
    bucket = FolderBucket(folder / "bucket")
    good, bad = piped.load_metadata("pipe")
    assert (good.name, good.rows, good.error) == (A, 1, None)
    assert (bad.name, bad.rows, "never closed" in (bad.error or "")) == (B, 0, True)
    for kept in (good, bad):
        file = bucket.stat(kept.name)
        assert (kept.size, kept.version, kept.etag) == (file.size, file.version, bucket.etag(kept.name))
    drop_file(folder, "a.csv", "name", "Eve")
    assert bucket.stat(A).version != good.version
    assert bucket.etag(A) != good.etag
    drop_file(folder, "a.csv", "name", "Ann")
    assert bucket.stat(A).version != good.version
    assert bucket.etag(A) == good.etag


@pytest.mark.parametrize("change", ["grows", "goes"])
@pytest.mark.parametrize("others", [[], ["b.csv"]])
def test_a_file_that_changes_while_it_is_read_is_tried_again(
    piped: Connection, folder: Path, monkeypatch: pytest.MonkeyPatch, change: str, others: list[str]
):
    drop_file(folder, "a.csv", "name", "Ann")
    for name in others:
        drop_file(folder, name, "name", "Bob")
    path, fetch = folder / "bucket" / A, FolderBucket.fetch

    def change_and_fetch(bucket: FolderBucket, name: str) -> Path:
        if name == A and path.exists():
            path.with_name(".copy").write_text(path.read_text())
            path.write_text(path.read_text() + "Eve\n") if change == "grows" else path.unlink()
            return path.with_name(".copy")
        return fetch(bucket, name)

    with monkeypatch.context() as changing:
        changing.setattr(FolderBucket, "fetch", change_and_fetch)
        loads = {load.name: load.status for load in piped.refresh_pipe("pipe")}
    assert loads == {A: "NOT_READ"} | {f"in/{name}": "LOADED" for name in others}
    assert names(piped) == ["Bob"] * len(others)
    drop_file(folder, "a.csv", "name", "Ann", "Eve")
    assert [load.rows for load in piped.refresh_pipe("pipe")] == [2]


def test_a_warehouse_from_before_the_digests_is_opened(
    piped: Connection, folder: Path, open_warehouse: Callable[[], Connection]
):
    drop_file(folder, "a.csv", "name", "Ann")
    list(piped.refresh_pipe("pipe"))
    path = Path(str(piped._session.database.path))
    piped.close()
    with duckdb.connect(path) as duck:
        duck.execute("ALTER TABLE embedded.load DROP COLUMN etag; ALTER TABLE embedded.load DROP COLUMN version")
    again = open_warehouse()
    (kept,) = again.load_metadata("pipe")
    assert (kept.name, kept.rows, kept.etag, kept.version) == (A, 1, None, None)
    drop_file(folder, "b.csv", "name", "Bob")
    assert [load.status for load in again.refresh_pipe("pipe")] == ["LOADED"]
