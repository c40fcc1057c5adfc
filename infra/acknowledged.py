"""What cdk-nag's AwsSolutions rules find and we leave as it is, each with the reason why."""

from collections.abc import Iterator
from typing import Any, NamedTuple, cast

from aws_cdk import Acknowledgment, Stack, Validations, aws_ecs
from constructs import IConstruct

from infra.functions import WarehouseFunctions
from infra.generator import Generator
from infra.generator_image import pulled_from_ecr
from infra.landing import Landing
from infra.names import LANDING_PREFIX
from infra.settings import Settings
from infra.warehouse_trust import WarehouseTrust

# CDK's id of the function that it adds to a stack for notifications of a bucket from elsewhere.
NOTIFICATIONS_HANDLER = "BucketNotificationsHandler050a0587b7544547bf325f094a3db834"


class Finding(NamedTuple):
    """A rule, such as S1 or IAM5[Resource::*], that a construct breaks."""

    construct: IConstruct
    rule: str
    reason: str


def acknowledge(findings: Iterator[Finding]) -> None:
    """Tells cdk-nag of them."""
    for found in findings:
        Validations.of(found.construct).acknowledge(
            Acknowledgment(id=f"AwsSolutions::AwsSolutions-{found.rule}", reason=found.reason)
        )


def accepted(
    stack: Stack,
    *,
    settings: Settings,
    functions: WarehouseFunctions,
    landing: Landing,
    trust: WarehouseTrust,
    generator: Generator,
) -> Iterator[Finding]:
    """What is found in the constructs of `infra`, except those of observability, which speaks for itself."""
    landed = _as_nag_writes(stack.resolve(landing.bucket.arn_for_objects(f"{LANDING_PREFIX}*")))
    under_prefix = f"IAM5[Resource::{landed}]"
    yield Finding(trust.read_role, under_prefix, "Snowflake reads whatever lands, under this one prefix.")
    yield Finding(
        generator.task_definition.task_role,
        under_prefix,
        "Each slot writes a file with a name of its own, under this one prefix.",
    )
    revisions = _as_nag_writes(stack.resolve(generator.revisions))
    yield Finding(
        generator.schedule_role,
        f"IAM5[Resource::{revisions}]",
        "Any revision of this one task: on a change the schedule asks for the old one a little longer.",
    )
    yield Finding(generator.drain.role, "IAM5[Resource::*]", "ecs:ListTasks knows no resource; only in this cluster.")
    cluster = stack.get_logical_id(cast(aws_ecs.CfnCluster, generator.cluster.node.default_child))
    yield Finding(
        generator.drain.role,
        f"IAM5[Resource::arn:<AWS::Partition>:ecs:<AWS::Region>:<AWS::AccountId>:task/<{cluster}>/*]",
        "A task has its id from ECS when it starts; only in this cluster.",
    )
    yield Finding(
        generator.cluster,
        "ECS4",
        "Container Insights charges for metrics of each task; a failed task raises an alarm and its log says why.",
    )
    yield Finding(
        generator.task_definition,
        "ECS2",
        "The variables are the settings of the generator, which knows no secret.",
    )
    yield Finding(
        generator.dead_letters, "SQS3", "It is the dead-letter queue, of a schedule, which the rule does not look at."
    )
    if settings.sign_in == "aws_jwt":
        yield Finding(
            functions.role,
            "IAM5[Resource::*]",
            "sts:GetWebIdentityToken knows no resource; the conditions leave only tokens for Snowflake.",
        )
    if settings.existing_bucket:
        yield from _of_notifications_handler(stack)
    else:
        yield Finding(
            landing.bucket,
            "S1",
            "Only the generator writes and only Snowflake reads, by a role each. Whoever must prove it switches on "
            "data events of CloudTrail; a bucket of logs would grow faster than the landing.",
        )
    if not settings.vpc_id:
        yield Finding(
            generator.vpc,
            "VPC7",
            "In it there is one short task with HTTPS out and nothing in; it has no secret and reads no data.",
        )
    if pulled_from_ecr(settings.generator_image):
        yield Finding(
            generator.task_definition.obtain_execution_role(),
            "IAM5[Resource::*]",
            "ecr:GetAuthorizationToken knows no resource (Service Authorization Reference, Amazon ECR).",
        )


def _of_notifications_handler(stack: Stack) -> Iterator[Finding]:
    yield Finding(
        stack.node.find_child(NOTIFICATIONS_HANDLER),
        "IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]",
        "The function is CDK's, which gives it this policy to write its log; it comes only with an existing bucket.",
    )


def _as_nag_writes(resolved: Any) -> str:
    """An ARN of a template as cdk-nag writes it: <LogicalId.Arn> for an attribute, <AWS::Partition> for a Ref."""
    match resolved:
        case {"Fn::Join": [str(), list(parts)]}:
            return "".join(_as_nag_writes(part) for part in parts)
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            return f"<{name}.{attribute}>"
        case {"Ref": str(name)}:
            return f"<{name}>"
        case _:
            return resolved
