"""`query`: results alone on stdout, in three formats; errors in a sentence."""

import csv
import errno
import io
import json
import os
import subprocess

import pytest

from customertrack.cli.main import main
from tests.cli.program import MODULE, ROOT, Program

EVERY_KIND = """
SELECT
    1 AS whole, 99999999999999999999999999999999999999 AS long, -0.25 AS fraction, 12.50::NUMBER(10, 2) AS money,
    1e300::FLOAT AS huge, TRUE AS yes, FALSE AS no, NULL AS nothing, '' AS empty, 'NULL' AS word,
    'a "quoted", comma' AS marks, 'two
lines' AS lines, 'Żółć 日本' AS letters, '2026-01-02'::DATE AS day, '2026-01-02 03:04:05'::TIMESTAMP_NTZ AS time,
    '2026-01-02 03:04:05.600'::TIMESTAMP_NTZ AS tenth, '9999-12-31 00:00:00'::TIMESTAMP_NTZ AS open_end
"""
AS_TEXT = {
    "whole": "1",
    "long": "99999999999999999999999999999999999999",
    "fraction": "-0.25",
    "money": "12.50",
    "huge": "1e+300",
    "yes": "true",
    "no": "false",
    "nothing": "",
    "empty": "",
    "word": "NULL",
    "marks": 'a "quoted", comma',
    "lines": "two\nlines",
    "letters": "Żółć 日本",
    "day": "2026-01-02",
    "time": "2026-01-02 03:04:05",
    "tenth": "2026-01-02 03:04:05.6",
    "open_end": "9999-12-31 00:00:00",
}


def test_csv(program: Program):
    out = program.done("query", EVERY_KIND, "--format", "csv").out
    assert list(csv.DictReader(io.StringIO(out, newline=""))) == [AS_TEXT]
    assert "\r" not in out


def test_json(program: Program):
    (row,) = json.loads(program.done("query", EVERY_KIND, "--format", "json").out)
    numbers = {"whole": 1, "long": 10**38 - 1, "fraction": -0.25, "money": 12.5, "huge": 1e300}
    assert row == {**AS_TEXT, **numbers, "yes": True, "no": False, "nothing": None}
    assert list(row) == list(AS_TEXT)


def test_table(program: Program):
    head, rule, row = program.done("query", EVERY_KIND).out.splitlines()
    assert head.split() == list(AS_TEXT)
    assert set(rule) == {"-", " "}
    # In a table a line is a row, and NULL is not the empty text.
    assert "two\\nlines" in row
    assert " NULL  " in row
    assert "Żółć 日本" in row


def test_a_very_long_value_fills_no_other_row_of_a_table_with_blanks(program: Program):
    sql = "SELECT 'a' AS a, 1 AS b UNION ALL SELECT REPEAT('x', 100000), 2 UNION ALL SELECT 'abc', 3 ORDER BY b"
    assert program.done("query", sql).out.splitlines() == [
        "a    b",
        "---  -",
        "a    1",
        f"{'x' * 100_000}  2",
        "abc  3",
    ]


def test_a_table_cannot_steer_the_terminal(program: Program):
    out = program.done("query", "SELECT 'a' || CHR(27) || '[31m' || CHR(7) AS a").out
    assert out.splitlines()[-1] == "a\\x1b[31m\\x07"


def test_columns_of_one_name(program: Program):
    sql = "SELECT 1 AS a, 2 AS a, 3 AS a_2"
    assert program.done("query", sql, "--format", "csv").out == "a,a,a_2\n1,2,3\n"
    (row,) = json.loads(program.done("query", sql, "--format", "json").out)
    assert list(row.values()) == [1, 2, 3]


def test_columns_without_an_alias_are_named_as_on_snowflake(program: Program):
    sql = "SELECT COUNT(*), 1 + 1, MAX(update_timestamp) IS NULL AS Known FROM customer"
    assert program.done("query", sql, "--format", "csv").out == "COUNT(*),1 + 1,known\n0,2,true\n"


def test_no_row(program: Program):
    sql = "SELECT customer_id, state FROM customer"
    assert json.loads(program.done("query", sql, "--format", "json").out) == []
    assert program.done("query", sql, "--format", "csv").out == "customer_id,state\n"
    assert program.done("query", sql).out.splitlines()[0].split() == ["customer_id", "state"]


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_more_rows_than_are_read_at_once(after_a_run: Program, form: str):
    count = json.loads(after_a_run.done("query", "SELECT COUNT(*) AS n FROM customer_raw", "--format", "json").out)
    sql = "SELECT source_file, source_row FROM customer_raw UNION ALL SELECT source_file, source_row FROM customer_raw"
    out = after_a_run.done("query", sql, "--format", form).out
    assert 2 * count[0]["n"] > 1_000
    assert out.count("landing/customer/") == 2 * count[0]["n"]


def test_statements_run_in_order_and_the_last_one_is_shown(program: Program):
    sql = "CREATE TABLE mine (a INT); INSERT INTO mine VALUES (1), (2); -- now\nSELECT SUM(a) AS a FROM mine;"
    assert program.done("query", sql, "--format", "csv").out == "a\n3\n"


def test_a_statement_that_writes_says_so(program: Program):
    ran = program.done("query", "DELETE FROM customer_reject", "--format", "json")
    assert json.loads(ran.out) == [{"number of rows deleted": 0}]


NOT_FINISHED = {
    "SELECT * FROM customer WHERE": "line 1 at position 28: something is missing after 'WHERE'",
    "INSERT INTO": "line 1 at position 11: something is missing after 'INTO'",
    "SELECT CAST(1 AS )": "line 1 at position 18: something is missing before ')'",
    "SELECT 1,\n 2 +\n FROM customer": "line 3 at position 5: unexpected 'FROM'",
    "SELECT a b c FROM customer": "line 1 at position 12: unexpected 'c'",
}


@pytest.mark.parametrize("sql", NOT_FINISHED)
def test_where_a_statement_is_wrong_is_told_in_words_of_sql(program: Program, sql: str):
    err = program("query", sql).err
    assert NOT_FINISHED[sql] in err
    assert "sqlglot" not in err
    assert "Token" not in err


WRONG_SQL = {
    "SELECT * FROM nowhere": "nowhere",
    "SELECT nothing FROM customer": "nothing",
    "SELECT 'Ann'::INT": "Ann",
    "SELECT 1 +": "SELECT 1 +",
    "SELEC 1": "SELEC 1",
    "SELECT 'Ann": "string",
    "SELECT unheard_of(1)": "unheard_of",
    "SELECT ?": "SELECT ?",
    "SELECT 1; SELECT * FROM nowhere; SELECT 2": "Statement 2 of 3",
}


@pytest.mark.parametrize("sql", WRONG_SQL)
def test_wrong_sql(program: Program, sql: str):
    ran = program("query", sql)
    assert (ran.code, ran.out) == (1, "")
    (sentence,) = ran.err.splitlines()
    assert WRONG_SQL[sql] in sentence
    assert "LINE 1" not in sentence


def test_what_came_before_a_failing_statement_is_done(program: Program):
    assert program("query", "CREATE TABLE mine (a INT); SELECT * FROM nowhere; DROP TABLE mine").code == 1
    assert program.done("query", "SELECT * FROM mine", "--format", "json").out == "[]\n"


def test_a_reader_that_goes_away_is_no_error(after_a_run: Program):
    sql = "SELECT a.* FROM customer_event AS a CROSS JOIN customer_batch"
    with after_a_run.start("query", sql, "--format", "csv") as process:
        assert process.stdout
        assert process.stdout.readline().startswith("customer_id,")
        process.stdout.close()
        assert process.stderr
        assert process.stderr.read() == ""
    assert process.returncode == 0


class FullDisk(io.RawIOBase):
    def writable(self) -> bool:
        return True

    def write(self, _: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_is_told(program: Program, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as patch:
        patch.setattr("sys.stdout", io.TextIOWrapper(io.BufferedWriter(FullDisk())))
        code = main(["--home", str(program.home), "query", "SELECT 1 AS a"])
    (sentence,) = capsys.readouterr().err.splitlines()
    assert code == 1
    assert os.strerror(errno.ENOSPC) in sentence


def test_what_is_only_looked_at_needs_no_generator_and_no_colours(program: Program):
    code = (
        "import sys; from customertrack.cli.main import main; main(sys.argv[1:]);"
        "print(sorted({'numpy', 'faker', 'rich', 'generator'} & set(sys.modules)))"
    )
    command = [MODULE[0], "-c", code, "--home", str(program.home), "query", "SELECT 1 AS a", "--format", "csv"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == "a\n1\n[]\n"
