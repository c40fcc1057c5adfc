"""What lets a stack be deleted while the generator runs: its tasks are stopped before the cluster goes.

CloudFormation deletes in reverse order: first the schedule, which depends on a custom resource; then that resource,
which stops what the schedule has started; then the cluster, the roles and the network that the tasks were using.
"""

from aws_cdk import CustomResource, Duration, aws_ecs, aws_iam, aws_lambda
from constructs import Construct

from infra.ecs_roles import tasks_arn
from infra.encryption import DECRYPT, key, may_use
from infra.functions import deploy_log_group, write_logs
from infra.network import Network, network_interfaces
from infra.provider import provider
from infra.settings import Settings

DRAIN = "drain"


class Drain(Construct):
    """resource: the schedule must depend on it, and it on all that a task uses. role: the function's."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        network: Network,
        cluster: aws_ecs.Cluster,
        code: aws_lambda.Code,
    ) -> None:
        super().__init__(scope, construct_id)
        logs = deploy_log_group(self, "Logs", settings)
        self.role = aws_iam.Role(
            self,
            "Role",
            description="CustomerTrack: stops the generator's tasks when the stack is deleted",
            assumed_by=aws_iam.ServicePrincipal("lambda.amazonaws.com"),
            inline_policies={
                "drain": aws_iam.PolicyDocument(
                    statements=[
                        write_logs(logs),
                        *network_interfaces(settings),
                        *may_use(settings, DECRYPT),
                        *_tasks_of(cluster),
                    ]
                ),
            },
        )
        function = aws_lambda.Function(
            self,
            "Function",
            description=f"CustomerTrack {settings.stage}: {DRAIN}",
            runtime=aws_lambda.Runtime.PYTHON_3_14,
            architecture=aws_lambda.Architecture.ARM_64,
            code=code,
            handler=f"lambdas.{DRAIN}.handler.handler",
            role=self.role.without_policy_updates(),
            log_group=logs,
            # A task has two minutes to stop, and may still be starting.
            timeout=Duration.minutes(8),
            memory_size=256,
            environment={"POWERTOOLS_SERVICE_NAME": DRAIN, "POWERTOOLS_LOG_LEVEL": "INFO"},
            environment_encryption=key(self, settings),
            **network.of_functions,
        )
        self.resource = CustomResource(
            self,
            "Cluster",
            resource_type="Custom::DrainedCluster",
            service_token=provider(self, handler=function, settings=settings, network=network).service_token,
            service_timeout=Duration.minutes(16),
            properties={"Cluster": cluster.cluster_arn},
        )


def _tasks_of(cluster: aws_ecs.Cluster) -> list[aws_iam.PolicyStatement]:
    """The tasks of this cluster alone (Service Authorization Reference, Amazon ECS)."""
    here = {"ArnEquals": {"ecs:cluster": cluster.cluster_arn}}
    return [
        # Its resource would be an instance of EC2, of which Fargate has none.
        aws_iam.PolicyStatement(actions=["ecs:ListTasks"], resources=["*"], conditions=here),
        aws_iam.PolicyStatement(
            actions=["ecs:DescribeTasks", "ecs:StopTask"], resources=[tasks_arn(cluster)], conditions=here
        ),
    ]
