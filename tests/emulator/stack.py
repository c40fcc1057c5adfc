"""What was deployed, as AWS tells it."""

import base64
import json
from dataclasses import dataclass
from typing import Any

import boto3

LANDING = "landing/customer/"


@dataclass(frozen=True)
class Stack:
    """The stack of that name, as the environment's AWS has it."""

    name: str

    def resources(self, kind: str) -> list[str]:
        """The physical ids of its resources of a type, by logical id."""
        found = boto3.client("cloudformation").describe_stack_resources(StackName=self.name)["StackResources"]
        found.sort(key=lambda each: each["LogicalResourceId"])
        return [each["PhysicalResourceId"] for each in found if each["ResourceType"] == kind]

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
        events = boto3.client("cloudformation").describe_stack_events(StackName=self.name)["StackEvents"]
        return [each["ResourceStatusReason"] for each in events if each["ResourceStatus"].endswith("_FAILED")]

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

    def invoke(self, name: str, event: dict[str, Any]) -> tuple[Any, list[dict[str, Any]]]:
        """Run a function of ours; returns its answer, and what it logged as JSON."""
        answer = boto3.client("lambda").invoke(
            FunctionName=self.function(name), Payload=json.dumps(event), LogType="Tail"
        )
        lines = base64.b64decode(answer["LogResult"]).decode().splitlines()
        logged = [json.loads(line) for line in lines if line.startswith("{")]
        return json.load(answer["Payload"]), logged


def keys(bucket: str, prefix: str = "") -> list[str]:
    """The keys of a bucket's objects below a prefix."""
    pages = boto3.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return [each["Key"] for page in pages for each in page.get("Contents", ())]
