"""One run of migrations at a time, also where an UPDATE that has waited does not look at its WHERE again."""

import threading
from pathlib import Path

import pytest

from snowglobe import OpenQuestion, connect
from snowglobe.database import Database
from tests.migrations.conftest import folder, rows, write
from tests.migrations.sessions import Watched, run
from tests.migrations.test_lease import (
    test_a_killed_run_is_resumed_when_its_lease_has_expired,
    test_runs_at_once_apply_each_file_once,
    test_the_second_run_waits_for_the_first_and_applies_nothing,
)

__all__ = [
    "folder",
    "rows",
    "test_a_killed_run_is_resumed_when_its_lease_has_expired",
    "test_runs_at_once_apply_each_file_once",
    "test_the_second_run_waits_for_the_first_and_applies_nothing",
    "write",
]


@pytest.fixture
def warehouse(tmp_path: Path):
    """As in tests/migrations/conftest.py."""
    opened = []

    def open_session():
        path = tmp_path / "home" / "warehouse.duckdb"
        opened.append(connect(path, database_name="ct", otherwise=list(OpenQuestion)))
        return opened[-1]

    yield open_session
    for session in opened:
        session.close()


def test_the_answer_is_the_other_one(warehouse, monkeypatch: pytest.MonkeyPatch):
    """Of two conditional updates at once the second one overwrites the first: what a lease must not be made of."""
    first, second = warehouse(), warehouse()
    for statement in ["CREATE TABLE t (holder VARCHAR)", "INSERT INTO t VALUES (NULL)", "BEGIN"]:
        first.cursor().execute(statement)
    first.cursor().execute("UPDATE t SET holder = 'first' WHERE holder IS NULL")
    counts = []
    taking = threading.Thread(
        target=lambda: counts.append(
            second.cursor().execute("UPDATE t SET holder = 'second' WHERE holder IS NULL").rowcount
        )
    )
    waits = threading.Event()
    wait_for_turn = Database.wait_for_turn

    def told(database: Database) -> None:
        waits.set()
        wait_for_turn(database)

    monkeypatch.setattr(Database, "wait_for_turn", told)
    taking.start()
    assert waits.wait(30)
    first.commit()
    taking.join(30)
    assert counts == [1]
    assert first.cursor().execute("SELECT holder FROM t").fetchall() == [("second",)]


def test_the_row_is_locked_before_it_is_looked_at(warehouse, folder):
    """Only what is sent can show it: the embedded warehouse waits at BEGIN already."""
    session = Watched(warehouse())
    run(session, folder)
    begun = session.sent.index("BEGIN TRANSACTION")
    _, lock, take, commit = session.sent[begun : begun + 4]
    assert lock.startswith("UPDATE")
    assert "WHERE" not in lock
    assert "WHERE HOLDER IS NULL OR EXPIRES_AT <= SYSDATE()" in take
    assert commit == "COMMIT"
