"""One run at a time, and what a killed one leaves behind."""

import threading
from itertools import count

import pytest

from customertrack.errors import UserError
from customertrack.migrations import (
    MigrationFailed,
    Notice,
    Patience,
    Report,
    Tables,
    describe,
    discover,
    plan,
    read_history,
)
from tests.migrations.sessions import (
    HISTORY,
    LEASE,
    WAITING,
    Killed,
    Watched,
    expire_lease,
    killed_at,
    run,
    scripts,
)


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
    session = warehouse()
    with pytest.raises(Killed):
        run(Watched(session, killed_at(command_prefix)), folder)
    # Snowflake ends the transaction of a session that says nothing for five minutes while others wait for it.
    session.close()
    if command_prefix in ('INSERT INTO "CT"', "USE"):
        expire_lease(rows)
    assert scripts(run(warehouse(), folder)) == ["V1__tables.sql", "V2__words.sql", "R__view.sql"]
    assert rows("SELECT n FROM ct.work.told ORDER BY n") == [(1,), (2,)]


def test_ctrl_c_frees_the_lease(warehouse, folder):
    def interrupt(notice: Notice) -> None:
        if notice == Notice("statement", "V2__words.sql", 1, 2):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(warehouse(), folder, tell=interrupt)
    assert scripts(run(warehouse(), folder)) == ["V2__words.sql", "R__view.sql"]


def test_the_second_run_waits_for_the_first_and_applies_nothing(warehouse, folder, rows):
    second_waits = threading.Event()
    reports: dict[str, Report] = {}

    def first_told(notice: Notice) -> None:
        if notice == Notice("statement", "V2__words.sql", 1, 2):
            second.start()
            assert second_waits.wait(30)

    def second_told(notice: Notice) -> None:
        if notice.kind == "waiting":
            assert notice.subject.startswith("test ")
            second_waits.set()

    def run_second() -> None:
        reports["second"] = run(warehouse(), folder, WAITING, tell=second_told)

    second = threading.Thread(target=run_second)
    reports["first"] = run(warehouse(), folder, WAITING, tell=first_told)
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

    def seen(notice: Notice) -> None:
        if notice.kind == "file":
            expire_lease(rows)
        if notice.kind == "statement":
            left.extend(rows(f"SELECT TIMESTAMPDIFF('second', SYSDATE(), expires_at) BETWEEN 30 AND 60 FROM {LEASE}"))

    assert len(scripts(run(warehouse(), folder, tell=seen, clock=count(step=10).__next__))) == 3
    assert left == [(True,)] * 6


def test_a_lease_that_has_just_been_renewed_is_not_renewed_again(warehouse, folder):
    session = Watched(warehouse())
    run(session, folder, clock=lambda: 0.0)
    assert [sent for sent in session.sent if "UPDATE" in sent and "DATEADD" in sent and "HOLDER = ?, " not in sent] == [
        'UPDATE "CT"."MIGRATIONS"."LEASE" SET EXPIRES_AT = DATEADD(\'second\', ?, SYSDATE()) WHERE HOLDER = ?'
    ]


def test_a_run_tells_once_that_it_waits(warehouse, folder, rows):
    run(warehouse(), folder)
    rows(f"UPDATE {LEASE} SET holder = ?, expires_at = DATEADD('hour', 1, SYSDATE())", "another")
    told: list[Notice] = []
    patience = Patience(lease=60, wait=5, poll=0)
    with pytest.raises(UserError, match="another is running the migrations"):
        run(warehouse(), folder, patience, word="d", clock=count().__next__, tell=told.append)
    assert told == [Notice("waiting", "another")]


@pytest.mark.parametrize(("kind", "done", "words"), [("file", 0, []), ("statement", 1, [1]), ("statement", 2, [1, 2])])
def test_a_run_that_lost_its_lease_stops_and_records_nothing(warehouse, folder, rows, kind, done, words):
    def steal(notice: Notice) -> None:
        if notice == Notice(kind, "V2__words.sql", done, 2):
            rows(f"UPDATE {LEASE} SET holder = ?", "another")

    with pytest.raises(MigrationFailed, match="took over the lease") as raised:
        run(warehouse(), folder, tell=steal, clock=count(step=10).__next__)
    assert scripts(raised.value.report) == ["V1__tables.sql"]
    assert raised.value.report.remaining == ("V2__words.sql", "R__view.sql")
    assert [n for (n,) in rows("SELECT n FROM ct.work.told ORDER BY n")] == words
    assert rows(f"SELECT status FROM {HISTORY} WHERE script = ?", "V2__words.sql") == [("Started",)]
    assert rows(f"SELECT holder FROM {LEASE}") == [("another",)]


def test_a_run_that_lost_its_lease_between_files_begins_no_other(warehouse, folder, rows):
    def steal(notice: Notice) -> None:
        if notice.kind == "applied":
            rows(f"UPDATE {LEASE} SET holder = ?", "another")

    with pytest.raises(MigrationFailed, match=r"V2__words\.sql:1: stopped here") as raised:
        run(warehouse(), folder, tell=steal)
    assert scripts(raised.value.report) == ["V1__tables.sql"]
    assert rows(f"SELECT script FROM {HISTORY}") == [("V1__tables.sql",)]
