"""cdk-nag's AwsSolutions and CDK's own validation: nothing is found that is not explained."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.infra.synthesis import VARIANTS, Synthesised

PREFIX_WILDCARD = "IAM5[Resource::{}/landing/customer/*]"
OWN = PREFIX_WILDCARD.format("<LandingBucket6D60388F.Arn>")
GIVEN = PREFIX_WILDCARD.format("arn:<AWS::Partition>:s3:::acme-lake")
HERE = "arn:<AWS::Partition>:ecs:<AWS::Region>:<AWS::AccountId>"
ALWAYS = {
    ("ECS2", "Generator/Task/Resource"),
    ("ECS4", "Generator/Cluster/Resource"),
    ("SQS3", "DeadLetters/Resource"),
    ("IAM5[Resource::*]", "Generator/Drain/Role/Resource"),
    (f"IAM5[Resource::{HERE}:task/<GeneratorCluster>/*]", "Generator/Drain/Role/Resource"),
}
OF_OWN = {
    ("S1", "Landing/Bucket/Resource"),
    ("VPC7", "Network/Vpc/Resource"),
    (OWN, "Trust/ReadRole/Resource"),
    (OWN, "Generator/TaskRole/Resource"),
}
FROM_ECR = {("IAM5[Resource::*]", "Generator/ExecutionRole/DefaultPolicy/Resource")}
SIGNING_IN = {
    ("IAM5[Resource::*]", "Functions/Role/Resource"),
    ("IAM5[Resource::*]", "Functions/WatchRole/Resource"),
}
IN_A_VPC = {
    *SIGNING_IN,
    ("IAM5[Resource::*]", "Trust/ProviderRole/Resource"),
    ("IAM5[Resource::*]", "Migrations/ProviderRole/Resource"),
    ("IAM5[Resource::*]", "Generator/Drain/ProviderRole/Resource"),
}
TAGGED = {(f"IAM5[Resource::{HERE}:task/<GeneratorCluster>/*]", "Generator/ScheduleRole/Resource")}
EXPLAINED = {
    "dev": ALWAYS | OF_OWN | FROM_ECR,
    "prod": ALWAYS | OF_OWN | SIGNING_IN,
    "pinned": ALWAYS | OF_OWN | FROM_ECR | IN_A_VPC | TAGGED,
    "given": ALWAYS
    | FROM_ECR
    | {
        (GIVEN, "Trust/ReadRole/Resource"),
        (GIVEN, "Generator/TaskRole/Resource"),
        (
            "IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]",
            "BucketNotificationsHandler050a0587b7544547bf325f094a3db834/Role/Resource",
        ),
    },
}


def rule(name: str) -> str:
    """The name of a rule without cdk-nag's prefix, and without the hash in the names of cluster and task."""
    return re.sub(r"(Cluster|Task)[0-9A-F]{8}(?=[>:])", r"\1", name.removeprefix("AwsSolutions-"))


def reports(stack: Synthesised, kind: str) -> list[dict[str, Any]]:
    return [finding for report in stack.reports for finding in report.get(kind, [])]


@pytest.mark.parametrize("name", VARIANTS)
def test_nothing_is_found_that_is_not_explained(name: str, synthesised: Callable[[str], Synthesised]):
    stack = synthesised(name)
    assert "AwsSolutions" in [report["pluginName"] for report in stack.reports]
    assert reports(stack, "violations") == []


@pytest.mark.parametrize("name", VARIANTS)
def test_what_is_explained_is_what_is_expected(name: str, synthesised: Callable[[str], Synthesised]):
    found = {
        (rule(finding["ruleName"]), construct["constructPath"].partition("/")[2])
        for finding in reports(synthesised(name), "suppressedViolations")
        for construct in finding["violatingConstructs"]
    }
    # Observability explains its own, in its own tests.
    revisions = f"IAM5[Resource::{HERE}:task-definition/customertrack{name}GeneratorTask:*]"
    expected = EXPLAINED[name] | {(revisions, "Generator/ScheduleRole/Resource")}
    assert {each for each in found if not each[1].startswith("Observability/")} == expected


@pytest.mark.parametrize("name", VARIANTS)
def test_each_reason_is_a_sentence(name: str, synthesised: Callable[[str], Synthesised]):
    for finding in reports(synthesised(name), "suppressedViolations"):
        assert len(finding["reason"].split()) > 5, finding
        assert finding["reason"].endswith("."), finding
