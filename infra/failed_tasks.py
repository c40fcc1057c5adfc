"""Tasks of the generator that did not end well, kept until somebody has looked.

ECS has no metric for an exit code. It tells EventBridge of each task that stops; a rule puts those that failed into a
queue. A queue rather than a metric alone: the message names the slot, the exit code and the reason, and a slot that
failed lacks its file until the slot is run again, so the alarm should not end by itself.
"""

from typing import Any

from aws_cdk import aws_events, aws_events_targets, aws_sqs
from constructs import Construct

from infra.acknowledged import Finding, acknowledge
from infra.generator import Generator
from infra.kept_messages import kept_messages
from infra.settings import Settings


class FailedTasks(Construct):
    """queue: an event of ECS for each failed task, for 14 days. rule: what puts it there."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        generator: Generator,
        dead_letters: aws_sqs.IQueue,
    ) -> None:
        super().__init__(scope, construct_id)
        self.queue = kept_messages(self, "Queue", settings)
        reason = "People take the messages out; nothing consumes them that could fail."
        acknowledge(iter([Finding(self.queue, "SQS3", reason)]))
        self.rule = aws_events.Rule(
            self,
            "Rule",
            description="CustomerTrack: a task of the generator failed",
            event_pattern=aws_events.EventPattern(
                source=["aws.ecs"], detail_type=["ECS Task State Change"], detail=_failed(generator)
            ),
            targets=[aws_events_targets.SqsQueue(self.queue, dead_letter_queue=dead_letters)],
        )


def _failed(generator: Generator) -> dict[str, Any]:
    """Stopped, in this cluster, and not with exit code 0. A container that never started has no exit code; such a task
    says why it stopped (docs.aws.amazon.com, "Amazon ECS stopped tasks error messages")."""
    return {
        "clusterArn": [generator.cluster.cluster_arn],
        "lastStatus": ["STOPPED"],
        "$or": [
            {"containers": {"exitCode": [{"anything-but": [0]}]}},
            {"stopCode": ["TaskFailedToStart", "SpotInterruption", "TerminationNotice"]},
        ],
    }
