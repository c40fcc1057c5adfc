"""The drain: tasks of a cluster stop before it is deleted; the stack's deletion never fails because of it."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from customertrack.errors import UserError
from lambdas.drain import handler
from lambdas.drain.drain import QUIET, drain
from lambdas.migrate.waiting import Waiting
from tests.lambdas.properties import context, event

CLUSTER = "arn:aws:ecs:us-east-1:123456789012:cluster/customertrack-dev-Generator"


class Cluster:
    """ECS as far as the drain sees it: a task that is told to stop does so after some looks at it.

    `comes` are tasks that start by themselves, by the look before which they do.
    """

    def __init__(self, *tasks: str, looks: int = 2, comes: dict[int, str] | None = None) -> None:
        self.left = dict.fromkeys(tasks)
        self.looks, self.comes = looks, comes or {}
        self.seen = 0
        self.stopped: list[str] = []

    def get_paginator(self, _name: str) -> "Cluster":
        return self

    def paginate(self, cluster: str, desiredStatus: str) -> Iterator[dict[str, Any]]:  # noqa: N803  boto3's name
        assert cluster == CLUSTER
        if desiredStatus == "RUNNING":
            self.seen += 1
            # The first list of a look decides what is told to stop.
            if self.seen % 2 and (task := self.comes.get(self.seen // 2)):
                self.left[task] = None
        told = [task for task, looks in self.left.items() if (looks is None) == (desiredStatus == "RUNNING")]
        # A page each, as ECS may.
        yield from ({"taskArns": [task]} for task in told)

    def stop_task(self, *, cluster: str, task: str, reason: str) -> None:
        assert (cluster, bool(reason)) == (CLUSTER, True)
        self.stopped.append(task)
        self.left[task] = self.looks

    def describe_tasks(self, *, cluster: str, tasks: list[str]) -> dict[str, Any]:
        assert cluster == CLUSTER
        assert 0 < len(tasks) <= 100
        for task in tasks:
            self.left[task] = max(0, (self.left[task] or 0) - 1)
        return {
            "tasks": [
                {"taskArn": task, "lastStatus": "DEPROVISIONING" if self.left[task] else "STOPPED"} for task in tasks
            ]
        }


def looking(most: int) -> Waiting:
    """So many looks, without waiting: each takes a second of the clock."""
    seconds = iter(range(10_000))
    return Waiting(most, pause=1, clock=lambda: next(seconds), sleep=lambda _: None)


def test_each_task_is_told_once_and_waited_for():
    cluster = Cluster("a", "b", looks=4)
    assert drain(cluster, CLUSTER, looking(50)) == []
    assert cluster.stopped == ["a", "b"]
    assert set(cluster.left.values()) == {0}


def test_a_task_that_starts_late_is_stopped_too():
    cluster = Cluster("a", looks=1, comes={2: "late"})
    assert drain(cluster, CLUSTER, looking(50)) == []
    assert cluster.stopped == ["a", "late"]


def test_an_empty_cluster_is_looked_at_a_few_times():
    cluster = Cluster()
    assert drain(cluster, CLUSTER, looking(50)) == []
    assert cluster.seen == 2 * QUIET


def test_many_tasks_are_described_in_parts():
    cluster = Cluster(*(f"task-{number}" for number in range(250)), looks=1)
    assert drain(cluster, CLUSTER, looking(50)) == []
    assert len(cluster.stopped) == 250


def test_a_task_that_does_not_stop_in_time_is_named():
    assert drain(Cluster("a", looks=1_000), CLUSTER, looking(5)) == ["a"]


@pytest.fixture
def ecs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(handler, "_PAUSE", 0)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        yield boto3.client("ecs")


def running(ecs: Any, name: str) -> tuple[str, str]:
    """A cluster of that name with a task of Fargate in it; both ARNs."""
    ec2 = boto3.client("ec2")
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    cluster = ecs.create_cluster(clusterName=name)["cluster"]["clusterArn"]
    definition = ecs.register_task_definition(
        family="generator",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "generator", "image": "any", "cpu": 256, "memory": 512}],
    )["taskDefinition"]["taskDefinitionArn"]
    network = {"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": []}}
    (task,) = ecs.run_task(
        cluster=cluster, taskDefinition=definition, launchType="FARGATE", networkConfiguration=network
    )["tasks"]
    return cluster, task["taskArn"]


def deleted(cluster: str) -> dict[str, Any]:
    """What the framework passes on when CloudFormation deletes the resource of a cluster."""
    return event("Delete", {"Cluster": cluster}) | {"PhysicalResourceId": cluster}


def status(ecs: Any, cluster: str, task: str) -> str:
    return ecs.describe_tasks(cluster=cluster, tasks=[task])["tasks"][0]["lastStatus"]


def test_delete_stops_the_tasks_of_its_cluster_and_of_no_other(ecs: Any):
    cluster, task = running(ecs, "customertrack-dev")
    other, others = running(ecs, "somebody-elses")
    answer = handler.handler(deleted(cluster), context())
    assert answer["PhysicalResourceId"] == cluster
    assert status(ecs, cluster, task) == "STOPPED"
    assert status(ecs, other, others) != "STOPPED"


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_create_and_update_stop_nothing_and_answer_the_cluster_as_the_id(ecs: Any, kind: str):
    """So that CloudFormation, once the cluster is another one, deletes the resource of the old one: that drains it."""
    cluster, task = running(ecs, "customertrack-dev")
    assert handler.handler(event(kind, {"Cluster": cluster}), context())["PhysicalResourceId"] == cluster
    assert status(ecs, cluster, task) != "STOPPED"


def test_a_cluster_that_is_gone_is_no_failure(ecs: Any):
    answer = handler.handler(deleted(CLUSTER), context())
    assert answer["PhysicalResourceId"] == CLUSTER


def test_a_refusal_of_aws_does_not_keep_the_stack(ecs: Any, monkeypatch: pytest.MonkeyPatch):
    def refused(*_args: Any) -> list[str]:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "ListTasks")

    monkeypatch.setattr(handler, "drain", refused)
    answer = handler.handler(deleted(CLUSTER), context())
    assert answer["PhysicalResourceId"] == CLUSTER


def test_a_create_without_a_cluster_is_told():
    with pytest.raises(UserError, match="lacks the property Cluster"):
        handler.handler(event("Create", {}), context())
