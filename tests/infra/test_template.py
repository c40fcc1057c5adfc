"""The template as a whole: as it was approved, in the right order, and beside others of its kind."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.infra.approve import SNAPSHOT, stable
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
    ("AWS::Scheduler::Schedule", "GeneratorSchedule", "AWS::IAM::Policy", "TaskRole"),
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


def test_after_destroy_only_the_landing_stays(dev: Synthesised):
    kept = {
        name: each["DeletionPolicy"]
        for name, each in dev.template["Resources"].items()
        if each.get("DeletionPolicy", "Delete") != "Delete"
    }
    # Except on create: a first deploy that fails leaves no empty bucket behind.
    assert kept == {dev.id_of("AWS::S3::Bucket"): "RetainExceptOnCreate"}


def test_without_keep_data_nothing_stays(prod: Synthesised):
    policies = {each.get("DeletionPolicy", "Delete") for each in prod.template["Resources"].values()}
    assert policies == {"Delete"}
    assert prod.only("Custom::S3AutoDeleteObjects")["BucketName"] == {"Ref": prod.id_of("AWS::S3::Bucket")}


def test_the_bucket_is_named_anew_with_each_stack(dev: Synthesised):
    assert "AWS::StackId" in str(dev.only("AWS::S3::Bucket")["BucketName"])
    # The longest stage leaves room for it: 63 characters.
    assert len(f"customertrack-{'s' * 16}-landing-{'0' * 12}") <= 63


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
