"""Running migrations on a warehouse: once each, resumed after a failure or a kill, one run at a time."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import duckdb
import pytest
import sqlglot
from sqlfluff.core import Linter
from sqlglot import exp

from customertrack.errors import UserError
from customertrack.migrations import (
    Event,
    MigrationFailed,
    Patience,
    Report,
    Tables,
    apply,
    describe,
    discover,
    plan,
    read_history,
)
from customertrack.warehouse import Connection, Cursor

AT_ONCE = Patience(lease=60, wait=0, poll=0.01)
WAITING = Patience(lease=60, wait=30, poll=0.01)
HISTORY = "ct.migrations.change_history"
LEASE = "ct.migrations.lease"


class RefusedError(Exception):
    """A driver's error, with what snowflake.connector's errors carry."""

    def __init__(self, message: str, errno: int) -> None:
        super().__init__(message)
        self.msg, self.errno, self.sqlstate = message, errno, "42000"


class DuckCursor:
    """Snowflake's dialect on DuckDB, as far as the runner and these tests need it."""

    def __init__(self, db: duckdb.DuckDBPyConnection, lock: threading.Lock) -> None:
        self.db, self.lock = db, lock
        self.rowcount: int | None = None
        self.description: Any = None
        self.rows: list[Any] = []

    def execute(self, command: str, params: Any = None, /) -> "DuckCursor":
        tree = sqlglot.parse_one(command, read="snowflake")
        # Snowflake locks a table for the statement that updates it; DuckDB would refuse the second of two instead.
        with self.lock:
            try:
                result = self.db.execute(self.translated(tree), list(params or ()))
                self.description = result.description
                self.rows = result.fetchall()
            except duckdb.Error as error:
                missing = isinstance(error, duckdb.CatalogException | duckdb.BinderException)
                raise RefusedError(str(error), 2003 if missing and "does not exist" in str(error) else 1) from error
        changes_rows = isinstance(tree, exp.Insert | exp.Update | exp.Delete | exp.Merge)
        self.rowcount = self.rows[0][0] if changes_rows else len(self.rows)
        return self

    @staticmethod
    def translated(tree: exp.Expr) -> str:
        if isinstance(tree, exp.Create) and tree.kind == "DATABASE":
            return f"ATTACH IF NOT EXISTS ':memory:' AS {tree.this.sql('duckdb')}"
        if isinstance(tree, exp.Use):
            return f"USE {tree.this.sql('duckdb')}"
        return tree.sql("duckdb")

    def fetchone(self) -> Any:
        return self.rows.pop(0) if self.rows else None

    def fetchall(self) -> list[Any]:
        rows, self.rows = self.rows, []
        return rows


@dataclass
class DuckConnection:
    db: duckdb.DuckDBPyConnection
    lock: threading.Lock

    def cursor(self) -> DuckCursor:
        return DuckCursor(self.db, self.lock)


@pytest.fixture
def warehouse():
    """Opens sessions with one empty warehouse."""
    db, lock = duckdb.connect(), threading.Lock()
    yield lambda: DuckConnection(db.cursor(), lock)
    db.close()


@dataclass
class Watched:
    """A session that notes what is sent, after `before` had its say."""

    connection: Connection
    before: Callable[[str], None] = lambda command: None
    sent: list[str] = field(default_factory=list)

    def cursor(self) -> Cursor:
        return _WatchedCursor(self)


class _WatchedCursor:
    def __init__(self, session: Watched) -> None:
        self.session, self.inner = session, session.connection.cursor()
        self.fetchone, self.fetchall = self.inner.fetchone, self.inner.fetchall

    @property
    def rowcount(self) -> int | None:
        return self.inner.rowcount

    @property
    def description(self) -> Any:
        return self.inner.description

    def execute(self, command: str, params: Any = None, /) -> Any:
        self.session.sent.append(command)
        self.session.before(command)
        return self.inner.execute(command, params)


@pytest.fixture
def rows(warehouse):
    session = warehouse()

    def query(sql: str, *binds: object) -> list[Any]:
        cursor = session.cursor()
        cursor.execute(sql, binds)
        return cursor.fetchall()

    return query


@pytest.fixture
def write(tmp_path):
    def write_files(**files: str):
        for name, text in files.items():
            (tmp_path / f"{name}.sql").write_text(text)
        return tmp_path

    return write_files


@pytest.fixture
def folder(write):
    """Two versioned files and a repeatable one; `ct.public.told` says which statements ran, in order."""
    return write(
        V1__tables=(
            "CREATE SCHEMA IF NOT EXISTS ct.work;\nCREATE SEQUENCE IF NOT EXISTS ct.work.n;\n"
            "CREATE TABLE IF NOT EXISTS ct.work.told (n INT, word VARCHAR);"
        ),
        V2__words="INSERT INTO ct.work.told VALUES (1, 'a; b');\nINSERT INTO ct.work.told VALUES (2, '{{ word }}');",
        R__view="CREATE OR REPLACE VIEW ct.work.words AS SELECT word FROM ct.work.told; -- {{ word }}",
    )


def run(connection: Connection, folder, patience: Patience = AT_ONCE, word: str = "c", **options: Any) -> Report:
    variables = {"word": word} if "{{" in "".join(path.read_text() for path in folder.glob("*.sql")) else {}
    return apply(connection, folder, variables, database="ct", installed_by="test", patience=patience, **options)


def scripts(report: Report) -> list[str]:
    return [applied.script for applied in report.applied]


def test_a_fresh_warehouse_gets_everything_in_order(warehouse, folder, rows):
    times = iter(range(0, 1000, 7))
    events: list[Event] = []
    report = run(warehouse(), folder, clock=lambda: next(times), on_event=events.append)
    assert scripts(report) == ["V1__tables.sql", "V2__words.sql", "R__view.sql"]
    assert [applied.statements for applied in report.applied] == [3, 2, 1]
    assert report.remaining == ()
    assert rows("SELECT word FROM ct.work.words ORDER BY word") == [("a; b",), ("c",)]
    assert [(event.kind, event.done, event.total) for event in events if event.subject == "V2__words.sql"] == [
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
        ("1", "Tables", "V1__tables.sql", "V", 7, "Success", "test", 3, None),
        ("2", "Words", "V2__words.sql", "V", 7, "Success", "test", 2, None),
        (None, "View", "R__view.sql", "R", 7, "Success", "test", 1, None),
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
    with pytest.raises(RefusedError):
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
    with pytest.raises(RefusedError):
        rows("SELECT * FROM ct.elsewhere.here")
    rows("USE DATABASE ct")
    assert rows("SELECT * FROM here") == []


def test_a_failure_says_what_succeeded_and_the_next_run_resumes(warehouse, folder, write, rows):
    good = (folder / "V2__words.sql").read_text()
    write(V2__words=good.replace("INSERT INTO ct.work.told VALUES (2", "INSERT INTO\n  ct.work.tlod VALUES (2"))
    with pytest.raises(MigrationFailed) as raised:
        run(warehouse(), folder)
    sentence = str(raised.value)
    assert f"{folder}/V2__words.sql:2: \"INSERT INTO ct.work.tlod VALUES (2, 'c')\" failed: " in sentence
    assert str(raised.value.__cause__).splitlines()[0] in sentence
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


class Killed(BaseException):
    """As SIGKILL: nothing can be sent any more."""


def killed_at(command_prefix: str) -> Callable[[str], None]:
    dead = False

    def before(command: str) -> None:
        nonlocal dead
        dead = dead or command.startswith(command_prefix)
        if dead:
            raise Killed

    return before


def expire_lease(rows) -> None:
    rows(f"UPDATE {LEASE} SET expires_at = DATEADD('second', -1, SYSDATE())")


def test_a_killed_run_is_resumed_when_its_lease_has_expired(warehouse, folder, rows):
    with pytest.raises(Killed):
        run(Watched(warehouse(), killed_at("INSERT INTO ct.work.told VALUES (2")), folder)
    planned = plan(discover(folder, {"word": "c"}), read_history(warehouse(), Tables("ct")))
    assert describe(planned) == [
        "V2__words.sql  2 statements  interrupted before",
        "R__view.sql  1 statement  new",
    ]
    with pytest.raises(
        UserError, match=r"test [0-9a-f-]{36} is running the migrations .* until \d{4}-\d\d-\d\d .* UTC"
    ):
        run(warehouse(), folder)

    expire_lease(rows)
    assert scripts(run(warehouse(), folder)) == ["V2__words.sql", "R__view.sql"]
    recorded = rows(
        f"SELECT status, error IS NULL FROM {HISTORY} WHERE script = ? ORDER BY installed_on", "V2__words.sql"
    )
    assert recorded == [("Failed", False), ("Success", True)]
    assert rows("SELECT n FROM ct.work.told ORDER BY n") == [(1,), (1,), (2,)]


@pytest.mark.parametrize(
    "command_prefix",
    ["SELECT SCRIPT", "CREATE DATABASE", "CREATE SCHEMA", "CREATE TABLE", "MERGE", "UPDATE", 'INSERT INTO "CT"', "USE"],
)
def test_a_run_killed_anywhere_else_is_resumed_too(warehouse, folder, rows, command_prefix):
    with pytest.raises(Killed):
        run(Watched(warehouse(), killed_at(command_prefix)), folder)
    if command_prefix in ('INSERT INTO "CT"', "USE"):
        expire_lease(rows)
    assert scripts(run(warehouse(), folder)) == ["V1__tables.sql", "V2__words.sql", "R__view.sql"]
    assert rows("SELECT n FROM ct.work.told ORDER BY n") == [(1,), (2,)]


def test_ctrl_c_frees_the_lease(warehouse, folder):
    def interrupt(event: Event) -> None:
        if event == Event("statement", "V2__words.sql", 1, 2):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(warehouse(), folder, on_event=interrupt)
    assert scripts(run(warehouse(), folder)) == ["V2__words.sql", "R__view.sql"]


def test_the_second_run_waits_for_the_first_and_applies_nothing(warehouse, folder, rows):
    second_waits = threading.Event()
    reports: dict[str, Report] = {}

    def first_event(event: Event) -> None:
        if event == Event("statement", "V2__words.sql", 1, 2):
            second.start()
            assert second_waits.wait(30)

    def second_event(event: Event) -> None:
        if event.kind == "waiting":
            assert event.subject.startswith("test ")
            second_waits.set()

    def run_second() -> None:
        reports["second"] = run(warehouse(), folder, WAITING, on_event=second_event)

    second = threading.Thread(target=run_second)
    reports["first"] = run(warehouse(), folder, WAITING, on_event=first_event)
    second.join(30)
    assert scripts(reports["first"]) == ["V1__tables.sql", "V2__words.sql", "R__view.sql"]
    assert scripts(reports["second"]) == []
    assert rows("SELECT n FROM ct.work.told ORDER BY n") == [(1,), (2,)]


def test_runs_at_once_apply_each_file_once(warehouse, folder, rows):
    barrier = threading.Barrier(4)
    applied: list[str] = []

    def run_one() -> None:
        barrier.wait(30)
        applied.extend(scripts(run(warehouse(), folder, WAITING)))

    threads = [threading.Thread(target=run_one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert applied == ["V1__tables.sql", "V2__words.sql", "R__view.sql"]
    assert rows("SELECT n FROM ct.work.told ORDER BY n") == [(1,), (2,)]
    assert rows(f"SELECT COUNT(*) FROM {HISTORY}") == [(3,)]
    assert rows(f"SELECT COUNT(*) FROM {LEASE}") == [(1,)]


def test_the_lease_is_renewed_between_statements(warehouse, folder, rows):
    left = []

    def event_seen(event: Event) -> None:
        if event.kind == "file":
            expire_lease(rows)
        if event.kind == "statement":
            left.extend(rows(f"SELECT expires_at > DATEADD('second', 30, SYSDATE()) FROM {LEASE}"))

    assert len(scripts(run(warehouse(), folder, on_event=event_seen))) == 3
    assert left == [(True,)] * 6


@pytest.mark.parametrize(("kind", "done", "words"), [("file", 0, []), ("statement", 1, [1]), ("statement", 2, [1, 2])])
def test_a_run_that_lost_its_lease_stops_and_records_nothing(warehouse, folder, rows, kind, done, words):
    def steal(event: Event) -> None:
        if event == Event(kind, "V2__words.sql", done, 2):
            rows(f"UPDATE {LEASE} SET holder = ?", "another")

    with pytest.raises(MigrationFailed, match="took over the lease") as raised:
        run(warehouse(), folder, on_event=steal)
    assert scripts(raised.value.report) == ["V1__tables.sql"]
    assert raised.value.report.remaining == ("V2__words.sql", "R__view.sql")
    assert [n for (n,) in rows("SELECT n FROM ct.work.told ORDER BY n")] == words
    assert rows(f"SELECT status FROM {HISTORY} WHERE script = ?", "V2__words.sql") == [("Started",)]
    assert rows(f"SELECT holder FROM {LEASE}") == [("another",)]


def test_a_run_that_lost_its_lease_between_files_begins_no_other(warehouse, folder, rows):
    def steal(event: Event) -> None:
        if event.kind == "applied":
            rows(f"UPDATE {LEASE} SET holder = ?", "another")

    with pytest.raises(MigrationFailed, match=r"V2__words\.sql:1: stopped here") as raised:
        run(warehouse(), folder, on_event=steal)
    assert scripts(raised.value.report) == ["V1__tables.sql"]
    assert rows(f"SELECT script FROM {HISTORY}") == [("V1__tables.sql",)]


def test_what_the_runner_sends_is_snowflakes_sql_to_a_second_grammar(warehouse, folder, rows):
    killed, waiting, last = Watched(warehouse(), killed_at("USE")), Watched(warehouse()), Watched(warehouse())
    with pytest.raises(Killed):
        run(killed, folder)
    with pytest.raises(UserError, match="holds their lease"):
        run(waiting, folder)
    expire_lease(rows)
    run(last, folder)
    own = {command for command in [*killed.sent, *waiting.sent, *last.sent] if "ct.work" not in command}
    assert {command.split()[0] for command in own} == {"CREATE", "MERGE", "SELECT", "INSERT", "UPDATE", "USE"}
    grammar = Linter(dialect="snowflake")
    # sqlfluff knows no binds.
    with_literals = [command.replace("?", "'1'") for command in own]
    assert [command for command in with_literals if grammar.parse_string(command).violations] == []


def test_a_refused_record_is_told_in_a_sentence(warehouse, folder):
    def refuse(command: str) -> None:
        if command.startswith("CREATE DATABASE"):
            raise RefusedError("Insufficient privileges", 3001)

    with pytest.raises(MigrationFailed, match="recorded in ct: Insufficient privileges; nothing had succeeded"):
        run(Watched(warehouse(), refuse), folder)


def test_a_broken_connection_does_not_hide_the_statement_that_failed(warehouse, folder, rows):
    broken = False

    def breaks(command: str) -> None:
        nonlocal broken
        broken = broken or command.startswith("INSERT INTO ct.work.told")
        if broken:
            raise RefusedError("connection reset", 250001)

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
