"""The two roles of the generator's task: the one ECS starts it with, and the one it works with."""

from aws_cdk import Aws, aws_ecs, aws_iam
from constructs import Construct

from infra.encryption import ENCRYPT, may_use
from infra.landing import Landing
from infra.names import landing_prefix
from infra.settings import Settings


def execution_role(scope: Construct) -> aws_iam.Role:
    """Pulls the image and writes the log; CDK adds what that takes."""
    return aws_iam.Role(
        scope, "ExecutionRole", description="CustomerTrack: starts the generator's task", assumed_by=_tasks()
    )


def tasks_arn(cluster: aws_ecs.ICluster) -> str:
    """A pattern of an ARN: all tasks of the cluster."""
    return f"arn:{Aws.PARTITION}:ecs:{Aws.REGION}:{Aws.ACCOUNT_ID}:task/{cluster.cluster_name}/*"


def task_role(scope: Construct, landing: Landing, settings: Settings) -> aws_iam.Role:
    """May add files of what the generator makes to the landing and see which are there; read, replace or delete it may
    none.
    """
    bucket = landing.bucket
    prefixes = [f"{landing_prefix(dimension)}*" for dimension in settings.generated]
    return aws_iam.Role(
        scope,
        "TaskRole",
        description="CustomerTrack: the generator",
        assumed_by=_tasks(),
        inline_policies={
            "land": aws_iam.PolicyDocument(
                statements=[
                    aws_iam.PolicyStatement(
                        actions=["s3:PutObject"],
                        resources=[bucket.arn_for_objects(prefix) for prefix in prefixes],
                        # Amazon S3 User Guide, "Enforce conditional writes". A part of a multipart upload has no such
                        # header, so there is none of these either.
                        conditions={"Null": {"s3:if-none-match": "false"}},
                    ),
                    aws_iam.PolicyStatement(
                        actions=["s3:ListBucket"],
                        resources=[bucket.bucket_arn],
                        conditions={"StringLike": {"s3:prefix": prefixes}},
                    ),
                    # Enough for a file in one request; a multipart upload would take kms:Decrypt too.
                    *may_use(settings, ENCRYPT, "s3"),
                ]
            )
        },
    )


def _tasks() -> aws_iam.ServicePrincipal:
    """ECS, for tasks of this account and region (Amazon ECS Developer Guide, "Amazon ECS task IAM role")."""
    return aws_iam.ServicePrincipal(
        "ecs-tasks.amazonaws.com",
        conditions={
            "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
            "ArnLike": {"aws:SourceArn": f"arn:{Aws.PARTITION}:ecs:{Aws.REGION}:{Aws.ACCOUNT_ID}:*"},
        },
    )
