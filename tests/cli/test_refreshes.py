"""`status` says of the last refreshes what they applied and what they cost."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.program import Program
from tests.sql import statement_counts

RUN = "EXECUTE TASK customer_refresh_task"


def ingested(program: Program, folder: Path, kind: str) -> None:
    """What the page on costs calls a batch of that kind, before and then, in two refreshes."""
    for name, rows in zip(("before", "lands"), statement_counts.BATCHES[kind], strict=True):
        lines = [f"{row.rpartition(',')[0]},2026-01-01 00:{row.rpartition(',')[2]}:00\n" for row in rows]
        (folder / f"{name}.csv").write_text(f"customer_id,first_name,op,updated_at\n{''.join(lines)}")
        program.done("ingest", folder / f"{name}.csv")


def refreshes(program: Program) -> list[dict[str, Any]]:
    return json.loads(program.done("status", "--format", "json").out)["refreshes"]


@pytest.mark.parametrize(
    ("kind", "applied"),
    [
        # Rows, events, rejects, keys, late.
        ("in order, one event for each key", (2, 2, 0, 2, 0)),
        ("with rejects", (2, 1, 1, 1, 0)),
        ("with late keys", (2, 2, 0, 2, 1)),
        ("with all three", (4, 3, 1, 2, 1)),
    ],
)
def test_what_it_applied_and_how_many_statements_it_took(
    program: Program, tmp_path: Path, kind: str, applied: tuple[int, ...]
):
    ingested(program, tmp_path, kind)
    first, second = refreshes(program)
    assert (first["last_batch_id"], second["last_batch_id"]) == (1, 2)
    names = ("rows_landed", "events_accepted", "rows_rejected", "keys_touched", "keys_late")
    assert tuple(second[name] for name in names) == applied
    assert second["statements"] == statement_counts.statements()[kind]
    assert second["seconds_per_statement"] == pytest.approx(second["seconds"] / second["statements"])
    assert second["seconds"] > 0
    shown = program.done("status").out.splitlines()[-1].split()
    assert shown[2:-2] == ["2", *map(str, applied), str(second["statements"])]


def test_one_that_found_nothing(program: Program, tmp_path: Path):
    ingested(program, tmp_path, "in order, one event for each key")
    program.done("query", RUN)
    last = refreshes(program)[-1]
    assert (last["state"], last["batches"], last["last_batch_id"], last["rows_landed"]) == ("SUCCEEDED", 0, None, 0)
    assert last["statements"] == statement_counts.statements()["nothing pending"]
    assert program.done("status").out.splitlines()[-1].split()[2:8] == ["none", "0", "0", "0", "0", "0"]


def test_one_that_failed_says_how_far_it_came(program: Program, tmp_path: Path):
    ingested(program, tmp_path, "in order, one event for each key")
    program.done("query", "DROP VIEW v_customer_changing_data")
    program.done("query", RUN)
    last = refreshes(program)[-1]
    assert (last["state"], last["batches"], last["rows_landed"]) == ("FAILED", 0, 0)
    assert "v_customer_changing_data" in last["message"].lower()
    assert 0 < last["statements"] < statement_counts.statements()["in order, one event for each key"]
    assert " none, failed " in program.done("status").out.splitlines()[-1]


def test_a_backlog_is_one_refresh_of_several_batches(program: Program, tmp_path: Path):
    program.done("query", "UPDATE customer_refresh SET most_rows = 2")
    ingested(program, tmp_path, "in order, one event for each key")
    first, second = refreshes(program)
    assert (first["rows_landed"], second["batches"], second["rows_landed"]) == (3, 1, 2)
    assert first["batches"] > 1
    assert first["statements"] > second["statements"]
    assert f" {first['last_batch_id']}, the last of {first['batches']} " in program.done("status").out


def test_there_are_five_at_most(program: Program):
    for _ in range(6):
        program.done("query", RUN)
    assert len(refreshes(program)) == 5
    flat = dict(csv.reader(io.StringIO(program.done("status", "--format", "csv").out)))
    assert flat["refreshes.4.state"] == "SUCCEEDED"
    assert "refreshes.5.state" not in flat


def test_a_home_without_a_refresh_has_none_to_show(program: Program):
    assert refreshes(program) == []
    assert "The last refreshes" not in program.done("status").out


def test_the_size_of_the_file(program: Program):
    # The log is put into the file when a command has ended, and counts while it is beside it.
    program.done("status")
    size = json.loads(program.done("status", "--format", "json").out)["warehouse_size"]
    on_disk = (program.home / "warehouse.duckdb").stat().st_size
    assert 0 < on_disk <= size < 2 * on_disk
    assert f"{size >> 20} MB in warehouse.duckdb" in program.done("status").out
