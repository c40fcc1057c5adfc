"""Files that are still being written, that are empty, and that are no CSV."""

import gzip
import json
import os
import threading
import time
from pathlib import Path

import pytest

from tests.cli.landed import HEADER, MORE, ROWS, differing, drop, names
from tests.cli.program import Program


def test_a_file_that_goes_on_growing_is_taken_when_it_is_whole(program: Program, landing: Path, tmp_path: Path):
    """Its writer pauses in the middle of a row for longer than a file needs to settle, but not for ten seconds."""
    other, growing = tmp_path / "other.csv", landing / "growing.csv"
    other.write_text(HEADER + "9,Zoe,2026-01-01\n")
    parts = [ROWS, MORE[:5], MORE[5:]]

    def write() -> None:
        for part in parts:
            with growing.open("a") as file:
                file.write(part)
            time.sleep(0.3 if part == ROWS else 2.5)

    growing.touch()
    writer = threading.Thread(target=write)
    writer.start()
    try:
        program.done("ingest", other)
    finally:
        writer.join()
    assert names(program) == ["Ann", "Bob", "Cid", "Zoe"]
    assert differing(program) == []


def test_one_that_never_settles_is_left_and_told(
    program: Program, landing: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    growing, other = landing / "growing.csv", tmp_path / "other.csv"
    other.write_text(HEADER + "9,Zoe,2026-01-01\n")
    growing.write_text(ROWS)

    def grow(seconds: float) -> None:
        with growing.open("a") as file:
            file.write(MORE)

    monkeypatch.setattr("customertrack.local.pipeline.sleep", grow)
    assert "growing.csv: it is still being written" in program.done("ingest", other).err
    assert names(program) == ["Zoe"]
    assert program("ingest", growing).code == 1
    monkeypatch.undo()
    os.utime(growing, (1, 1))
    program.done("ingest", other)
    assert names(program) == ["Ann", "Bob", "Cid", "Zoe"]


def test_a_given_file_that_changes_while_it_is_copied_does_not_land(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    given = tmp_path / "given.csv"
    given.write_text(ROWS)

    def fsync(handle: int) -> None:
        with given.open("a") as file:
            file.write(MORE)

    monkeypatch.setattr(os, "fsync", fsync)
    ran = program("ingest", given)
    assert ran.code == 1
    assert "it changed while it was copied" in ran.err
    monkeypatch.undo()
    program.done("ingest", given)
    assert names(program) == ["Ann", "Bob", "Cid"]


EMPTY = {
    "nothing": b"",
    "a byte order mark": b"\xef\xbb\xbf",
    "blank lines": b"\r\n\n",
    "a header": HEADER.encode(),
    "gzip of nothing": gzip.compress(b""),
}


@pytest.mark.parametrize("content", EMPTY)
@pytest.mark.parametrize("way", ["dropped", "given"])
def test_a_file_without_rows_is_said_and_uses_up_no_name(
    program: Program, landing: Path, tmp_path: Path, way: str, content: str
):
    path = (landing if way == "dropped" else tmp_path) / "x.csv"
    drop(path, EMPTY[content])
    for _ in range(2):
        ran = program.done("ingest", path)
        (line,) = [line for line in ran.err.splitlines() if line.startswith("x.csv: ")]
        assert "rows" in line
    drop(path, ROWS)
    program.done("ingest", path)
    assert names(program) == ["Ann", "Bob"]
    assert "x.csv" not in program.done("status").out


def test_what_is_never_taken_is_told(program: Program, landing: Path, tmp_path: Path):
    for name, content in (
        ("a.csv", b"PK\x03\x04 and more"),
        ("b.csv.zip", b"PK\x03\x04 and more"),
        ("c.txt", ROWS.encode()),
        (os.fsdecode(b"M\xfcller.csv"), ROWS.encode()),
        ("good.csv", ROWS.encode()),
    ):
        drop(landing / name, content)
    ran = program.done("ingest", landing / "good.csv")
    assert (
        "a.csv, b.csv.zip: nothing of it was loaded, because it is compressed (zip); unpack it, or use gzip" in ran.err
    )
    assert "c.txt: " in ran.err
    assert "ller.csv: its name is no UTF-8" in ran.err
    facts = json.loads(program.done("status", "--format", "json").out)
    assert sorted(one["kind"] for one in facts["landed_files"]) == ["NO_CSV"] * 4
    assert program("ingest", landing / "a.csv").code == 1
    drop(landing / "a.csv", ROWS + MORE)
    program.done("ingest", landing / "a.csv")
    assert names(program) == ["Ann", "Bob", "Cid"]
