"""Tasks: created suspended, run by schedule or by hand, suspended after failures."""

from collections.abc import Callable

import pytest

from snowglobe.connection import Connection
from snowglobe.errors import ProgrammingError
from tests.snowglobe.conftest import Clock
from tests.snowglobe.support import rows, run, value

HISTORY = "SELECT state, return_value, error_message FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY(TASK_NAME => 'task'))"


@pytest.fixture
def task(warehouse: Connection) -> Connection:
    """A task that notes each run in `note`, if `open` holds a row."""
    run(
        warehouse,
        "CREATE TABLE note (n NUMBER)",
        "CREATE TABLE open (n NUMBER)",
        "CREATE TASK task SCHEDULE = '1 MINUTE' SUSPEND_TASK_AFTER_NUM_FAILURES = 3 "
        "WHEN (SELECT COUNT(*) FROM open) > 0 AS INSERT INTO note VALUES (1)",
    )
    return warehouse


def notes(connection: Connection) -> int:
    return value(connection, "SELECT COUNT(*) FROM note")


def test_it_is_created_suspended(task: Connection):
    run(task, "INSERT INTO open VALUES (1)")
    assert (task.run_task("task").state, notes(task)) == ("SKIPPED", 0)
    run(task, "ALTER TASK task RESUME")
    assert (task.run_task("task").state, notes(task)) == ("SUCCEEDED", 1)
    run(task, "ALTER TASK task SUSPEND")
    assert (task.run_task("task").state, notes(task)) == ("SKIPPED", 1)


def test_it_waits_for_its_condition(task: Connection):
    run(task, "ALTER TASK task RESUME")
    assert task.run_task("dimension.task").state == "SKIPPED"
    run(task, "INSERT INTO open VALUES (1)")
    assert task.run_task("task").state == "SUCCEEDED"


def test_by_hand_it_runs_suspended_and_whatever_its_condition(task: Connection):
    run(task, "EXECUTE TASK task")
    assert notes(task) == 1


def test_it_is_suspended_after_failures_in_a_row(task: Connection):
    run(
        task,
        "CREATE OR ALTER TASK task SUSPEND_TASK_AFTER_NUM_FAILURES = 3 AS INSERT INTO later VALUES (1)",
        "ALTER TASK task RESUME",
    )
    assert [task.run_task("task").state for _ in range(2)] == ["FAILED"] * 2
    run(task, "CREATE TABLE later (n NUMBER)")
    assert task.run_task("task").state == "SUCCEEDED"
    run(task, "DROP TABLE later")
    assert [task.run_task("task").state for _ in range(4)] == ["FAILED"] * 3 + ["SKIPPED"]
    run(task, "ALTER TASK task RESUME")
    assert task.run_task("task").state == "FAILED"


def test_without_a_limit_failures_suspend_nothing(task: Connection):
    run(
        task,
        "CREATE OR ALTER TASK task SUSPEND_TASK_AFTER_NUM_FAILURES = 0 AS INSERT INTO later VALUES (1)",
        "ALTER TASK task RESUME",
    )
    assert [task.run_task("task").state for _ in range(3)] == ["FAILED"] * 3


def test_a_resumed_task_has_all_its_failures_before_it_again(task: Connection):
    run(
        task,
        "CREATE OR ALTER TASK task SUSPEND_TASK_AFTER_NUM_FAILURES = 2 AS INSERT INTO later VALUES (1)",
        "ALTER TASK task RESUME",
    )
    for _ in range(2):
        assert [task.run_task("task").state for _ in range(3)] == ["FAILED", "FAILED", "SKIPPED"]
        run(task, "ALTER TASK task RESUME")


def test_a_failure_names_its_error_and_undoes_its_transaction(task: Connection):
    run(
        task,
        "CREATE PROCEDURE half() RETURNS VARCHAR LANGUAGE SQL AS $$ BEGIN BEGIN TRANSACTION; "
        "INSERT INTO note VALUES (1); INSERT INTO no_such_table VALUES (1); COMMIT; END $$",
        "CREATE OR ALTER TASK task AS CALL half()",
        "ALTER TASK task RESUME",
    )
    failed = task.run_task("task")
    assert failed.error is not None
    assert (failed.state, failed.error.errno) == ("FAILED", 2003)
    assert notes(task) == 0
    assert task._session.in_transaction is False


def test_a_failed_run_by_hand_keeps_nothing_of_the_transaction_it_was_called_in(task: Connection):
    run(task, "CREATE OR ALTER TASK task AS CALL nothing_of_that_name()")
    run(task, "BEGIN", "INSERT INTO note VALUES (1)", "EXECUTE TASK task")
    assert task._session.in_transaction is False
    assert notes(task) == 0


def test_its_history(task: Connection, clock: Clock):
    run(
        task,
        "CREATE PROCEDURE p() RETURNS VARCHAR LANGUAGE SQL AS $$ BEGIN RETURN 'did it'; END $$",
        "CREATE OR ALTER TASK task AS CALL p()",
        "ALTER TASK task RESUME",
    )
    run_now = task.run_task("task")
    assert (run_now.return_value, run_now.started_at) == ("did it", clock.now)
    clock.forward(hours=1)
    run(task, "DROP PROCEDURE p()", "EXECUTE TASK task")
    first, second = rows(task, f"{HISTORY} ORDER BY query_start_time")
    assert first == ("SUCCEEDED", "did it", None)
    assert (second[0], second[1]) == ("FAILED", None)
    assert "Unknown procedure P" in second[2]
    since = HISTORY.replace(
        "'task'", "'task', SCHEDULED_TIME_RANGE_START => DATEADD('minute', -1, CURRENT_TIMESTAMP())"
    )
    assert [state for state, *_ in rows(task, since)] == ["FAILED"]


def test_the_history_of_failures_alone_and_of_the_newest_alone(task: Connection, clock: Clock):
    run(task, "EXECUTE TASK task", "DROP TABLE note")
    for _ in range(2):
        clock.forward(hours=1)
        run(task, "EXECUTE TASK task")
    states = HISTORY.replace("state, return_value, error_message", "state")
    assert rows(task, states.replace("'task'", "'task', ERROR_ONLY => TRUE")) == [("FAILED",)] * 2
    assert len(rows(task, states.replace("'task'", "'task', ERROR_ONLY => FALSE"))) == 3
    run(task, "CREATE TABLE note (n NUMBER)")
    clock.forward(hours=1)
    run(task, "EXECUTE TASK task")
    assert rows(task, states.replace("'task'", "'task', RESULT_LIMIT => 1")) == [("SUCCEEDED",)]


def test_it_must_be_suspended_to_be_altered(task: Connection):
    run(task, "ALTER TASK task RESUME")
    with pytest.raises(ProgrammingError, match="suspend it first"):
        run(task, "CREATE OR ALTER TASK task AS SELECT 1")
    run(task, "ALTER TASK task SUSPEND", "CREATE OR ALTER TASK task AS SELECT 1")
    assert task.run_task("task").state == "SKIPPED"


def test_it_is_made_once_and_survives(task: Connection, open_warehouse: Callable[[], Connection]):
    run(task, "CREATE TASK IF NOT EXISTS task AS SELECT 1", "ALTER TASK task RESUME", "INSERT INTO open VALUES (1)")
    with pytest.raises(ProgrammingError, match="already exists"):
        run(task, "CREATE TASK task AS SELECT 1")
    task.close()
    again = open_warehouse()
    assert (again.run_task("task").state, notes(again)) == ("SUCCEEDED", 1)
    run(again, "DROP TASK task", "DROP TASK IF EXISTS task", "ALTER TASK IF EXISTS task SUSPEND")
    for missing in ("DROP TASK task", "EXECUTE TASK task", "ALTER TASK task RESUME"):
        with pytest.raises(ProgrammingError, match="does not exist"):
            run(again, missing)
    with pytest.raises(ProgrammingError, match="does not exist"):
        again.run_task("task")


def shown(connection: Connection) -> tuple[object, object]:
    cursor = connection.cursor().execute("SHOW TASKS LIKE 'task' IN SCHEMA dimension")
    at = {column.name: number for number, column in enumerate(cursor.description or ())}
    (row,) = cursor.fetchall()
    return row[at["state"]], row[at["last_suspended_reason"]]


def test_it_is_shown_with_who_suspended_it(task: Connection):
    assert shown(task) == ("suspended", None)
    run(task, "ALTER TASK task RESUME")
    assert shown(task) == ("started", None)
    run(task, "ALTER TASK task SUSPEND")
    assert shown(task) == ("suspended", "USER_SUSPENDED")
    run(task, "ALTER TASK task RESUME", "DROP TABLE note", "INSERT INTO open VALUES (1)")
    for _ in range(3):
        task.run_task("task")
    assert shown(task) == ("suspended", "SUSPENDED_DUE_TO_ERRORS")
    assert rows(task, "DESC TASK task") == rows(task, "SHOW TASKS")
