"""A backlog is measured on the files that it says, by processes that did their work."""

import csv
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from benchmarks import bare
from benchmarks.backlog import BARE, FLOOR, main
from benchmarks.backlog_files import write
from benchmarks.columns import CUSTOMER, listed
from benchmarks.csv_files import header
from benchmarks.one_process import cost
from benchmarks.ours import opened
from benchmarks.plan import Plan
from customertrack.errors import UserError


def rows_of(folder: Path) -> list[list[dict[str, str]]]:
    return [list(csv.DictReader(file.read_text().splitlines())) for file in sorted(folder.iterdir())]


def test_the_files_have_the_rows_and_customers_asked_for_and_follow_the_csv_contract(tmp_path):
    write(tmp_path / "files", rows=5_000, customers=700, file_rows=2_000)
    files = rows_of(tmp_path / "files")
    assert [len(rows) for rows in files] == [2_000, 2_000, 1_000]
    rows = [row for file in files for row in file]
    assert {",".join(row) for row in rows} == {header(len(CUSTOMER))}
    keys = {int(row["customer_id"]) for row in rows}
    assert min(keys) >= 0
    assert max(keys) < 700
    assert len(keys) > 650
    ops = Counter(row["op"] for row in rows)
    assert ops.keys() == {"U", "D"}
    assert all((row["op"] == "D") == (row["email"] == "") for row in rows)
    times = [row["updated_at"] for row in rows]
    assert min(times) > "2024-01-01 "
    assert max(times) < "2024-12"


def test_the_same_numbers_are_the_same_rows_however_they_are_cut(tmp_path):
    write(tmp_path / "large", rows=3_000, customers=500, file_rows=3_000)
    write(tmp_path / "small", rows=3_000, customers=500, file_rows=130)
    (large,) = rows_of(tmp_path / "large")
    assert [row for file in rows_of(tmp_path / "small") for row in file] == large


def test_every_process_is_measured(tmp_path, capfd):
    figures = tmp_path / "figures.json"
    arguments = ["--rows", "2000", "--customers", "300", "--file-rows", "700", "--memory-limit", "256MB"]
    assert main([*arguments, "--json", str(figures)]) == 0
    (record,) = json.loads(figures.read_text())
    assert (record["file_rows"], record["files"]) == (700, 3)
    assert list(record["costs"]) == [FLOOR, BARE, "ingest", "status", "history", "verify"]
    assert all(value > 0 for cost in record["costs"].values() for value in cost.values())
    out, _ = capfd.readouterr()
    assert len(re.findall(r"^\| +2,000 \| +3 \|", out, re.MULTILINE)) == 6


def test_a_bare_history_is_the_one_that_a_home_has(tmp_path, monkeypatch):
    monkeypatch.setattr(bare, "ROWS_AT_ONCE", 1_000)
    write(tmp_path / "files", rows=3_000, customers=200, file_rows=1_300)
    files = sorted((tmp_path / "files").iterdir())
    for name in ("bare", "ours"):
        (tmp_path / name).mkdir()
    bare.make(files, tmp_path / "bare")
    ours = opened(tmp_path / "ours", Plan("W1", 200, 1_300, 3))
    ours.apply(files)
    ours.close()
    ours.export_history(tmp_path / "ours.parquet")
    columns = f"customer_id, {listed(len(CUSTOMER))}, valid_from, valid_to"
    with duckdb.connect(tmp_path / "bare" / "bare.duckdb") as connection:
        found = connection.sql(f"SELECT {columns} FROM version ORDER BY ALL").fetchall()
        wanted = connection.sql(f"SELECT {columns} FROM '{tmp_path / 'ours.parquet'}' ORDER BY ALL").fetchall()
    assert found == wanted
    assert len(found) > 2_000


def test_the_peak_is_that_of_the_process():
    # A process begins with the peak of the one that starts it, and that of the tests is large.
    measure = "print(cost('timeit', '-n1', '-r1', sys.argv[1]).peak_rss_bytes)"
    script = f"import sys; from benchmarks.one_process import cost; {measure}"
    small, large = (
        int(subprocess.run([sys.executable, "-c", script, work], check=True, capture_output=True, text=True).stdout)
        for work in ("pass", "bytes(range(256)) * 2**21")
    )
    assert small < 2**29 < large


def test_a_process_that_fails_is_one_sentence():
    with pytest.raises(UserError, match=r"^timeit nonsense ended with 1 \(NameError"):
        cost("timeit", "nonsense")


def test_too_little_room_is_said_before_anything_is_written(capfd):
    assert main(["--rows", "1000000000000"]) == 1
    out, err = capfd.readouterr()
    assert "ask for fewer --rows" in err
    assert out == ""
