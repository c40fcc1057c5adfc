"""A key of KMS: what is encrypted with it, who may use it, and what its policy must say."""

import json
from typing import Any

import pytest

from infra.encryption import key_policy
from tests.infra.permissions import permissions
from tests.infra.synthesis import VARIANTS, Synthesised

KEY = VARIANTS["pinned"]["kms_key_arn"]
# The property that names the key, by the type of what is encrypted.
ENCRYPTED = {
    "AWS::SNS::Topic": "KmsMasterKeyId",
    "AWS::SQS::Queue": "KmsMasterKeyId",
    "AWS::Logs::LogGroup": "KmsKeyId",
    "AWS::Lambda::Function": "KmsKeyArn",
}


@pytest.mark.parametrize("kind", ENCRYPTED)
def test_all_that_holds_something_is_encrypted_with_the_key(pinned: Synthesised, dev: Synthesised, kind: str):
    found = [each["Properties"].get(ENCRYPTED[kind]) for each in pinned.resources(kind).values()]
    assert len(found) >= 2
    assert set(found) == {KEY}
    assert [name for name, each in dev.resources(kind).items() if ENCRYPTED[kind] in each.get("Properties", {})] == []


def test_so_is_the_bucket_with_few_calls(pinned: Synthesised):
    (rule,) = pinned.only("AWS::S3::Bucket")["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule == {
        "BucketKeyEnabled": True,
        "ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY},
    }


def test_no_key_is_made(pinned: Synthesised):
    assert [
        each["Type"] for each in pinned.template["Resources"].values() if each["Type"].startswith("AWS::KMS::")
    ] == []


# Who handles what is encrypted, and by way of which service; functions also have variables, which Lambda decrypts.
USERS = {
    "TrustReadRole": ({"kms:Decrypt"}, "s3"),
    "TrustErrorRole": ({"kms:Decrypt", "kms:GenerateDataKey"}, "sns"),
    "GeneratorTaskRole": ({"kms:GenerateDataKey"}, "s3"),
    "GeneratorScheduleRole": ({"kms:Decrypt", "kms:GenerateDataKey"}, "sqs"),
    "ObservabilityWatchScheduleRole": ({"kms:Decrypt", "kms:GenerateDataKey"}, "sqs"),
    "FunctionsRole": ({"kms:Decrypt"}, ""),
    "FunctionsWatchRole": ({"kms:Decrypt"}, ""),
    "TrustProviderRole": ({"kms:Decrypt"}, ""),
    "MigrationsProviderRole": ({"kms:Decrypt"}, ""),
    "GeneratorDrainRole": ({"kms:Decrypt"}, ""),
    "GeneratorDrainProviderRole": ({"kms:Decrypt"}, ""),
}


def test_our_roles_may_use_it_for_what_they_do_and_no_more(pinned: Synthesised):
    found: dict[str, tuple[set[str], str]] = {}
    for entry in permissions(pinned.template):
        if entry.get("action", "").startswith("kms:"):
            assert entry["resource"] == KEY
            via = entry.get("if", "").removeprefix("StringEquals kms:ViaService = ").partition(".")[0]
            found.setdefault(entry["holder"], (set(), via))[0].add(entry["action"])
    assert found == USERS


def test_without_a_key_nobody_needs_one(dev: Synthesised):
    assert "kms" not in json.dumps(dev.template).lower()


def of(sid: str) -> dict[str, Any]:
    policy = key_policy("customertrack-pinned", "123456789012", "eu-central-1")
    (found,) = (each for each in policy["Statement"] if each["Sid"] == sid)
    return found


def test_the_keys_policy_lets_in_every_service_that_sends_to_a_topic_or_queue_of_ours(pinned: Synthesised):
    sending = {
        entry["principal"].removeprefix("Service ")
        for entry in permissions(pinned.template)
        if entry.get("effect") == "Allow"
        and entry["action"] in ("sns:Publish", "sqs:SendMessage")
        and entry.get("principal", "").startswith("Service ")
    }
    assert (
        set(of("ServicesSend")["Principal"]["Service"])
        == sending
        == {
            "s3.amazonaws.com",
            "cloudwatch.amazonaws.com",
            "events.amazonaws.com",
        }
    )
    # EventBridge tells KMS neither account nor source: a condition on them would lose every message without a word.
    assert "Condition" not in of("ServicesSend")


def test_the_keys_policy_lets_logs_in_for_the_log_groups_of_the_stage():
    logs = of("LogsAreEncrypted")
    assert logs["Principal"] == {"Service": "logs.eu-central-1.amazonaws.com"}
    (pattern,) = logs["Condition"]["ArnLike"].values()
    assert pattern == "arn:aws:logs:eu-central-1:123456789012:log-group:customertrack-pinned-*"


def test_log_groups_are_named_by_the_stack_so_the_pattern_is_theirs(pinned: Synthesised):
    named = [each for each in pinned.resources("AWS::Logs::LogGroup").values() if "LogGroupName" in each["Properties"]]
    assert named == []
