"""QUERY_HISTORY: the statements of tasks, in the session that each run is."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from snowglobe.connection import Connection
from snowglobe.errors import NotSupportedError
from tests.snowglobe.conftest import Clock
from tests.snowglobe.support import rows, run

HISTORY = "TABLE(INFORMATION_SCHEMA.QUERY_HISTORY())"
STATEMENTS = f"""
SELECT called.query_type, statement.query_type
FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY(TASK_NAME => 'task')) AS task_run
INNER JOIN {HISTORY} AS called ON task_run.query_id = called.query_id
INNER JOIN {HISTORY} AS statement ON called.session_id = statement.session_id
WHERE called.query_id <> statement.query_id
ORDER BY task_run.query_start_time, statement.query_id
"""
BODY = """
DECLARE
    found INTEGER;
    at TIMESTAMP_NTZ;
BEGIN
    at := SYSDATE();
    BEGIN TRANSACTION;
    WITH one AS (SELECT n FROM note) SELECT COUNT(*) INTO :found FROM one;
    IF (found IS NULL OR found < 1) THEN
        INSERT INTO note VALUES (1);
    END IF;
    DELETE FROM note WHERE n > 1;
    COMMIT;
END
"""


@pytest.fixture
def task(warehouse: Connection) -> Connection:
    """A task that calls a procedure with two kinds of run: the first has an INSERT more."""
    run(
        warehouse,
        "CREATE TABLE note (n NUMBER)",
        f"CREATE PROCEDURE p() RETURNS VARCHAR LANGUAGE SQL AS $${BODY}$$",
        "CREATE TASK task SCHEDULE = '1 MINUTE' AS CALL p()",
    )
    return warehouse


def test_a_run_has_the_statements_that_it_executed_and_no_expressions(task: Connection, clock: Clock):
    run(task, "EXECUTE TASK task")
    first = [("CALL", kind) for kind in ("BEGIN_TRANSACTION", "SELECT", "INSERT", "DELETE", "COMMIT")]
    assert rows(task, STATEMENTS) == first
    clock.forward(minutes=1)
    run(task, "EXECUTE TASK task")
    assert rows(task, STATEMENTS) == [*first, *[one for one in first if one[1] != "INSERT"]]


def test_a_task_of_one_statement_is_that_statement(task: Connection):
    run(task, "CREATE OR ALTER TASK task SCHEDULE = '1 MINUTE' AS INSERT INTO note VALUES (7)", "EXECUTE TASK task")
    assert rows(task, f"SELECT query_type FROM {HISTORY}") == [("INSERT",)]


def test_a_failed_run_has_what_it_came_to(task: Connection):
    run(task, "CREATE OR ALTER TASK task SCHEDULE = '1 MINUTE' AS CALL nothing_of_that_name()", "EXECUTE TASK task")
    assert rows(task, f"SELECT query_type FROM {HISTORY}") == [("CALL",)]
    run(task, "CREATE OR ALTER TASK task SCHEDULE = '1 MINUTE' AS CALL p()", "DROP TABLE note", "EXECUTE TASK task")
    assert rows(task, f"SELECT query_type FROM {HISTORY} WHERE session_id = 1 ORDER BY query_id") == [
        ("BEGIN_TRANSACTION",),
        ("SELECT",),
        ("ROLLBACK",),
        ("CALL",),
    ]


def test_what_no_task_executes_is_not_there(task: Connection):
    run(task, "CALL p()", "SELECT 1")
    assert rows(task, f"SELECT query_type FROM {HISTORY}") == []


def test_its_times(task: Connection, clock: Clock):
    run(task, "EXECUTE TASK task")
    times = f"SELECT DISTINCT start_time::TIMESTAMP_NTZ, end_time >= start_time, total_elapsed_time >= 0 FROM {HISTORY}"
    assert rows(task, times) == [(clock.now, True, True)]


def test_its_arguments(task: Connection, clock: Clock):
    run(task, "EXECUTE TASK task")
    clock.forward(hours=1)
    run(task, "EXECUTE TASK task")
    count = "SELECT COUNT(*), COUNT(DISTINCT session_id) FROM TABLE(INFORMATION_SCHEMA.QUERY_HISTORY({}))"
    assert rows(task, count.format("")) == [(11, 2)]
    assert rows(task, count.format("RESULT_LIMIT => 5")) == [(5, 1)]
    since = "END_TIME_RANGE_START => DATEADD('minute', -1, CURRENT_TIMESTAMP())"
    assert rows(task, count.format(since)) == [(5, 1)]
    with pytest.raises(NotSupportedError, match="does not know the argument SESSION_ID of QUERY_HISTORY"):
        rows(task, count.format("SESSION_ID => 1"))


def test_it_holds_seven_days(task: Connection, clock: Clock):
    run(task, "EXECUTE TASK task")
    count = f"SELECT COUNT(*) FROM {HISTORY}"
    clock.forward(days=7)
    assert rows(task, count) == [(6,)]
    clock.forward(seconds=1)
    assert rows(task, count) == [(0,)]


def test_runs_that_an_earlier_version_has_noted_have_no_statements(
    task: Connection, folder: Path, open_warehouse: Callable[[], Connection]
):
    run(task, "EXECUTE TASK task")
    task.close()
    with duckdb.connect(folder / "warehouse.duckdb") as file:
        file.execute("ALTER TABLE embedded.task_run DROP COLUMN statements")
    reopened = open_warehouse()
    assert rows(reopened, f"SELECT COUNT(*) FROM {HISTORY}") == [(0,)]
    assert rows(reopened, "SELECT query_id FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY())") == [("0-0",)]
    run(reopened, "EXECUTE TASK task")
    assert rows(reopened, f"SELECT COUNT(*) FROM {HISTORY}") == [(5,)]
