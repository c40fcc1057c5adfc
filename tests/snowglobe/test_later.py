"""The note of a run goes with the next commit, and is there for whoever asks before that."""

from collections.abc import Callable
from pathlib import Path

import pytest

from snowglobe.connection import Connection
from tests.snowglobe.answering.beside import read
from tests.snowglobe.support import rows, run

HISTORY = "SELECT state FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY(TASK_NAME => 'task'))"


@pytest.fixture
def ran(warehouse: Connection) -> Connection:
    """A task has run, and nothing was committed since."""
    run(
        warehouse,
        "CREATE TABLE t (n NUMBER)",
        "CREATE TASK task SCHEDULE = '1 MINUTE' AS INSERT INTO t VALUES (1)",
        "EXECUTE TASK task",
    )
    assert written(warehouse) == 0
    return warehouse


def written(connection: Connection) -> int:
    """How many runs stand in the file."""
    return connection._session.rows("SELECT COUNT(*) FROM embedded.task_run")[0][0]


def test_the_next_commit_has_it(ran: Connection):
    run(ran, "BEGIN", "INSERT INTO t VALUES (2)", "ROLLBACK")
    assert written(ran) == 0
    run(ran, "INSERT INTO t VALUES (2)")
    assert written(ran) == 1
    run(ran, "INSERT INTO t VALUES (3)")
    assert written(ran) == 1


def test_it_is_there_for_whoever_asks(ran: Connection, folder: Path):
    assert rows(ran, HISTORY) == [("SUCCEEDED",)]
    run(ran, "EXECUTE TASK task")
    ran.answer_readers()
    with read(folder) as reader:
        assert rows(reader, HISTORY) == [("SUCCEEDED",)] * 2
    assert written(ran) == 2


def test_who_asks_does_not_wait_for_an_open_transaction(ran: Connection, open_warehouse: Callable[[], Connection]):
    other = open_warehouse()
    run(ran, "BEGIN", "INSERT INTO t VALUES (2)")
    assert rows(other, HISTORY) == []
    run(ran, "COMMIT")
    assert rows(other, HISTORY) == [("SUCCEEDED",)]


def test_closing_writes_it(ran: Connection, open_warehouse: Callable[[], Connection]):
    ran.close()
    assert written(open_warehouse()) == 1


def test_a_failure_is_written_at_once(ran: Connection):
    run(ran, "CREATE OR ALTER TASK task SCHEDULE = '1 MINUTE' AS INSERT INTO nowhere VALUES (1)", "EXECUTE TASK task")
    assert written(ran) == 2
