"""A home that cannot be written: what can be read of it is read."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import snowglobe
from customertrack.local.home import Home
from tests.cli.program import ROOT, Program, Ran
from tests.command import WITHOUT_PRIVILEGES

READING = {
    "status": ["status", "--format", "json"],
    "history": ["history", "1"],
    "as-of": ["as-of", "2026-06-01"],
    "rejects": ["rejects"],
    "verify": ["verify"],
    "query": ["query", "SELECT COUNT(*) FROM customer_history"],
    "query in a transaction": ["query", "BEGIN; SELECT COUNT(*) FROM customer; COMMIT; SELECT 1"],
    "migrate --plan": ["migrate", "--plan"],
}
WRITING = {
    "run": ["run", "--batches", "1"],
    "ingest": ["ingest", "a.csv"],
    "generate": ["generate", "--batches", "1"],
    "migrate": ["migrate"],
    "delete": ["query", "DELETE FROM customer"],
    "create": ["query", "CREATE TABLE mine (a INT)"],
    "alter": ["query", "ALTER TASK customer_refresh_task SUSPEND"],
    "call": ["query", "CALL pdr_pipeline_scd2_customer()"],
    "task": ["query", "EXECUTE TASK customer_refresh_task"],
}


# One process for many command lines, each of them a line of JSON.
_COMMANDS = """
import json
from tests.cli.program import Program
for line in sys.stdin:
    home, *words = json.loads(line)
    ran = Program(home)(*words)
    print(json.dumps([ran.code, ran.out, ran.err]), flush=True)
"""


class Guest(Program):
    """Calls it as a user who may read the home and not write it."""

    def __init__(self, home: Path, process: subprocess.Popen[str]) -> None:
        super().__init__(home)
        self._process = process

    def __call__(self, *words: object) -> Ran:
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps([str(self.home), *map(str, words)]), file=self._process.stdin, flush=True)
        return Ran(*json.loads(self._process.stdout.readline()))


@pytest.fixture(scope="module")
def without_privileges() -> Iterator[subprocess.Popen[str]]:
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", WITHOUT_PRIVILEGES + _COMMANDS]
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        yield process
        assert process.stdin
        process.stdin.close()


@pytest.fixture(scope="module")
def guest(
    feed_home: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory, without_privileges: subprocess.Popen[str]
) -> Iterator[Guest]:
    home = tmp_path_factory.mktemp("guest") / "home"
    shutil.copytree(feed_home[0], home)
    protect(home)
    yield Guest(home, without_privileges)
    free(home)


def protect(home: Path) -> None:
    for place in [home, *home.rglob("*")]:
        place.chmod(0o555 if place.is_dir() else 0o444)


def free(home: Path) -> None:
    for place in [home, *home.rglob("*")]:
        place.chmod(0o755)


def contents(home: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in home.rglob("*") if path.is_file()}


@pytest.mark.parametrize("words", READING.values(), ids=list(READING))
def test_it_is_read_as_one_that_can_be_written(guest: Guest, after_a_run: Program, words: list[str]):
    before = contents(guest.home)
    there = after_a_run.done(*words).out
    assert guest.done(*words).out == there.replace(str(after_a_run.home), str(guest.home))
    assert contents(guest.home) == before


@pytest.mark.parametrize("words", WRITING.values(), ids=list(WRITING))
def test_what_would_change_it_is_refused_in_a_sentence(guest: Guest, words: list[str]):
    before = contents(guest.home)
    ran = guest(*words)
    assert ran.code in (1, 2)
    assert len(ran.err.splitlines()) == 1
    assert "defect" not in ran.err
    assert contents(guest.home) == before


def test_one_that_a_killed_command_left_shows_what_was_committed(
    after_a_run: Program, tmp_path: Path, without_privileges: subprocess.Popen[str]
):
    """What is in the write-ahead log alone is read too."""
    killed = (
        "import os, pathlib, sys; from customertrack.local.pipeline import Pipeline; "
        "pipeline = Pipeline.open(pathlib.Path(sys.argv[1])); pipeline.ingest([pathlib.Path(sys.argv[2])]); os._exit(9)"
    )
    (tmp_path / "z.csv").write_text("customer_id,first_name,updated_at\n777777,Zoe,2026-01-01\n")
    command = [sys.executable, "-c", killed, str(after_a_run.home), str(tmp_path / "z.csv")]
    subprocess.run(command, cwd=ROOT, check=False)
    assert Home(after_a_run.home).warehouse.with_suffix(".duckdb.wal").exists()
    protect(after_a_run.home)
    try:
        assert "Zoe" in Guest(after_a_run.home, without_privileges).done("history", 777777).out
    finally:
        free(after_a_run.home)


def test_one_of_another_version_says_how_it_can_be_read(home: Path, monkeypatch: pytest.MonkeyPatch):
    with Home(home).connect() as connection:
        connection.cursor().execute(
            "UPDATE migrations.change_history SET CHECKSUM = 'old' WHERE SCRIPT LIKE 'customer/%'"
        )
    monkeypatch.setattr(Home, "can_be_written", False)
    ran = Program(home)("status")
    assert ran.code == 1
    assert "Read a copy of it" in ran.err


def test_a_connection_that_only_reads(home: Path):
    with snowglobe.connect(Home(home).warehouse, database_name="customertrack", read_only=True) as connection:
        with pytest.raises(snowglobe.errors.OperationalError, match="open for reading only"):
            connection.cursor().execute("INSERT INTO dimension.customer_refresh VALUES (1)")
        rows = connection.cursor().execute("SELECT COUNT(*) FROM dimension.customer_refresh").fetchall()
    assert rows == [(1,)]


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path):
    with pytest.raises(snowglobe.errors.OperationalError, match="cannot be opened"):
        snowglobe.connect(tmp_path / "nothing.duckdb", read_only=True)
    assert list(tmp_path.iterdir()) == []
