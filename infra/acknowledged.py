"""What cdk-nag's AwsSolutions rules find and we leave as it is, each with the reason why."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from aws_cdk import Acknowledgment, Stack, Validations, aws_sqs
from constructs import IConstruct

from infra.functions import WarehouseFunctions
from infra.generator import Generator
from infra.generator_image import pulled_from_ecr
from infra.landing import Landing
from infra.migrations import Migrations
from infra.names import landing_prefix
from infra.network import Network
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
    network: Network,
    functions: WarehouseFunctions,
    landing: Landing,
    trust: WarehouseTrust,
    migrations: Migrations,
    generator: Generator | None,
    dead_letters: aws_sqs.Queue,
) -> Iterator[Finding]:
    """What is found in the constructs of `infra`, except those of observability, which speaks for itself."""
    for name in settings.dimensions:
        reason = "Snowflake reads whatever lands, under the prefixes of the dimensions."
        yield Finding(trust.read_role, _under_prefix(stack, landing, name), reason)
    if generator:
        yield from _of_generator(stack, settings, landing, generator)
    provided = [trust, migrations, *([generator.drain] if generator else [])]
    providers = [each.node.find_child("ProviderRole") for each in provided]
    yield from _on_everything(settings, functions, generator, *providers)
    yield Finding(dead_letters, "SQS3", "It is the dead-letter queue, of schedules, which the rule does not look at.")
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
            network.vpc,
            "VPC7",
            "In it there are a short task and perhaps the functions, with HTTPS out and nothing in; what they do is "
            "in their logs, and who talked to Snowflake in Snowflake's own history.",
        )


def _of_generator(stack: Stack, settings: Settings, landing: Landing, generator: Generator) -> Iterator[Finding]:
    for name in settings.generated:
        yield Finding(
            generator.task_definition.task_role,
            _under_prefix(stack, landing, name),
            "Each slot writes a file with a name of its own, under this one prefix.",
        )
    revisions = _as_nag_writes(stack.resolve(generator.revisions))
    yield Finding(
        generator.schedule_role,
        f"IAM5[Resource::{revisions}]",
        "Any revision of this one task: on a change the schedule asks for the old one a little longer.",
    )
    tasks = f"IAM5[Resource::{_as_nag_writes(stack.resolve(generator.tasks_arn))}]"
    yield Finding(
        generator.drain.role,
        tasks,
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
    if settings.tags:
        yield Finding(
            generator.schedule_role,
            tasks,
            "A task has no name before it runs; it is tagged in this cluster only, and only as it starts.",
        )
    if pulled_from_ecr(settings.generator_image):
        yield Finding(
            generator.task_definition.obtain_execution_role(),
            "IAM5[Resource::*]",
            "ecr:GetAuthorizationToken knows no resource (Service Authorization Reference, Amazon ECR).",
        )


def _under_prefix(stack: Stack, landing: Landing, dimension: str) -> str:
    landed = _as_nag_writes(stack.resolve(landing.bucket.arn_for_objects(f"{landing_prefix(dimension)}*")))
    return f"IAM5[Resource::{landed}]"


def _on_everything(
    settings: Settings, functions: WarehouseFunctions, generator: Generator | None, *providers: IConstruct
) -> Iterator[Finding]:
    """Of roles that functions run as: one finding for each, with all the reasons that there are."""
    signing = "sts:GetWebIdentityToken knows no resource; the conditions leave only tokens for Snowflake."
    placing = "Lambda makes the function's network interfaces, which have no name before; its own code is refused."
    signed, placed = [signing] * (settings.sign_in == "aws_jwt"), [placing] * settings.functions_in_vpc
    listed = ["ecs:ListTasks knows no resource; only in this cluster."]
    for role, reasons in (
        (functions.role, signed + placed),
        (functions.watch_role, signed + placed),
        *([(generator.drain.role, listed + placed)] if generator else []),
        *((provider, placed) for provider in providers),
    ):
        if reasons:
            yield Finding(role, "IAM5[Resource::*]", " ".join(reasons))


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
