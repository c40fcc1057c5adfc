"""A dimension whose SQL is broken holds up no other, and is told."""

import shutil
from pathlib import Path

import pytest

from tests.cli.program import ROOT
from tests.cli.test_dimensions import CUSTOMERS, ROWS, ProjectProgram
from tests.dimension.definitions import THING

BROKEN = "the migrations of customer did not come to their end, which holds up no other dimension: "
# Who only reads migrates nothing by SQL that is not as it is defined.
NOT_WRITTEN = "is not as its definition makes it; write it with: customertrack dimension render customer"


@pytest.fixture(scope="module")
def of_two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a project with `thing` and `customer`, and a file of customer that fails; no home yet."""
    made = ProjectProgram(tmp_path_factory.mktemp("broken") / "project")
    made.define("thing", THING)
    made.define("customer", (ROOT / "dimensions/customer.toml").read_text())
    made.done("dimension", "render")
    (made.folder / "sql/customer/R__40_history.sql").write_text("SELECT * FROM nothing_of_the_kind;")
    (made.folder / "things.csv").write_text(ROWS)
    (made.folder / "customers.csv").write_text(CUSTOMERS)
    return made.folder


@pytest.fixture
def project(of_two: Path, tmp_path: Path) -> ProjectProgram:
    shutil.copytree(of_two, tmp_path / "project")
    return ProjectProgram(tmp_path / "project")


def test_files_of_another_are_ingested_and_it_can_be_asked(project: ProjectProgram):
    ran = project("ingest", project.folder / "things.csv", "--dimension", "thing")
    assert ran.code == 0
    assert BROKEN in ran.err
    assert "sql/customer/R__40_history.sql:1: " in ran.err
    assert len(project.rows("history", "--dimension", "thing", "1", "DE")) == 2
    for command in ("status", "verify"):
        asked = project(command)
        assert asked.code == 1
        assert NOT_WRITTEN in asked.err
        assert "thing" in asked.out


def test_its_own_commands_say_why_they_do_nothing(project: ProjectProgram):
    ran = project("run")
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert "is not as its definition makes it" in ran.err
    project.done("ingest", project.folder / "things.csv", "--dimension", "thing")
    ran = project("history", 1)
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert NOT_WRITTEN in ran.err


def test_files_of_both_at_once(project: ProjectProgram):
    for name, file in (("thing", "things.csv"), ("customer", "customers.csv")):
        (project.folder / name).mkdir()
        (project.folder / file).rename(project.folder / name / file)
    ran = project("ingest", project.folder / "customer", project.folder / "thing")
    assert ran.code == 1
    assert ran.err.count(BROKEN) + ran.err.count("is not as its definition makes it") == 1
    assert len(project.rows("history", "--dimension", "thing", "1", "DE")) == 2


def test_migrate_brings_the_others_up_to_date(project: ProjectProgram):
    ran = project("migrate")
    assert ran.code == 1
    assert "The SQL of customer, in" in ran.err
    assert "is not as its definition makes it" in ran.err
    assert "applied thing/R__70_watch_grants.sql" in ran.err
    assert "applied customer/" not in ran.err


def test_a_definition_with_faults_holds_up_no_other(project: ProjectProgram):
    project.define("customer", 'dimension = "customer"\n')
    ran = project("migrate")
    assert ran.code == 1
    assert "customer.toml" in ran.err
    assert "applied thing/R__70_watch_grants.sql" in ran.err
