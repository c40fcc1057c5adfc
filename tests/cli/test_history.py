"""`history`, `as-of`, `rejects`, `status`: the read side, in every format."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.program import Program

FILE = """customer_id,first_name,op,updated_at
1,Ann,I,2026-01-01 00:05:00
1,Anna,U,2026-01-01 00:10:00.25
1,,D,2026-01-01 00:20:00
2,Bob,I,2026-01-01 00:06:00
3,Cid,Q,2026-01-01 00:07:00
x,Dan,Q,2026-01-01 00:08:00
"""


@pytest.fixture
def filled(program: Program, tmp_path: Path) -> Program:
    (tmp_path / "few.csv").write_text(FILE)
    program.done("ingest", tmp_path / "few.csv")
    return program


def rows(program: Program, *words: object) -> list[dict[str, Any]]:
    """The result in JSON; that in CSV and in the table must say the same."""
    as_json = json.loads(program.done(*words, "--format", "json").out)
    as_csv = list(csv.DictReader(io.StringIO(program.done(*words, "--format", "csv").out)))
    as_table = program.done(*words).out.splitlines()

    def text(value: Any) -> str:
        return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)

    assert as_csv == [{name: text(value) for name, value in row.items()} for row in as_json]
    assert len(as_table) == len(as_json) + 2
    return as_json


def test_the_history_of_a_deleted_customer(filled: Program):
    found = rows(filled, "history", "1")
    assert [(row["first_name"], row["valid_from"], row["valid_to"], row["is_current"]) for row in found] == [
        ("Ann", "2026-01-01 00:05:00", "2026-01-01 00:10:00.25", False),
        ("Anna", "2026-01-01 00:10:00.25", "2026-01-01 00:20:00", False),
    ]
    assert {(row["source_file"], row["last_name"]) for row in found} == {("landing/customer/few.csv", None)}


@pytest.mark.parametrize("key", [3, 99, -1, 10**38 - 1])
def test_a_customer_without_history(filled: Program, key: int):
    ran = filled("history", key, "--format", "json")
    assert (ran.code, ran.out) == (1, "[]\n")
    assert ran.err.startswith(f"There is no version of customer {key};")


@pytest.mark.parametrize(
    ("time", "name"),
    [
        ("2026-01-01 00:05", "Ann"),
        ("2026-01-01T00:10:00.249999", "Ann"),
        ("2026-01-01T01:10:00.250+01:00", "Anna"),
        ("2026-01-01T00:19:59.999999Z", "Anna"),
    ],
)
def test_as_of_with_a_key(filled: Program, time: str, name: str):
    assert [row["first_name"] for row in rows(filled, "as-of", time, 1)] == [name]


@pytest.mark.parametrize("time", ["2026-01-01 00:04:59", "2026-01-01 00:20", "9999-12-31"])
def test_as_of_when_the_customer_was_not_there(filled: Program, time: str):
    ran = filled("as-of", time, 1, "--format", "csv")
    assert (ran.code, len(ran.out.splitlines())) == (1, 1)
    assert f"--home {filled.home} history 1" in ran.err


def test_as_of_of_everyone(filled: Program):
    assert [row["customer_id"] for row in rows(filled, "as-of", "2026-01-01 00:06")] == [1, 2]
    assert rows(filled, "as-of", "2025-01-01") == []


def test_what_was_known(filled: Program):
    # The file came today: at its own times nobody knew of it.
    now_known = rows(filled, "as-of", "2026-01-01 00:06", 2, "--known", "9998-01-01")
    assert [row["first_name"] for row in now_known] == ["Bob"]
    assert filled("as-of", "2026-01-01 00:06", 2, "--known", "2026-01-01 00:06").code == 1


def test_rejects(filled: Program):
    found = rows(filled, "rejects")
    assert [(row["customer_id"], row["reject_reasons"]) for row in found] == [
        ("3", "invalid_op"),
        ("x", "invalid_key, invalid_op"),
    ]
    one = filled.done("rejects", "--limit", 1, "--format", "json")
    assert json.loads(one.out) == found[:1]
    assert "1 of 2 rejects" in one.err
    assert filled.done("rejects").err == ""


def test_no_rejects(program: Program):
    assert program.done("rejects").err == "There are no rejects.\n"


def test_status(filled: Program, tmp_path: Path):
    (tmp_path / "broken.csv").write_text('customer_id\n"1')
    assert filled("ingest", tmp_path / "broken.csv").code == 1
    (filled.home / "landing/customer/waiting.csv").write_text(FILE)
    status = json.loads(filled.done("status", "--format", "json").out)
    counts = {"landed": 6, "pending": 0, "events": 4, "rejects": 2, "customers": 1, "versions": 3, "batches": 1}
    assert status["counts"] == counts
    assert status["home"] == str(filled.home)
    assert status["pipe"]["pendingFileCount"] == 1
    assert [file["name"] for file in status["failed_files"]] == ["landing/customer/broken.csv"]
    assert (status["last_batch"]["rows_landed"], status["last_batch"]["files"]) == (6, 1)
    assert status["last_task_run"]["state"] == "SUCCEEDED"
    flat = dict(csv.reader(io.StringIO(filled.done("status", "--format", "csv").out)))
    assert flat["counts.events"] == "4"
    assert flat["failed_files.0.name"] == "landing/customer/broken.csv"
    told = filled.done("status").out
    assert "6 rows landed, 0 pending" in told
    for fact in ("4 events", "2 rejects", "1 row\n", "3 versions", "1 file waiting", "broken.csv"):
        assert fact in told


def test_the_refresh_counts_in_words_that_fit_one_as_well(program: Program):
    columns = "customer_id, updated_at, source_file, source_row, loaded_at"
    program.done("query", f"INSERT INTO customer_raw ({columns}) SELECT '1', '2026-01-01', 'a', 1, CURRENT_TIMESTAMP()")
    told = program.done("query", "CALL pdr_pipeline_scd2_customer()").out
    assert "batch 1: events 1, rejected 0, keys touched 1, late 0, versions closed 0" in told


def test_the_status_of_a_new_home(program: Program):
    status = json.loads(program.done("status", "--format", "json").out)
    assert (status["last_batch"], status["last_task_run"], status["failed_files"]) == (None, None, [])
    assert "none yet" in program.done("status").out
