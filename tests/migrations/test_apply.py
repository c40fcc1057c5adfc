"""Running migrations on a warehouse: once each, in order, and no more than is pending."""

from datetime import datetime

import pytest

from customertrack.errors import UserError
from customertrack.migrations import Notice, Report, discover
from snowglobe.errors import ProgrammingError
from tests.migrations.sessions import HISTORY, Watched, run, scripts


def test_a_fresh_warehouse_gets_everything_in_order(warehouse, folder, rows):
    times = iter(range(0, 1000, 7))
    notices: list[Notice] = []
    report = run(warehouse(), folder, clock=lambda: next(times), tell=notices.append)
    assert scripts(report) == ["V1__tables.sql", "V2__words.sql", "R__view.sql"]
    assert [applied.statements for applied in report.applied] == [3, 2, 1]
    assert report.remaining == ()
    assert rows("SELECT word FROM ct.work.words ORDER BY word") == [("a; b",), ("c",)]
    assert [(notice.kind, notice.done, notice.total) for notice in notices if notice.subject == "V2__words.sql"] == [
        ("file", 0, 2),
        ("statement", 1, 2),
        ("statement", 2, 2),
        ("applied", 2, 2),
    ]
    recorded = rows(
        "SELECT version, description, script, script_type, execution_time, status, installed_by, statements_applied,"
        f" error FROM {HISTORY} ORDER BY installed_on"
    )
    assert recorded == [
        ("1", "Tables", "V1__tables.sql", "V", 28, "Success", "test", 3, None),
        ("2", "Words", "V2__words.sql", "V", 21, "Success", "test", 2, None),
        (None, "View", "R__view.sql", "R", 14, "Success", "test", 1, None),
    ]
    checksums = {migration.script: migration.checksum for migration in discover(folder, {"word": "c"})}
    assert dict(rows(f"SELECT script, checksum FROM {HISTORY}")) == checksums


def test_times_are_the_warehouses_in_utc(warehouse, folder, rows):
    ((before,),) = rows("SELECT SYSDATE()")
    run(warehouse(), folder)
    ((after,),) = rows("SELECT SYSDATE()")
    for (installed_on,) in rows(f"SELECT installed_on FROM {HISTORY}"):
        assert isinstance(installed_on, datetime)
        assert before <= installed_on <= after


def test_the_second_time_only_the_history_is_read(warehouse, folder, rows):
    run(warehouse(), folder)
    session = Watched(warehouse())
    assert run(session, folder) == Report()
    assert len(session.sent) == 1
    assert session.sent[0].startswith("SELECT")
    assert rows(f"SELECT COUNT(*) FROM {HISTORY}") == [(3,)]


def test_a_new_file_needs_no_right_to_make_the_database(warehouse, folder, write):
    run(warehouse(), folder)
    session = Watched(warehouse())
    assert scripts(run(session, write(V3__more="SELECT 1"))) == ["V3__more.sql"]
    assert not [command for command in session.sent if command.startswith("CREATE")]


def test_another_value_applies_repeatable_files_again_and_no_others(warehouse, folder):
    run(warehouse(), folder)
    assert scripts(run(warehouse(), folder, word="d")) == ["R__view.sql"]
    assert scripts(run(warehouse(), folder, word="d")) == []


def test_nothing_is_sent_if_a_file_is_broken(warehouse, folder, write):
    session = Watched(warehouse())
    with pytest.raises(UserError, match=r"V3__bad\.sql:1: "):
        run(session, write(V3__bad="SELECT '"))
    assert session.sent == []


def test_nothing_runs_if_an_applied_file_was_changed(warehouse, folder, write, rows):
    run(warehouse(), folder)
    write(V1__tables="SELECT 1", V3__more="CREATE TABLE ct.work.more (a INT)")
    with pytest.raises(UserError, match=r"V1__tables\.sql was changed"):
        run(warehouse(), folder)
    with pytest.raises(ProgrammingError):
        rows("SELECT * FROM ct.work.more")


def test_a_file_that_is_gone_is_a_warning(warehouse, folder):
    run(warehouse(), folder)
    (folder / "V1__tables.sql").unlink()
    assert ["V1__tables.sql" in warning for warning in run(warehouse(), folder).warnings] == [True]


def test_a_statement_with_a_question_mark_is_run_as_it_is(warehouse, folder, write, rows):
    write(V3__ask="INSERT INTO ct.work.told VALUES (3, 'why?')")
    run(warehouse(), folder)
    assert rows("SELECT word FROM ct.work.told WHERE n = 3") == [("why?",)]


def test_each_file_starts_in_the_database_whatever_came_before(warehouse, write, rows):
    write(V1__elsewhere="CREATE SCHEMA ct.elsewhere; USE SCHEMA ct.elsewhere", V2__table="CREATE TABLE here (a INT)")
    run(warehouse(), write())
    with pytest.raises(ProgrammingError):
        rows("SELECT * FROM ct.elsewhere.here")
    rows("USE DATABASE ct")
    assert rows("SELECT * FROM here") == []
