"""A task that is suspended applies nothing: each command says so and what to type, and what has landed is not lost."""

import json
import shlex
from pathlib import Path

import pytest

from customertrack.cli.main import main
from customertrack.errors import UserError
from customertrack.local.done import Done
from customertrack.local.pipeline import Pipeline
from tests.cli.landed import ROWS, drop, names
from tests.cli.program import Program, Ran
from tests.cli.test_dimensions import CUSTOMERS, ProjectProgram
from tests.cli.test_dimensions import ROWS as THINGS
from tests.dimension.definitions import THING
from tests.dimension.snapshot_files import STOCK, snapshot

SENTENCE = "Rows are pending, but the task {}_refresh_task is suspended. Resume it and try again: "
SUSPEND, RESUME = (f"ALTER TASK {{}}_refresh_task {word}" for word in ("SUSPEND", "RESUME"))


def told(ran: Ran, dimension: str = "customer") -> str:
    """The next step of a command that could not apply what has landed; it is the last that it says."""
    assert ran.code == 1
    told, next_step = ran.err.splitlines()[-1].split(SENTENCE.format(dimension))
    assert told == "customertrack: "
    return next_step


def typed(command: str) -> None:
    """Type a next step as it stands there."""
    program, *words = shlex.split(command)
    assert (program, main(words)) == ("customertrack", 0)


def pending(program: Program) -> int:
    return json.loads(program.done("status", "--format", "json").out)["counts"]["pending"]


@pytest.fixture
def suspended(program: Program) -> Program:
    """On a home whose task of customers is suspended."""
    program.done("query", SUSPEND.format("customer"))
    return program


@pytest.mark.parametrize("each", [(), ("--each",)], ids=["at once", "each"])
def test_what_has_landed_is_applied_once_it_is_resumed(suspended: Program, tmp_path: Path, each: tuple[str, ...]):
    drop(tmp_path / "a.csv", ROWS)
    next_step = told(suspended("ingest", tmp_path / "a.csv", *each))
    assert (names(suspended), pending(suspended)) == ([], 2)
    # Given again it lands nothing, and still is not applied.
    assert told(suspended("ingest", tmp_path / "a.csv")) == next_step
    typed(next_step)
    suspended.done("ingest", tmp_path / "a.csv")
    assert (names(suspended), pending(suspended)) == (["Ann", "Bob"], 0)
    assert suspended("verify").code == 0


def test_of_files_that_are_to_be_applied_one_by_one_none_is_lost(suspended: Program, tmp_path: Path):
    for number in (1, 2):
        drop(tmp_path / f"{number}.csv", CUSTOMERS.replace("1,Ann", f"{number},Ann"))
    typed(told(suspended("ingest", tmp_path / "1.csv", tmp_path / "2.csv", "--each")))
    suspended.done("ingest", tmp_path / "1.csv")
    assert names(suspended) == ["Ann", "Ann"]


@pytest.mark.parametrize("follow", [(), ("--follow", "--interval", 1)], ids=["run", "run --follow"])
def test_a_run_ends_with_it_and_the_next_one_takes_up_its_file(suspended: Program, follow: tuple[object, ...]):
    next_step = told(suspended("run", "--batches", 1, "--customers", 40, *follow))
    assert (names(suspended), pending(suspended) > 0) == ([], True)
    # Nothing more is made as long as that waits.
    assert told(suspended("run", "--batches", 1, *follow)) == next_step
    assert len(list((suspended.home / "landing/customer").glob("*.csv*"))) == 1
    typed(next_step)
    ran = suspended.done("run", "--batches", 1, *follow)
    assert "equal the generator's truth after 2 batches" in ran.err
    assert pending(suspended) == 0


def test_status_says_it_until_it_is_resumed(suspended: Program, tmp_path: Path):
    drop(tmp_path / "a.csv", ROWS)
    next_step = told(suspended("ingest", tmp_path / "a.csv"))
    assert json.loads(suspended.done("status", "--format", "json").out)["task_is_suspended"]
    (line,) = (line for line in suspended.done("status").out.splitlines() if line.startswith("task "))
    assert "has not run yet; suspended, so that nothing is applied until it is resumed: " in line
    assert line.endswith(f" --home {suspended.home} query 'ALTER TASK customer_refresh_task RESUME'")
    typed(next_step)
    assert not json.loads(suspended.done("status", "--format", "json").out)["task_is_suspended"]
    assert "suspended" not in suspended.done("status").out


def test_failures_in_a_row_suspend_it_too(suspended: Program, tmp_path: Path):
    suspended.done("query", RESUME.format("customer"))
    suspended.done("query", "DROP PROCEDURE pdr_pipeline_scd2_customer()")
    drop(tmp_path / "a.csv", ROWS)
    with Pipeline.open(suspended.home) as pipeline:
        for _ in range(10):
            with pytest.raises(UserError, match="The refresh failed and changed nothing"):
                pipeline.ingest([tmp_path / "a.csv"])
        with pytest.raises(UserError, match="task customer_refresh_task is suspended"):
            pipeline.refresh(Done())


@pytest.fixture
def stock(tmp_path: Path) -> ProjectProgram:
    """With a snapshot that is held, and a task that is suspended since."""
    made = ProjectProgram(tmp_path / "project")
    made.define("stock", STOCK)
    made.done("dimension", "render")
    first, small = snapshot("2026-01-01", "a,x,1", "b,y,1", "c,z,1"), snapshot("2026-01-02", "a,x,1")
    for file in (first, small):
        (made.folder / file.name).write_bytes(file.content)
        made("ingest", "--dimension", "stock", made.folder / file.name)
    made.done("query", SUSPEND.format("stock"))
    return made


def statuses(project: ProjectProgram) -> list[str]:
    return [row["status"] for row in project.rows("snapshots", "stock")]


def test_a_snapshot_that_is_released_waits_for_it(stock: ProjectProgram):
    ran = stock("release", "stock_2026-01-02.csv")
    assert ran.err.startswith("released: ")
    next_step = of_snapshots(ran)
    assert statuses(stock) == ["applied", "landed"]
    # For this project and no other: its next step names it.
    typed(next_step)
    stock.done("release", "stock_2026-01-02.csv")
    assert statuses(stock) == ["applied", "applied"]


def test_one_without_rows_waits_for_it(stock: ProjectProgram):
    empty = stock.folder / "stock_2026-01-03.csv"
    empty.write_text("sku,name,price\n")
    typed(of_snapshots(stock("ingest", "--dimension", "stock", empty)))
    stock("ingest", "--dimension", "stock", empty)
    assert statuses(stock) == ["applied", "held", "held"]


def of_snapshots(ran: Ran) -> str:
    assert "customertrack: A snapshot is pending, but the task stock_refresh_task is suspended. " in ran.err
    return told(Ran(ran.code, ran.out, ran.err.replace("A snapshot is", "Rows are")), "stock")


def test_it_holds_up_no_other_dimension(stock: ProjectProgram, tmp_path: Path):
    stock.define("thing", THING)
    stock.done("dimension", "render")
    (tmp_path / "thing.csv").write_text(THINGS)
    full = snapshot("2026-01-03", "a,x,1", "b,y,1", "c,z,1")
    (stock.folder / "stock").mkdir()
    (stock.folder / "stock" / full.name).write_bytes(full.content)
    (stock.folder / "thing").mkdir()
    (stock.folder / "thing/thing.csv").write_text(THINGS)
    ran = stock("ingest", stock.folder / "stock", stock.folder / "thing")
    assert ran.code == 1
    assert "thing_history 2 versions (+2)" in ran.err
    assert SENTENCE.format("stock") in ran.err
    told = json.loads(stock.done("status", "--format", "json").out)
    both = {name: one["task_is_suspended"] for name, one in {"stock": told, **told["dimensions"]}.items()}
    assert both == {"stock": True, "thing": False}
