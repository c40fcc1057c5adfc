"""A folder of definitions, and what ships."""

import re
from pathlib import Path

import pytest

from customertrack.dimension.project import Project, default_folder
from customertrack.errors import UserError
from tests.dimension.definitions import THING

ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "dimensions").mkdir()
    (tmp_path / "dimensions/thing.toml").write_text(THING)
    return Project(tmp_path)


def test_a_definition_is_loaded_by_its_name(project: Project):
    assert project.names() == ["thing"]
    assert project.load("thing").name == "thing"


def test_one_that_is_not_there(project: Project):
    with pytest.raises(UserError, match=r'There is no dimension "think" in .*; did you mean "thing"'):
        project.load("think")


def test_one_with_faults_is_refused_with_all_of_them(project: Project):
    project.file("thing").write_text(THING.replace("text(100)", "txt").replace("[history]", "").replace("csv", "tsv"))
    with pytest.raises(UserError) as refused:
        project.load("thing")
    assert [line.split(":")[1] for line in str(refused.value).splitlines()] == ["5", "14"]


def test_two_that_meet_are_told_at_each(project: Project):
    project.file("thing_raw").write_text(THING.replace('"thing"', '"thing_raw"'))
    for name in project.names():
        _, (fault,) = project.read(name)
        assert (fault.line, "cannot stand beside" in fault.sentence) == (1, True)


def test_a_folder_without_definitions(tmp_path: Path):
    with pytest.raises(UserError, match="--project"):
        Project(tmp_path).names()


def test_whose_project_it_is(tmp_path: Path):
    assert default_folder(tmp_path) == ROOT
    (tmp_path / "dimensions").mkdir()
    assert default_folder(tmp_path) == tmp_path


@pytest.mark.parametrize("name", Project(ROOT).names())
def test_what_ships_has_no_faults(name: str):
    assert Project(ROOT).load(name).name == name


def test_customer_is_that_of_sql():
    customer = Project(ROOT).load("customer")
    columns = [f"{column.name} {column.type.column}" for column in (*customer.key, *customer.attributes)]
    tables = (ROOT / "sql/customer/R__12_tables.sql").read_text()
    event = re.search(r"TABLE customer_event \((.*?)\n\)", tables, re.DOTALL)
    assert event is not None
    in_sql = re.findall(r"^    (\w+ (?:NUMBER\(38, 0\)|VARCHAR\(\d+\)))", event[1], re.MULTILINE)
    assert columns == [each for each in in_sql if not each.startswith(("source_row", "batch_id"))]
    view = (ROOT / "sql/customer/R__30_changing_data.sql").read_text()
    assert customer.feed.op is not None
    words = {*customer.feed.op.upsert, *customer.feed.op.delete} - {""}
    assert words == set("IUCRD")
    assert "UPPER(op_text) NOT IN ('I', 'U', 'C', 'R', 'D')" in view


def test_product_has_every_kind_of_change_and_more_types():
    product = Project(ROOT).load("product")
    assert {attribute.change for attribute in product.attributes} == {"version", "update", "correct", "keep"}
    assert [(part.name, part.null) for part in product.key] == [("sku", None), ("region", "*")]
    assert {attribute.type.name.partition("(")[0] for attribute in product.attributes} >= {
        "number", "date", "boolean", "timestamp", "integer", "text",
    }  # fmt: skip
