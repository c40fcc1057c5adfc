"""Running migrations when something fails: what succeeded is known, and the next run goes on."""

import pytest
from sqlfluff.core import Linter

from customertrack.errors import UserError
from customertrack.migrations import MigrationFailed, Report, apply
from snowglobe.errors import ProgrammingError
from tests.migrations.sessions import HISTORY, LEASE, Killed, Watched, expire_lease, killed_at, run, scripts


def test_a_failure_says_what_succeeded_and_the_next_run_resumes(warehouse, folder, write, rows):
    good = (folder / "V2__words.sql").read_text()
    write(V2__words=good.replace("INSERT INTO ct.work.told VALUES (2", "INSERT INTO\n  ct.work.tlod VALUES (2"))
    with pytest.raises(MigrationFailed) as raised:
        run(warehouse(), folder)
    sentence = str(raised.value)
    assert f"{folder}/V2__words.sql:2: \"INSERT INTO ct.work.tlod VALUES (2, 'c')\" failed: " in sentence
    assert isinstance(raised.value.__cause__, ProgrammingError)
    assert raised.value.__cause__.msg in sentence
    assert "before it succeeded: V1__tables.sql, 1 statement of V2__words.sql" in sentence
    assert "run the migrations again" in sentence
    assert "\n" not in sentence
    assert scripts(raised.value.report) == ["V1__tables.sql"]
    assert raised.value.report.remaining == ("V2__words.sql", "R__view.sql")
    assert raised.value.report.statements == 1
    ((status, statements, error),) = rows(
        f"SELECT status, statements_applied, error FROM {HISTORY} WHERE script = ?", "V2__words.sql"
    )
    assert (status, statements) == ("Failed", 1)
    assert error.startswith("line 2: ")
    assert "tlod" in error
    assert rows(f"SELECT holder FROM {LEASE}") == [(None,)]

    write(V2__words=good)
    assert scripts(run(warehouse(), folder)) == ["V2__words.sql", "R__view.sql"]
    assert rows("SELECT n FROM ct.work.told ORDER BY n") == [(1,), (1,), (2,)]
    statuses = rows(f"SELECT status FROM {HISTORY} WHERE script = ? ORDER BY installed_on", "V2__words.sql")
    assert statuses == [("Failed",), ("Success",)]
    assert run(warehouse(), folder) == Report()


def test_a_long_message_of_the_driver_is_cut(warehouse, write, rows):
    with pytest.raises(MigrationFailed):
        run(warehouse(), write(V1__long=f"SELECT * FROM {'x' * 2000}"))
    assert rows(f"SELECT LENGTH(error) FROM {HISTORY}") == [(1000,)]


def test_what_the_runner_sends_is_snowflakes_sql_to_a_second_grammar(warehouse, folder, rows):
    killed, waiting, last = Watched(warehouse(), killed_at("USE")), Watched(warehouse()), Watched(warehouse())
    with pytest.raises(Killed):
        run(killed, folder)
    with pytest.raises(UserError, match="holds their lease"):
        run(waiting, folder)
    expire_lease(rows)
    run(last, folder)
    own = {command for command in [*killed.sent, *waiting.sent, *last.sent] if "ct.work" not in command}
    assert {command.split()[0] for command in own} == {
        *("BEGIN", "COMMIT", "CREATE", "INSERT", "MERGE", "SELECT", "UPDATE", "USE"),
    }
    grammar = Linter(dialect="snowflake")
    # sqlfluff knows no binds.
    with_literals = [command.replace("?", "'1'") for command in own]
    assert [command for command in with_literals if grammar.parse_string(command).violations] == []


def test_a_refused_record_is_told_in_a_sentence(warehouse, folder):
    def refuse(command: str) -> None:
        if command.startswith("CREATE DATABASE"):
            raise ProgrammingError("Insufficient privileges", 3001, "42501")

    with pytest.raises(MigrationFailed, match="recorded in ct: Insufficient privileges; nothing had succeeded"):
        run(Watched(warehouse(), refuse), folder)


def test_a_broken_connection_does_not_hide_the_statement_that_failed(warehouse, folder, rows):
    broken = False

    def breaks(command: str) -> None:
        nonlocal broken
        broken = broken or command.startswith("INSERT INTO ct.work.told")
        if broken:
            raise ProgrammingError("connection reset", 250001)

    with pytest.raises(MigrationFailed, match=r"V2__words\.sql:1: .*connection reset.*succeeded: V1__tables\.sql"):
        run(Watched(warehouse(), breaks), folder)
    expire_lease(rows)
    assert scripts(run(warehouse(), folder)) == ["V2__words.sql", "R__view.sql"]


def test_a_bug_is_not_taken_for_a_failed_statement(warehouse, folder):
    def bug(command: str) -> None:
        if command.startswith("INSERT INTO ct.work.told"):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(Watched(warehouse(), bug), folder)
    assert scripts(run(warehouse(), folder)) == ["V2__words.sql", "R__view.sql"]


@pytest.mark.parametrize("database", ["c t", 'ct"', "", "1ct", "ct.x", "ct;"])
def test_a_database_that_is_no_plain_name_is_refused(warehouse, folder, database):
    session = Watched(warehouse())
    with pytest.raises(UserError, match="not a plain name"):
        apply(session, folder, {"word": "c"}, database=database, installed_by="test")
    assert session.sent == []
