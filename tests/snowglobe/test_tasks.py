"""Tasks: created suspended, run by schedule or by hand, suspended after failures."""

from collections.abc import Callable

import pytest

from snowglobe.connection import Connection
from snowglobe.errors import NotSupportedError, ProgrammingError
from tests.snowglobe.conftest import Clock
from tests.snowglobe.support import rows, run, value

HISTORY = "SELECT state, return_value, error_message FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY(TASK_NAME => 'task'))"
LATER = "CREATE OR ALTER TASK task SCHEDULE = '1 MINUTE'"


@pytest.fixture
def task(warehouse: Connection) -> Connection:
    """A task that notes each run in `note`, if `source` has got rows."""
    run(
        warehouse,
        "CREATE TABLE note (n NUMBER)",
        "CREATE TABLE source (n NUMBER)",
        "CREATE STREAM source_rows ON TABLE source APPEND_ONLY = TRUE",
        "CREATE TASK task SCHEDULE = '1 MINUTE' SUSPEND_TASK_AFTER_NUM_FAILURES = 3 "
        "WHEN SYSTEM$STREAM_HAS_DATA('source_rows') AS INSERT INTO note VALUES (1)",
    )
    return warehouse


def notes(connection: Connection) -> int:
    return value(connection, "SELECT COUNT(*) FROM note")


def test_it_is_created_suspended(task: Connection):
    run(task, "INSERT INTO source VALUES (1)")
    assert (task.run_task("task").state, notes(task)) == ("SKIPPED", 0)
    run(task, "ALTER TASK task RESUME")
    assert (task.run_task("task").state, notes(task)) == ("SUCCEEDED", 1)
    run(task, "ALTER TASK task SUSPEND")
    assert (task.run_task("task").state, notes(task)) == ("SKIPPED", 1)


def test_it_waits_for_its_condition(task: Connection):
    run(task, "ALTER TASK task RESUME")
    assert task.run_task("dimension.task").state == "SKIPPED"
    run(task, "INSERT INTO source VALUES (1)")
    assert task.run_task("task").state == "SUCCEEDED"


def test_by_hand_it_runs_suspended_and_whatever_its_condition(task: Connection):
    run(task, "EXECUTE TASK task")
    assert notes(task) == 1


def test_it_is_suspended_after_failures_in_a_row(task: Connection):
    run(
        task,
        f"{LATER} SUSPEND_TASK_AFTER_NUM_FAILURES = 3 AS INSERT INTO later VALUES (1)",
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
        f"{LATER} SUSPEND_TASK_AFTER_NUM_FAILURES = 0 AS INSERT INTO later VALUES (1)",
        "ALTER TASK task RESUME",
    )
    assert [task.run_task("task").state for _ in range(3)] == ["FAILED"] * 3


def test_a_resumed_task_has_all_its_failures_before_it_again(task: Connection):
    run(
        task,
        f"{LATER} SUSPEND_TASK_AFTER_NUM_FAILURES = 2 AS INSERT INTO later VALUES (1)",
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
        "CREATE OR ALTER TASK task SCHEDULE = '1 MINUTE' AS CALL half()",
        "ALTER TASK task RESUME",
    )
    failed = task.run_task("task")
    assert failed.error is not None
    assert (failed.state, failed.error.errno) == ("FAILED", 2003)
    assert notes(task) == 0
    assert task._session.in_transaction is False


def test_a_failed_run_by_hand_keeps_nothing_of_the_transaction_it_was_called_in(task: Connection):
    run(task, "CREATE OR ALTER TASK task SCHEDULE = '1 MINUTE' AS CALL nothing_of_that_name()")
    run(task, "BEGIN", "INSERT INTO note VALUES (1)", "EXECUTE TASK task")
    assert task._session.in_transaction is False
    assert notes(task) == 0


def test_its_history(task: Connection, clock: Clock):
    run(
        task,
        "CREATE PROCEDURE p() RETURNS VARCHAR LANGUAGE SQL AS $$ BEGIN RETURN 'did it'; END $$",
        "CREATE OR ALTER TASK task SCHEDULE = '1 MINUTE' AS CALL p()",
        "ALTER TASK task RESUME",
    )
    run_now = task.run_task("task")
    assert (run_now.return_value, run_now.started_at) == ("did it", clock.now)
    clock.forward(hours=1)
    run(task, "DROP PROCEDURE p()", "EXECUTE TASK task")
    first, second = rows(task, f"{HISTORY} ORDER BY query_start_time")
    # Only SYSTEM$SET_RETURN_VALUE would put a value there.
    assert first == ("SUCCEEDED", None, None)
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
        run(task, "CREATE OR ALTER TASK task SCHEDULE = '1 MINUTE' AS SELECT 1")
    run(task, "ALTER TASK task SUSPEND", "CREATE OR ALTER TASK task SCHEDULE = '1 MINUTE' AS SELECT 1")
    assert task.run_task("task").state == "SKIPPED"


def test_it_is_made_once_and_survives(task: Connection, open_warehouse: Callable[[], Connection]):
    run(task, "CREATE TASK IF NOT EXISTS task AS SELECT 1", "ALTER TASK task RESUME", "INSERT INTO source VALUES (1)")
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
    run(task, "ALTER TASK task RESUME", "DROP TABLE note", "INSERT INTO source VALUES (1)")
    for _ in range(3):
        task.run_task("task")
    assert shown(task) == ("suspended", "SUSPENDED_DUE_TO_ERRORS")
    assert rows(task, "DESC TASK task") == rows(task, "SHOW TASKS")


TRIGGERED = (
    "CREATE TASK triggered {options} TARGET_COMPLETION_INTERVAL = '10 MINUTES' "
    "WHEN {when} AS INSERT INTO note SELECT n FROM source_rows"
)
HAS_DATA = "SYSTEM$STREAM_HAS_DATA('source_rows')"


def test_a_stream_triggers_one_without_a_schedule(task: Connection):
    run(task, TRIGGERED.format(options="", when=HAS_DATA), "ALTER TASK triggered RESUME")
    assert task.run_task("triggered").state == "SKIPPED"
    run(task, "INSERT INTO source VALUES (1), (2)")
    assert [task.run_task("triggered").state for _ in range(2)] == ["SUCCEEDED", "SKIPPED"]
    assert notes(task) == 2


def test_one_of_several_streams_triggers_it(task: Connection):
    run(task, "CREATE TABLE other (n NUMBER)", "CREATE STREAM other_rows ON TABLE other APPEND_ONLY = TRUE")
    either = f"{HAS_DATA} OR SYSTEM$STREAM_HAS_DATA('other_rows')"
    run(task, TRIGGERED.format(options="", when=either), "ALTER TASK triggered RESUME")
    assert task.run_task("triggered").state == "SKIPPED"
    run(task, "INSERT INTO other VALUES (1)")
    assert [task.run_task("triggered").state for _ in range(2)] == ["SUCCEEDED", "SUCCEEDED"]


def test_a_scheduled_one_becomes_triggered(task: Connection):
    made_anew = TRIGGERED.format(options="", when=HAS_DATA).replace(
        "CREATE TASK triggered", "CREATE OR ALTER TASK task"
    )
    run(task, "INSERT INTO source VALUES (1)", made_anew, "ALTER TASK task RESUME")
    assert [task.run_task("task").state for _ in range(2)] == ["SUCCEEDED", "SKIPPED"]


def test_one_that_nothing_starts_runs_by_hand_and_is_not_resumed(task: Connection):
    run(task, "CREATE OR ALTER TASK task AS INSERT INTO note VALUES (1)", "EXECUTE TASK task")
    assert notes(task) == 1
    with pytest.raises(ProgrammingError, match="neither a SCHEDULE nor a stream"):
        run(task, "ALTER TASK task RESUME")


@pytest.mark.parametrize(
    "options",
    [
        "USER_TASK_MINIMUM_TRIGGER_INTERVAL_IN_SECONDS = 10",
        "USER_TASK_TIMEOUT_MS = 604800000 TASK_AUTO_RETRY_ATTEMPTS = 30 SUSPEND_TASK_AFTER_NUM_FAILURES = 0",
        "USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE = 'XSMALL' SERVERLESS_TASK_MAX_STATEMENT_SIZE = 'large'",
        "SERVERLESS_TASK_MIN_STATEMENT_SIZE = 'SMALL' SERVERLESS_TASK_MAX_STATEMENT_SIZE = 'SMALL'",
        "TIMEZONE = 'UTC', TIMESTAMP_INPUT_FORMAT = 'AUTO', AUTOCOMMIT = TRUE",
        "AUTOCOMMIT = TRUE COMMENT = 'after a parameter'",
    ],
)
def test_options_that_it_takes(task: Connection, options: str):
    run(task, TRIGGERED.format(options=options, when=HAS_DATA), "ALTER TASK triggered RESUME")


@pytest.mark.parametrize(
    ("task_sql", "why"),
    [
        (f"CREATE TASK t WHEN {HAS_DATA} AS SELECT 1", "needs a TARGET_COMPLETION_INTERVAL"),
        ("CREATE TASK t SCHEDULE = 'daily' AS SELECT 1", "SCHEDULE is a number of"),
        ("CREATE TASK t SCHEDULE = '1 FORTNIGHT' AS SELECT 1", "SCHEDULE is a number of"),
        ("CREATE TASK t SCHEDULE = '5 SECONDS' AS SELECT 1", "SCHEDULE is a number of"),
        ("CREATE TASK t SCHEDULE = 'USING CRON 3 * * UTC' AS SELECT 1", "SCHEDULE is a number of"),
        ("CREATE TASK t SCHEDULE = '1 MINUTE' WHEN (SELECT TRUE) AS SELECT 1", "WHEN takes SYSTEM"),
        ("CREATE TASK t SCHEDULE = '1 MINUTE' WHEN 'TRUE' AS SELECT 1", "WHEN takes SYSTEM"),
        ("CREATE TASK t TARGET_COMPLETION_INTERVAL = 'soon' SCHEDULE = '1 MINUTE' AS SELECT 1", "TARGET_COMPLETION"),
        ("CREATE TASK t WAREHOUSE = w TARGET_COMPLETION_INTERVAL = '1 M' SCHEDULE = '1 M' AS SELECT 1", "serverless"),
        ("CREATE TASK t WAREHOUSE = w SERVERLESS_TASK_MAX_STATEMENT_SIZE = 'SMALL' AS SELECT 1", "serverless"),
        ("CREATE TASK t SERVERLESS_TASK_MAX_STATEMENT_SIZE = 'HUGE' AS SELECT 1", "no size HUGE"),
        (
            "CREATE TASK t SERVERLESS_TASK_MIN_STATEMENT_SIZE = 'LARGE' SERVERLESS_TASK_MAX_STATEMENT_SIZE = 'SMALL' "
            "AS SELECT 1",
            "not in the order",
        ),
        ("CREATE TASK t TASK_AUTO_RETRY_ATTEMPTS = 31 AS SELECT 1", "from 0 to 30"),
        ("CREATE TASK t USER_TASK_TIMEOUT_MS = 604800001 AS SELECT 1", "from 0 to 604800000"),
        (TRIGGERED.format(options="USER_TASK_MINIMUM_TRIGGER_INTERVAL_IN_SECONDS = 9", when=HAS_DATA), "from 10 to"),
        ("CREATE TASK t USER_TASK_MINIMUM_TRIGGER_INTERVAL_IN_SECONDS = 30 AS SELECT 1", "that streams trigger"),
        (
            TRIGGERED.format(
                options="SCHEDULE = '1 M' USER_TASK_MINIMUM_TRIGGER_INTERVAL_IN_SECONDS = 30", when=HAS_DATA
            ),
            "that streams trigger",
        ),
        ("CREATE TASK t SCHEDULE = '1 MINUTE', COMMENT = 'x' AS SELECT 1", "unexpected ','"),
        ("CREATE TASK t TIMEZONE = 'UTC', COMMENT = 'x' AS SELECT 1", "unexpected ','"),
    ],
)
def test_what_snowflake_refuses_is_refused(task: Connection, task_sql: str, why: str):
    with pytest.raises(ProgrammingError, match=why):
        run(task, task_sql)


@pytest.mark.parametrize(
    "parameter", ["TIMEZONE = 'America/Los_Angeles'", "AUTOCOMMIT = FALSE", "TIMESTAMP_INPUT_FORMAT = 'DD.MM.YYYY'"]
)
def test_a_parameter_that_would_change_results_is_refused(task: Connection, parameter: str):
    with pytest.raises(NotSupportedError, match="cannot have"):
        run(task, f"CREATE TASK t SCHEDULE = '1 MINUTE' {parameter} AS SELECT 1")
