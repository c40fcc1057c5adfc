"""A definition is changed over a home with history: edit it, render, migrate; and the tables derived again."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.program import ROOT
from tests.cli.test_dimensions import ProjectProgram

THING = """\
dimension = "thing"
feed = { kind = "changes", format = "csv", time = "at", op = { column = "op", upsert = [""], delete = ["D"] } }
key = { id = "integer" }

[attributes]
name = "text(5)"
color = "text(5)"
"""
COLOR = 'color = "text(5)"'
BEFORE = ("Ann red 01-02", "Ann blue 02-03", "Eve blue 04-05", "Eve red 05-open")
TIER = 'tier = { type = "text(5)", since = 2'
# What becomes of the definition, a row that lands then, and what the history shows before and after that.
CHANGES = {
    "an attribute is added": (
        (COLOR, f"{COLOR}\n{TIER} }}"),
        "id,at,name,color,tier\n1,2026-01-06,Eve,red,gold\n",
        tuple(version.replace(" 0", " NULL 0") for version in BEFORE),
        (
            "Ann red NULL 01-02",
            "Ann blue NULL 02-03",
            "Eve blue NULL 04-05",
            "Eve red NULL 05-06",
            "Eve red gold 06-open",
        ),
    ),
    "an attribute is added, and its first value carried back": (
        (COLOR, f'{COLOR}\n{TIER}, before = "first" }}'),
        "id,at,name,color,tier\n1,2026-01-06,Eve,red,gold\n",
        tuple(version.replace(" 0", " NULL 0") for version in BEFORE),
        ("Ann red NULL 01-02", "Ann blue NULL 02-03", "Eve blue gold 04-05", "Eve red gold 05-open"),
    ),
    "one is made wider": (
        (COLOR, 'color = "text(9)"'),
        "id,at,name,color\n1,2026-01-06,Eve,turquoise\n",
        BEFORE,
        (*BEFORE[:3], "Eve red 05-06", "Eve turquoise 06-open"),
    ),
    "one is retired": (
        (COLOR, 'color = { type = "text(5)", retired = true }'),
        "id,at,name,color\n1,2026-01-06,Eve,too long to be one\n",
        ("Ann 01-03", "Eve 04-open"),
        ("Ann 01-03", "Eve 04-open"),
    ),
    "one is renamed": (
        (COLOR, 'colour = { type = "text(5)", was = "color" }'),
        "id,at,name,colour\n1,2026-01-06,Eve,blue\n",
        BEFORE,
        (*BEFORE[:3], "Eve red 05-06", "Eve blue 06-open"),
    ),
    "one begins no versions any more": (
        (COLOR, 'color = { type = "text(5)", change = "update" }'),
        "id,at,name,color\n1,2026-01-06,Eve,gray\n",
        ("Ann blue 01-03", "Eve red 04-open"),
        ("Ann blue 01-03", "Eve gray 04-open"),
    ),
    "one belongs to the key": (
        (COLOR, 'color = { type = "text(5)", change = "keep" }'),
        "id,at,name,color\n1,2026-01-06,Eve,gray\n",
        ("Ann red 01-03", "Eve red 04-open"),
        ("Ann red 01-03", "Eve red 04-open"),
    ),
}
# Ends its process where the rebuild has executed so many statements.
KILLED = """
import os, signal, sys
from customertrack.cli.main import main
from snowglobe.session import Session

left, run, begun = int(sys.argv[1]), Session.run, False


def counted(session, sql, *more):
    global left, begun
    begun = begun or sql.startswith('DELETE FROM "thing_state"')
    left -= begun
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return run(session, sql, *more)


Session.run = counted
sys.exit(main(sys.argv[2:]))
"""


def with_history(folder: Path) -> ProjectProgram:
    """A project with `thing`, and a home with its history."""
    made = ProjectProgram(folder)
    made.define("thing", THING)
    made.done("dimension", "render")
    rows = ["Ann,red,01,", "Ann,blue,02,", ",,03,D", "Eve,blue,04,", "Eve,red,05,"]
    lines = [f"1,{name},{color},2026-01-{day},{op}" for name, color, day, op in (row.split(",") for row in rows)]
    (made.folder / "rows.csv").write_text("\n".join(["id,name,color,at,op", *lines, ""]))
    made.done("ingest", made.folder / "rows.csv", "--dimension", "thing")
    return made


@pytest.fixture(scope="session")
def of_thing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of that."""
    return with_history(tmp_path_factory.mktemp("of_thing") / "project").folder


@pytest.fixture
def thing(of_thing: Path, tmp_path: Path) -> ProjectProgram:
    """A copy of it."""
    shutil.copytree(of_thing, tmp_path / "project")
    return ProjectProgram(tmp_path / "project")


def history(project: ProjectProgram) -> tuple[str, ...]:
    """The attributes of each version, and the days on which it begins and ends."""
    rows = project.rows("history", 1, "--dimension", "thing")
    return tuple(
        " ".join(
            [
                *("NULL" if row[name] is None else row[name] for name in list(row)[1 : list(row).index("valid_from")]),
                f"{row['valid_from'][8:10]}-{'open' if row['is_current'] else row['valid_to'][8:10]}",
            ]
        )
        for row in rows
    )


def change(project: ProjectProgram, old: str, new: str) -> None:
    """Another definition, rendered."""
    assert THING.count(old) == 1
    project.define("thing", THING.replace(old, new))
    project.done("dimension", "render")


@pytest.mark.parametrize("what", CHANGES)
def test_edit_render_migrate(thing: ProjectProgram, what: str):
    words, row, migrated, landed = CHANGES[what]
    assert history(thing) == BEFORE
    change(thing, *words)
    thing.done("migrate")
    assert history(thing) == migrated
    (thing.folder / "more.csv").write_text(row)
    thing.done("ingest", thing.folder / "more.csv", "--dimension", "thing")
    assert history(thing) == landed
    assert thing.rows("rejects", "--dimension", "thing") == []
    assert thing("verify").code == 0


def test_tables_that_are_derived_otherwise_are_never_shown(thing: ProjectProgram):
    words, _, migrated, _ = CHANGES["one is retired"]
    change(thing, *words)
    assert history(thing) == migrated


@pytest.mark.parametrize("what", ["one is retired", "one is renamed"])
def test_a_file_may_still_have_the_column(thing: ProjectProgram, what: str):
    change(thing, *CHANGES[what][0])
    (thing.folder / "old.csv").write_text("id,at,op,name,color\n1,2026-01-06,,Kim,blue\n")
    thing.done("ingest", thing.folder / "old.csv", "--dimension", "thing", "--strict")
    assert history(thing)[-1] == ("Kim 06-open" if what == "one is retired" else "Kim blue 06-open")


def test_what_is_retired_comes_back(thing: ProjectProgram):
    change(thing, *CHANGES["one is retired"][0])
    thing.done("migrate")
    thing.define("thing", THING)
    thing.done("dimension", "render")
    assert "thing derived again: keys 1, versions 4" in thing.done("migrate").err
    assert history(thing) == BEFORE


@pytest.mark.parametrize("before", ["keep", "correct"])
@pytest.mark.parametrize("what", ["nothing", "one begins no versions any more", "one is retired"])
def test_what_belonged_to_the_key_does_so_no_more(thing: ProjectProgram, before: str, what: str):
    """The refresh needs a table less."""
    change(thing, COLOR, f'color = {{ type = "text(5)", change = "{before}" }}')
    thing.done("migrate")
    words, _, migrated, _ = CHANGES.get(what, ((COLOR, COLOR), "", BEFORE, ()))
    change(thing, *words)
    thing.done("migrate")
    assert history(thing) == migrated
    assert thing("verify").code == 0


def test_what_was_added_is_retired_and_comes_back(thing: ProjectProgram):
    """Also if nothing else was added: of rows that landed in the time between it shows NULL."""
    words, row, *_, landed = CHANGES["an attribute is added"]
    change(thing, *words)
    (thing.folder / "more.csv").write_text(row)
    thing.done("ingest", thing.folder / "more.csv", "--dimension", "thing")
    assert history(thing) == landed
    change(thing, COLOR, f"{COLOR}\n{TIER}, retired = true }}")
    (thing.folder / "later.csv").write_text("id,at,name,color,tier\n1,2026-01-07,Eve,red,tin\n")
    thing.done("ingest", thing.folder / "later.csv", "--dimension", "thing")
    assert history(thing) == BEFORE
    change(thing, *words)
    thing.done("migrate")
    assert history(thing) == (*landed[:-1], "Eve red gold 06-07", "Eve red NULL 07-open")
    assert thing("verify").code == 0


def test_one_name_after_the_other(thing: ProjectProgram):
    names = ["color", "tint", "hue"]
    for at, name in enumerate(names[1:], 1):
        change(thing, COLOR, f'{name} = {{ type = "text(5)", was = {names[:at]} }}'.replace("'", '"'))
        thing.done("migrate")
    for day, name in enumerate(names, 6):
        file = thing.folder / f"{name}.csv"
        file.write_text(f"id,at,name,{name}\n1,2026-01-0{day},Eve,{name}\n")
        thing.done("ingest", file, "--dimension", "thing")
    assert history(thing)[4:] == ("Eve color 06-07", "Eve tint 07-08", "Eve hue 08-open")


def test_rebuild(thing: ProjectProgram):
    told = thing.done("rebuild").err
    assert told == "thing derived again: keys 1, versions 4; nothing differed\n"
    thing.done("query", "DELETE FROM thing_closed WHERE color = 'red'")
    assert history(thing) != BEFORE
    told = thing.done("rebuild", "thing").err
    assert told == "thing derived again: keys 1, versions 4; 1 row differed from what the log gives\n"
    assert history(thing) == BEFORE
    assert 'There is no dimension "thign"' in thing("rebuild", "thign").err


def test_a_rebuild_that_is_killed_has_changed_nothing(thing: ProjectProgram):
    words, _, migrated, _ = CHANGES["one belongs to the key"]
    change(thing, *words)
    command = ["--home", thing.program.home, "--project", thing.folder, "migrate"]
    for statements in (0, 4, 11):
        called = [sys.executable, "-c", KILLED, str(statements), *map(str, command)]
        assert subprocess.run(called, cwd=ROOT, check=False).returncode == -signal.SIGKILL
    told = thing.done("migrate").err
    assert told == "thing derived again: keys 1, versions 2\n"
    assert history(thing) == migrated
    assert thing("verify").code == 0
