"""The end of a stack: what has landed is loaded first, and what was not is told, then and at the next deploy."""

import logging
from datetime import timedelta

import pytest

from tests.lambdas.account import Refused
from tests.lambdas.migrate.deploy import BUCKET, LATER, LOADED, Deploy, land, refusing

STATUS = "SELECT SYSTEM$PIPE_STATUS('CUSTOMERTRACK_DEV.DIMENSION.CUSTOMER_S3_PIPE')"


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def test_a_file_of_which_the_pipe_was_not_told_yet_is_loaded(redeploy: Deploy, caplog: pytest.LogCaptureFixture):
    land(redeploy.warehouse, BUCKET, "just_now.csv")
    redeploy("Delete")
    assert redeploy.warehouse.rows(LOADED) == [(1,)]
    assert "PAUSED" in redeploy.warehouse.rows(STATUS)[0][0]
    assert told(caplog) == []


def test_it_waits_while_files_are_pending(redeploy: Deploy, caplog: pytest.LogCaptureFixture):
    """Snowpipe loads them when it comes to it: here after three looks."""
    land(redeploy.warehouse, BUCKET, "slow.csv")
    looks = [0]

    def look(statement: str) -> None:
        if statement.endswith("REFRESH"):
            raise Refused("the refresh is refused", 1003)
        if "SYSTEM$PIPE_STATUS" in statement:
            looks[0] += 1
            if looks[0] == 6:
                redeploy.warehouse.announce("slow.csv")

    redeploy.warehouse.refuse = look
    redeploy("Delete")
    assert redeploy.clock.slept
    assert redeploy.warehouse.rows(LOADED) == [(1,)]
    assert told(caplog) == []


def test_it_does_not_wait_for_ever_and_says_what_remains_and_where(redeploy: Deploy, caplog: pytest.LogCaptureFixture):
    land(redeploy.warehouse, BUCKET, "one.csv")
    land(redeploy.warehouse, BUCKET, "two.csv")
    redeploy.warehouse.refuse = refusing('ALTER PIPE "CUSTOMERTRACK_DEV"."DIMENSION"."CUSTOMER_S3_PIPE" REFRESH')
    redeploy("Delete")
    assert 200 < redeploy.clock.now < 240
    (warning,) = told(caplog)
    assert "2 files that had landed" in warning
    assert f"s3://{BUCKET}/landing/" in warning
    assert "PAUSED" in redeploy.warehouse.rows(STATUS)[0][0]
    redeploy.warehouse.refuse = lambda statement: None
    warnings = redeploy("Create", LATER)["Warnings"]
    assert f"2 files had not been loaded from s3://{BUCKET}/landing/ when" in warnings
    assert "Files that were left behind" in warnings
    assert redeploy("Update", LATER)["Warnings"] == ""


def test_a_function_without_time_waits_no_longer_than_it_has(redeploy: Deploy):
    land(redeploy.warehouse, BUCKET, "one.csv")
    redeploy.warehouse.refuse = refusing('ALTER PIPE "CUSTOMERTRACK_DEV"."DIMENSION"."CUSTOMER_S3_PIPE" REFRESH')
    redeploy.seconds = 90
    redeploy("Delete")
    assert redeploy.clock.now <= 30


def test_a_pipe_that_somebody_paused_is_not_waited_for(redeploy: Deploy, caplog: pytest.LogCaptureFixture):
    redeploy.warehouse.run("ALTER PIPE customer_s3_pipe SET PIPE_EXECUTION_PAUSED = TRUE")
    land(redeploy.warehouse, BUCKET, "one.csv")
    redeploy("Delete")
    assert redeploy.clock.slept == []
    assert "1 files that had landed" in told(caplog)[0]


@pytest.mark.parametrize("days", [3, 9])
def test_in_the_same_bucket_the_next_deploy_finds_them(redeploy: Deploy, days: int):
    redeploy("Delete")
    redeploy.warehouse.later += timedelta(days=days)
    land(redeploy.warehouse, BUCKET, "meanwhile.csv")
    data = redeploy("Create")
    assert redeploy.warehouse.rows(LOADED) == [(1,)]
    assert ("look for the files of the last 7 days" in data["Warnings"]) == (days > 7)


@pytest.mark.parametrize("held", [False, True])
def test_rows_that_waited_too_long_for_a_refresh_are_taken_up(redeploy: Deploy, held: bool):
    land(redeploy.warehouse, BUCKET, "one.csv")
    redeploy.warehouse.announce("one.csv")
    if held:
        redeploy.warehouse.run("ALTER TASK customer_refresh_task SUSPEND")
    redeploy("Delete")
    redeploy.warehouse.later += timedelta(days=91)
    data = redeploy("Create", LATER)
    assert "the stream of customer was stale or gone and is made anew: 1 rows taken up" in data["Warnings"]
    if held:
        redeploy.warehouse.run("ALTER TASK customer_refresh_task RESUME")
    assert redeploy.warehouse.run_task() == "SUCCEEDED"
    assert redeploy.warehouse.rows("SELECT COUNT(*) FROM CUSTOMERTRACK_DEV.DIMENSION.CUSTOMER") == [(1,)]
    assert redeploy("Update", LATER)["Warnings"].count("stream") == 0


def test_a_stream_that_is_gone_is_made_again(redeploy: Deploy):
    land(redeploy.warehouse, BUCKET, "one.csv")
    redeploy.warehouse.announce("one.csv")
    redeploy.warehouse.run("DROP STREAM customer_table_changes")
    assert "1 rows taken up" in redeploy("Update", Revision="2")["Warnings"]
    assert redeploy.warehouse.run_task() == "SUCCEEDED"
