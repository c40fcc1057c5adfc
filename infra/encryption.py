"""A key of KMS that is not ours: what is encrypted with it, who of ours may use it, and what its own policy must say.

Without the setting kms_key_arn nothing here has an effect: AWS encrypts with keys of its own.
"""

from typing import Any

from aws_cdk import Aws, aws_iam, aws_kms
from constructs import Construct

from infra.settings import Settings

DECRYPT = ("kms:Decrypt",)
ENCRYPT = ("kms:GenerateDataKey",)
# What SNS and SQS ask of whoever sends to a topic or a queue that is encrypted.
SEND = ("kms:Decrypt", "kms:GenerateDataKey")


def key(scope: Construct, settings: Settings) -> aws_kms.IKey | None:
    """The key of the settings, for what is made in `scope`; its policy is left alone."""
    found = scope.node.try_find_child("Key")
    if found is not None or not settings.kms_key_arn:
        return found  # pyright: ignore[reportReturnType]
    return aws_kms.Key.from_key_arn(scope, "Key", settings.kms_key_arn)


def may_use(settings: Settings, actions: tuple[str, ...], service: str = "") -> list[aws_iam.PolicyStatement]:
    """What a role of ours needs to use the key, by way of one service of AWS if one is named; nothing without a key."""
    if not settings.kms_key_arn:
        return []
    via = {"StringEquals": {"kms:ViaService": f"{service}.{Aws.REGION}.amazonaws.com"}} if service else None
    return [aws_iam.PolicyStatement(actions=list(actions), resources=[settings.kms_key_arn], conditions=via)]


def key_policy(prefix: str, account_id: str, region: str) -> dict[str, Any]:
    """The policy that the key must have, or have among others, for the stage whose names begin with `prefix`.

    Services of AWS act as themselves, so no role of ours can be given their rights. No condition on their account:
    EventBridge sends none (Amazon SNS Developer Guide, "Key management"), and the topics and queues have one.
    """
    return {
        "Version": "2012-10-17",
        "Statement": [
            _statement("AccountDecides", {"AWS": f"arn:aws:iam::{account_id}:root"}, "kms:*"),
            _statement(
                "ServicesSend",
                {"Service": ["s3.amazonaws.com", "cloudwatch.amazonaws.com", "events.amazonaws.com"]},
                list(SEND),
            ),
            {
                **_statement(
                    "LogsAreEncrypted",
                    {"Service": f"logs.{region}.amazonaws.com"},
                    ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
                ),
                "Condition": {
                    "ArnLike": {
                        "kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{region}:{account_id}:log-group:{prefix}-*"
                    }
                },
            },
        ],
    }


def _statement(sid: str, principal: dict[str, Any], action: str | list[str]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*"}
