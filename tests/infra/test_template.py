"""The template as a whole: as it was approved, in the right order, and beside others of its kind."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.infra.approve import SNAPSHOT, stable
from tests.infra.rendered import plain, rendered
from tests.infra.synthesis import Synthesised


def test_the_template_is_the_approved_one(dev: Synthesised):
    assert stable(dev.template) == SNAPSHOT.read_text(), "look at the difference, then: python -m tests.infra.approve"


def test_the_snapshot_does_not_change_with_the_contents_of_packages():
    first, second = ({"S3Key": f"{digit * 64}.zip", "SqlHash": digit * 64} for digit in "ab")
    assert stable(first) == stable(second)
    assert stable({"Size": "a"}) != stable({"Size": "b"})


def named(value: Any) -> Iterator[str]:
    """The logical ids that a part of a template refers to."""
    if isinstance(value, dict):
        if isinstance(value.get("Ref"), str):
            yield value["Ref"]
        if "Fn::GetAtt" in value:
            yield value["Fn::GetAtt"][0]
        for each in value.values():
            yield from named(each)
    elif isinstance(value, list):
        for each in value:
            yield from named(each)


def before(stack: Synthesised, name: str) -> set[str]:
    """All resources that CloudFormation makes before this one."""
    resources = stack.template["Resources"]
    seen: set[str] = set()
    pending = [name]
    while pending:
        resource = resources[pending.pop()]
        depends = resource.get("DependsOn", [])
        direct = {depends} if isinstance(depends, str) else set(depends)
        direct |= {each for each in named(resource.get("Properties", {})) if each in resources}
        pending += direct - seen
        seen |= direct
    return seen


STEPS = [
    ("AWS::SNS::TopicPolicy", "LandingTopicPolicy", "Custom::SnowflakeHandshake", ""),
    ("AWS::IAM::Role", "ReadRole", "Custom::SnowflakeHandshake", ""),
    ("AWS::IAM::Role", "ErrorRole", "Custom::SnowflakeHandshake", ""),
    ("AWS::S3::Bucket", "", "AWS::SNS::TopicPolicy", "LandingTopicPolicy"),
    ("Custom::SqlMigrations", "", "AWS::SNS::TopicPolicy", "LandingTopicPolicy"),
    ("Custom::SqlMigrations", "", "AWS::S3::Bucket", ""),
    ("Custom::SqlMigrations", "", "AWS::S3::BucketPolicy", ""),
    ("Custom::SqlMigrations", "", "AWS::IAM::Role", "ReadRole"),
    ("Custom::SqlMigrations", "", "AWS::IAM::Role", "ErrorRole"),
    ("AWS::Scheduler::Schedule", "GeneratorSchedule", "Custom::SqlMigrations", ""),
    ("AWS::Scheduler::Schedule", "GeneratorSchedule", "AWS::IAM::Role", "TaskRole"),
    ("AWS::Scheduler::Schedule", "GeneratorSchedule", "AWS::IAM::Policy", "ExecutionRole"),
    ("AWS::Scheduler::Schedule", "GeneratorSchedule", "AWS::EC2::Route", "Subnet1"),
    ("AWS::Scheduler::Schedule", "GeneratorSchedule", "AWS::EC2::Route", "Subnet2"),
]


@pytest.mark.parametrize(("later", "part", "earlier", "earlier_part"), STEPS)
def test_what_needs_another_comes_after_it(dev: Synthesised, later: str, part: str, earlier: str, earlier_part: str):
    first, second = dev.id_of(earlier, earlier_part), dev.id_of(later, part)
    assert first in before(dev, second)


def test_the_handshake_needs_no_bucket_and_none_of_the_roles_it_answers_for(dev: Synthesised):
    kinds = [dev.template["Resources"][name]["Type"] for name in before(dev, dev.id_of("Custom::SnowflakeHandshake"))]
    assert "AWS::S3::Bucket" not in kinds
    assert dev.id_of("AWS::IAM::Role", "ReadRole") not in before(dev, dev.id_of("Custom::SnowflakeHandshake"))
    assert dev.id_of("AWS::IAM::Role", "ErrorRole") not in before(dev, dev.id_of("Custom::SnowflakeHandshake"))


def test_every_schedule_comes_after_the_migrations_and_nothing_after_the_generators(dev: Synthesised):
    migrations = dev.id_of("Custom::SqlMigrations")
    for schedule in dev.resources("AWS::Scheduler::Schedule"):
        assert migrations in before(dev, schedule)
    last = dev.id_of("AWS::Scheduler::Schedule", "GeneratorSchedule")
    assert [name for name in dev.template["Resources"] if last in before(dev, name)] == []


def test_in_a_given_bucket_the_notification_comes_between_policy_and_migrations(given: Synthesised):
    notification = given.id_of("Custom::S3BucketNotifications")
    assert given.id_of("AWS::SNS::TopicPolicy", "LandingTopicPolicy") in before(given, notification)
    assert notification in before(given, given.id_of("Custom::SqlMigrations"))


def test_on_spot_the_schedule_waits_for_the_capacity_provider(given: Synthesised):
    capacity = given.id_of("AWS::ECS::ClusterCapacityProviderAssociations")
    assert capacity in before(given, given.id_of("AWS::Scheduler::Schedule", "GeneratorSchedule"))


NAMES = {
    "AWS::IAM::Role": "RoleName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::Scheduler::ScheduleGroup": "Name",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::ECS::Cluster": "ClusterName",
    "AWS::ECS::TaskDefinition": "Family",
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::CloudWatch::Dashboard": "DashboardName",
}


def names(stack: Synthesised) -> set[tuple[str, str]]:
    return {
        (kind, str(each["Properties"][key]))
        for kind, key in NAMES.items()
        for each in stack.resources(kind).values()
        if key in each.get("Properties", {})
    }


def test_stages_share_no_name(dev: Synthesised, prod: Synthesised):
    assert ("AWS::IAM::Role", "customertrack-dev-warehouse") in names(dev)
    assert names(dev) & names(prod) == set()


def test_stages_share_no_name_in_snowflake(dev: Synthesised, prod: Synthesised):
    for kind in ("Custom::SnowflakeHandshake", "Custom::SqlMigrations"):
        one, other = dev.only(kind), prod.only(kind)
        for key in {"StorageIntegration", "ErrorIntegration", "Database"} & one.keys():
            assert one[key].startswith("CUSTOMERTRACK_DEV")
            assert other[key].startswith("CUSTOMERTRACK_PROD")


@pytest.mark.parametrize("kind", ["AWS::SNS::Topic", "AWS::SQS::Queue", "AWS::Logs::LogGroup", "AWS::Lambda::Function"])
def test_what_must_not_come_back_under_its_old_name_is_named_by_cloudformation(dev: Synthesised, kind: str):
    assert dev.resources(kind)
    assert [each for each in dev.resources(kind).values() if NAMES[kind] in each.get("Properties", {})] == []


# What tells of a deploy or a destroy; after one that failed it is all there is.
TOLD = {
    *("FunctionsHandshakeLogs", "FunctionsMigrateLogs", "GeneratorDrainLogs"),
    *("TrustProviderLogs", "MigrationsProviderLogs", "GeneratorDrainProviderLogs"),
}


def kept(stack: Synthesised) -> dict[str, tuple[str, str]]:
    """By logical id without its hash: what becomes of a resource that is deleted, and of one that is replaced."""
    policies = {
        plain(name): (each.get("DeletionPolicy", "Delete"), each.get("UpdateReplacePolicy", "Delete"))
        for name, each in stack.template["Resources"].items()
    }
    return {name: policy for name, policy in policies.items() if policy != ("Delete", "Delete")}


def test_after_destroy_the_landing_stays_and_what_was_said(dev: Synthesised):
    # Except on create: a first deploy that fails leaves no empty bucket behind, but it leaves its logs.
    landing = dict.fromkeys(("LandingBucket", "LandingBucketPolicy"), ("RetainExceptOnCreate", "Retain"))
    assert kept(dev) == landing | dict.fromkeys(TOLD, ("Retain", "Retain"))


@pytest.mark.parametrize("stage", ["prod", "given"])
def test_without_data_of_its_own_only_the_logs_stay(stage: str, request: pytest.FixtureRequest):
    assert kept(request.getfixturevalue(stage)) == dict.fromkeys(TOLD, ("Retain", "Retain"))


def test_whatever_protects_a_bucket_stays_with_it(dev: Synthesised):
    bucket = dev.id_of("AWS::S3::Bucket")
    beside = {
        name
        for name, each in dev.template["Resources"].items()
        if each["Type"].startswith("AWS::S3::") and bucket in set(named(each.get("Properties", {})))
    }
    assert beside == {dev.id_of("AWS::S3::BucketPolicy")}
    assert {plain(name) for name in beside} <= kept(dev).keys()


def test_without_keep_data_the_bucket_is_emptied(prod: Synthesised):
    assert prod.only("Custom::S3AutoDeleteObjects")["BucketName"] == {"Ref": prod.id_of("AWS::S3::Bucket")}


# Ids of stacks as CloudFormation makes them: version-1 UUIDs, of which the last part is the machine that made them.
GUIDS = [
    "6f0dbf80-a8fd-11f0-8d4c-0affc1a9cd8b",
    "7a1efc91-a8fd-11f0-8d4c-0affc1a9cd8b",
    "6f0dbf80-a8fd-11f0-9f3b-0e2b8d4a6c11",
]
LONGEST = {"AWS::S3::Bucket": 63, "AWS::Scheduler::ScheduleGroup": 64}


def as_deployed(value: Any, guid: str) -> str:
    """A name of the template in a stack with this id."""
    return re.sub(r"<part (\d) of stack's GUID>", lambda part: guid.split("-")[int(part[1])], rendered(value))


@pytest.mark.parametrize("kind", LONGEST)
def test_what_is_named_after_the_stack_is_named_anew_with_each(dev: Synthesised, kind: str):
    (name,) = (
        each["Properties"][NAMES[kind]]
        for each in dev.resources(kind).values()
        if "GUID" in rendered(each["Properties"].get(NAMES[kind], ""))
    )
    made = [as_deployed(name, guid) for guid in GUIDS]
    assert len(set(made)) == len(GUIDS)
    # The longest stage leaves room for it.
    assert [each for each in made if len(each.replace("-dev-", f"-{'s' * 16}-")) > LONGEST[kind]] == []


def test_nothing_else_is_named_after_a_part_of_the_stacks_id(dev: Synthesised):
    written = str({name: each for name, each in dev.template["Resources"].items() if each["Type"] not in LONGEST})
    # The external id has all of it; where the bucket is meant, both parts come together.
    assert written.count("{'Fn::Select': [0, {'Fn::Split': ['-'") == written.count(
        "{'Fn::Select': [4, {'Fn::Split': ['-'"
    )


def test_no_path_of_this_machine_is_in_the_template(dev: Synthesised):
    text = str(dev.template)
    assert str(Path.home()) not in text
    assert str(SNAPSHOT.parents[2]) not in text


def test_the_image_is_built_from_what_the_dockerfile_copies(dev: Synthesised):
    (staged,) = (folder.parent.parent for folder in dev.folder.glob("asset.*/generator/Dockerfile"))
    found = {str(path.relative_to(staged)) for path in staged.rglob("*") if path.is_file()}
    assert {"generator/Dockerfile", "generator/__main__.py", "requirements/generator.txt"} <= found
    assert {each.split("/")[0] for each in found} <= {"generator", "requirements", ".dockerignore"}
    assert [each for each in found if each.endswith(".pyc")] == []
