"""Readers in processes of their own while the tables are made to fit other definitions: the old ones, or the new ones.

A definition is edited, its SQL is rendered, `migrate` applies it. A reader that comes first applies it itself.
"""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cli.program import ROOT
from tests.cli.test_changed_definitions import BEFORE, COLOR, THING, with_history
from tests.cli.test_dimensions import ProjectProgram

# Asks one question after the other until a file is there, and says what came of each.
READER = """
import io, json, logging, sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from customertrack.cli import history
from customertrack.cli.main import main

project, stop, *kinds = sys.argv[1:]
of_thing = ["--dimension", "thing"]
WORDS = {
    "shown": ["history", "1", *of_thing],
    "history": ["history", "1", *of_thing, "--format", "json"],
    "as-of": ["as-of", "2026-01-02 12:00", "1", "--known", "2100-01-01", *of_thing, "--format", "json"],
    "status": ["status", "--format", "json"],
    "query": ["query", "SELECT COUNT(*) AS n, COUNT(DISTINCT valid_from) AS m FROM thing_history", "--format", "json"],
    "verify": ["verify"],
}


def command(kind):
    # As on a terminal: it asks for more.
    history.terminal_width = lambda out: 100 if kind == "shown" else None
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(["--home", f"{project}/home", "--project", project, *WORDS[kind]])
    return code, out.getvalue(), err.getvalue()


def page(kind):
    from customertrack.console.on_one_machine import OneMachine
    from customertrack.dimension.project import Project
    from customertrack.local.home import Home
    from tests.console.looked_at import look

    app = look(OneMachine(Home(Path(project, "home"), project=Project(Path(project))), ""), kind, key="1")
    tables = [one.value for one in app.dataframe if "changed" in one.value]
    rows = tables[0].iloc[::-1].to_dict("records") if tables else []
    said = " ".join(one.value for one in app.error).replace(chr(0x2060), "").replace("\\\\", "")
    return len(app.error), json.dumps(rows, default=str), said


logging.disable(logging.CRITICAL)
while not Path(stop).exists():
    for kind in kinds:
        found = page(kind) if kind == "one_key" else command(kind)
        print(json.dumps([kind, *found]), flush=True)
"""
# Ends its process before the statement of this number of the migrations.
KILLED = """
import os, signal, sys
from customertrack.cli.main import main
from customertrack.migrations.runner import _Run

left, statement = int(sys.argv[1]), _Run._statement


def counted(run, *more):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return statement(run, *more)


_Run._statement = counted
sys.exit(main(sys.argv[2:]))
"""
# One after the other: what becomes of an attribute, and what the history shows then.
TIER = 'tier = { type = "text(5)", since = 2 }'
RENAMED = 'colour = { type = "text(5)", was = "color" }'
ADDED = tuple(version.replace(" 0", " NULL 0") for version in BEFORE)
LASTING = ("Ann blue NULL 01-03", "Eve red NULL 04-open")
STEPS = (
    (f"{COLOR}\n{TIER}", ADDED),
    (f'color = {{ type = "text(5)", change = "update" }}\n{TIER}', LASTING),
    (f'{RENAMED}\n{TIER}\n\n[storage]\nlayout = "merge_on_read"', ADDED),
)
# Who asks what, each in a process.
READERS = (("history", "shown"), ("query", "status", "as-of"), ("verify",), ("one_key",))
# What may be said instead of an answer, while the definition is edited and its SQL is not written yet.
BETWEEN = ("is not as its definition makes it; write it with", "has changed while it was asked about. Ask again.")


@dataclass
class Asking:
    """A process that asks, and the file in which it says what came of it."""

    process: subprocess.Popen[bytes]
    file: Path

    @property
    def found(self) -> list[tuple[str, int, str, str]]:
        """Of each question: its kind, exit code or errors, what came out, and what was said."""
        return [tuple(json.loads(line)) for line in self.file.read_text().splitlines(keepends=True) if line[-1] == "\n"]

    def goes_on(self, rounds: int) -> None:
        """Wait until it has asked for so many more times."""
        wanted, end = len(self.found) + rounds, time.monotonic() + 240
        while len(self.found) < wanted:
            assert self.process.poll() is None
            assert time.monotonic() < end, "nobody is answered any more"
            time.sleep(0.05)


@contextmanager
def asking(project: ProjectProgram, folder: Path) -> Iterator[list[Asking]]:
    """All readers, at work."""
    stop = folder / "stop"
    readers = []
    for number, kinds in enumerate(READERS):
        file = folder / f"{number}.jsonl"
        command = [sys.executable, "-c", READER, str(project.folder), str(stop), *kinds]
        with file.open("wb") as out:
            readers.append(Asking(subprocess.Popen(command, cwd=ROOT, stdout=out), file))
    try:
        yield readers
        stop.touch()
        assert [reader.process.wait(240) for reader in readers] == [0] * len(readers)
    finally:
        for reader in readers:
            reader.process.kill()
            reader.process.wait()


@pytest.fixture
def thing(tmp_path: Path) -> ProjectProgram:
    return with_history(tmp_path / "project")


def change(project: ProjectProgram, attribute: str) -> None:
    """Another definition and its SQL, which no home knows yet."""
    project.define("thing", THING.replace(COLOR, attribute))
    project.done("dimension", "render")


def migrate(project: ProjectProgram) -> None:
    """In a process of its own; readers must not stop it."""
    with project.program.start("--project", project.folder, "migrate") as process:
        assert process.wait(120) == 0, process.communicate()


def versions(rows: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """The attributes of each version, and the days on which it begins and ends, as a command or a page has them."""
    return tuple(_version(row) for row in rows)


def _version(row: dict[str, Any]) -> str:
    end = str(row["valid_to"])
    is_open = row["valid_to"] is None or end[:4] == "9999" or end == "nan"
    attributes = [row[name] for name in ("name", "color", "colour", "tier") if name in row]
    words = ["NULL" if value is None else value for value in attributes]
    return " ".join([*words, f"{row['valid_from'][8:10]}-{'open' if is_open else end[8:10]}"])


def assert_is_one_of(states: Sequence[tuple[str, ...]], kind: str, code: int, out: str, said: str) -> None:
    """An answer is that of the tables before, or after, or there is none and a sentence says why."""
    lengths = {len(state) for state in states}
    if code:
        assert any(sentence in said for sentence in BETWEEN), (kind, code, said)
        return
    match kind:
        case "history" | "one_key":
            assert versions(json.loads(out)) in states
        case "query":
            assert json.loads(out) in [[{"n": length, "m": length}] for length in lengths]
        case "status":
            told = json.loads(out)
            assert told.get("dimensions", {}).get("thing", told)["counts"]["versions"] in lengths
        case "as-of":
            ((name, color),) = [(row["name"], row.get("color", row.get("colour"))) for row in json.loads(out)]
            assert (name, color) == ("Ann", "blue")
        case "shown" | "verify":
            assert out


def test_each_answer_is_of_the_tables_before_or_after(thing: ProjectProgram, tmp_path: Path):
    with asking(thing, tmp_path) as readers:
        for attribute, expected in STEPS:
            for reader in readers:
                reader.goes_on(1)
            change(thing, attribute)
            migrate(thing)
            assert versions(thing.rows("history", 1, "--dimension", "thing")) == expected
    states = [BEFORE, *(expected for _, expected in STEPS)]
    found = [one for reader in readers for one in reader.found]
    for one in found:
        assert_is_one_of(states, *one)
    # Of those who asked for versions, some have seen each.
    answered = {
        versions(json.loads(out)) for kind, code, out, _ in found if kind in ("history", "one_key") and not code
    }
    assert answered == set(states)


def test_a_reader_completes_what_a_killed_migration_has_begun(thing: ProjectProgram):
    attribute, expected = STEPS[0]
    change(thing, attribute)
    words = ["--home", thing.program.home, "--project", thing.folder, "migrate"]
    for statements in (0, 3, 9):
        command = [sys.executable, "-c", KILLED, str(statements), *map(str, words)]
        assert subprocess.run(command, cwd=ROOT, check=False).returncode == -signal.SIGKILL
    assert versions(thing.rows("history", 1, "--dimension", "thing")) == expected
    assert thing("verify").code == 0
