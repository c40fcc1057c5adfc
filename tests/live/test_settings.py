"""What only an account can tell of the settings: network, tags and key, in one deploy.

docs/operations.md, "The live tests", says what it needs. `make test` leaves it out.
"""

import os
from collections.abc import Iterator

import boto3
import pytest

from tests.emulator.truth import compare
from tests.live.accounts import Live
from tests.live.organisation import KEY, given_settings

# Two deploys' patience, the files', and that of the network interfaces at the end.
pytestmark = [pytest.mark.live, pytest.mark.timeout(10800)]


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    with given_settings(os.environ) as stage:
        yield stage


def test_functions_in_private_subnets_reach_snowflake_and_lambda_is_let_in(live: Live):
    outputs = live.outputs()
    assert outputs["PipeStatus"] == "status: RUNNING"
    assert outputs["StorageValidation"] == "validation: success"
    (address,) = boto3.client("ec2").describe_addresses(PublicIps=[outputs["EgressAddress"]])["Addresses"]
    assert address.get("AssociationId")


def test_a_task_without_a_public_address_lands_files_that_snowflake_decrypts(live: Live):
    with live.standing_still() as (connection, slots):
        verdict = compare(connection, live.feed, slots)
    assert verdict.right, verdict.wrong


def test_files_that_landed_are_encrypted_with_the_key(live: Live):
    bucket, _, prefix = live.outputs()["LandingUrl"].removeprefix("s3://").partition("/")
    s3 = boto3.client("s3")
    first = s3.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=1)["Contents"][0]
    head = s3.head_object(Bucket=bucket, Key=str(first.get("Key")))
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", os.environ[KEY])


def test_tasks_have_the_tags(live: Live):
    (cluster,) = live.stack.resources("AWS::ECS::Cluster")
    ecs = boto3.client("ecs")
    ran = ecs.list_tasks(cluster=cluster, desiredStatus="STOPPED")["taskArns"]
    assert ran
    for task in ecs.describe_tasks(cluster=cluster, tasks=ran, include=["TAGS"])["tasks"]:
        tags = {each.get("key"): each.get("value") for each in task.get("tags", [])}
        assert tags["customertrack"] == "live"
        assert "aws:ecs:clusterName" in tags


def test_an_alarm_reaches_a_topic_that_is_encrypted(live: Live):
    name = live.stack.resources("AWS::CloudWatch::Alarm")[0]
    cloudwatch = boto3.client("cloudwatch")
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a live test")
    history = cloudwatch.get_paginator("describe_alarm_history").paginate(AlarmName=name, HistoryItemType="Action")
    told = [str(item.get("HistorySummary")) for page in history for item in page["AlarmHistoryItems"]]
    assert told
    assert [summary for summary in told if not summary.startswith("Successfully executed")] == []
