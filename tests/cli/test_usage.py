"""Wrong usage: exit code 2, one sentence that names the next step, and nothing done."""

import subprocess
from pathlib import Path

import pytest

from tests.cli.program import MODULE, ROOT, Program

WRONG = {
    "no such command": ["tables"],
    "no such flag": ["status", "--colour"],
    "an abbreviated flag": ["query", "--form", "csv", "SELECT 1"],
    "SQL missing": ["query"],
    "SQL empty": ["query", " -- nothing\n ; "],
    "no such format": ["query", "SELECT 1", "--format", "xml"],
    "PATH missing": ["ingest"],
    "no such file": ["ingest", "nowhere.csv"],
    "no CSV file": ["ingest", "pyproject.toml"],
    "a folder without CSV files": ["ingest", "requirements"],
    "KEY missing": ["history"],
    "KEY is a word": ["history", "Ann"],
    "KEY has a fraction": ["history", "1.5"],
    "KEY is too long": ["history", "1" * 39],
    "KEY is in other digits": ["history", "\N{ARABIC-INDIC DIGIT ONE}"],
    "TIME missing": ["as-of"],
    "TIME is a word": ["as-of", "yesterday"],
    "TIME does not exist": ["as-of", "2026-02-30"],
    "TIME leaves the calendar": ["as-of", "0001-01-01T00:00:00+02:00"],
    "KNOWN is a word": ["as-of", "2026-01-01", "--known", "now"],
    "LIMIT is negative": ["rejects", "--limit=-1"],
    "N is a word": ["run", "--batches", "many"],
    "no batch": ["run", "--batches", "0"],
    "a share above one": ["run", "--late", "1.5"],
    "a negative number of customers": ["run", "--customers", "-1"],
    "an interval of nothing": ["run", "--interval", "0"],
    "an interval that goes back": ["run", "--follow", "--interval=-5"],
    "an interval without end": ["run", "--follow", "--interval", "inf"],
    "a rate that is none": ["generate", "--malformed", "much"],
    "a slot before the first": ["generate", "--slot-time", "2020-01-01"],
    "too many words": ["verify", "all"],
    "a home without a name": ["status", "--home", ""],
    "a path without a name": ["ingest", ""],
    "a path without a name among others": ["ingest", "pyproject.toml", ""],
    "a folder without a name": ["generate", "--to", ""],
    "no ACTION": ["dimension"],
    "no such ACTION": ["dimension", "draw"],
    "no FILE to guess from": ["dimension", "new", "thing"],
    "no such project": ["dimension", "check", "--project", "nowhere"],
    "a project that is a file": ["dimension", "--project", "pyproject.toml", "list"],
    "too many dimensions": ["dimension", "new", "customer", "product", "--from", "x.csv"],
    "a size that is none": ["status", "--memory-limit", "much"],
}


@pytest.mark.parametrize("words", WRONG.values(), ids=WRONG.keys())
def test_wrong_usage(nowhere: Program, monkeypatch: pytest.MonkeyPatch, words: list[str]):
    monkeypatch.chdir(ROOT)
    ran = nowhere(*words)
    assert (ran.code, ran.out) == (2, "")
    (sentence,) = ran.err.splitlines()
    assert sentence.startswith("customertrack: ")
    assert not nowhere.home.exists()


@pytest.mark.parametrize(
    ("words", "help_of"),
    [
        (["query", "SELECT 1", "--colour"], "customertrack query"),
        (["--colour", "query", "SELECT 1"], "customertrack query"),
        (["verify", "all"], "customertrack verify"),
        (["query", "--format", "xml", "SELECT 1"], "customertrack query"),
        (["--colour"], "customertrack"),
        (["tables"], "customertrack"),
    ],
)
def test_wrong_usage_points_to_the_help_of_the_command(nowhere: Program, words: list[str], help_of: str):
    assert nowhere(*words).err.endswith(f"; see: {help_of} --help\n")


READING = [
    ["query", "SELECT 1"],
    ["status"],
    ["history", 1],
    ["as-of", "2026-01-01"],
    ["rejects"],
    ["verify"],
]


@pytest.mark.parametrize("words", READING, ids=[str(words[0]) for words in READING])
def test_there_is_nothing_to_read_yet(nowhere: Program, words: list[object]):
    ran = nowhere(*words)
    assert (ran.code, ran.out) == (1, "")
    (sentence,) = ran.err.splitlines()
    assert f"--home {nowhere.home} run" in sentence
    assert not nowhere.home.exists()


def test_home_stands_before_the_command_or_after_it(nowhere: Program, tmp_path: Path):
    elsewhere = tmp_path / "elsewhere"
    assert nowhere("status", "--home", elsewhere).err.count(str(elsewhere)) == 3
    assert nowhere("--home", elsewhere, "status").err.count(str(elsewhere)) == 3


def test_a_home_that_is_a_file(tmp_path: Path):
    (tmp_path / "file").touch()
    ran = Program(tmp_path / "file")("migrate")
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (2, "", 1)
    assert "--home" in ran.err


def test_a_home_that_another_process_has_open(program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    ready = tmp_path / "ready"
    hold = (
        "import sys, pathlib; from customertrack.local.pipeline import Pipeline\n"
        "with Pipeline.open(pathlib.Path(sys.argv[1])): pathlib.Path(sys.argv[2]).touch(); sys.stdin.read()"
    )
    command = [MODULE[0], "-c", hold, str(program.home), str(ready)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE) as other:
        while not ready.exists():
            assert other.poll() is None
        read = program("status")
        monkeypatch.setattr("customertrack.local.home._PATIENCE", 0)
        written = program("migrate")
        other.communicate()
    assert (read.code, read.err) == (0, "")
    assert (written.code, written.out, len(written.err.splitlines())) == (1, "", 1)
    assert "Another process" in written.err
    assert program("migrate").code == 0


COMMANDS = (
    "run", "ingest", "query", "status", "history", "as-of", "rejects", "verify", "generate", "migrate", "dimension",
)  # fmt: skip
ACTIONS = ("dimension list", "dimension check", "dimension new")


def test_alone_it_explains_itself(nowhere: Program):
    alone, asked = nowhere(), nowhere("--help")
    assert (alone.code, alone.err) == (0, "")
    assert alone == asked
    for command in COMMANDS:
        assert f"\n    {command} " in alone.out
        explained = nowhere(command, "--help")
        assert (explained.code, explained.err) == (0, "")
        assert explained.out.startswith(f"usage: customertrack {command} ")


@pytest.mark.parametrize("words", [[], *map(str.split, COMMANDS + ACTIONS)], ids=["all", *COMMANDS, *ACTIONS])
def test_help_fits_a_terminal(nowhere: Program, monkeypatch: pytest.MonkeyPatch, words: list[str]):
    monkeypatch.setenv("COLUMNS", "80")
    assert [line for line in nowhere(*words, "--help").out.splitlines() if len(line) > 80] == []


def test_version(nowhere: Program):
    ran = nowhere("--version")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("customertrack")


def test_a_defect_is_a_sentence_and_a_traceback_for_those_who_ask(program: Program, monkeypatch: pytest.MonkeyPatch):
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a\nb")

    monkeypatch.setattr("customertrack.cli.status.read_status", broken)
    ran = program("status")
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (1, "", 1)
    assert "ZeroDivisionError: a b" in ran.err
    monkeypatch.setenv("CUSTOMERTRACK_DEBUG", "1")
    assert "Traceback" in program("status").err
