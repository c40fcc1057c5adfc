"""What only an account of AWS can tell of a running stack: tasks, files that must not be replaced, a destroy meanwhile.

docs/operations.md, "The live tests", says what it needs. `make test` leaves it out. The tests are in the order of the
stack's life; the last one destroys it.
"""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from tests.emulator.stack import LANDING, end_of_task
from tests.live.accounts import NAME, Live, deployed, destroyed

pytestmark = [pytest.mark.live, pytest.mark.timeout(7200)]

# Seconds: for a task to start, work and stop; for the schedule's next tasks.
_TASK, _NEXT = 600, 900
_PAUSE = 10


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    with deployed(os.environ) as stage:
        yield stage


def waited(for_it: Any, seconds: float) -> bool:
    """Whether what `for_it` looks for came within so many seconds."""
    ends = time.monotonic() + seconds
    while not (there := for_it()) and time.monotonic() < ends:
        time.sleep(_PAUSE)
    return there


def run_slot(live: Live, k: int, seconds: float = _TASK) -> tuple[str, int | None]:
    """Has ECS make slot k by hand, as the runbook says; the task's status and its exit code."""
    at = live.feed.settings.slot_start(k)
    cluster, task = live.stack.start_task({"GENERATOR_SLOT_TIME": at.isoformat()})
    assert waited(lambda: end_of_task(cluster, task)[0] == "STOPPED", seconds)
    (found,) = boto3.client("ecs").describe_tasks(cluster=cluster, tasks=[task])["tasks"]
    return found["lastStatus"], found["containers"][0].get("exitCode")


def landed(live: Live, k: int) -> str | None:
    """When slot k's file was stored, or None."""
    key = f"{LANDING}{live.feed.object_name(k)}.gz"
    found = boto3.client("s3").list_objects_v2(Bucket=live.stack.bucket(), Prefix=key).get("Contents", [])
    return str(found[0]["LastModified"]) if found else None


def test_the_trust_of_both_roles_lets_a_task_start_and_its_role_lets_it_land(live: Live):
    assert waited(lambda: landed(live, 0) is not None, _NEXT)


def test_a_slot_that_is_run_again_replaces_nothing(live: Live):
    assert waited(lambda: landed(live, 1) is not None, _NEXT)
    before = landed(live, 1)
    assert run_slot(live, 1) == ("STOPPED", 0)
    assert landed(live, 1) == before


def test_a_file_that_is_missing_comes_again_with_a_later_task(live: Live):
    key = f"{LANDING}{live.feed.object_name(1)}.gz"
    boto3.client("s3").delete_object(Bucket=live.stack.bucket(), Key=key)
    assert waited(lambda: landed(live, 1) is not None, _NEXT)


def test_no_task_was_refused(live: Live):
    """The rule about failed tasks and the dead letters have nothing to tell."""
    sqs = boto3.client("sqs")
    for queue in live.stack.resources("AWS::SQS::Queue"):
        told = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages"])["Attributes"]
        assert told["ApproximateNumberOfMessages"] == "0", queue


def test_destroy_works_while_a_task_runs_and_leaves_the_logs_of_deploys(live: Live):
    log_groups = live.stack.resources("AWS::Logs::LogGroup")
    now = live.feed.slot_at(datetime.now(UTC) - timedelta(minutes=1))
    live.stack.start_task({"GENERATOR_SLOT_TIME": live.feed.settings.slot_start(now).isoformat()})
    ended = destroyed(live.context)
    assert ended.code == 0, ended.output
    assert not live.stack.exists()
    found = boto3.client("logs").describe_log_groups(logGroupNamePrefix=f"{NAME}-")["logGroups"]
    left = {each["logGroupName"] for each in found} & set(log_groups)
    assert {part for part in ("Handshake", "Migrate", "Drain") if any(part in name for name in left)} == {
        "Handshake",
        "Migrate",
        "Drain",
    }
