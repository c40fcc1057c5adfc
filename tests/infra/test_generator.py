"""Generator: the task, its network, and the schedule that starts it."""

import json
from argparse import ArgumentParser
from typing import Any

import pytest
from aws_cdk.assertions import Match, Template

from generator.cli import add_arguments, add_definition, faults_from, settings_from
from infra.settings import CHECKS
from tests.generator.shipped import shipped
from tests.infra.observed import resources
from tests.infra.rendered import rendered
from tests.infra.synthesis import Synthesised

TASK, SCHEDULE = "AWS::ECS::TaskDefinition", "AWS::Scheduler::Schedule"


@pytest.fixture(scope="module")
def template(dev: Synthesised) -> Template:
    return Template.from_json(dev.template)


def container(stack: Synthesised) -> dict[str, Any]:
    (only,) = stack.only(TASK)["ContainerDefinitions"]
    return only


def environment(stack: Synthesised) -> dict[str, str]:
    return {each["Name"]: rendered(each["Value"]) for each in container(stack)["Environment"]}


def schedule(stack: Synthesised) -> dict[str, Any]:
    return stack.only(SCHEDULE, "GeneratorSchedule")


def test_the_task_can_change_nothing_where_it_runs(template: Template):
    template.has_resource_properties(
        TASK,
        {
            "RequiresCompatibilities": ["FARGATE"],
            "NetworkMode": "awsvpc",
            "RuntimePlatform": {"CpuArchitecture": "ARM64", "OperatingSystemFamily": "LINUX"},
            "ContainerDefinitions": [
                Match.object_like(
                    {
                        "ReadonlyRootFilesystem": True,
                        "User": Match.string_like_regexp("^[1-9][0-9]*:[1-9][0-9]*$"),
                        "LinuxParameters": {"Capabilities": {"Drop": ["ALL"]}},
                        "Privileged": Match.absent(),
                        "MountPoints": Match.absent(),
                        "Secrets": Match.absent(),
                        "LogConfiguration": {
                            "LogDriver": "awslogs",
                            "Options": Match.object_like(
                                {"awslogs-group": {"Ref": Match.string_like_regexp("^GeneratorLogs")}}
                            ),
                        },
                    }
                )
            ],
        },
    )


def test_it_is_told_where_to_write_and_when_it_began(dev: Synthesised):
    told = environment(dev)
    assert (
        told["GENERATOR_TO"]
        == "s3://customertrack-dev-landing-<part 0 of stack's GUID>-<part 4 of stack's GUID>/landing/customer/"
    )
    assert told["GENERATOR_START"] == "<MigrationsSql.FeedStart>"
    assert told["GENERATOR_INTERVAL"] == "300"


@pytest.mark.parametrize(("interval", "slots"), [(1, 1440), (5, 288), (7, 205), (480, 3), (1440, 3)])
def test_it_looks_a_day_back_for_files_that_never_came_and_at_least_three_slots(interval: int, slots: int):
    task = resources("AWS::ECS::TaskDefinition", interval_minutes=interval)
    ((container,),) = (each["ContainerDefinitions"] for each in task.values())
    assert {"Name": "GENERATOR_FILL", "Value": str(slots)} in container["Environment"]
    # Less than a landed file is kept: none is made again because it has expired.
    assert slots * interval <= 3 * 1440 < CHECKS["landing_days"]("landing_days", "8") * 1440


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_the_generator_understands_what_it_is_told(stage: str, request: pytest.FixtureRequest):
    told = environment(request.getfixturevalue(stage))
    parser = ArgumentParser()
    add_definition(parser, told)
    add_arguments(parser, {**told, "GENERATOR_START": "2026-01-31T08:00:00Z"})
    flags = parser.parse_args([])
    known = {f"GENERATOR_{name.upper()}" for name in vars(flags)}
    assert told.keys() - known == set()
    settings, faults = settings_from(flags), faults_from(flags)
    assert settings.interval == {"dev": 300, "prod": 60}[stage]
    assert settings.customers == {"dev": 10_000, "prod": 2_000_000}[stage]
    assert faults.malformed == 0.005
    assert flags.definition == shipped("customer")
    assert flags.gzip


@pytest.mark.parametrize(("stage", "megabytes"), [("dev", "512"), ("given", "512"), ("prod", "2048")])
def test_it_has_room_for_its_largest_file(stage: str, megabytes: str, request: pytest.FixtureRequest):
    task = request.getfixturevalue(stage).only(TASK)
    assert (task["Cpu"], task["Memory"]) == ("256", megabytes)


def test_a_slot_is_the_planned_time_and_not_that_of_the_attempt(dev: Synthesised):
    assert json.loads(schedule(dev)["Target"]["Input"]) == {
        "containerOverrides": [
            {
                "name": container(dev)["Name"],
                "environment": [{"name": "GENERATOR_SLOT_TIME", "value": "<aws.scheduler.scheduled-time>"}],
            }
        ]
    }


def test_what_cannot_be_started_is_tried_twice_more_and_then_kept(template: Template, dev: Synthesised):
    queue = dev.id_of("AWS::SQS::Queue", "DeadLetters")
    template.has_resource_properties(
        SCHEDULE,
        {
            "State": "ENABLED",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": Match.object_like(
                {
                    "RetryPolicy": {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 3600},
                    "DeadLetterConfig": {"Arn": {"Fn::GetAtt": [queue, "Arn"]}},
                }
            ),
        },
    )
    assert dev.only("AWS::SQS::Queue", "DeadLetters") == {
        "MessageRetentionPeriod": 14 * 86_400,
        "SqsManagedSseEnabled": True,
    }


@pytest.mark.parametrize(("stage", "rate"), [("dev", "rate(5 minutes)"), ("prod", "rate(1 minute)")])
def test_it_is_started_once_an_interval(stage: str, rate: str, request: pytest.FixtureRequest):
    assert schedule(request.getfixturevalue(stage))["ScheduleExpression"] == rate


def test_it_runs_this_task_in_public_subnets_with_an_address(dev: Synthesised):
    target = schedule(dev)["Target"]
    assert target["Arn"] == {"Fn::GetAtt": [dev.id_of("AWS::ECS::Cluster"), "Arn"]}
    parameters = target["EcsParameters"]
    assert parameters["TaskDefinitionArn"] == {"Ref": dev.id_of(TASK)}
    assert parameters["LaunchType"] == "FARGATE"
    network = parameters["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert network["AssignPublicIp"] == "ENABLED"
    assert {each["Ref"] for each in network["Subnets"]} == set(dev.resources("AWS::EC2::Subnet"))
    assert [each["Fn::GetAtt"][0] for each in network["SecurityGroups"]] == list(
        dev.resources("AWS::EC2::SecurityGroup")
    )
    # Nothing to give a task, so no right to give it.
    assert "PropagateTags" not in parameters


def test_where_nothing_is_to_be_generated_the_schedule_is_off(dev: Synthesised, given: Synthesised):
    assert [stack.only(SCHEDULE, "Generator")["State"] for stack in (dev, given)] == ["ENABLED", "DISABLED"]


def test_on_spot_it_asks_for_nothing_else(given: Synthesised):
    parameters = schedule(given)["Target"]["EcsParameters"]
    assert parameters["CapacityProviderStrategy"] == [{"CapacityProvider": "FARGATE_SPOT", "Weight": 1}]
    # ECS takes either the one or the other.
    assert "LaunchType" not in parameters


def test_the_network_lets_nothing_in_and_https_out(template: Template, dev: Synthesised):
    template.has_resource_properties(
        "AWS::EC2::SecurityGroup",
        {
            "SecurityGroupIngress": Match.absent(),
            "SecurityGroupEgress": [
                {"CidrIp": "0.0.0.0/0", "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "Description": "HTTPS"}
            ],
        },
    )
    template.resource_count_is("AWS::EC2::SecurityGroup", 1)
    template.resource_count_is("AWS::EC2::SecurityGroupIngress", 0)
    template.resource_count_is("AWS::EC2::NatGateway", 0)
    assert [
        each for each in dev.resources("AWS::EC2::Subnet").values() if each["Properties"]["MapPublicIpOnLaunch"]
    ] == []


def test_s3_is_reached_by_a_gateway_from_each_subnet(template: Template, dev: Synthesised):
    tables = list(dev.resources("AWS::EC2::RouteTable"))
    assert len(tables) == len(dev.resources("AWS::EC2::Subnet")) == 2
    endpoint = dev.only("AWS::EC2::VPCEndpoint")
    assert endpoint["VpcEndpointType"] == "Gateway"
    assert rendered(endpoint["ServiceName"]) == "com.amazonaws.<AWS::Region>.s3"
    assert [each["Ref"] for each in endpoint["RouteTableIds"]] == tables


def test_the_zones_are_not_looked_up(dev: Synthesised):
    zones = [each["Properties"]["AvailabilityZone"] for each in dev.resources("AWS::EC2::Subnet").values()]
    assert zones == [{"Fn::Select": [number, {"Fn::GetAZs": ""}]} for number in range(2)]


def test_a_given_network_is_used_and_not_changed(given: Synthesised):
    made = {each["Type"] for each in given.template["Resources"].values() if each["Type"].startswith("AWS::EC2::")}
    assert made == {"AWS::EC2::SecurityGroup"}
    assert given.only("AWS::EC2::SecurityGroup")["VpcId"] == "vpc-0123456789abcdef0"
    network = schedule(given)["Target"]["EcsParameters"]["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert network["Subnets"] == ["subnet-0000000000000000a", "subnet-0000000000000000b"]


def test_the_image_is_built_unless_one_is_named(dev: Synthesised, prod: Synthesised, given: Synthesised):
    assert "container-assets" in container(dev)["Image"]["Fn::Sub"]
    assert container(prod)["Image"] == "public.ecr.aws/acme/generator:1"
    repository = "123456789012.dkr.ecr.eu-central-1.<AWS::URLSuffix>/acme/generator:7"
    assert rendered(container(given)["Image"]) == repository
