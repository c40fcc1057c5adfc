"""The pipe and the task over the lives of the stack: moved to another topic, stopped, started."""

from contextlib import closing

import pytest

from lambdas.reason import Failed
from tests.lambdas.migrate.deploy import (
    BUCKET,
    LATER,
    LATER_BUCKET,
    LATER_TOPIC,
    LATER_URL,
    LOADED,
    Deploy,
    land,
    refusing,
)
from tests.lambdas.properties import LANDING_TOPIC, LANDING_URL


def test_another_life_of_the_stack_moves_the_pipe_to_its_topic_and_bucket(redeploy: Deploy):
    warehouse = redeploy.warehouse
    redeploy("Delete")
    land(warehouse, LATER_BUCKET, "later.csv")
    data = redeploy("Create", LATER)
    assert data["Scripts"] == "customer/R__20_landing.sql, customer/R__25_pipe.sql"
    assert data["PipeStatus"] == "RUNNING"
    assert warehouse.comment == f"From {LATER_URL} to customer_raw, announced on {LATER_TOPIC}"
    assert warehouse.count("DROP PIPE") == 1
    assert warehouse.rows(LOADED) == [(1,)]
    assert warehouse.run_task() == "SUCCEEDED"


@pytest.mark.parametrize("failing", ["CREATE OR ALTER FILE FORMAT", "DROP PIPE", "CREATE PIPE", "ALTER PIPE"])
def test_an_update_that_failed_anywhere_is_undone_by_the_old_properties(redeploy: Deploy, failing: str):
    redeploy.warehouse.refuse = refusing(failing)
    with pytest.raises(Failed):
        redeploy("Update", LATER)
    redeploy.warehouse.refuse = lambda statement: None
    data = redeploy("Update")
    assert redeploy.warehouse.comment == f"From {LANDING_URL} to customer_raw, announced on {LANDING_TOPIC}"
    assert data["PipeStatus"] == "RUNNING"
    land(redeploy.warehouse, BUCKET, "after.csv")
    assert redeploy.warehouse.announce("after.csv") == 1


@pytest.mark.parametrize("comment", ["Landing to customer_raw", "mine", "announced on nothing of ours"])
def test_a_pipe_of_which_nobody_knows_the_topic_is_made_anew(redeploy: Deploy, comment: str):
    redeploy.warehouse.comment = comment
    redeploy("Update", Revision="2")
    assert redeploy.warehouse.comment == f"From {LANDING_URL} to customer_raw, announced on {LANDING_TOPIC}"


def test_a_pipe_that_somebody_dropped_is_made_again(redeploy: Deploy):
    with closing(redeploy.warehouse.sign_in(None)) as session:
        session.cursor().execute("DROP PIPE CUSTOMERTRACK_DEV.DIMENSION.CUSTOMER_S3_PIPE")
    assert redeploy("Update", Revision="2")["PipeStatus"] == "RUNNING"


def test_two_updates_at_once_leave_one_pipe_on_the_new_topic(redeploy: Deploy):
    """The second comes in just before each statement of the first about the pipe."""
    warehouse = redeploy.warehouse
    for beginning in ("SELECT COMMENT", "DROP PIPE", "CREATE PIPE", "ALTER PIPE"):
        warehouse.comment = "Landing to customer_raw, announced on another"
        seen: list[dict[str, str]] = []

        def other(statement: str, beginning: str = beginning, seen: list[dict[str, str]] = seen) -> None:
            if statement.startswith(beginning) and not seen:
                warehouse.refuse = lambda statement: None
                seen.append(redeploy("Update", Revision="2"))

        warehouse.refuse = other
        assert redeploy("Update", Revision="2") == seen[0]
        assert warehouse.comment == f"From {LANDING_URL} to customer_raw, announced on {LANDING_TOPIC}"


def test_delete_stops_the_pipe_and_the_task_and_an_update_starts_them(redeploy: Deploy):
    land(redeploy.warehouse, BUCKET, "one.csv")
    redeploy("Update", Revision="2")
    assert redeploy("Delete") == {}
    status = "SELECT SYSTEM$PIPE_STATUS('CUSTOMERTRACK_DEV.DIMENSION.CUSTOMER_S3_PIPE')"
    assert "PAUSED" in redeploy.warehouse.rows(status)[0][0]
    assert redeploy.warehouse.run_task() == "SKIPPED"
    assert redeploy.warehouse.rows(LOADED) == [(1,)]
    assert redeploy("Update", Revision="3")["PipeStatus"] == "RUNNING"
    assert redeploy.warehouse.run_task() == "SUCCEEDED"
    assert redeploy.warehouse.sessions == 0


@pytest.mark.parametrize("refused", ["ALTER PIPE", "ALTER TASK", "ALTER"])
def test_delete_never_fails_and_stops_what_it_can(redeploy: Deploy, refused: str):
    redeploy.warehouse.refuse = refusing(refused)
    assert redeploy("Delete") == {}
    assert redeploy.warehouse.count("ALTER TASK IF EXISTS") == 2
    assert redeploy.warehouse.sessions == 0


def test_delete_on_an_account_that_lost_everything_is_a_success(deploy: Deploy, monkeypatch: pytest.MonkeyPatch):
    assert deploy("Delete") == {}
    monkeypatch.delenv("SNOWFLAKE_ACCOUNT")
    assert deploy("Delete", {}) == {}
