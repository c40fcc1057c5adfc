"""Queues that a person empties: what could not be started, and what failed."""

from aws_cdk import Duration, aws_sqs
from constructs import Construct

from infra.encryption import key
from infra.settings import Settings


def kept_messages(scope: Construct, construct_id: str, settings: Settings) -> aws_sqs.Queue:
    """A queue that keeps its messages for 14 days, the longest there is; encrypted, by TLS only."""
    own_key = key(scope, settings)
    return aws_sqs.Queue(
        scope,
        construct_id,
        encryption=aws_sqs.QueueEncryption.KMS if own_key else aws_sqs.QueueEncryption.SQS_MANAGED,
        encryption_master_key=own_key,
        enforce_ssl=True,
        retention_period=Duration.days(14),
    )
