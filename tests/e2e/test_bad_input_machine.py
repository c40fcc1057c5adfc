"""What the machine refuses: permission, space, a warehouse file. Each time there is a sentence, and nothing is lost."""

import random
from datetime import datetime
from pathlib import Path

import pytest

from customertrack.local.home import Home
from customertrack.local.pipeline import Pipeline
from tests.bad_file import ROW
from tests.command import WITHOUT_PRIVILEGES, Command, Ended, run_process
from tests.csv_text import csv_text
from tests.replay import LandedRow, replay
from tests.tables import assert_sound, history

COLUMNS = ["customer_id", "first_name", "updated_at"]
FILES, ROWS = 3, 3000
NO_TIME = datetime(2026, 1, 1)


def refused(ended: Ended) -> str:
    """The last line of a command that has failed. Asserts that it is a sentence for a user."""
    assert ended.code == 1, ended
    assert ended.out == ""
    assert "Traceback" not in ended.err
    assert "defect" not in ended.err
    return ended.err.splitlines()[-1]


def test_a_file_without_permission(command: Command, home: Path, tmp_path: Path):
    good, secret = tmp_path / "a.csv", tmp_path / "secret.csv"
    for file in (good, secret):
        file.write_bytes(ROW)
    secret.chmod(0)
    sentence = refused(run_process("ingest", good, secret, "--home", home, before=WITHOUT_PRIVILEGES))
    assert str(secret) in sentence
    assert "ermission" in sentence
    secret.chmod(0o600)
    assert command("ingest", good, secret).code == 0
    with Pipeline.open(home) as pipeline:
        assert_sound(pipeline.connection)
        assert [version.place for version in history(pipeline.connection)] == [("secret.csv", 1)]


def test_a_folder_without_permission(home: Path, tmp_path: Path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.csv").write_bytes(ROW)
    folder.chmod(0)
    try:
        sentence = refused(run_process("ingest", folder, "--home", home, before=WITHOUT_PRIVILEGES))
    finally:
        folder.chmod(0o700)
    assert str(folder) in sentence


@pytest.mark.parametrize("inside", ["", "landing/customer"])
def test_a_home_without_permission(home: Path, tmp_path: Path, inside: str):
    (tmp_path / "a.csv").write_bytes(ROW)
    (home / inside).chmod(0o500)
    try:
        refused(run_process("ingest", tmp_path / "a.csv", "--home", home, before=WITHOUT_PRIVILEGES))
    finally:
        (home / inside).chmod(0o700)
    assert not list(Home(home).landing.iterdir())


def test_a_home_that_is_a_file(command: Command, tmp_path: Path):
    (tmp_path / "a.csv").write_bytes(ROW)
    ended = command("ingest", tmp_path / "a.csv", "--home", tmp_path / "a.csv")
    assert (ended.code, ended.out, len(ended.err.splitlines())) == (2, "", 1)
    assert (tmp_path / "a.csv").read_bytes() == ROW


@pytest.mark.parametrize("content", [b"not a database", b"\0" * 20_000, b"x" * 20_000])
def test_a_warehouse_file_that_is_none_is_left_alone(command: Command, home: Path, tmp_path: Path, content: bytes):
    (tmp_path / "a.csv").write_bytes(ROW)
    Home(home).warehouse.write_bytes(content)
    assert str(Home(home).warehouse) in refused(command("ingest", tmp_path / "a.csv"))
    assert Home(home).warehouse.read_bytes() == content


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    """Rows of which many are late."""
    chance = random.Random(1)
    return [
        {
            "customer_id": str(chance.randrange(500)),
            "first_name": f"{chance.random()}",
            "updated_at": f"2026-01-01 00:{chance.randrange(60):02}:00",
        }
        for _ in range(FILES * ROWS)
    ]


def no_more_than(size: int) -> str:
    """For a process whose files cannot grow beyond so many bytes: like a full disk, on any machine."""
    return f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))"


# Bytes, from where no file can land to where the last refresh cannot be written.
@pytest.mark.parametrize("size", [20_000, 700_000, 3_000_000])
def test_a_full_disk(home: Path, tmp_path: Path, rows: list[dict[str, str]], size: int):
    assert_recovers(home, tmp_path, rows, size)


@pytest.mark.parametrize("size", [0, 12_288])
def test_a_full_disk_from_the_beginning(tmp_path: Path, rows: list[dict[str, str]], size: int):
    assert_recovers(tmp_path / "home", tmp_path, rows, size)


def assert_recovers(home: Path, tmp_path: Path, rows: list[dict[str, str]], size: int) -> None:
    """Without space there is a sentence; with space, the same command brings every row."""
    source = tmp_path / "source"
    source.mkdir()
    landed = []
    for at in range(FILES):
        part = rows[at * ROWS : (at + 1) * ROWS]
        (source / f"{at}.csv").write_text(csv_text(COLUMNS, part), encoding="utf-8")
        landed += [LandedRow((f"{at}.csv", number), dict(row), NO_TIME) for number, row in enumerate(part, 1)]
    command = ("ingest", source, "--each", "--home", home)
    sentence = refused(run_process(*command, before=no_more_than(size)))
    assert any(word in sentence for word in ("space", "disk", "too large"))
    ended = run_process(*command)
    assert ended.code == 0, ended.err
    with Pipeline.open(home) as pipeline:
        assert_sound(pipeline.connection)
        assert history(pipeline.connection) == replay(landed).history
