"""Where a stage is, what it is called by in a bill, and what it is protected by."""

import json
from collections.abc import Callable

import pytest

from infra.settings import BASE_IMAGE
from tests.image.base import NAME
from tests.infra.observed import resources
from tests.infra.synthesis import ROOT, VARIANTS, Synthesised
from tests.infra.test_generator import schedule

TAGS = [{"Key": "cost-center", "Value": "42"}, {"Key": "team", "Value": "data"}]
# What CloudFormation gives no tags (its resource types' schemas).
WITHOUT = {
    *("AWS::EC2::Route", "AWS::EC2::SubnetRouteTableAssociation"),
    *("AWS::EC2::VPCGatewayAttachment", "AWS::IAM::Policy", "AWS::Lambda::EventInvokeConfig"),
    *("AWS::S3::BucketPolicy", "AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy", "AWS::Scheduler::Schedule"),
    *("Custom::SnowflakeHandshake", "Custom::SqlMigrations", "Custom::DrainedCluster"),
}


def deployed(stack: Synthesised) -> dict:
    artifacts = json.loads((stack.folder / "manifest.json").read_text())["artifacts"]
    (found,) = (each for each in artifacts.values() if each["type"] == "aws:cloudformation:stack")
    return found


def test_a_stage_may_say_in_which_account_it_is(pinned: Synthesised, dev: Synthesised):
    assert deployed(pinned)["environment"] == "aws://123456789012/eu-central-1"
    assert deployed(dev)["environment"] == "aws://unknown-account/unknown-region"


@pytest.mark.parametrize("name", VARIANTS)
def test_nothing_is_asked_of_an_account(name: str, synthesised: Callable[[str], Synthesised]):
    assert "missing" not in json.loads((synthesised(name).folder / "manifest.json").read_text())


def test_everything_that_can_have_them_has_the_tags(pinned: Synthesised):
    assert deployed(pinned)["properties"]["tags"] == {"cost-center": "42", "team": "data"}
    without = {}
    for name, each in pinned.template["Resources"].items():
        tags = each["Properties"].get("Tags", [])
        found = tags if isinstance(tags, list) else [{"Key": key, "Value": value} for key, value in tags.items()]
        if not all(tag in found for tag in TAGS):
            without[name] = each["Type"]
    assert set(without.values()) == WITHOUT


def test_a_task_has_the_tags_of_its_definition_and_whoever_starts_it_may_give_them(pinned: Synthesised):
    parameters = schedule(pinned)["Target"]["EcsParameters"]
    assert parameters["PropagateTags"] == "TASK_DEFINITION"
    assert parameters["EnableECSManagedTags"] is True
    role = pinned.only("AWS::IAM::Role", "GeneratorScheduleRole")
    (tagging,) = (
        each
        for policy in role["Policies"]
        for each in policy["PolicyDocument"]["Statement"]
        if each["Action"] == "ecs:TagResource"
    )
    assert tagging["Condition"] == {"StringEquals": {"ecs:CreateAction": "RunTask"}}


def test_a_stage_may_be_protected(pinned: Synthesised, dev: Synthesised):
    assert deployed(pinned)["properties"]["terminationProtection"] is True
    assert deployed(dev)["properties"]["terminationProtection"] is False


def test_landed_files_may_stay_for_ever(pinned: Synthesised):
    rules = pinned.only("AWS::S3::Bucket")["LifecycleConfiguration"]["Rules"]
    assert [rule["Id"] for rule in rules] == ["unfinished"]


def test_the_base_of_the_image_is_part_of_its_hash(pinned: Synthesised, dev: Synthesised):
    def image(stack: Synthesised) -> tuple[str, dict]:
        (assets,) = stack.folder.glob("*.assets.json")
        ((name, asset),) = json.loads(assets.read_text())["dockerImages"].items()
        return name, asset["source"]

    with_digest, by_tag = image(pinned), image(dev)
    assert with_digest[1]["dockerBuildArgs"] == {"BASE": VARIANTS["pinned"]["base_image"]}
    assert "dockerBuildArgs" not in by_tag[1]
    assert with_digest[0] != by_tag[0]


def test_the_base_is_the_same_wherever_it_is_named():
    assert f"\nARG BASE={BASE_IMAGE}\n" in (ROOT / "generator/Dockerfile").read_text()
    assert NAME == BASE_IMAGE


def test_only_the_partition_of_the_pages_is_in_the_templates():
    assert json.loads((ROOT / "cdk.json").read_text())["context"]["@aws-cdk/core:target-partitions"] == ["aws"]


def test_one_zone_is_enough():
    assert len(resources("AWS::EC2::Subnet", availability_zones=("us-west-1c",))) == 1
