"""How the rendered SQL reads: as if someone had written it, whatever the definition uses and leaves out."""

import logging
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from customertrack.described import tables_of
from customertrack.dimension import rendered
from customertrack.dimension.definition import Definition
from customertrack.dimension.project import Project
from customertrack.dimension.render import render
from customertrack.local.home import VARIABLES
from customertrack.reads.invariants import of_some_keys
from customertrack.reads.key_parts import KeyParts
from customertrack.sqltext.statements import split
from customertrack.sqltext.variables import substitute
from tests.command import Command, Ended
from tests.dimension.definitions import LARGE, SMALL, defined
from tests.dimension.definitions_of_all_kinds import DEFINITIONS, ROOT

VALUES = {**VARIABLES, "console_role": "customertrack_console"}


def _definition(name: str) -> Definition:
    text = DEFINITIONS[name]
    return defined(re.sub(r'^dimension = "\w+"', 'dimension = "thing"', text, flags=re.MULTILINE))


def _rendered(name: str) -> Mapping[str, str]:
    return render(_definition(name))


@pytest.fixture(autouse=True)
def _no_warnings_of_sqlglot(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.ERROR, "sqlglot")


@pytest.mark.parametrize("name", DEFINITIONS)
def test_the_text_is_as_somebody_would_have_written_it(name: str):
    files = _rendered(name)
    assert files
    found = [f"{path}: {fault}" for path, text in files.items() for fault in faults_of_text(text)]
    assert found == []


def faults_of_text(text: str) -> list[str]:
    """What nobody would have written."""
    lines = text.split("\n")
    faults = [f"line {number} is {len(line)} long" for number, line in enumerate(lines, 1) if len(line) > 160]
    faults += [f"line {number} ends with a blank" for number, line in enumerate(lines, 1) if line != line.rstrip()]
    faults += [f"{left} is left" for left in ("[[", "]]", "[%", "%]", "[#", "#]", "\n\n\n", "\t") if left in text]
    faults += [f"{pair} follows nothing" for pair in re.findall(r"[,(]\s*,|,\s*\)|\(\s*\)\s*VALUES", text)]
    return faults + ["no one line end at the end"] * (not text.endswith("\n") or text.endswith("\n\n"))


@pytest.mark.parametrize(
    "text", ["a\n\n\nb\n", "[[ a ]]\n", "[% if a %]\n", "a", "a\n\n", "a \n", "a,\n, b\n", f"{'a' * 161}\n"]
)
def test_what_nobody_would_have_written_is_noticed(text: str):
    assert faults_of_text(text)


@pytest.mark.parametrize("name", DEFINITIONS)
def test_every_statement_is_read_by_another_grammar(name: str):
    for path, text in _rendered(name).items():
        statements = split(substitute(text, VALUES, path)[0], path)
        assert statements
        for statement in statements:
            (tree,) = sqlglot.parse(statement.text, read="snowflake")
            assert tree is not None
            if isinstance(tree, exp.Command):
                # What sqlglot takes as text: tests/sql/grammar_gaps.py has them for what ships.
                assert statement.text.startswith(("CREATE", "ALTER TASK", "CALL", "DROP", "GRANT"))


@pytest.mark.parametrize("name", DEFINITIONS)
def test_what_is_asked_about_some_keys_reads_no_others(name: str):
    """The log and the versions are read through the parts of the keys; all else is made of them."""
    definition = _definition(name)
    text = render(definition)["invariants/08_history_equals_rebuild.sql"]
    tree = sqlglot.parse_one(of_some_keys(text, KeyParts(tables_of(definition), 2))[0], read="snowflake")
    read = [one for one in tree.find_all(exp.Table) if one.name not in {made.alias for made in tree.find_all(exp.CTE)}]
    assert [bool(one.parent_select.args["where"].find(exp.Mod)) for one in read] == [True, True]


@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_dimension_may_be_called_as_a_part_of_a_query(name: str):
    """Where there are CTEs, its own table is read with the schema: a CTE of one name would be read instead."""
    for text in _rendered(name).values():
        for statement in split(substitute(text, VALUES, name)[0], name):
            for tree in sqlglot.parse(statement.text, read="snowflake"):
                if tree and tree.find(exp.CTE):
                    assert not [one for one in tree.find_all(exp.Table) if one.name == "thing" and not one.db]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A copy of what ships."""
    for folder in ("dimensions", "sql"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return Project(tmp_path)


def test_what_ships_is_as_defined(project: Project):
    assert [path for name in project.names() for path in rendered.differing(project, name)] == []


def test_a_changed_definition_is_told_until_it_is_rendered(command: Command, project: Project):
    file = project.file("customer")
    file.write_text(file.read_text().replace('email      = "text(320)"', 'email      = "text(321)"'))
    told = command("dimension", "render", "--check", "--project", str(project.folder))
    assert told.code == 1
    view = project.folder / "sql/customer/R__30_changing_data.sql"
    assert f"{view} is not as its definition makes it: customertrack dimension render\n" in told.out
    assert not any("product" in line for line in told.out.splitlines())
    assert command("dimension", "render", "--project", str(project.folder)).code == 0
    assert "LENGTH(email) > 321" in view.read_text()
    assert command("dimension", "render", "--check", "--project", str(project.folder)).code == 0


@pytest.mark.parametrize("damage", ["changed", "missing", "too many"])
def test_a_changed_file_is_told(project: Project, damage: str):
    file = project.folder / "sql/product/R__55_purge.sql"
    if damage == "changed":
        file.write_text(file.read_text() + "\n")
    elif damage == "missing":
        file.unlink()
    else:
        file = file.with_name("R__99_more.sql")
        file.write_text("SELECT 1;\n")
    assert rendered.differing(project, "product") == [file]
    assert rendered.write(project, "product") == [file]
    assert rendered.differing(project, "product") == []


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('country    = "text(256)"\n', "", "attributes.country is gone, and its column cannot go"),
        (
            "[attributes]\n",
            '[attributes]\nphone = "text(9)"\n',
            "attributes.phone is new, and no event has said it yet",
        ),
        ('"op"', '"Op_2"', "customer_raw would lose op with all that is in it"),
    ],
)
def test_what_would_lose_a_column_is_not_rendered(
    command: Command, project: Project, before: str, after: str, told: str
):
    file = project.file("customer")
    # What is made up would name an attribute that has gone.
    text = file.read_text().partition("[generate")[0]
    assert before in text
    kept = {path: path.read_text() for path in project.sql.rglob("*.sql")}
    file.write_text(text.replace(before, after))
    refused = command("dimension", "render", "customer", "--project", str(project.folder))
    assert (refused.code, told in refused.err) == (1, True)
    assert {path: path.read_text() for path in project.sql.rglob("*.sql")} == kept
    last = 'country    = "text(256)"\n'
    file.write_text(text.replace(last, f'{last}phone = {{ type = "text(9)", since = 2 }}\n'))
    assert command("dimension", "render", "customer", "--project", str(project.folder)).code == 0


def test_a_layout_is_not_rendered_away(command: Command, project: Project):
    """Without a word about it what is recent would be gone; with the word it is taken up, and later nothing is left."""
    file = project.file("product")
    text = file.read_text()

    def rendered_with(end: str) -> Ended:
        file.write_text(text + end)
        return command("dimension", "render", "product", "--project", str(project.folder))

    before = {path: path.read_text() for path in project.sql.rglob("*.sql")}
    assert rendered_with(LARGE).code == 0
    large = {path: path.read_text() for path in project.sql.rglob("*.sql")}
    assert {path.name for path in large.keys() - before.keys()} == {"R__13_recent.sql", "R__48_compact.sql"}
    refused = rendered_with("")
    assert refused.code == 1
    assert "product_recent would be gone with all that is in it" in refused.err
    assert 'say layout = "small" in its place' in refused.err
    assert {path: path.read_text() for path in project.sql.rglob("*.sql")} == large
    assert rendered_with(SMALL).code == 0
    small = {path: path.read_text() for path in project.sql.rglob("*.sql")}
    assert small.keys() == large.keys()
    # Whatever a migration would have to run again after the way back has another text on each way.
    assert {path.name for path in small if small[path] != large[path]} >= {"R__13_recent.sql", "R__48_compact.sql"}
    assert rendered_with("").code == 0
    assert {path: path.read_text() for path in project.sql.rglob("*.sql")} == before
