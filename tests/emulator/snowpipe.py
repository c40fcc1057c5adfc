"""Plays Snowpipe: a queue subscribed to the topic that a pipe names, and the pipe loading exactly what S3 announces."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

import boto3

from customertrack.embedded.copy import FileLoad
from customertrack.embedded.task import TaskRun
from tests.emulator.account import Account

PIPE, TASK = "customer_s3_pipe", "customer_refresh_task"
_TOPIC = "SELECT notification_channel_name FROM information_schema.pipes WHERE pipe_name = ?"


@dataclass(frozen=True)
class Announced:
    """An object that S3 says was made, and by what: for example ObjectCreated:Put."""

    bucket: str
    key: str
    event: str


@dataclass(frozen=True)
class Snowpipe:
    """The service behind the pipe of one user of an account; its queue is `queue_url`."""

    account: Account
    user: str
    queue_url: str

    @classmethod
    def subscribe(cls, account: Account, user: str) -> "Snowpipe":
        """Make a queue and subscribe it to the topic that the pipe listens on, as CREATE PIPE does in Snowflake."""
        with account.warehouse(user) as warehouse:
            topic = warehouse.cursor().execute(_TOPIC, [PIPE.upper()]).fetchone()[0]
        sqs, sns = boto3.client("sqs"), boto3.client("sns")
        url = sqs.create_queue(QueueName=f"snowpipe-{user.lower().replace('_', '-')}")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        statement = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage"}
        policy = {"Statement": [statement | {"Resource": arn, "Condition": {"ArnEquals": {"aws:SourceArn": topic}}}]}
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
        return cls(account, user, url)

    def receive(self, seconds: int = 5) -> list[Announced]:
        """What S3 has announced since the last time. Waits up to `seconds` for the first message."""
        sqs = boto3.client("sqs")
        found: list[Announced] = []
        asked: dict[str, Any] = {"QueueUrl": self.queue_url, "MaxNumberOfMessages": 10}
        while messages := sqs.receive_message(**asked, WaitTimeSeconds=0 if found else seconds).get("Messages"):
            for message in messages:
                found += announced(message["Body"])
                sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])
        return found

    def load(self, objects: list[Announced]) -> tuple[list[FileLoad], TaskRun]:
        """Have the pipe load exactly these objects, then run the task once as its schedule would."""
        with self.account.warehouse(self.user) as warehouse:
            return list(warehouse.announce(PIPE, [each.key for each in objects])), warehouse.run_task(TASK)


def announced(body: str) -> Iterator[Announced]:
    """The objects of one message that SNS put into a queue: an S3 event, in SNS's envelope or raw. s3:TestEvent has none."""
    event = json.loads(body)
    if event.get("Type") == "Notification":
        event = json.loads(event["Message"])
    for record in event.get("Records", ()):
        s3 = record["s3"]
        # S3 encodes a key as in a form.
        yield Announced(s3["bucket"]["name"], unquote_plus(s3["object"]["key"]), record["eventName"])
