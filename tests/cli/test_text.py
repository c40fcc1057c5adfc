"""What is no UTF-8, or need not be: SQL from outside, and results where people read by another encoding."""

import csv
import io
import json
import os
import subprocess
from collections.abc import Sequence

import pytest

from tests.cli.program import MODULE, ROOT, Program

LETTERS = "Köln 日本 😀"
READ_BY_PROGRAMS = {
    "query": ["query", f"SELECT '{LETTERS}' AS city"],
    "history": ["history", "1"],
    "as-of": ["as-of", "2026-06-01"],
    "rejects": ["rejects"],
    "status": ["status"],
}


class Stdin(io.TextIOWrapper):
    """What another program wrote."""

    def __init__(self, content: bytes) -> None:
        super().__init__(io.BytesIO(content))


def in_ascii(program: Program, *words: str) -> subprocess.CompletedProcess[bytes]:
    command = [*MODULE, "--home", str(program.home), *words]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "0"}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)


@pytest.fixture
def filled(program: Program, tmp_path) -> Program:
    rows = [f"1,I,2026-01-01,{LETTERS}", f"2,X,2026-01-01,{LETTERS}"]
    (tmp_path / "a.csv").write_text("\n".join(["customer_id,op,updated_at,city", *rows, ""]))
    (tmp_path / "Ä.csv").write_text('customer_id,updated_at\n"1')
    program("ingest", tmp_path / "a.csv", tmp_path / "Ä.csv")
    return program


@pytest.mark.parametrize("words", READ_BY_PROGRAMS.values(), ids=list(READ_BY_PROGRAMS))
def test_csv_and_json_are_utf_8_always(filled: Program, words: Sequence[str]):
    sought = "Ä.csv" if words == ["status"] else LETTERS
    ran = in_ascii(filled, *words, "--format", "json")
    assert sought in json.dumps(json.loads(ran.stdout.decode()), ensure_ascii=False)
    ran = in_ascii(filled, *words, "--format", "csv")
    assert any(sought in field for row in csv.reader(io.StringIO(ran.stdout.decode())) for field in row)


def test_what_people_read_is_in_their_encoding(program: Program):
    ran = in_ascii(program, "query", f"SELECT '{LETTERS}' AS city")
    assert ran.returncode == 0
    assert ran.stdout.splitlines()[-1] == b"K\\xf6ln \\u65e5\\u672c \\U0001f600"


AS_READ = {
    "as it is": b"SELECT 'x''y' AS a;\n",
    "with a mark of its encoding": b"\xef\xbb\xbfSELECT 'x''y' AS a",
    "lines of Windows": b"-- now\r\nSELECT 'x''y'\r\nAS a;\r\n",
}


@pytest.mark.parametrize("content", AS_READ.values(), ids=list(AS_READ))
def test_sql_from_stdin(program: Program, monkeypatch: pytest.MonkeyPatch, content: bytes):
    monkeypatch.setattr("sys.stdin", Stdin(content))
    assert program.done("query", "-", "--format", "csv").out == "a\nx'y\n"


def test_a_mark_of_the_encoding_before_sql_on_the_command_line(program: Program):
    assert program.done("query", "\ufeffSELECT 1 AS a", "--format", "csv").out == "a\n1\n"


NOT_UTF_8 = {
    "Windows-1252": "SELECT 'Köln'".encode("cp1252"),
    "UTF-16": "SELECT 'Köln'".encode("utf-16"),
    "UTF-16 without a mark, cut": "SELECT 'Köln'".encode("utf-16-le")[:-1],
    "cut within a letter": "SELECT 'Köl".encode()[:-2],
    "half a character of UTF-16": b"SELECT '\xed\xa0\xbd'",
}


@pytest.mark.parametrize("content", NOT_UTF_8.values(), ids=list(NOT_UTF_8))
def test_sql_that_is_not_utf_8(program: Program, monkeypatch: pytest.MonkeyPatch, content: bytes):
    monkeypatch.setattr("sys.stdin", Stdin(content))
    on_stdin = program("query", "-")
    assert (on_stdin.code, on_stdin.out) == (2, "")
    (sentence,) = on_stdin.err.splitlines()
    assert "UTF-8" in sentence or "NUL" in sentence


def test_sql_on_the_command_line_that_is_not_utf_8(program: Program):
    ran = program("query", "SELECT 'K\udcf6ln'")
    assert (ran.code, ran.out) == (2, "")
    assert "not UTF-8 at byte 10" in ran.err
