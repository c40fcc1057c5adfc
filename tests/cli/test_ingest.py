"""`ingest`: own files, in whatever state they are, and what is said about each."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.program import Program

# The worked example of semantics.md, "Worked example (one key)"; the deletes and upserts are at minutes of one hour.
ARRIVALS = [
    (
        "1_ann.csv",
        "customer_id,first_name,updated_at\n"
        "1,Ann,2026-01-01 00:05:00\n1,Ann,2026-01-01 00:10:00\n1,Ann,2026-01-01 00:15\n",
    ),
    ("2_carl.csv", "updated_at,customer_id,first_name\n2026-01-01T01:20:00+01:00,1,Carl\n"),
    ("3_bob.csv", "customer_id,first_name,op,updated_at\n1,Bob,U,2026-01-01 00:12:00\n"),
    ("4_gone.csv", "customer_id,op,updated_at\n1,D,2026-01-01 00:07:00\n"),
]
AFTERWARDS = [
    ["Ann 05 -"],
    ["Ann 05 20", "Carl 20 -"],
    ["Ann 05 12", "Bob 12 15", "Ann 15 20", "Carl 20 -"],
    ["Ann 05 07", "Ann 10 12", "Bob 12 15", "Ann 15 20", "Carl 20 -"],
]


def history(program: Program, customer: int = 1) -> list[str]:
    """`name minute minute` of each version; `-` if it is open."""

    def minute(time: str) -> str:
        return "-" if time.startswith("9999") else time[14:16]

    rows: list[dict[str, Any]] = json.loads(program.done("history", customer, "--format", "json").out)
    return [f"{row['first_name']} {minute(row['valid_from'])} {minute(row['valid_to'])}" for row in rows]


@pytest.fixture
def arrivals(tmp_path: Path) -> list[Path]:
    folder = tmp_path / "arrivals"
    folder.mkdir()
    for name, content in ARRIVALS:
        (folder / name).write_text(content)
    return [folder / name for name, _ in ARRIVALS]


def test_the_worked_example_file_by_file(program: Program, arrivals: list[Path]):
    for path, expected in zip(arrivals, AFTERWARDS, strict=True):
        assert program.done("ingest", path).out == ""
        assert history(program) == expected
    again = program.done("ingest", arrivals[2])
    assert "skipped" in again.err
    assert history(program) == AFTERWARDS[-1]


@pytest.mark.parametrize("each", [[], ["--each"]], ids=["one refresh", "a refresh for each"])
@pytest.mark.parametrize("backwards", [False, True])
def test_the_worked_example_at_once(program: Program, arrivals: list[Path], each: list[str], backwards: bool):
    ran = program.done("ingest", *(reversed(arrivals) if backwards else arrivals), *each)
    assert ran.err.count("refresh ") == (4 if each else 1)
    assert history(program) == AFTERWARDS[-1]


def test_a_folder_stands_for_its_csv_files_by_name(program: Program, arrivals: list[Path]):
    folder = arrivals[0].parent
    (folder / "notes.txt").write_text("no data")
    (folder / "0_first.CSV").write_text("customer_id,updated_at\n7,2026-01-01\n")
    (folder / "5_packed.csv.gz").write_bytes(gzip.compress(b"customer_id,updated_at\n8,2026-01-01\n"))
    lines = program.done("ingest", folder).err.splitlines()
    names = ["0_first.CSV", *(path.name for path in arrivals), "5_packed.csv.gz"]
    assert [line.partition(":")[0] for line in lines[:6]] == names


def test_rejects_are_counted_and_are_no_failure(program: Program, tmp_path: Path):
    path = tmp_path / "mixed.csv"
    path.write_text("customer_id,first_name,op,updated_at\n1,Ann,,2026-01-01\n2,Bob,X,2026-01-01\n,Cid,U,never\n")
    err = program.done("ingest", path).err
    assert "3 rows = 1 event + 2 rejects" in err
    assert f"--home {program.home} rejects" in err
    rows = json.loads(program.done("rejects", "--format", "json").out)
    assert [(row["source_row"], row["reject_reasons"]) for row in rows] == [
        (2, "invalid_op"),
        (3, "missing_key, invalid_updated_at"),
    ]


def test_a_file_that_is_no_csv_is_left_out_and_the_others_are_loaded(program: Program, arrivals: list[Path]):
    broken = arrivals[0].parent / "2_broken.csv"
    broken.write_text('customer_id,updated_at\n1,"2026-01-01\n')
    ran = program("ingest", broken.parent)
    assert (ran.code, ran.out) == (1, "")
    (problem,) = [line for line in ran.err.splitlines() if "2_broken.csv" in line]
    assert "line 2" in problem
    assert "another name" in problem
    assert history(program) == AFTERWARDS[-1]


def test_a_file_that_failed_before_fails_again_under_its_name_and_not_under_another(program: Program, tmp_path: Path):
    path = tmp_path / "broken.csv"
    path.write_text('customer_id,first_name,updated_at\n1,"Ann,2026-01-01 00:05:00\n')
    assert program("ingest", path).code == 1
    again = program("ingest", path)
    assert again.code == 1
    assert "nothing of it was loaded" in again.err
    assert "another name" in again.err
    assert "skipped" not in again.err
    corrected = tmp_path / "corrected.csv"
    corrected.write_text(path.read_text().replace('"', ""))
    assert program("ingest", corrected).code == 0
    assert history(program) == ["Ann 05 -"]


def test_a_name_that_landed_with_other_content_is_refused(program: Program, arrivals: list[Path]):
    program.done("ingest", arrivals[0])
    arrivals[0].write_text(ARRIVALS[3][1])
    ran = program("ingest", arrivals[0], arrivals[1])
    assert ran.code == 1
    (problem,) = [line for line in ran.err.splitlines() if str(arrivals[0]) in line]
    assert "another name" in problem
    assert history(program) == AFTERWARDS[1]


HEADERS = {
    "no key": ("id,updated_at", "no customer_id;"),
    "no time": ("customer_id,changed", "no updated_at;"),
    "no column at all": ("1,2026-01-01", "no customer_id and updated_at;"),
}


@pytest.mark.parametrize(("header", "said"), HEADERS.values(), ids=HEADERS.keys())
def test_a_header_that_names_other_columns_is_warned_of(program: Program, tmp_path: Path, header: str, said: str):
    path = tmp_path / "orders.csv"
    path.write_text(f"{header}\n1,2026-01-01\n2,2026-01-02\n")
    (warning,) = [line for line in program.done("ingest", path).err.splitlines() if "all 2 rows are rejects" in line]
    assert said in warning
    assert "customer_id, first_name, last_name, email, street, city, state, country, op, updated_at" in warning


def test_a_file_without_rows_is_no_problem(program: Program, tmp_path: Path):
    for name, content in (("empty.csv", ""), ("header.csv", "customer_id,updated_at\n")):
        (tmp_path / name).write_text(content)
    err = program.done("ingest", tmp_path / "empty.csv", tmp_path / "header.csv").err
    assert "empty.csv: nothing landed, because it is empty" in err
    assert "header.csv: nothing landed, because it holds one line alone" in err
    assert "nothing to refresh" in err


def test_files_that_lie_in_the_landing_folder_are_taken(program: Program, arrivals: list[Path]):
    landing = program.home / "landing" / "customer"
    for path in arrivals:
        path.rename(landing / path.name)
    ran = program.done("ingest", landing)
    assert "skipped" not in ran.err
    assert history(program) == AFTERWARDS[-1]


def test_names_are_shown_as_they_are(program: Program, arrivals: list[Path]):
    path = arrivals[0].with_name("[red]new [bold].csv")
    arrivals[0].rename(path)
    assert "[red]new [bold].csv: 3 rows" in program.done("ingest", path).err
    rows = json.loads(program.done("history", 1, "--format", "json").out)
    assert rows[0]["source_file"] == "landing/customer/[red]new [bold].csv"


def test_a_name_that_is_no_text_is_refused(program: Program, tmp_path: Path):
    path = tmp_path / "caf\udce9.csv"
    path.write_text("customer_id,updated_at\n1,2026-01-01\n")
    ran = program("ingest", path)
    assert (ran.code, len(ran.err.splitlines())) == (2, 1)
    assert "rename" in ran.err
