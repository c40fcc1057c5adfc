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
from tests.dimension.definitions import GUARD, LARGE, OP, SMALL, SNAPSHOTS, THING, TIME, changed, defined

ROOT = Path(__file__).parents[2]
VALUES = {**VARIABLES, "console_role": "customertrack_console"}
MANY = "".join(f'attribute_{number} = "text({number})"\n' for number in range(1, 61))
_CHANGES = ("version", "update", "correct", "keep")
MIXED = "".join(f'attribute_{n} = {{ type = "text({n})", change = "{_CHANGES[n % 4]}" }}\n' for n in range(1, 61))
_ATTRIBUTES = THING[THING.index("name  =") :]
_PARTIAL = ('"csv"', '"json"\nmissing = "keep"')
DEFINITIONS = {
    **{name: (ROOT / f"dimensions/{name}.toml").read_text() for name in Project(ROOT).names()},
    "no op": changed((f"{OP}\n", "")),
    "several deletes": changed(('delete = ["D"]', 'delete = ["D", "X"]')),
    "a delete without a word": changed(('["", "I"]', '["I"]'), ('delete = ["D"]', 'delete = [""]')),
    "two sequences": changed((OP, f'{OP}\nsequence = ["lsn", "pos"]')),
    "an initial load": changed((OP, f'{OP}\ninitial = {{ files = "LOAD[.]csv", time = "1900-01-01" }}')),
    "epoch": changed((TIME, '{ column = "changed_at", format = "epoch_ms" }')),
    "no history": changed((', change = "update"', "")) + "\n[history]\nkeep = false\n",
    "all correct": changed(('"text(100)"', '{ type = "text(100)", change = "correct" }'), ("update", "correct")),
    "all kept": changed(('"text(100)"', '{ type = "text(100)", change = "keep" }'), ("update", "keep")),
    "merged on read": f"{THING}{LARGE}",
    "merged on read, with an anchor": changed((', change = "update"', "")) + LARGE,
    "merged on read, without history": changed((', change = "update"', "")) + f"\n[history]\nkeep = false\n{LARGE}",
    "merged on read, all correct": changed(
        ('"text(100)"', '{ type = "text(100)", change = "correct" }'), ("update", "correct")
    )
    + LARGE,
    "merged on read, sixty attributes": changed((_ATTRIBUTES, MANY)) + LARGE,
    "small again": f"{THING}{SMALL}",
    "small again, without history": changed((', change = "update"', "")) + f"\n[history]\nkeep = false\n{SMALL}",
    "one attribute": changed((_ATTRIBUTES, 'name = "text(100)"\n')),
    "sixty attributes": changed((_ATTRIBUTES, MANY)),
    "sixty attributes of all changes": changed((_ATTRIBUTES, MIXED)),
    "sixty attributes of all changes, merged on read": changed((_ATTRIBUTES, MIXED)) + LARGE,
    "sixty attributes of all changes, in partial rows": changed((_ATTRIBUTES, MIXED), _PARTIAL),
    "some added": changed(
        (
            _ATTRIBUTES,
            f'{_ATTRIBUTES}tier = {{ type = "text(9)", since = 2 }}\nlevel = {{ type = "integer", since = 3 }}\n',
        )
    ),
    "all that is added late": changed(
        (
            _ATTRIBUTES,
            f'{_ATTRIBUTES}tier = {{ type = "text(9)", since = 2, before = "first" }}\n'
            'stock = { type = "integer", change = "update", since = 3 }\n'
            'seen = { type = "date", change = "keep", since = 3 }\n'
            'brand = { type = "text(9)", change = "correct", since = 3 }\n',
        )
    ),
    "added to all that is versioned": changed(
        (_ATTRIBUTES, 'name = "text(9)"\ntier = { type = "text(9)", since = 2 }\nseen = { type = "date", since = 2 }\n')
    ),
    "added and kept alone": changed(
        (_ATTRIBUTES, 'name = "text(9)"\nseen = { type = "date", change = "keep", since = 2 }\n')
    ),
    "added without history": changed((_ATTRIBUTES, 'name = "text(9)"\ntier = { type = "text(9)", since = 2 }\n'))
    + "\n[history]\nkeep = false\n",
    "retired and renamed": changed(
        (
            _ATTRIBUTES,
            'name = { type = "text(9)", was = ["title", "titel"] }\nprice = { type = "integer", retired = true }\n'
            'seen = { type = "timestamp", was = "seen_at" }\n',
        )
    ),
    "added and retired": changed(
        (_ATTRIBUTES, f'{_ATTRIBUTES}tier = {{ type = "text(9)", was = "rank", since = 2, retired = true }}\n')
    ),
    "truncates": changed(('["D"] }', '["D"], truncate = ["T", "Z"] }\nsequence = ["lsn"]')),
    "truncates alone, without history": changed((', change = "update"', ""), ('["D"]', '["D"], truncate = ["T"]'))
    + f"\n[history]\nkeep = false\n{LARGE}",
    "a changing key": changed(('null = "*"', 'null = "*", before = "old_region"')),
    "a key that changes in each part": changed(
        ('null = "*"', 'null = "*", before = "old_region"'),
        ('thing_id = "integer"', 'thing_id = { type = "timestamp", before = "old_thing" }'),
        ('["D"]', '["D"], truncate = ["T"]'),
    ),
    "partial rows": changed(_PARTIAL),
    "partial rows of what is versioned alone": changed(_PARTIAL, (', change = "update"', "")),
    "partial rows without history": changed(_PARTIAL, (', change = "update"', "")) + "\n[history]\nkeep = false\n",
    "partial rows, merged on read, of all that there is": changed(
        _PARTIAL,
        ('["D"]', '["D"], truncate = ["T"]'),
        ('null = "*"', 'null = "*", before = "old_region"'),
        (
            _ATTRIBUTES,
            f'{_ATTRIBUTES}brand = {{ type = "text(9)", change = "correct" }}\n'
            'seen = { type = "date", change = "keep" }\n'
            'tier = { type = "text(9)", since = 2, before = "first" }\n'
            'rank = { type = "timestamp", since = 2 }\n',
        ),
    )
    + LARGE,
    "every type": changed(
        (_ATTRIBUTES, 'a = "uuid"\nb = "boolean"\nc = "date"\nd = "timestamp"\ne = "integer"\nf = "number(38,37)"\n')
    ),
    "other types of keys": changed(
        ('thing_id = "integer"', 'thing_id = "timestamp"'), ('"text(2)", null = "*"', '"boolean", null = "false"')
    ),
    "variants": changed(
        ('"text(100)"', '"variant"'),
        ('{ type = "number(12,2)", change = "update" }', '{ type = "variant", change = "keep" }'),
    ),
}


_SNAPSHOTS = changed(*SNAPSHOTS, ("format = ", f"{GUARD}format = "))
_NIGHTLY = _SNAPSHOTS.replace(TIME, "{ file = 'thing_([0-9-]{10})' }")
DEFINITIONS |= {
    "snapshots": _SNAPSHOTS,
    "snapshots by their names": _NIGHTLY,
    "snapshots, all versioned": _NIGHTLY.replace(', change = "update"', ""),
    "snapshots of sixty attributes": _NIGHTLY.replace(_ATTRIBUTES, MIXED),
    "snapshots merged on read, some added": _NIGHTLY
    + 'tier = { type = "text(9)", since = 2, before = "first" }\nlevel = { type = "integer", since = 3 }\n'
    + LARGE,
    "snapshots without history": _NIGHTLY.replace(', change = "update"', "") + "\n[history]\nkeep = false\n",
}


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
