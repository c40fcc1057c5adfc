"""A stack can be deleted while the generator runs: in which order things go, and who may stop what."""

import pytest

from tests.infra.permissions import permissions
from tests.infra.rendered import rendered
from tests.infra.synthesis import Synthesised
from tests.infra.test_template import before

DRAIN = "Custom::DrainedCluster"

# What a running task holds or needs until it has stopped.
HELD = [
    ("AWS::ECS::Cluster", ""),
    ("AWS::ECS::TaskDefinition", ""),
    ("AWS::EC2::SecurityGroup", ""),
    ("AWS::EC2::Subnet", "Subnet1"),
    ("AWS::EC2::Subnet", "Subnet2"),
    ("AWS::EC2::Route", "Subnet1"),
    ("AWS::EC2::VPCEndpoint", ""),
    ("AWS::IAM::Role", "GeneratorTaskRole"),
    ("AWS::IAM::Role", "GeneratorExecutionRole"),
    ("AWS::IAM::Policy", "GeneratorExecutionRole"),
    ("AWS::Logs::LogGroup", "GeneratorLogs"),
]


def test_the_schedule_goes_first_and_starts_no_more(dev: Synthesised):
    assert dev.id_of(DRAIN) in before(dev, dev.id_of("AWS::Scheduler::Schedule", "GeneratorSchedule"))


@pytest.mark.parametrize(("kind", "part"), HELD)
def test_what_a_task_holds_goes_after_it_has_stopped(dev: Synthesised, kind: str, part: str):
    (held,) = (name for name in dev.resources(kind) if part in name and not name.startswith("GeneratorDrain"))
    assert held in before(dev, dev.id_of(DRAIN))


def test_on_spot_the_capacity_goes_after_it_too(given: Synthesised):
    assert given.id_of("AWS::ECS::ClusterCapacityProviderAssociations") in before(given, given.id_of(DRAIN))


def test_it_is_told_the_cluster(dev: Synthesised):
    assert rendered(dev.only(DRAIN)["Cluster"]) == "<GeneratorCluster.Arn>"


def test_its_function_has_time_for_a_task_to_stop(dev: Synthesised):
    (function,) = (
        each["Properties"]
        for each in dev.resources("AWS::Lambda::Function").values()
        if each["Properties"].get("Handler") == "lambdas.drain.handler.handler"
    )
    ((container,),) = (
        each["Properties"]["ContainerDefinitions"] for each in dev.resources("AWS::ECS::TaskDefinition").values()
    )
    # The most that Fargate allows: a file that is being written is finished.
    assert container["StopTimeout"] == 120
    assert function["Timeout"] > 2 * container["StopTimeout"]
    assert "SNOWFLAKE_ACCOUNT" not in function["Environment"]["Variables"]


def test_it_may_stop_tasks_of_this_cluster_and_nothing_else(dev: Synthesised):
    may = [
        entry
        for entry in permissions(dev.template)
        if entry["holder"] == "GeneratorDrainRole" and not entry["action"].startswith(("logs:", "sts:"))
    ]
    assert {entry["action"] for entry in may} == {"ecs:DescribeTasks", "ecs:ListTasks", "ecs:StopTask"}
    assert {entry["if"] for entry in may} == {"ArnEquals ecs:cluster = <GeneratorCluster.Arn>"}
