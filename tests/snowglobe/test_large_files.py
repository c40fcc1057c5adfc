"""Large files of a stage: as many at once as there are threads, by one statement, each whole or not at all."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from snowglobe.connection import Connection
from snowglobe.loading.csv_parts import Cut, evenly
from snowglobe.loading.into_table import insert
from snowglobe.storage.bucket import FolderBucket, StoredFile
from tests.snowglobe.support import drop_file, rows

LOADED = "SELECT source_file, source_row, name FROM raw ORDER BY source_file, source_row"
A, B, C = "in/a.csv", "in/b.csv", "in/c.csv"


@pytest.fixture(autouse=True)
def every_file_is_large(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("snowglobe.loading.copy._LARGE", 1)
    monkeypatch.setattr("snowglobe.threads.Threads.most", 2)


def loads(connection: Connection) -> list[tuple[str, str, int]]:
    return [(load.name, load.status, load.rows) for load in connection.refresh_pipe("pipe")]


def test_each_has_its_rows_and_its_count(piped: Connection, folder: Path):
    drop_file(folder, "a.csv", "name,id", "Ann,1", '"Bob\nof two lines",2', "Carl,3")
    drop_file(folder, "b.csv", "name,id", "Dora,4")
    drop_file(folder, "c.csv", "name,id", "Emil,5", "Fay,6")
    assert loads(piped) == [(A, "LOADED", 3), (B, "LOADED", 1), (C, "LOADED", 2)]
    assert rows(piped, LOADED) == [
        (A, 1, "Ann"), (A, 2, "Bob\nof two lines"), (A, 3, "Carl"), (B, 1, "Dora"), (C, 1, "Emil"), (C, 2, "Fay")
    ]  # fmt: skip


def test_as_many_as_threads_are_committed_together(piped: Connection, folder: Path):
    for name in ("a.csv", "b.csv", "c.csv"):
        drop_file(folder, name, "name", name)
    assert next(piped.refresh_pipe("pipe")).name == A
    assert [file for file, _, _ in rows(piped, LOADED)] == [A, B]


def test_each_alone_if_that_is_wanted(piped: Connection, folder: Path):
    drop_file(folder, "a.csv", "name", "Ann")
    drop_file(folder, "b.csv", "name", "Bob")
    assert next(piped.announce("pipe", [A, B], most=1)).name == A
    assert rows(piped, LOADED) == [(A, 1, "Ann")]


def test_a_small_file_does_not_wait_for_a_large_one(piped: Connection, folder: Path, monkeypatch: pytest.MonkeyPatch):
    drop_file(folder, "a.csv", "name", "Ann", "Bob")
    drop_file(folder, "b.csv", "name", "Carl")
    drop_file(folder, "c.csv", "name", "Dora", "Emil")
    monkeypatch.setattr("snowglobe.loading.copy._LARGE", (folder / "bucket" / B).stat().st_size)
    loading = piped.refresh_pipe("pipe")
    assert next(loading).name == A
    assert [file for file, _, _ in rows(piped, LOADED)] == [A, A]
    assert next(loading).name == B
    assert [file for file, _, _ in rows(piped, LOADED)] == [A, A, B]


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The names of the files that each statement has loaded."""
    noted: list[list[str]] = []
    monkeypatch.setattr(
        "snowglobe.loading.copy.insert",
        lambda session, copy, files: noted.append([each.file.name for each in files]) or insert(session, copy, files),
    )
    return noted


def test_small_ones_that_are_large_together_are_loaded_by_one_statement(
    piped: Connection, folder: Path, monkeypatch: pytest.MonkeyPatch, at_once: list[list[str]]
):
    for name in ("a.csv", "b.csv", "c.csv"):
        drop_file(folder, name, "name", name, "Bob")
    size = (folder / "bucket" / A).stat().st_size
    monkeypatch.setattr("snowglobe.loading.copy._LARGE", 3 * size - 1)
    assert loads(piped) == [(A, "LOADED", 2), (B, "LOADED", 2), (C, "LOADED", 2)]
    assert at_once == [[A, B, C]]
    assert rows(piped, LOADED) == [
        (A, 1, "a.csv"), (A, 2, "Bob"), (B, 1, "b.csv"), (B, 2, "Bob"), (C, 1, "c.csv"), (C, 2, "Bob")
    ]  # fmt: skip


def test_small_ones_are_loaded_by_a_statement_each(
    piped: Connection, folder: Path, monkeypatch: pytest.MonkeyPatch, at_once: list[list[str]]
):
    drop_file(folder, "a.csv", "name", "Ann")
    drop_file(folder, "b.csv", "name", "Bob")
    size = (folder / "bucket" / A).stat().st_size
    monkeypatch.setattr("snowglobe.loading.copy._LARGE", 2 * size)
    assert loads(piped) == [(A, "LOADED", 1), (B, "LOADED", 1)]
    assert at_once == [[A], [B]]


def test_of_each_it_is_kept_what_tells_its_content(piped: Connection, folder: Path):
    drop_file(folder, "a.csv", "name", "Ann")
    drop_file(folder, "b.csv", "name", "Bob")
    assert [status for _, status, _ in loads(piped)] == ["LOADED", "LOADED"]
    bucket = FolderBucket(folder / "bucket")
    kept = dict(piped._session.rows("SELECT file_name, etag FROM embedded.load"))
    assert kept == {name: bucket.etag(name) for name in (A, B)}


@pytest.mark.parametrize("other", [("id,name", "2,Bob"), ("name", "Bob"), ("name,id", "Bob"), ("name,id", "", "Bob,2")])
def test_files_that_are_not_alike_are_loaded_all_the_same(piped: Connection, folder: Path, other: tuple[str, ...]):
    drop_file(folder, "a.csv", "name,id", "Ann,1")
    drop_file(folder, "b.csv", *other)
    assert loads(piped) == [(A, "LOADED", 1), (B, "LOADED", 1)]
    assert rows(piped, LOADED) == [(A, 1, "Ann"), (B, 1, "Bob")]


def test_one_without_rows_beside_another(piped: Connection, folder: Path):
    drop_file(folder, "a.csv", "name,id", "Ann,1")
    drop_file(folder, "b.csv", "name,id", "")
    assert loads(piped) == [(A, "LOADED", 1), (B, "LOADED", 0)]


def test_the_one_that_cannot_be_read_fails_alone(piped: Connection, folder: Path):
    drop_file(folder, "a.csv", "name", '"never closed')
    drop_file(folder, "b.csv", "name", "Bob")
    assert loads(piped) == [(A, "LOAD_FAILED", 0), (B, "LOADED", 1)]
    assert rows(piped, LOADED) == [(B, 1, "Bob")]


def test_the_one_with_a_row_that_the_table_does_not_take_fails_alone(strict: Connection, folder: Path):
    drop_file(folder, "a.csv", "id", "1")
    drop_file(folder, "b.csv", "id", "x")
    assert loads(strict) == [(A, "LOADED", 1), (B, "LOAD_FAILED", 0)]
    assert rows(strict, "SELECT id FROM strict") == [(1,)]


def test_one_that_changed_meanwhile_is_tried_again(piped: Connection, folder: Path, monkeypatch: pytest.MonkeyPatch):
    drop_file(folder, "a.csv", "name", "Ann")
    drop_file(folder, "b.csv", "name", "Bob")
    stat = FolderBucket.stat

    def grown(bucket: FolderBucket, name: str) -> StoredFile:
        if name == B:
            with (bucket.root / name).open("a") as file:
                file.write("Carl\n")
        return stat(bucket, name)

    with monkeypatch.context() as growing:
        growing.setattr(FolderBucket, "stat", grown)
        assert loads(piped) == [(A, "LOADED", 1), (B, "NOT_READ", 0)]
    assert rows(piped, LOADED) == [(A, 1, "Ann")]
    assert [status for _, status, _ in loads(piped)] == ["LOADED"]


def test_a_count_that_is_not_true_loads_each_alone(piped: Connection, folder: Path, monkeypatch: pytest.MonkeyPatch):
    """As of a file that was written to between the look at it and the reading."""
    drop_file(folder, "a.csv", "name", "Ann")
    drop_file(folder, "b.csv", "name", "Bob")
    monkeypatch.setattr(
        "snowglobe.loading.csv_regular._ends_of_regular_records", lambda file, block, shape: [Cut(9, 7)]
    )
    assert loads(piped) == [(A, "LOADED", 1), (B, "LOADED", 1)]


@pytest.fixture
def cut(monkeypatch: pytest.MonkeyPatch):
    """Every file is cut wherever it can be."""
    monkeypatch.setattr("snowglobe.loading.csv_regular.SMALLEST", 1)
    monkeypatch.setattr("snowglobe.loading.csv_regular._BLOCK", 64)


@pytest.mark.usefixtures("cut")
def test_one_is_read_in_parts(piped: Connection, folder: Path, monkeypatch: pytest.MonkeyPatch):
    """Each row with its number, and what is done next in order again."""
    cuts: list[list[Cut]] = []

    def noted(found: Sequence[Cut], parts: int) -> list[Cut]:
        cuts.append(evenly(found, parts))
        return cuts[-1]

    monkeypatch.setattr("snowglobe.loading.csv.evenly", noted)
    drop_file(folder, "a.csv", "name,id", *(f'"{number}\nand more",{number}' for number in range(500)))
    assert loads(piped) == [(A, "LOADED", 500)]
    assert [len(found) for found in cuts] == [1]
    assert rows(piped, LOADED) == [(A, number + 1, f"{number}\nand more") for number in range(500)]
    assert piped._session.rows("SELECT current_setting('preserve_insertion_order')") == [(True,)]
    assert not list((folder / "warehouse.scratch").glob("tmp*"))


@pytest.mark.usefixtures("cut")
def test_in_parts_it_is_loaded_whole_or_not_at_all(strict: Connection, folder: Path):
    drop_file(folder, "a.csv", "id", *map(str, range(300)), "x")
    assert loads(strict) == [(A, "LOAD_FAILED", 0)]
    assert rows(strict, "SELECT id FROM strict") == []
    assert strict._session.rows("SELECT current_setting('preserve_insertion_order')") == [(True,)]


@pytest.mark.usefixtures("cut")
def test_one_that_is_cut_short_while_it_is_read_is_tried_again(
    piped: Connection, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    drop_file(folder, "a.csv", "name,id", *(f"{number},1" for number in range(300)))
    with monkeypatch.context() as shrinking:
        shrinking.setattr("snowglobe.loading.csv_parts._BLOCK", 0)
        assert loads(piped) == [(A, "NOT_READ", 0)]
    assert rows(piped, LOADED) == []
    assert loads(piped) == [(A, "LOADED", 300)]
