"""The benchmark is fair only if its batches are what they claim, and honest only if its replay is right."""

import csv
import json
import re
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from benchmarks.__main__ import main
from benchmarks.columns import CUSTOMER, listed
from benchmarks.contestants import opened
from benchmarks.csv_files import header
from benchmarks.plan import Plan, batch_files
from benchmarks.replay import Difference, difference, replayed
from benchmarks.workload import write

Row = dict[str, str]
ORDERED = Plan("W1", customers=300, changes=100, batches=5)
DISORDERED = replace(ORDERED, workload="W2")
EXTRACTS = replace(ORDERED, workload="W3")


def written(plan: Plan, folder: Path) -> list[list[Row]]:
    write(plan, folder)
    return [
        [row for file in batch_files(folder, number) for row in csv.DictReader(file.read_text().splitlines())]
        for number in range(plan.batches + 1)
    ]


def state(row: Row) -> tuple[str, ...]:
    return tuple(row[column] for column in CUSTOMER)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*.csv")}


@pytest.mark.parametrize("plan", [ORDERED, DISORDERED, EXTRACTS], ids=lambda plan: plan.workload)
def test_the_same_plan_is_the_same_files_and_another_seed_others(plan, tmp_path):
    for name, made in (("first", plan), ("again", plan), ("other", replace(plan, seed=plan.seed + 1))):
        write(made, tmp_path / name)
    assert contents(tmp_path / "first") == contents(tmp_path / "again")
    assert contents(tmp_path / "first") != contents(tmp_path / "other")


@pytest.mark.parametrize("plan", [ORDERED, DISORDERED, EXTRACTS], ids=lambda plan: plan.workload)
def test_every_row_follows_the_csv_contract_and_lies_in_the_past(plan, tmp_path):
    batches = written(plan, tmp_path)
    assert len(batches[0]) == plan.customers
    for row in (row for batch in batches for row in batch):
        assert ",".join(row) == header(len(CUSTOMER))
        assert None not in row.values()
        assert row["op"] in ("U", "D")
        assert "2023-12-31 00:00:00" <= row["updated_at"] < "2025"


def test_w1_has_one_version_per_key_and_batch_in_order(tmp_path):
    last: dict[str, Row] = {}
    for number, batch in enumerate(written(ORDERED, tmp_path)):
        assert max(Counter(row["customer_id"] for row in batch).values()) == 1
        assert [row["updated_at"] for row in batch] == sorted(row["updated_at"] for row in batch)
        if number:
            ops = Counter((row["op"], row["customer_id"] in last) for row in batch)
            assert ops == {("U", True): ORDERED.changes, ("U", False): ORDERED.new, ("D", True): ORDERED.deleted}
        for row in batch:
            before = last.get(row["customer_id"])
            assert before is None or (before["op"] == "U" and before["updated_at"] < row["updated_at"])
            assert before is None or state(before) != state(row)
            last[row["customer_id"]] = row


def test_w3_has_everybody_in_each_batch_and_few_who_are_others(tmp_path):
    before: dict[str, Row] = {}
    for number, batch in enumerate(written(EXTRACTS, tmp_path)):
        now = {row["customer_id"]: row for row in batch}
        assert len(now) == len(batch)
        assert len({row["updated_at"] for row in batch}) == 1
        if number:
            assert len(now.keys() - before.keys()) == EXTRACTS.new
            assert len(before.keys() - now.keys()) == EXTRACTS.deleted
            assert sum(state(now[key]) != state(before[key]) for key in now.keys() & before.keys()) == EXTRACTS.changes
        before = now


def test_ours_is_exact_on_full_extracts(tmp_path):
    write(EXTRACTS, tmp_path / "batches")
    contestant = opened("ours", tmp_path / "home", EXTRACTS)
    for number in range(EXTRACTS.batches + 1):
        contestant.apply(batch_files(tmp_path / "batches", number))
    contestant.close()
    assert contestant.export_history(tmp_path / "history.parquet")
    found = difference(replayed(tmp_path / "batches", has_extracts=True), tmp_path / "history.parquet")
    assert found.exact
    ended = EXTRACTS.batches * (EXTRACTS.changes + EXTRACTS.deleted)
    assert (found.versions - found.open_versions, found.versions > ended) == (ended, True)


def test_w2_has_recurring_keys_ties_duplicates_nulls_and_late_rows(tmp_path):
    found: Counter[str] = Counter()
    newest: dict[str, str] = {}
    for batch in written(DISORDERED, tmp_path)[1:]:
        found["recurring"] += max(Counter(row["customer_id"] for row in batch).values()) > 1
        found["duplicates"] += len(batch) - len({tuple(row.values()) for row in batch})
        found["nulls"] += sum(row["op"] == "U" and not row["street"] for row in batch)
        found["late"] += sum(row["updated_at"] < newest.get(row["customer_id"], "") for row in batch)
        states = defaultdict(set)
        for row in batch:
            states[row["customer_id"], row["updated_at"]].add(state(row))
            newest[row["customer_id"]] = max(row["updated_at"], newest.get(row["customer_id"], ""))
        found["ties"] += sum(len(tied) > 1 for tied in states.values())
    assert all(found[kind] for kind in ("recurring", "duplicates", "nulls", "late", "ties")), found


def history_of(truth: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str | None]]:
    return truth.execute(
        "SELECT state[1], strftime(valid_from, '%M'), strftime(valid_to, '%M') FROM truth ORDER BY valid_from"
    ).fetchall()


@pytest.mark.parametrize(
    ("arrivals", "history"),
    [
        (["Ann 05", "Ann 10", "Ann 15"], ["Ann 05 -"]),
        (["Ann 05", "Ann 10", "Ann 15", "Carl 20"], ["Ann 05 20", "Carl 20 -"]),
        (["Ann 05", "Ann 10", "Ann 15", "Carl 20", "Bob 12"], ["Ann 05 12", "Bob 12 15", "Ann 15 20", "Carl 20 -"]),
        (
            ["Ann 05", "Ann 10", "Ann 15", "Carl 20", "Bob 12", "D 07"],
            ["Ann 05 07", "Ann 10 12", "Bob 12 15", "Ann 15 20", "Carl 20 -"],
        ),
        (["Ann 05", "Bob 05"], ["Bob 05 -"]),
        (["D 10", "Ann 05"], ["Ann 05 10"]),
    ],
    ids=["no-ops", "change", "late upsert", "late delete", "tie", "late upsert before a delete"],
)
def test_the_replay_follows_the_worked_example(arrivals, history, tmp_path):
    """The example of "The one rule" in the semantics; each arrival is a file of its own."""
    for number, arrival in enumerate(arrivals):
        name, minute = arrival.split()
        fields = ["1", *([""] * 7), "D"] if name == "D" else ["1", name, *([""] * 6), "U"]
        (tmp_path / f"{number:04}").mkdir()
        (tmp_path / f"{number:04}" / f"{number:04}.csv").write_text(
            f"{header(len(CUSTOMER))}\n{','.join(fields)},2024-01-01 00:{minute}:00\n"
        )
    versions = [f"{name} {begin} {end or '-'}" for name, begin, end in history_of(replayed(tmp_path))]
    assert versions == history


def test_the_comparison_counts_what_is_missing_extra_and_ended_elsewhere(tmp_path):
    write(ORDERED, tmp_path)
    truth = replayed(tmp_path)
    versions = "SELECT customer_id, unnest(state), valid_from, valid_to FROM truth"
    columns = f"customer_id, {listed(len(CUSTOMER))}, valid_from, valid_to"
    truth.execute(f"CREATE TABLE mine AS FROM ({versions}) AS version ({columns})")
    (counts,) = truth.execute("SELECT count(*), count(*) FILTER (valid_to IS NULL) FROM mine").fetchall()
    mine = str(tmp_path / "mine.parquet")

    truth.table("mine").write_parquet(mine)
    unharmed = difference(truth, Path(mine))
    assert unharmed == Difference(*counts, missing=0, extra=0, ends=0)
    assert unharmed.exact

    truth.execute("DELETE FROM mine WHERE customer_id = 7")
    truth.execute("UPDATE mine SET email = NULL WHERE customer_id = 8 AND valid_to IS NULL")
    truth.execute("UPDATE mine SET valid_to = now() WHERE customer_id = 9 AND valid_to IS NULL")
    ((gone,),) = truth.execute("SELECT count(*) FROM truth WHERE customer_id = 7").fetchall()
    truth.table("mine").write_parquet(mine)
    harmed = difference(truth, Path(mine))
    assert (harmed.missing, harmed.extra, harmed.ends) == (gone + 1, 1, 1)
    assert not harmed.exact


def test_a_quick_run_measures_every_batch_prints_a_table_and_ends_at_the_truth(tmp_path, capfd):
    figures = tmp_path / "figures.json"
    assert main(["--quick", "--contestants", "ours,floor", "--json", str(figures)]) == 0
    written = json.loads(figures.read_text())
    records = written["records"]
    assert [(record["workload"], record["contestant"]) for record in records] == [
        (workload, contestant) for workload in ("W1", "W2") for contestant in ("ours", "floor")
    ]
    for record in records:
        assert len(record["milliseconds"]) == record["batches"] + 1
        assert all(cost > 0 for cost in (*record["milliseconds"], record["peak_rss_bytes"]))
        if record["contestant"] == "ours":
            assert record["difference"]["versions"] > 1_000
            assert Difference(**record["difference"]).exact
    out, err = capfd.readouterr()
    assert len(re.findall(r"^\|  *1,000 \|  *100 \|  *(?:ours|floor) \|", out, re.MULTILINE)) == len(records)
    assert "batch 0 of" in err
    assert {target["name"]: target["met"] for target in written["targets"]}["nothing missed"]


def test_wide_rows_end_at_the_truth_too(tmp_path):
    figures = tmp_path / "figures.json"
    assert (
        main(["--quick", "--workloads", "W2", "--contestants", "ours", "--attributes", "60", "--json", str(figures)])
        == 0
    )
    records = json.loads(figures.read_text())["records"]
    assert {record["attributes"] for record in records} == {60}
    assert all(Difference(**record["difference"]).exact for record in records if record["contestant"] == "ours")


@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        (["--contestants", "floor,nobody"], 2, "nobody is not known: choose from"),
        (["--attributes", "6"], 2, "at least 7 --attributes"),
        (["--batches", "2"], 2, "at least 3 --batches"),
        (["--quick", "--contestants", "dlt", "--peer-python", "not/there"], 1, "leave it out with --contestants"),
        (["--quick", "--contestants", "ours", "--before", "not/there"], 1, "not/there is no checkout of CustomerTrack"),
    ],
    ids=["unknown contestant", "too few attributes", "too few batches", "no environment for the peer", "no checkout"],
)
def test_a_mistake_is_one_sentence(arguments, exit_code, said, capfd):
    assert main(arguments) == exit_code
    out, err = capfd.readouterr()
    assert said in err
    assert "Traceback" not in err
    assert out == ""
