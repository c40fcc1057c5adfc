"""What a deploy starts, and what it leaves as somebody has left it, over the lives of the stack."""

from datetime import timedelta
from typing import Any

import pytest

from lambdas.reason import Failed
from tests.lambdas.migrate.deploy import BUCKET, FAILURE, LATER, LATER_BUCKET, LOADED, Deploy, land, refusing
from tests.lambdas.properties import MIGRATIONS

DAY = timedelta(days=1)
TASK = "CUSTOMER_REFRESH_TASK"
PIPE = "CUSTOMER_S3_PIPE"
# As a change of its text: the file of the task is applied again.
RUN_AGAIN = (
    "UPDATE CUSTOMERTRACK_DEV.MIGRATIONS.CHANGE_HISTORY SET CHECKSUM = 'other' "
    "WHERE SCRIPT = 'customer/R__60_refresh_task.sql'"
)
# The same bucket and topic, in a stack of its own: as with a setting that names a bucket.
ELSEWHERE: dict[str, Any] = MIGRATIONS | {
    "Variables": MIGRATIONS["Variables"] | {"landing_root": f"s3://{LATER_BUCKET}/landing/"},
}


def state(deploy: Deploy) -> tuple[str, str]:
    """Of the task, and of the pipe."""
    (task,) = deploy.warehouse.rows(f"SHOW TASKS LIKE '{TASK}' IN SCHEMA CUSTOMERTRACK_DEV.DIMENSION")
    status = "SELECT SYSTEM$PIPE_STATUS('CUSTOMERTRACK_DEV.DIMENSION.CUSTOMER_S3_PIPE')"
    return ("started" if "started" in task else "suspended"), deploy.warehouse.rows(status)[0][0].split('"')[3]


def suspend(deploy: Deploy) -> None:
    deploy.warehouse.run(f"ALTER TASK {TASK} SUSPEND")


def test_a_deploy_with_nothing_to_do_touches_neither_stage_nor_pipe_nor_task(redeploy: Deploy):
    redeploy("Update", Revision="2")
    for statement in ("ALTER STAGE", "DROP PIPE", "CREATE", "ALTER PIPE", "ALTER TASK", "CALL"):
        assert redeploy.warehouse.count(statement) == 0


def test_another_bucket_alone_has_the_pipe_made_anew(redeploy: Deploy):
    land(redeploy.warehouse, LATER_BUCKET, "before.csv")
    data = redeploy("Update", ELSEWHERE)
    assert data["PipeStatus"] == "RUNNING"
    assert (redeploy.warehouse.count("ALTER STAGE"), redeploy.warehouse.count("DROP PIPE")) == (1, 1)
    assert redeploy.warehouse.rows(LOADED) == [(1,)]
    land(redeploy.warehouse, LATER_BUCKET, "after.csv")
    assert redeploy.warehouse.announce("after.csv") == 1


@pytest.mark.parametrize("failing", ["ALTER STAGE", "DROP PIPE", "CREATE PIPE", "ALTER PIPE", "MERGE", "UPDATE"])
@pytest.mark.parametrize("then", ["on", "back"])
def test_a_move_that_failed_anywhere_ends_well(redeploy: Deploy, failing: str, then: str):
    bucket, properties = (LATER_BUCKET, ELSEWHERE) if then == "on" else (BUCKET, MIGRATIONS)
    redeploy.warehouse.refuse = refusing(failing, times=20)
    try:
        redeploy("Update", ELSEWHERE)
    except Failed:
        redeploy.warehouse.refuse = lambda statement: None
    land(redeploy.warehouse, bucket, "gap.csv")
    # Nobody hears it, or the pipe, if it was made by then.
    redeploy.warehouse.announce("gap.csv")
    data = redeploy("Update", properties)
    assert (data["PipeStatus"], data["Warnings"]) == ("RUNNING", "")
    assert redeploy.warehouse.rows(LOADED) == [(1,)]
    assert state(redeploy) == ("started", "RUNNING")


@pytest.mark.parametrize(
    "done",
    [
        "ALTER STAGE customer_ext_stage SET URL = 's3://customertrack-dev-landing-999900001111/landing/customer/'",
        "DROP STAGE customer_ext_stage",
    ],
)
def test_a_pipe_that_was_stopped_for_good_is_made_anew_and_misses_nothing(redeploy: Deploy, done: str):
    redeploy.warehouse.run(done)
    land(redeploy.warehouse, BUCKET, "gap.csv")
    assert redeploy.warehouse.announce("gap.csv") == 0
    if done.startswith("DROP"):
        redeploy.warehouse.run(
            "UPDATE CUSTOMERTRACK_DEV.MIGRATIONS.CHANGE_HISTORY SET CHECKSUM = 'other' "
            "WHERE SCRIPT LIKE 'customer/R__20%'"
        )
    assert redeploy("Update", Revision="2")["PipeStatus"] == "RUNNING"
    assert redeploy.warehouse.rows(LOADED) == [(1,)]


@pytest.mark.parametrize("again", [False, True])
def test_a_task_that_somebody_suspended_stays_suspended(redeploy: Deploy, again: bool):
    """Also when the file of the task is applied again, and there is no moment at which it could run."""
    suspend(redeploy)
    if again:
        redeploy.warehouse.run(RUN_AGAIN)
    land(redeploy.warehouse, BUCKET, "one.csv")
    redeploy.warehouse.announce("one.csv")
    data = redeploy("Update", Revision="2")
    assert state(redeploy) == ("suspended", "RUNNING")
    assert f"{TASK} stays stopped" in data["Warnings"]
    assert "ALTER TASK CUSTOMER_REFRESH_TASK RESUME" in data["Warnings"]
    resumed = [text for text in redeploy.warehouse.sent if text.startswith("ALTER TASK") and "RESUME" in text]
    assert [text for text in resumed if TASK in text.upper()] == []
    redeploy.warehouse.run(f"ALTER TASK {TASK} RESUME")
    assert redeploy("Update", Revision="3")["Warnings"] == ""
    assert state(redeploy) == ("started", "RUNNING")
    assert redeploy.warehouse.run_task() == "SUCCEEDED"


def test_it_stays_suspended_over_destroy_and_deploy(redeploy: Deploy):
    suspend(redeploy)
    redeploy("Delete")
    data = redeploy("Create", LATER)
    assert state(redeploy) == ("suspended", "RUNNING")
    assert f"{TASK} stays stopped" in data["Warnings"]


def test_one_that_was_resumed_between_destroy_and_deploy_runs(redeploy: Deploy):
    suspend(redeploy)
    redeploy("Delete")
    redeploy.warehouse.run(f"ALTER TASK {TASK} RESUME")
    assert redeploy("Create", LATER)["Warnings"] == ""
    assert state(redeploy) == ("started", "RUNNING")


@pytest.mark.parametrize("failing", ["CREATE OR ALTER TASK", "ALTER TASK customer_refresh_task", "SELECT SYSTEM"])
def test_what_a_deploy_suspended_and_did_not_come_to_resume_is_resumed_by_the_next(redeploy: Deploy, failing: str):
    redeploy.warehouse.run(RUN_AGAIN)
    redeploy.warehouse.refuse = refusing(failing)
    with pytest.raises(Failed):
        redeploy("Update", Revision="2")
    redeploy.warehouse.refuse = lambda statement: None
    assert redeploy("Update")["Warnings"] == ""
    assert state(redeploy) == ("started", "RUNNING")


def test_a_deploy_that_failed_forgets_nobodys_suspension(redeploy: Deploy):
    suspend(redeploy)
    redeploy.warehouse.run(RUN_AGAIN)
    redeploy.warehouse.refuse = refusing("CREATE OR ALTER TASK")
    with pytest.raises(Failed):
        redeploy("Update", Revision="2")
    redeploy.warehouse.refuse = lambda statement: None
    redeploy("Update")
    assert state(redeploy) == ("suspended", "RUNNING")


def test_a_task_that_failed_too_often_was_suspended_by_nobody(redeploy: Deploy):
    redeploy.warehouse.run("DROP PROCEDURE pdr_pipeline_scd2_customer()")
    land(redeploy.warehouse, BUCKET, "one.csv")
    redeploy.warehouse.announce("one.csv")
    for _ in range(10):
        redeploy.warehouse.run_task()
    assert state(redeploy)[0] == "suspended"
    assert redeploy("Update", Revision="2")["Warnings"] == ""
    assert state(redeploy)[0] == "started"


@pytest.mark.parametrize("properties", [MIGRATIONS, ELSEWHERE])
def test_a_pipe_that_somebody_paused_stays_paused(redeploy: Deploy, properties: dict[str, Any]):
    redeploy.warehouse.run(f"ALTER PIPE {PIPE} SET PIPE_EXECUTION_PAUSED = TRUE")
    data = redeploy("Update", properties, Revision="2")
    assert state(redeploy) == ("started", "PAUSED")
    assert f"{PIPE} stays stopped" in data["Warnings"]


def test_a_pipe_that_a_destroy_paused_too_long_ago_is_made_anew(redeploy: Deploy):
    """Two weeks later no ALTER resumes it: here the same topic is still there, as after a destroy that failed."""
    redeploy("Delete")
    redeploy.warehouse.later += 15 * DAY
    land(redeploy.warehouse, BUCKET, "gap.csv")
    data = redeploy("Update")
    assert data["PipeStatus"] == "RUNNING"
    assert redeploy.warehouse.rows(LOADED) == [(1,)]


def test_a_create_that_does_not_reach_the_bucket_leaves_nothing_running(deploy: Deploy):
    deploy.warehouse.validations = [FAILURE] * 100
    with pytest.raises(Failed, match="does not reach"):
        deploy("Create")
    assert state(deploy) == ("suspended", "PAUSED")
    deploy.warehouse.validations = []
    assert deploy("Create")["Warnings"] == ""
    assert state(deploy) == ("started", "RUNNING")


@pytest.mark.parametrize("failing", ["SHOW STREAMS", "SELECT SYSTEM$VALIDATE", "SELECT SYSDATE", "SELECT 1 FROM"])
def test_a_create_that_fails_after_the_start_leaves_nothing_running(deploy: Deploy, failing: str):
    deploy("Create")
    deploy.warehouse.refuse = refusing(failing)
    with pytest.raises(Failed):
        deploy("Create", LATER)
    assert state(deploy) == ("suspended", "PAUSED")
    deploy.warehouse.refuse = lambda statement: None
    assert deploy("Create", LATER)["Warnings"] == ""
    assert state(deploy) == ("started", "RUNNING")
