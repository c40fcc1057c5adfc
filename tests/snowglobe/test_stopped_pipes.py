"""What stops a pipe, and what starts it again (docs.snowflake.com, "Manage Snowpipe", "SYSTEM$PIPE_STATUS")."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from snowglobe.connection import Connection
from tests.snowglobe.conftest import COPY, Clock
from tests.snowglobe.support import drop_file, rows, run, value

A = "in/a.csv"
ERRORS = (
    "NOTIFICATION INTEGRATION errors ENABLED = TRUE TYPE = QUEUE DIRECTION = OUTBOUND NOTIFICATION_PROVIDER = AWS_SNS "
    "AWS_SNS_TOPIC_ARN = 'arn:aws:sns:us-east-1:123456789012:errors' AWS_SNS_ROLE_ARN = 'arn:aws:iam::1:role/errors'"
)
MADE = f"CREATE PIPE pipe AUTO_INGEST = TRUE ERROR_INTEGRATION = errors AS {COPY}"
STAGE = "CREATE STAGE ext_stage URL = 's3://bucket/in/' STORAGE_INTEGRATION = integration"


@pytest.fixture
def piped(landing: Connection, folder: Path) -> Connection:
    """A pipe that loads raw, and a file that it has not taken yet."""
    run(landing, f"CREATE {ERRORS}", MADE)
    (folder / "bucket" / "other").mkdir()
    drop_file(folder, "a.csv", "name", "Ann")
    return landing


def status(connection: Connection) -> dict[str, object]:
    return json.loads(value(connection, "SELECT SYSTEM$PIPE_STATUS('pipe')"))


# What is done, and the state that it leaves.
FOR_GOOD = [
    (["ALTER STAGE ext_stage SET URL = 's3://bucket/other/'"], "STOPPED_STAGE_ALTERED"),
    (
        ["ALTER STAGE ext_stage SET URL = 's3://bucket/in/deeper/' STORAGE_INTEGRATION = other"],
        "STOPPED_STAGE_ALTERED",
    ),
    (
        ["ALTER STAGE ext_stage SET URL = 's3://bucket/other/'", "ALTER STAGE ext_stage SET URL = 's3://bucket/in/'"],
        "STOPPED_STAGE_ALTERED",
    ),
    (["DROP STAGE ext_stage"], "STOPPED_STAGE_DROPPED"),
    (["DROP STAGE ext_stage", STAGE], "STOPPED_STAGE_DROPPED"),
    (["DROP INTEGRATION errors"], "STOPPED_NOTIFICATION_INTEGRATION_DROPPED"),
    ([f"CREATE OR REPLACE {ERRORS}"], "STOPPED_NOTIFICATION_INTEGRATION_DROPPED"),
]


@pytest.mark.parametrize(("done", "state"), FOR_GOOD)
def test_it_loads_no_more_until_it_is_made_anew(piped: Connection, done: list[str], state: str):
    run(piped, *done, "ALTER PIPE pipe SET PIPE_EXECUTION_PAUSED = FALSE")
    assert status(piped) == {"executionState": state, "pendingFileCount": 0}
    assert list(piped.announce("pipe", [A])) == list(piped.refresh_pipe("pipe")) == []
    assert rows(piped, "ALTER PIPE pipe REFRESH") == []
    assert value(piped, "SELECT COUNT(*) FROM information_schema.pipes") == 1
    run(
        piped,
        "DROP PIPE pipe",
        "DROP STAGE IF EXISTS ext_stage",
        STAGE,
        f"CREATE OR REPLACE {ERRORS}",
        MADE,
    )
    assert status(piped)["executionState"] == "RUNNING"
    assert [load.name for load in piped.refresh_pipe("pipe")] == [A]


@pytest.mark.parametrize(
    "done",
    [
        "ALTER STAGE ext_stage SET URL = 's3://bucket/in/'",
        "ALTER STAGE ext_stage SET URL = 's3://bucket/in'",
        "ALTER STAGE ext_stage SET STORAGE_INTEGRATION = other",
        "ALTER STAGE ext_stage SET COMMENT = 'x'",
        f"ALTER {ERRORS.partition(' ENABLED')[0]} SET ENABLED = FALSE",
    ],
)
def test_what_leaves_its_place_as_it_was_leaves_it_running(piped: Connection, done: str):
    run(piped, done)
    assert status(piped)["executionState"] == "RUNNING"
    assert [load.name for load in piped.announce("pipe", [A])] == [A]


def test_only_the_pipes_of_that_stage_stop(piped: Connection):
    run(
        piped,
        "CREATE STAGE second URL = 's3://bucket/other/' STORAGE_INTEGRATION = integration",
        f"CREATE PIPE another AUTO_INGEST = TRUE AS {COPY.replace('ext_stage', 'second')}",
        "ALTER STAGE second SET URL = 's3://bucket/in/'",
    )
    assert status(piped)["executionState"] == "RUNNING"
    assert json.loads(value(piped, "SELECT SYSTEM$PIPE_STATUS('another')"))["executionState"] == "STOPPED_STAGE_ALTERED"


def test_it_stays_stopped_over_the_end_of_the_process(piped: Connection, open_warehouse: Callable[[], Connection]):
    run(piped, "ALTER STAGE ext_stage SET URL = 's3://bucket/other/'")
    piped.close()
    assert status(open_warehouse())["executionState"] == "STOPPED_STAGE_ALTERED"


def test_without_its_table_it_waits_and_goes_on_by_itself(piped: Connection):
    columns = "(id VARCHAR, name VARCHAR, source_file VARCHAR, source_row NUMBER, loaded_at TIMESTAMP_LTZ)"
    run(piped, "DROP TABLE raw")
    assert status(piped) == {"executionState": "STOPPED_MISSING_TABLE", "pendingFileCount": 0}
    assert list(piped.announce("pipe", [A])) == []
    run(piped, f"CREATE TABLE raw {columns}")
    assert status(piped)["executionState"] == "RUNNING"
    assert [load.name for load in piped.announce("pipe", [A])] == [A]


@pytest.mark.parametrize(("days", "state"), [(13.9, "RUNNING"), (14.1, "PAUSED")])
def test_one_that_was_paused_for_two_weeks_is_not_resumed(piped: Connection, clock: Clock, days: float, state: str):
    run(piped, "ALTER PIPE pipe SET PIPE_EXECUTION_PAUSED = TRUE")
    clock.forward(days=days / 2)
    run(piped, "ALTER PIPE pipe SET PIPE_EXECUTION_PAUSED = TRUE")
    clock.forward(days=days / 2)
    run(piped, "ALTER PIPE pipe SET PIPE_EXECUTION_PAUSED = FALSE")
    assert status(piped)["executionState"] == state


def test_there_is_a_row_for_each_stage(piped: Connection):
    asked = "SELECT stage_url FROM information_schema.stages WHERE stage_schema = 'DIMENSION' AND stage_name = '{}'"
    assert rows(piped, asked.format("EXT_STAGE")) == [("s3://bucket/in/",)]
    run(piped, "ALTER STAGE ext_stage SET URL = 's3://bucket/other'")
    assert rows(piped, asked.format("EXT_STAGE")) == [("s3://bucket/other/",)]
    assert rows(piped, asked.format("OTHER")) == []
