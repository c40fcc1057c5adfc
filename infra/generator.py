"""The generator: a Fargate task for each slot, started by a schedule that comes last of all."""

from aws_cdk import Aws, Duration, RemovalPolicy, aws_ec2, aws_ecs, aws_iam, aws_lambda, aws_scheduler, aws_sqs
from aws_cdk import aws_scheduler_targets as targets
from constructs import Construct

from infra.drain import Drain
from infra.ecs_roles import execution_role, task_role, tasks_arn
from infra.encryption import SEND, may_use
from infra.functions import log_group
from infra.landing import Landing, short_guid
from infra.migrations import Migrations
from infra.network import Network
from infra.settings import DEFINITIONS, Settings

CONTAINER = "generator"
# Any number but root's: the image needs no entry for it.
USER = "65532:65532"

# Settings that are the generator's own, under the same names.
FEED = (
    *("seed", "customers", "growth", "delete_rate", "reinsert_rate"),
    *("late", "duplicates", "duplicate_files", "malformed"),
)


class Generator(Construct):
    """Cluster, task definition and schedule.

    cluster, task_definition, log_group, schedule: for alarms and the dashboard. drain: stops the tasks
    when the stack is deleted. schedule_role: may run the task, in any of its `revisions`, a pattern of an ARN.
    tasks_arn: of all tasks in the cluster.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        network: Network,
        landing: Landing,
        migrations: Migrations,
        image: aws_ecs.ContainerImage,
        lambda_code: aws_lambda.Code,
        dead_letters: aws_sqs.Queue,
    ) -> None:
        super().__init__(scope, construct_id)
        self._settings = settings
        self._network = network
        self.log_group = log_group(self, "Logs", settings)
        self.cluster = aws_ecs.Cluster(
            self, "Cluster", vpc=network.vpc, enable_fargate_capacity_providers=settings.spot
        )
        self.tasks_arn = tasks_arn(self.cluster)
        self.task_definition = self._make_task(landing, migrations, image)
        family = self.task_definition.family
        self.revisions = f"arn:{Aws.PARTITION}:ecs:{Aws.REGION}:{Aws.ACCOUNT_ID}:task-definition/{family}:*"
        self._dead_letters = dead_letters
        security_group = network.outbound_only(self, "generator")
        self.drain = Drain(self, "Drain", settings=settings, network=network, cluster=self.cluster, code=lambda_code)
        # What a task needs, from its first second to its last: rights, capacity, a way to the registry and to S3.
        task = self.task_definition
        roles = task.task_role, task.obtain_execution_role()
        self.drain.resource.node.add_dependency(*roles, task, self.cluster, self.log_group, network.vpc, security_group)
        self.schedule = self._make_schedule(security_group)
        # Not before the tables are there.
        self.schedule.node.add_dependency(migrations.resource, self.drain.resource)

    def _make_task(
        self, landing: Landing, migrations: Migrations, image: aws_ecs.ContainerImage
    ) -> aws_ecs.FargateTaskDefinition:
        task = aws_ecs.FargateTaskDefinition(
            self,
            "Task",
            cpu=256,
            # A file goes to S3 in one request, so it is held whole, compressed: about 50 MB for a million customers.
            memory_limit_mib=512 if self._settings.customers <= 1_000_000 else 2048,
            runtime_platform=aws_ecs.RuntimePlatform(
                cpu_architecture=aws_ecs.CpuArchitecture.ARM64,
                operating_system_family=aws_ecs.OperatingSystemFamily.LINUX,
            ),
            task_role=task_role(self, landing, self._settings),
            execution_role=execution_role(self),
        )
        limits = aws_ecs.LinuxParameters(self, "Limits")
        limits.drop_capabilities(aws_ecs.Capability.ALL)
        task.add_container(
            CONTAINER,
            image=image,
            user=USER,
            readonly_root_filesystem=True,
            # As long as Fargate allows: a task that is told to stop still finishes the file that it is writing.
            stop_timeout=Duration.minutes(2),
            linux_parameters=limits,
            logging=aws_ecs.LogDriver.aws_logs(stream_prefix=CONTAINER, log_group=self.log_group),
            environment=_environment(self._settings, landing, migrations),
        )
        return task

    def _make_schedule(self, security_group: aws_ec2.ISecurityGroup) -> aws_scheduler.Schedule:
        settings = self._settings
        # Left to itself, CDK would keep the group after a destroy, and want to make it again under the same name.
        group = aws_scheduler.ScheduleGroup(
            self,
            "ScheduleGroup",
            schedule_group_name=f"{settings.prefix}-{short_guid()}",
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.schedule_role = self._make_schedule_role(group)
        strategies = [aws_ecs.CapacityProviderStrategy(capacity_provider="FARGATE_SPOT", weight=1)]
        return aws_scheduler.Schedule(
            self,
            "Schedule",
            description=f"CustomerTrack {settings.stage}: a batch of changes",
            schedule_group=group,
            enabled=settings.generate,
            schedule=aws_scheduler.ScheduleExpression.rate(Duration.minutes(settings.interval_minutes)),
            target=targets.EcsRunFargateTask(
                self.cluster,
                task_definition=self.task_definition,
                vpc_subnets=self._network.subnets,
                assign_public_ip=self._network.public,
                security_groups=[security_group],
                # Of the task definition, which has those of the stage; and the cluster's name.
                propagate_tags=bool(settings.tags) or None,
                enable_ecs_managed_tags=bool(settings.tags) or None,
                capacity_provider_strategies=strategies if settings.spot else None,
                # Unless told otherwise, 185 retries over 24 hours.
                retry_attempts=2,
                max_event_age=Duration.hours(1),
                dead_letter_queue=self._dead_letters,
                # The time that was planned, not the time of the attempt: a slot tried again writes the same file.
                input=aws_scheduler.ScheduleTargetInput.from_object(
                    {
                        "containerOverrides": [
                            {
                                "name": CONTAINER,
                                "environment": [
                                    {
                                        "name": "GENERATOR_SLOT_TIME",
                                        "value": aws_scheduler.ContextAttribute.scheduled_time,
                                    }
                                ],
                            }
                        ]
                    }
                ),
                role=self.schedule_role.without_policy_updates(),
            ),
        )

    def _tagging(self) -> list[aws_iam.PolicyStatement]:
        """The right to give a task its tags, if there are any."""
        if not self._settings.tags:
            return []
        created = {"StringEquals": {"ecs:CreateAction": "RunTask"}}
        return [aws_iam.PolicyStatement(actions=["ecs:TagResource"], resources=[self.tasks_arn], conditions=created)]

    def _make_schedule_role(self, group: aws_scheduler.ScheduleGroup) -> aws_iam.Role:
        """May run this task definition in this cluster, pass its two roles to it, and report what failed."""
        task = self.task_definition
        return aws_iam.Role(
            self,
            "ScheduleRole",
            description="CustomerTrack: starts the generator",
            assumed_by=aws_iam.ServicePrincipal(
                "scheduler.amazonaws.com",
                conditions={
                    "StringEquals": {
                        "aws:SourceAccount": Aws.ACCOUNT_ID,
                        "aws:SourceArn": group.schedule_group_arn,
                    }
                },
            ),
            inline_policies={
                "run": aws_iam.PolicyDocument(
                    statements=[
                        aws_iam.PolicyStatement(
                            actions=["ecs:RunTask"],
                            # Any revision. On a change the policy comes before the schedule, which until then asks
                            # for the old one.
                            resources=[self.revisions],
                            conditions={"ArnEquals": {"ecs:cluster": self.cluster.cluster_arn}},
                        ),
                        aws_iam.PolicyStatement(
                            actions=["iam:PassRole"],
                            resources=[task.task_role.role_arn, task.obtain_execution_role().role_arn],
                            conditions={"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
                        ),
                        aws_iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[self._dead_letters.queue_arn]),
                        *may_use(self._settings, SEND, "sqs"),
                        *self._tagging(),
                    ]
                )
            },
        )


def _reach(interval_minutes: int) -> int:
    """How many slots back a task looks for files that never came: those of a day, and at least three.

    The first firing may come a slot or two after the start; the initial customers are not to be missed. Far less than
    landing_days, so that nothing is made again because it has expired.
    """
    return max(3, 24 * 60 // interval_minutes)


def _environment(settings: Settings, landing: Landing, migrations: Migrations) -> dict[str, str]:
    """What the task is told, as generator/cli.py names it; the slot comes from the schedule."""
    (made,) = settings.generated
    return {
        "GENERATOR_TO": landing.url(made),
        "GENERATOR_DEFINITION": (DEFINITIONS / f"{made}.toml").read_text(encoding="utf-8"),
        "GENERATOR_START": migrations.feed_start,
        "GENERATOR_INTERVAL": str(settings.interval_minutes * 60),
        "GENERATOR_GZIP": "1",
        "GENERATOR_FILL": str(_reach(settings.interval_minutes)),
        **{f"GENERATOR_{name.upper()}": str(getattr(settings, name)) for name in FEED},
    }
