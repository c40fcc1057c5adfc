"""Snapshots by the command line: what has become of each, and decisions about those that are held."""

import json
import re
from getpass import getuser
from pathlib import Path

import pytest

from tests.cli.landed import drop
from tests.cli.test_dimensions import CUSTOMERS, ProjectProgram
from tests.dimension.landed import LandedFile
from tests.dimension.snapshot_files import STOCK, snapshot

FIRST = snapshot("2026-01-01", "a,x,1", "b,y,1", "c,z,1", "d,w,1")
SMALL = snapshot("2026-01-02", "a,x,1", "q,new,1")
LAST = snapshot("2026-01-03", "a,x,1", "b,y,1", "c,z,1", "d,w,bad")


@pytest.fixture
def project(tmp_path: Path) -> ProjectProgram:
    """With the dimension `stock`, its SQL, and its first snapshot."""
    made = ProjectProgram(tmp_path / "project")
    made.define("stock", STOCK)
    made.done("dimension", "render")
    made.done("ingest", "--dimension", "stock", written(made, FIRST))
    return made


def written(project: ProjectProgram, file: LandedFile) -> Path:
    """A file of the user's own."""
    path = project.folder / file.name
    path.write_bytes(file.content)
    return path


def states(project: ProjectProgram) -> dict[str, str]:
    rows = project.rows("snapshots")
    return {row["source_file"].rpartition("/")[2]: row["status"] for row in rows}


def test_what_is_held_is_told_and_decided(project: ProjectProgram):
    ran = project("ingest", "--dimension", "stock", written(project, SMALL), written(project, LAST))
    assert ran.code == 1
    why = "it would end 3 of 4 keys, and max_deleted is 0.5"
    assert f"{SMALL.name} is held: {why}. Decide with: " in ran.err
    assert "4 rows gave 0 events + 1 reject" in ran.err
    status = project.done("status").out
    assert "snapshots        2 applied, 1 held\n" in status
    decide = re.search(re.escape(f"{why}; ") + r"decide: (.+) release (\S+), or (.+) discard (\S+)\n", status)
    assert decide
    assert decide[1] == decide[3]
    assert decide[1].endswith(f" --home {project.program.home} --project {project.folder}")
    assert (decide[2], decide[4]) == (SMALL.name, SMALL.name)
    facts = json.loads(project.done("status", "--format", "json").out)
    assert facts["snapshots"] == {"applied": 2, "held": 1}
    assert [one["reason"] for one in facts["snapshots_waiting"]] == [why]
    (held,) = (row for row in project.rows("snapshots", "stock") if row["status"] == "held")
    assert (held["snapshot_at"], held["rows_landed"], held["rows_changed"], held["keys_deleted"], held["reason"]) == (
        "2026-01-02 00:00:00", 2, 1, 3, why,
    )  # fmt: skip

    released = project.done("release", SMALL.name)
    assert (
        f"released: landing/stock/{SMALL.name} (2 rows); it ends 3 keys, and 1 row is new or changed\n" in released.err
    )
    assert "refresh " in released.err
    assert project.done("release", SMALL.name).err == f"released already: landing/stock/{SMALL.name}\n"
    assert states(project) == {FIRST.name: "applied", SMALL.name: "applied", LAST.name: "applied"}
    refused = project("discard", SMALL.name)
    assert (refused.code, refused.err) == (
        1, f"customertrack: The snapshot landing/stock/{SMALL.name} is not held, it is applied.\n",
    )  # fmt: skip
    history = project.rows("history", "--dimension", "stock", "b")
    assert [(row["valid_from"][:10], row["valid_to"][:10]) for row in history] == [
        ("2026-01-01", "2026-01-02"), ("2026-01-03", "9999-12-31"),
    ]  # fmt: skip
    decided = project.rows("query", "SELECT decision, decided_by FROM stock_snapshot_decision")
    assert decided == [{"decision": "release", "decided_by": getuser()}]
    assert project("verify").code == 0


def test_what_is_discarded_is_never_applied(project: ProjectProgram):
    assert project("ingest", "--dimension", "stock", written(project, SMALL)).code == 1
    told = f"discarded: landing/stock/{SMALL.name} (2 rows); it would have ended 3 keys, and 1 row was new or changed\n"
    assert project.done("discard", "--dimension", "stock", SMALL.name).err == told
    assert project.done("discard", SMALL.name).err == f"discarded already: landing/stock/{SMALL.name}\n"
    assert states(project) == {FIRST.name: "applied", SMALL.name: "discarded"}
    assert project("verify").code == 0


@pytest.mark.parametrize(
    ("name", "row", "why"),
    [
        ("stock_2026-02-30.csv", b"a,x,1", "there is no one time in its name"),
        ("stock_2026-01-02.csv", b",x,1", "the key of row 2 cannot be read"),
    ],
)
def test_what_cannot_be_released_comes_without_the_command_to(project: ProjectProgram, name: str, row: bytes, why: str):
    file = LandedFile(name, b"sku,name,price\nb,y,1\n" + row + b"\n", FIRST.loaded_at)
    ran = project("ingest", "--dimension", "stock", written(project, file))
    (line,) = (line for line in ran.err.splitlines() if f"{name} is held: {why}. Decide with: " in line)
    (status,) = (line for line in project.done("status").out.splitlines() if f"{why}; decide: " in line)
    for told in (line, status):
        assert told.endswith(f" discard {name}, and land it again under another name; it cannot be released")
        assert " release " not in told
    assert project("release", name).code == 1
    assert project.done("discard", name).err.startswith("discarded: ")


def test_one_without_rows_is_held_at_once_however_it_lands(project: ProjectProgram):
    empty, header = LandedFile("stock_2026-01-02.csv", b"", FIRST.loaded_at), snapshot("2026-01-03")
    drop(project.program.home / "landing/stock" / header.name, header.content)
    ran = project("ingest", "--dimension", "stock", written(project, empty))
    assert ran.code == 1
    for file in (empty, header):
        assert f"{file.name} is held: it has 0 rows, and min_rows is 2. Decide with: " in ran.err
    assert "nothing to apply\n" in ran.err
    assert states(project) == {FIRST.name: "applied", empty.name: "held", header.name: "held"}
    assert "(0 rows); it ends 4 keys, and 0 rows are new or changed" in project.done("release", header.name).err
    assert states(project) == {FIRST.name: "applied", empty.name: "held", header.name: "applied"}
    assert project.rows("query", "SELECT * FROM stock") == []
    # Rows that came later are another version, as those of any landed file.
    path = project.program.home / "landing/stock"
    drop(path / empty.name, snapshot("2026-01-02", "a,x,1", "b,y,1").content)
    project.done("resolve", path / empty.name, "--load")
    assert [row["name"] for row in project.rows("as-of", "2026-01-02", "--dimension", "stock")] == ["x", "y"]
    drop(path / FIRST.name, b"sku,name\n")
    ran = project("resolve", path / FIRST.name, "--load")
    assert (ran.code, f"{FIRST.name}.0002.csv is held: it has 0 rows, and min_rows is 2. " in ran.err) == (1, True)
    assert project("verify").code == 0


def test_where_there_is_nothing_to_decide_it_is_said(project: ProjectProgram):
    assert project("release", "nothing.csv").err == (
        "customertrack: There is no snapshot nothing.csv (1 dimension looked through); "
        "see: customertrack snapshots NAME.\n"
    )
    customers = project.folder / "customers.csv"
    customers.write_text(CUSTOMERS)
    project.define("customer", (Path(__file__).parents[2] / "dimensions/customer.toml").read_text())
    project.done("dimension", "render")
    project.done("ingest", customers)
    for words in (["snapshots", "customer"], ["release", "customers.csv", "--dimension", "customer"]):
        ran = project(*words)
        told = 'customertrack: customer has no snapshots: its definition says kind = "changes".\n'
        assert (ran.code, ran.err) == (2, told)
