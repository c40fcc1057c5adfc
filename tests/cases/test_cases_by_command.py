"""The worked cases as a user runs them: `ingest`, then `query` in a format that a program reads."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cases.case import CASES, TOGETHER, Case, Row, in_order
from tests.command import Command, Word

Run = Callable[..., str]


@pytest.fixture
def run(command: Command) -> Run:
    """Runs a command line on a fresh home; returns what it wrote to stdout. Asserts that it succeeded."""

    def succeed(*words: Word) -> str:
        ended = command(*words)
        assert ended.code == 0, ended.err
        return ended.out

    return succeed


def test_a_refresh_for_each_file(run: Run, tmp_path: Path):
    assert run("ingest", *TOGETHER.write(tmp_path), "--each") == ""
    assert_tables(run, TOGETHER)


def test_a_command_for_each_file_in_reverse(run: Run, tmp_path: Path):
    for file in TOGETHER.write(tmp_path)[::-1]:
        run("ingest", file)
    assert_tables(run, TOGETHER)


def test_from_nothing_in_processes_of_their_own(tmp_path: Path):
    case = CASES["L06"]

    def process(*words: Word) -> str:
        called = [sys.executable, "-m", "customertrack", *map(str, words), "--home", str(tmp_path / "home")]
        return subprocess.run(called, check=True, capture_output=True, text=True).stdout

    for file in case.write(tmp_path):
        process("ingest", file)
    assert_tables(process, case)


def assert_tables(run: Run, case: Case) -> None:
    """Both tables are those of the case, each in one of the formats."""
    history = run("query", selected(case.history, "customer_history"), "--format", "csv")
    assert in_order(read_csv(history)) == in_order(case.history)
    customer = run("query", selected(case.customer, "customer"), "--format", "json")
    assert in_order(json.loads(customer)) == in_order(case.customer)


def selected(expected: list[Row], table: str) -> str:
    """A query for the columns that the expected rows name."""
    return f"SELECT {', '.join(expected[0]) if expected else '*'} FROM {table}"


def read_csv(text: str) -> list[Row]:
    """An empty field is NULL."""
    reader = csv.DictReader(io.StringIO(text, newline=""))
    return [{column: value or None for column, value in row.items()} for row in reader]
