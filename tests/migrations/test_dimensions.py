"""What stops the migrations of one dimension stops those of no other."""

import pytest

from customertrack.errors import UserError
from customertrack.migrations import MigrationFailed, Notice, Patience, Report
from snowglobe.errors import ProgrammingError
from tests.migrations.sessions import HISTORY, LEASE, Watched, expire_lease, run, scripts

FIRST, LAST = "R__10_table.sql", "R__20_row.sql"
BROKEN = {
    "a statement fails": (LAST, "INSERT INTO ct.work.nothing VALUES (1)"),
    "a string is not closed": (LAST, "SELECT 'a"),
    "a variable has no value": (LAST, "SELECT '{{ nothing }}'"),
    "a name is not that of a migration": ("table.sql", "SELECT 1"),
    "a description comes twice": ("R__10_TABLE.sql", "SELECT 1"),
    "a versioned file": ("V2__a.sql", "SELECT 1"),
    "no text": (LAST, b"SELECT '\xff'"),
}


@pytest.fixture
def folder(write):
    """A versioned file, and two dimensions with a table each and a row in it."""
    here = write(V1__schema="CREATE SCHEMA IF NOT EXISTS ct.work;")
    for name in ("apple", "pear"):
        (here / name).mkdir()
        (here / name / FIRST).write_text(f"CREATE TABLE IF NOT EXISTS ct.work.{name} (n INT);")
        (here / name / LAST).write_text(f"INSERT INTO ct.work.{name} VALUES (1);")
    return here


def breaking(folder, dimension: str, name: str, text: str | bytes) -> None:
    (folder / dimension / name).write_bytes(text if isinstance(text, bytes) else text.encode())


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
@pytest.mark.parametrize(("dimension", "other"), [("apple", "pear"), ("pear", "apple")])
def test_the_others_are_migrated_and_it_is_told_which_one_is_not(warehouse, folder, rows, broken, dimension, other):
    breaking(folder, dimension, *broken)
    with pytest.raises(MigrationFailed) as raised:
        run(warehouse(), folder)
    sentence = str(raised.value)
    assert f"the migrations of {dimension} did not come to their end, which holds up no other dimension: " in sentence
    assert f"{dimension}/{broken[0]}" in sentence
    assert {f"{other}/{FIRST}", f"{other}/{LAST}"} < set(scripts(raised.value.report))
    assert [each.dimension for each in raised.value.report.stopped] == [dimension]
    assert rows(f"SELECT n FROM ct.work.{other}") == [(1,)]
    assert rows(f"SELECT holder FROM {LEASE}") == [(None,)]

    (folder / dimension / broken[0]).unlink()
    breaking(folder, dimension, LAST, f"INSERT INTO ct.work.{dimension} VALUES (1);")
    report = run(warehouse(), folder)
    assert f"{dimension}/{LAST}" in scripts(report)
    assert not any(script.startswith(other) for script in scripts(report))
    assert rows(f"SELECT n FROM ct.work.{dimension}") == [(1,)]
    assert run(warehouse(), folder) == Report()


def test_files_after_the_one_that_failed_wait_for_it(warehouse, folder):
    breaking(folder, "apple", FIRST, "SELECT * FROM ct.work.nothing")
    with pytest.raises(MigrationFailed) as raised:
        run(warehouse(), folder)
    assert raised.value.report.remaining == (f"apple/{FIRST}", f"apple/{LAST}")
    assert [each.script for each in raised.value.report.stopped] == [f"apple/{FIRST}"]
    assert "before it succeeded: V1__schema.sql; correct" in str(raised.value)


def test_the_reasons_of_several_are_told_together(warehouse, folder):
    breaking(folder, "apple", FIRST, "SELECT '")
    breaking(folder, "apple", LAST, "-- nothing")
    breaking(folder, "pear", LAST, "SELECT * FROM ct.work.nothing")
    with pytest.raises(MigrationFailed) as raised:
        run(warehouse(), folder)
    assert scripts(raised.value.report) == ["V1__schema.sql", f"pear/{FIRST}"]
    for told in ("of 2 dimensions", "- apple: 2 things", f"apple/{FIRST}:1: ", f"apple/{LAST}: holds no", "- pear: "):
        assert told in str(raised.value)
    assert isinstance(raised.value.__cause__, ProgrammingError)


def test_what_cannot_be_read_is_told_although_nothing_is_pending(warehouse, folder):
    run(warehouse(), folder)
    breaking(folder, "pear", LAST, "SELECT '")
    with pytest.raises(MigrationFailed, match="of pear did not come"):
        run(warehouse(), folder)


def test_what_is_wrong_for_all_stops_all(warehouse, folder):
    (folder / "V2__a.sql").write_text("SELECT * FROM ct.work.nothing")
    with pytest.raises(MigrationFailed) as raised:
        run(warehouse(), folder)
    assert scripts(raised.value.report) == ["V1__schema.sql"]
    (folder / "V2__a.sql").write_text("SELECT '")
    breaking(folder, "apple", LAST, "SELECT '")
    with pytest.raises(UserError, match="2 things keep the migrations from running; nothing was run"):
        run(warehouse(), folder)


def test_a_connection_that_breaks_is_told_by_the_statement_that_saw_it_first(warehouse, folder, rows):
    broken = False

    def breaks(command: str) -> None:
        nonlocal broken
        broken = broken or command.startswith("INSERT INTO ct.work.apple")
        if broken:
            raise ProgrammingError("connection reset", 250001)

    with pytest.raises(MigrationFailed, match=rf"apple/{LAST}:1: .*connection reset"):
        run(Watched(warehouse(), breaks), folder)
    expire_lease(rows)
    assert scripts(run(warehouse(), folder)) == [f"apple/{LAST}", f"pear/{FIRST}", f"pear/{LAST}"]


def test_a_failure_that_cannot_be_recorded_ends_the_run(warehouse, folder, rows):
    """Else the next file that ends would be taken for the one that failed."""

    def refuse(command: str) -> None:
        if "ERROR = NULLIF" in command:
            raise ProgrammingError("refused", 1003)

    def only_the_failure(command: str) -> None:
        if command.startswith("INSERT INTO ct.work.apple"):
            session.before = refuse
            raise ProgrammingError("refused", 1003)

    session = Watched(warehouse(), only_the_failure)
    with pytest.raises(MigrationFailed, match="of apple did not come"):
        run(session, folder)
    assert rows(f"SELECT status FROM {HISTORY} WHERE script = ?", f"apple/{LAST}") == [("Started",)]
    assert rows(f"SELECT count(*) FROM {HISTORY} WHERE script LIKE 'pear%'") == [(0,)]


def test_when_time_is_up_no_further_file_is_begun_and_the_next_run_goes_on(warehouse, folder):
    begun: list[str] = []

    def told(notice: Notice) -> None:
        if notice.kind == "file":
            begun.append(notice.subject)

    with pytest.raises(MigrationFailed, match="- apple: there was no time left for it; run the migrations again"):
        run(warehouse(), folder, tell=told, time_is_up=lambda: len(begun) == 2)
    assert begun == ["V1__schema.sql", f"apple/{FIRST}"]
    report = run(warehouse(), folder)
    assert scripts(report) == [f"apple/{LAST}", f"pear/{FIRST}", f"pear/{LAST}"]


def test_of_dimensions_that_nobody_asked_for_nothing_is_said(warehouse, folder):
    run(warehouse(), folder)
    (folder / "pear" / LAST).unlink()
    assert [warning.split()[0] for warning in run(warehouse(), folder).warnings] == [f"pear/{LAST}"]
    assert run(warehouse(), folder, dimensions=["apple"]) == Report()
    assert run(warehouse(), folder, Patience(), dimensions=[]) == Report()
