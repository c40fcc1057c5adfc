"""Any dimension by the command line: a project with a definition, its SQL, files of its own."""

import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.cli.program import ROOT, Program, Ran
from tests.dimension.case import CASES, Case
from tests.dimension.definitions import THING
from tests.dimension.differences import differences
from tests.dimension.landed import LandedFile

# What a command line is given and shows otherwise: parts of a key, values, words for NULL, other formats, snapshots.
# That the rendered SQL is right with all groups of cases is tests/dimension's to show.
_CASES = ("composite-01", "types-01", "dms-01", "partial-02", "snapshot-07")
ROWS = "thing_id,region,name,price,op,changed_at\n1,DE,Chair,9.50,,2026-01-01\n1,DE,Stool,9.50,,2026-01-02\n"
CUSTOMERS = "customer_id,first_name,updated_at\n1,Ann,2026-01-01\n"


class ProjectProgram:
    """`customertrack` for a home and a project."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.program = Program(folder / "home")
        (folder / "dimensions").mkdir(parents=True, exist_ok=True)

    def define(self, name: str, text: str) -> None:
        (self.folder / "dimensions" / f"{name}.toml").write_text(text)

    def __call__(self, *words: object) -> Ran:
        return self.program("--project", self.folder, *words)

    def done(self, *words: object) -> Ran:
        return self.program.done("--project", self.folder, *words)

    def rows(self, *words: object) -> list[dict[str, Any]]:
        return json.loads(self.done(*words, "--format", "json").out)


@pytest.fixture
def project(tmp_path: Path) -> ProjectProgram:
    """With the dimension `thing`, whose SQL is not written yet."""
    made = ProjectProgram(tmp_path / "project")
    made.define("thing", THING)
    return made


@pytest.fixture(scope="session")
def of_two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a project with `thing` and `customer`, their SQL, and a home in which nothing has landed yet."""
    made = ProjectProgram(tmp_path_factory.mktemp("of_two") / "project")
    made.define("thing", THING)
    made.define("customer", (ROOT / "dimensions/customer.toml").read_text())
    made.done("dimension", "render")
    made.done("migrate")
    return made.folder


@pytest.fixture
def rendered(of_two: Path, tmp_path: Path) -> ProjectProgram:
    """A copy of it."""
    shutil.copytree(of_two, tmp_path / "project")
    return ProjectProgram(tmp_path / "project")


@pytest.mark.parametrize("case_id", _CASES)
def test_a_case_backwards(case_id: str, tmp_path: Path):
    case = CASES[case_id]
    project = ProjectProgram(tmp_path)
    project.define(case.toml["dimension"], case.definition)
    project.done("dimension", "render")
    _assert_comes_of_it(project, case, case.landed()[::-1])


def _assert_comes_of_it(project: ProjectProgram, case: Case, files: Sequence[LandedFile]) -> None:
    name = case.toml["dimension"]
    _ingest_each(project, name, files)
    assert differences(case.toml, case.history, _history(project, case)) == ""
    found = [
        (row["source_file"], row["source_row"], row["reject_reasons"])
        for row in project.rows("rejects", "--dimension", name)
    ]
    expected = [(f"landing/{name}/{one['file']}", one["row"], one["reasons"]) for one in case.rejects]
    assert sorted(map(_reject, found)) == sorted(map(_reject, expected))
    assert project("verify").code == 0


def _reject(one: tuple[str, int, str]) -> tuple[str, int, list[str]]:
    file, row, reasons = one
    return file, row, sorted(reasons.split(", "))


def _ingest_each(project: ProjectProgram, name: str, files: Sequence[LandedFile]) -> None:
    given = project.folder / "given"
    given.mkdir()
    for file in files:
        (given / file.name).write_bytes(file.content)
        project.done("ingest", given / file.name, "--dimension", name)


def _history(project: ProjectProgram, case: Case) -> list[dict[str, str | None]]:
    """All versions, key by key, as the case writes them."""
    name, key = case.toml["dimension"], list(case.toml["key"])
    columns = [*key, *case.toml["attributes"], "valid_from", "valid_to"]
    keys = {tuple(str(row[part]) for part in key): None for row in case.history}
    versions = [row for words in keys for row in project.rows("history", *words, "--dimension", name)]
    types = case.toml["key"] | case.toml["attributes"]
    return [{column: _text(row[column], types.get(column)) for column in columns} for row in versions]


def _text(value: Any, kind: Any) -> str | None:
    """As the case writes it: a number with all the digits that its type has behind the point."""
    if value is None or isinstance(value, str):
        return value
    number = re.fullmatch(r"number\([0-9]+, *([0-9]+)\)", kind["type"] if isinstance(kind, dict) else str(kind))
    return f"{value:.{number[1]}f}" if number else json.dumps(value)


def test_two_side_by_side(rendered: ProjectProgram, tmp_path: Path):
    (tmp_path / "thing").mkdir()
    (tmp_path / "thing/rows.csv").write_text(ROWS)
    (tmp_path / "rows.csv").write_text(CUSTOMERS)
    rendered.done("ingest", tmp_path / "rows.csv", tmp_path / "thing")
    assert [row["name"] for row in rendered.rows("history", 1, "DE", "--dimension", "thing")] == ["Chair", "Stool"]
    assert [row["first_name"] for row in rendered.rows("history", 1)] == ["Ann"]
    then = rendered.rows("as-of", "2026-01-01 12:00:00", 1, "DE", "--dimension", "thing")
    assert [(row["thing_id"], row["region"], row["name"], row["price"]) for row in then] == [(1, "DE", "Chair", 9.5)]
    status = json.loads(rendered.done("status", "--format", "json").out)
    assert (status["counts"]["events"], status["dimensions"]["thing"]["counts"]["events"]) == (1, 2)
    assert "thing_event      2 events" in rendered.done("status").out
    assert rendered.done("verify").out.count("holds") == 22


def test_a_file_that_was_dropped_is_taken(rendered: ProjectProgram, tmp_path: Path):
    landing = rendered.program.home / "landing/thing"
    (landing / "rows.csv").write_text(ROWS)
    rendered.done("ingest", landing / "rows.csv")
    assert len(rendered.rows("history", 1, "DE", "--dimension", "thing")) == 2


def test_one_that_fails_stops_no_other(rendered: ProjectProgram, tmp_path: Path):
    (tmp_path / "thing").mkdir()
    (tmp_path / "thing/rows.csv").write_text(ROWS)
    (tmp_path / "rows.csv").write_text(CUSTOMERS)
    rendered.done("query", "DROP PROCEDURE pdr_pipeline_scd2_thing()")
    ran = rendered("ingest", tmp_path / "thing/rows.csv", tmp_path / "rows.csv")
    assert ran.code == 1
    assert "The refresh failed and changed nothing" in ran.err
    assert [row["first_name"] for row in rendered.rows("history", 1)] == ["Ann"]


@pytest.mark.parametrize("words", [["status"], ["verify"], ["resolve", "--all", "--keep"], ["migrate"]])
def test_a_definition_with_a_fault_hides_no_other(words: list[object], rendered: ProjectProgram, tmp_path: Path):
    (tmp_path / "rows.csv").write_text(CUSTOMERS)
    rendered.done("ingest", tmp_path / "rows.csv")
    as_it_is = rendered.done(*words)
    (rendered.program.home / "landing/thing").mkdir(exist_ok=True)
    rendered.define("thing", THING.replace("text(100)", "txt(100)"))
    ran = rendered(*words)
    # Where there is more than one, each has its name over what is told of it.
    assert (ran.code, ran.out.removeprefix("customer\n")) == (1, as_it_is.out)
    assert [line for line in ran.err.splitlines() if line not in as_it_is.err] == [
        f"customertrack: {rendered.folder}/dimensions/thing.toml:14: attributes.name has no type: "
        'There is no type "txt"; did you mean "text"?'
    ]
    assert [row["first_name"] for row in rendered.rows("history", 1)] == ["Ann"]
    (tmp_path / "more.csv").write_text(CUSTOMERS.replace("Ann", "Bob").replace("01-01", "01-02"))
    rendered.done("ingest", tmp_path / "more.csv")


WRONG = {
    "unknown": (["history", 1, "--dimension", "thign"], 'There is no dimension "thign"', 'did you mean "thing"?'),
    "too few parts": (["history", 1, "--dimension", "thing"], "2 parts: thing_id, region", "1 was given"),
    "too many parts": (["as-of", "2026-01-01", 1, "DE", 2, "--dimension", "thing"], "2 parts", "3 were given"),
    "no value": (["history", "x", "DE", "--dimension", "thing"], "'x' is no whole number", "as a thing_id is"),
    "too long": (["history", 1, "DEU", "--dimension", "thing"], "'DEU' is no text of up to 2", "as a region is"),
    "no such group": (["run", "--dimension", "thing", "--rates", "nam=1"], "no group nam in thing", "give name, price"),
}


@pytest.mark.parametrize(("words", "said", "next_step"), WRONG.values(), ids=WRONG)
def test_wrong_input(rendered: ProjectProgram, words: list[object], said: str, next_step: str):
    ran = rendered(*words)
    assert ran.code in (1, 2)
    assert said in ran.err
    assert next_step in ran.err
    assert len(ran.err.splitlines()) == 1


def test_a_definition_without_its_sql(project: ProjectProgram, tmp_path: Path):
    (tmp_path / "rows.csv").write_text(ROWS)
    ran = project("ingest", tmp_path / "rows.csv", "--dimension", "thing")
    assert ran.code == 1
    assert ran.err.endswith("has not been written yet; write it with: customertrack dimension render thing\n")
    assert not project.program.home.exists()


def test_sql_that_is_not_as_defined(rendered: ProjectProgram, tmp_path: Path):
    rendered.define("thing", THING.replace("text(100)", "text(200)"))
    (tmp_path / "rows.csv").write_text(ROWS)
    ran = rendered("ingest", tmp_path / "rows.csv", "--dimension", "thing")
    assert ran.code == 1
    assert "is not as its definition makes it; write it with: customertrack dimension render thing" in ran.err


def test_an_attribute_is_added_and_another_made_wider(rendered: ProjectProgram, tmp_path: Path):
    before, after, wide = (tmp_path / name for name in ("before.csv", "after.csv", "wide.csv"))
    before.write_text(ROWS)
    after.write_text("thing_id,region,name,price,colour,changed_at\n1,DE,Chair,9.50,red,2026-01-01 12:00\n")
    wide.write_text(f"thing_id,region,name,price,changed_at\n1,DE,{'x' * 150},9.50,2026-01-03\n")
    rendered.done("ingest", "--dimension", "thing", before)
    kept = rendered.rows("history", 1, "DE", "--dimension", "thing")
    definition = (rendered.folder / "dimensions/thing.toml").read_text()
    wider = definition.replace('name  = "text(100)"', 'name  = "text(150)"')
    assert wider != definition
    added = 'colour = { type = "text(10)", since = 2 }\n'
    rendered.define("thing", wider + added)
    assert "is not as its definition makes it" in rendered("ingest", "--dimension", "thing", after).err
    rendered.done("dimension", "render", "thing")
    rendered.done("migrate")
    assert rendered.rows("history", 1, "DE", "--dimension", "thing") == [{**row, "colour": None} for row in kept]
    rendered.done("ingest", "--dimension", "thing", after, wide)
    found = rendered.rows("history", 1, "DE", "--dimension", "thing")
    assert [(row["name"][:5], row["colour"]) for row in found] == [
        ("Chair", None), ("Chair", "red"), ("Stool", "red"), ("xxxxx", None),
    ]  # fmt: skip
    assert rendered("verify").code == 0
    narrow = wider.replace("text(150)", "text(50)") + added
    rendered.define("thing", narrow)
    refused = rendered("dimension", "render", "thing")
    assert refused.code == 1
    assert "attributes.name was text(150) and cannot become text(50): types only widen" in refused.err
    assert (
        f"If nothing of thing has been loaded yet, begin anew: rm -r {rendered.folder / 'sql/thing'}, then "
        "customertrack dimension render thing. "
    ) in refused.err
    shutil.rmtree(rendered.folder / "sql/thing")
    rendered.done("dimension", "render", "thing")


def test_where_there_is_no_customer_the_only_dimension_is_meant(project: ProjectProgram, tmp_path: Path):
    project.done("dimension", "render")
    (tmp_path / "rows.csv").write_text(ROWS.replace("9.50", "x"))
    assert "the rejects and their reasons: " in project.done("ingest", tmp_path / "rows.csv").err
    assert [row["reject_reasons"] for row in project.rows("rejects")] == ["invalid_price", "invalid_price"]
    assert project("history", 1, "DE").err.startswith("There is no version of thing 1 DE; ")
    assert project.rows("as-of", "2026-01-01") == []
    project.define("other", THING.replace('"thing"', '"other"'))
    for words in (["rejects"], ["history", 1, "DE"], ["as-of", "2026-01-01"], ["ingest", tmp_path / "rows.csv"]):
        ran = project(*words)
        assert (ran.code, ran.err) == (2, "customertrack: There are 2 dimensions; say which: other, thing.\n")


def test_a_project_without_customers_makes_none_up(project: ProjectProgram):
    project.done("dimension", "render")
    ran = project("run")
    assert (ran.code, ran.err.startswith('customertrack: There is no dimension "customer" in ')) == (1, True)


def test_a_file_that_the_definition_leaves_out_is_no_file_of_the_feed(tmp_path: Path):
    project = ProjectProgram(tmp_path / "project")
    project.define("thing", THING.replace("[key]", "files = 'thing_[a-z0-9]+[.]csv|x[.]csv'\n\n[key]"))
    project.done("dimension", "render")
    folder = tmp_path / "files"
    folder.mkdir()
    for name in ("thing_1.csv", "other.csv"):
        (folder / name).write_text(ROWS)
    told = project("ingest", "--dimension", "thing", folder / "other.csv")
    assert told.code == 1
    assert (
        "other.csv: the definition of thing takes files alone whose names fit thing_[a-z0-9]+[.]csv|x[.]csv; "
        "rename it, or change that." in told.err
    )
    assert "paused" not in told.err
    landing = project.folder / "home/landing/thing"
    assert not (landing / "other.csv").exists()
    # Of a folder it is left alone, and in the landing too.
    told = project.done("ingest", "--dimension", "thing", folder)
    assert "not taken, because their names do not fit thing_[a-z0-9]+[.]csv|x[.]csv: other.csv" in told.err
    shutil.copy(folder / "other.csv", landing)
    told = project.done("ingest", "--dimension", "thing", folder)
    assert "paused" not in told.err
    assert len(project.rows("history", "1", "DE", "--dimension", "thing")) == 2
