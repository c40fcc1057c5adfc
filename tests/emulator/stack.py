"""What was deployed, as AWS tells it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import boto3

from tests.emulator.ministack import EmulatorError

LANDING = "landing/customer/"


@dataclass(frozen=True)
class Stack:
    """The stack of that name, as the environment's AWS has it."""

    name: str

    def resources(self, kind: str = "") -> list[str]:
        """The physical ids of its resources, all or those of a type, in the order of their logical ids."""
        found = boto3.client("cloudformation").describe_stack_resources(StackName=self.name)["StackResources"]
        found.sort(key=lambda each: each["LogicalResourceId"])
        return [each["PhysicalResourceId"] for each in found if kind in ("", each["ResourceType"])]

    def exists(self) -> bool:
        """Whether it is there, in whatever state."""
        pages = boto3.client("cloudformation").get_paginator("list_stacks").paginate()
        stacks = [each for page in pages for each in page["StackSummaries"] if each["StackName"] == self.name]
        return any(each["StackStatus"] != "DELETE_COMPLETE" for each in stacks)

    def status(self) -> str:
        """Its state."""
        (stack,) = boto3.client("cloudformation").describe_stacks(StackName=self.name)["Stacks"]
        return stack["StackStatus"]

    def reasons(self) -> list[str]:
        """Why resources could not be made, of all time, newest first."""
        pages = boto3.client("cloudformation").get_paginator("describe_stack_events").paginate(StackName=self.name)
        events = [event for page in pages for event in page["StackEvents"]]
        return [each["ResourceStatusReason"] for each in events if each["ResourceStatus"].endswith("_FAILED")]

    def start_task(self, environment: Mapping[str, str] | None = None) -> tuple[str, str]:
        """Have ECS run the generator's task, as its schedule does; returns the cluster and the task.

        `environment` is what only this task is told.
        """
        (cluster,) = self.resources("AWS::ECS::Cluster")
        (definition,) = self.resources("AWS::ECS::TaskDefinition")
        network = {
            "subnets": self.resources("AWS::EC2::Subnet"),
            "securityGroups": self.resources("AWS::EC2::SecurityGroup"),
            "assignPublicIp": "ENABLED",
        }
        told = [{"name": name, "value": value} for name, value in (environment or {}).items()]
        (task,) = boto3.client("ecs").run_task(
            cluster=cluster,
            taskDefinition=definition,
            launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": network},
            overrides={"containerOverrides": [{"name": "generator", "environment": told}]},
        )["tasks"]
        return cluster, task["taskArn"]

    def bucket(self) -> str:
        """The landing bucket."""
        (name,) = self.resources("AWS::S3::Bucket")
        return name

    def objects(self, prefix: str = LANDING) -> list[str]:
        """The keys of its objects below a prefix."""
        return keys(self.bucket(), prefix)

    def function(self, name: str) -> str:
        """The function of that name among ours: handshake, migrate or watch."""
        client = boto3.client("lambda")
        for function in self.resources("AWS::Lambda::Function"):
            if client.get_function_configuration(FunctionName=function)["Handler"] == f"lambdas.{name}.handler.handler":
                return function
        raise LookupError(f"{self.name} has no function {name}")

    def watch(self, event: dict[str, Any]) -> None:
        """Run the watch. Raises EmulatorError if it fails."""
        answer = boto3.client("lambda").invoke(FunctionName=self.function("watch"), Payload=json.dumps(event))
        if "FunctionError" in answer:
            raise EmulatorError(f"The watch failed: {json.load(answer['Payload'])}")

    def alarms(self, dimension: str) -> dict[str, float]:
        """By the metric that each looks at: from which value on an alarm of the dimension is on."""
        pages = boto3.client("cloudwatch").get_paginator("describe_alarms").paginate()
        found = [alarm for page in pages for alarm in page["MetricAlarms"] if "MetricName" in alarm]
        return {
            alarm["MetricName"]: alarm["Threshold"]
            for alarm in found
            if {"Name": "dimension", "Value": dimension} in alarm["Dimensions"]
        }

    def metrics(self) -> dict[str, Any]:
        """The last value of each metric that CloudWatch makes of what the watch has printed, by name.

        With a dimension beside the stage the name has its value: `InvariantOffences <invariant>`.
        """
        logs = boto3.client("logs")
        config = boto3.client("lambda").get_function_configuration(FunctionName=self.function("watch"))
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=config["LoggingConfig"]["LogGroup"])
        lines = [event["message"] for page in pages for event in page["events"]]
        records = [json.loads(line) for line in lines if line.startswith("{")]
        return dict(metric for record in records if "_aws" in record for metric in _metrics(record))


def _metrics(record: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Name and value of each metric of a record in CloudWatch's embedded metric format."""
    for directive in record["_aws"]["CloudWatchMetrics"]:
        for metric in directive["Metrics"]:
            beside = [record[name] for name in directive["Dimensions"][0] if name != "stage"]
            value = record[metric["Name"]]
            yield " ".join([metric["Name"], *beside]), value[0] if isinstance(value, list) else value


def keys(bucket: str, prefix: str = "") -> list[str]:
    """The keys of a bucket's objects below a prefix."""
    pages = boto3.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return [each["Key"] for page in pages for each in page.get("Contents", ())]


def end_of_task(cluster: str, task: str) -> tuple[str, str]:
    """The status of a task, and why it was stopped."""
    (found,) = boto3.client("ecs").describe_tasks(cluster=cluster, tasks=[task])["tasks"]
    return found["lastStatus"], found.get("stoppedReason", "")
