"""Snowflake's side of the notifications: a queue in its own account of AWS that listens to the topic of the pipes."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

import boto3

from customertrack.local.dimensions import landing_prefix, pipe
from snowglobe import FileLoad, Pipe
from tests.emulator.account import Account
from tests.emulator.ministack import EmulatorError

_QUEUE = "sf-snowpipe-example"
# Seconds until what was announced has come.
_PATIENCE = 20


@dataclass(frozen=True)
class Announced:
    """An object that S3 has announced."""

    bucket: str
    key: str


class Snowpipe:
    """The service, for the pipes of a user's warehouse. Reaches AWS as the account's identity."""

    def __init__(self, account: Account, user: str) -> None:
        self._account = account
        self._user = user
        identity = account.cloud().identity
        keys = {
            "aws_access_key_id": identity.access_key_id,
            "aws_secret_access_key": identity.secret_access_key,
        }
        self._sns = boto3.client("sns", **keys)
        self._sqs = boto3.client("sqs", **keys)
        self._queue = self._sqs.create_queue(QueueName=_QUEUE)["QueueUrl"]

    def listen(self) -> str:
        """Subscribe to the one topic of the pipes, as CREATE PIPE does in Snowflake; returns the topic's ARN."""
        topic = self._topic()
        wanted = self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])
        arn = wanted["Attributes"]["QueueArn"]
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self._sqs.set_queue_attributes(QueueUrl=self._queue, Attributes={"Policy": policy})
        self._sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
        return topic

    def load(self, announced: list[Announced]) -> list[FileLoad]:
        """Have each pipe load what was announced and lies in its stage."""
        connection = self._account.warehouse(self._user)
        try:
            loads: list[FileLoad] = []
            for dimension in dict.fromkeys(each.key.split("/")[1] for each in announced):
                keys = [each.key for each in announced if each.key.startswith(landing_prefix(dimension))]
                loads += connection.announce(pipe(dimension), keys)
            return loads
        finally:
            connection.close()

    def heard(self, expected: int) -> list[Announced]:
        """What was announced since the last call. Raises EmulatorError if fewer than `expected` come in time."""
        found: list[Announced] = []
        ends = time.monotonic() + _PATIENCE
        while True:
            messages = self._received()
            found += [each for message in messages for each in _objects(message)]
            if not messages and len(found) >= expected:
                return found
            if time.monotonic() > ends:
                raise EmulatorError(f"Only {len(found)} of {expected} objects were announced: {found}")

    def _received(self) -> list[dict[str, Any]]:
        answer = self._sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10)
        messages = answer.get("Messages", [])
        for message in messages:
            self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"]) for message in messages]

    def _topic(self) -> str:
        connection = self._account.warehouse(self._user)
        try:
            (topic,) = {str(each.options["AWS_SNS_TOPIC"]) for each in connection.entries(Pipe)}
        finally:
            connection.close()
        return topic


def _objects(notification: dict[str, Any]) -> Iterator[Announced]:
    """The objects in a notification of SNS; none in the test event that S3 sends when it is told of a topic."""
    for record in json.loads(notification["Message"]).get("Records", ()):
        yield Announced(record["s3"]["bucket"]["name"], unquote_plus(record["s3"]["object"]["key"]))
