"""The watch: the function that reads how the pipeline is in Snowflake, and what calls it."""

from typing import Any

from aws_cdk import Aws, Duration, RemovalPolicy, aws_iam, aws_scheduler, aws_sqs
from aws_cdk import aws_scheduler_targets as targets
from constructs import Construct

from infra.encryption import SEND, may_use
from infra.functions import WATCH, WarehouseFunctions
from infra.landing import Landing
from infra.migrations import Migrations
from infra.settings import Settings
from infra.warehouse_trust import WarehouseTrust

# Minutes between two watches.
EVERY = 5
# How much of the past is counted at a time, and how often. Counting wakes the warehouse, which then runs for a minute:
# once an hour that is some 12 credits a month, every five minutes it would be some 150.
COUNTED = 60
# What each schedule asks for (lambdas.watch.event). The landing is listed once a day: it may hold a million files.
SCHEDULES: dict[str, tuple[Duration, dict[str, Any]]] = {
    "Pulse": (Duration.minutes(EVERY), {"counted_minutes": 0, "invariants": False, "landing": False}),
    "Counts": (Duration.minutes(COUNTED), {"counted_minutes": COUNTED, "invariants": False, "landing": False}),
    "Daily": (Duration.days(1), {"counted_minutes": 0, "invariants": True, "landing": True}),
}


class Watch(Construct):
    """function; schedules: by the keys of SCHEDULES; schedule_group: theirs."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        functions: WarehouseFunctions,
        landing: Landing,
        trust: WarehouseTrust,
        migrations: Migrations,
        dead_letters: aws_sqs.Queue,
    ) -> None:
        super().__init__(scope, construct_id)
        # The invariants of a large history take their time.
        self.function = functions.function(
            self, WATCH, timeout=Duration.minutes(14), environment=_environment(settings, trust, landing.root)
        )
        # The next watch comes soon. One that is repeated would count what it counted before.
        self.function.configure_async_invoke(retry_attempts=0, max_event_age=Duration.minutes(EVERY))
        # CDK would keep it, and the next stack of the stage could not make one of that name.
        self.schedule_group = aws_scheduler.ScheduleGroup(self, "ScheduleGroup", removal_policy=RemovalPolicy.DESTROY)
        role = self._make_schedule_role(settings, dead_letters).without_policy_updates()
        self.schedules = {name: self._make_schedule(name, settings, dead_letters, role) for name in SCHEDULES}
        for schedule in self.schedules.values():
            # There is nothing to be seen before.
            schedule.node.add_dependency(migrations.resource)

    def _make_schedule(
        self, name: str, settings: Settings, dead_letters: aws_sqs.Queue, role: aws_iam.IRole
    ) -> aws_scheduler.Schedule:
        every, asked = SCHEDULES[name]
        return aws_scheduler.Schedule(
            self,
            name,
            description=f"CustomerTrack {settings.stage}: watch, {name.lower()}",
            schedule_group=self.schedule_group,
            schedule=aws_scheduler.ScheduleExpression.rate(every),
            target=targets.LambdaInvoke(
                self.function,
                role=role,
                retry_attempts=2,
                max_event_age=Duration.minutes(EVERY),
                dead_letter_queue=dead_letters,
                # The time that was planned bounds what is counted, so that nothing is counted twice or never.
                input=aws_scheduler.ScheduleTargetInput.from_object(
                    {**asked, "time": aws_scheduler.ContextAttribute.scheduled_time}
                ),
            ),
        )

    def _make_schedule_role(self, settings: Settings, dead_letters: aws_sqs.Queue) -> aws_iam.Role:
        """May call this function, and report what it could not call."""
        return aws_iam.Role(
            self,
            "ScheduleRole",
            description="CustomerTrack: calls the watch",
            assumed_by=aws_iam.ServicePrincipal(
                "scheduler.amazonaws.com",
                conditions={
                    "StringEquals": {
                        "aws:SourceAccount": Aws.ACCOUNT_ID,
                        "aws:SourceArn": self.schedule_group.schedule_group_arn,
                    }
                },
            ),
            inline_policies={
                "call": aws_iam.PolicyDocument(
                    statements=[
                        aws_iam.PolicyStatement(
                            actions=["lambda:InvokeFunction"], resources=[self.function.function_arn]
                        ),
                        aws_iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[dead_letters.queue_arn]),
                        *may_use(settings, SEND, "sqs"),
                    ]
                )
            },
        )


def _environment(settings: Settings, trust: WarehouseTrust, landing_root: str) -> dict[str, str]:
    """Where to look, and what the roles were made to trust."""
    return {
        "SNOWFLAKE_DATABASE": settings.warehouse_name,
        "DIMENSIONS": ",".join(settings.dimensions),
        "LANDING_ROOT": landing_root,
        "STORAGE_INTEGRATION": trust.storage_integration,
        "STORAGE_USER_ARN": trust.answer("StorageUserArn"),
        "STORAGE_EXTERNAL_ID": trust.answer("StorageExternalId"),
        "ERROR_INTEGRATION": trust.error_integration,
        "ERROR_USER_ARN": trust.answer("ErrorUserArn"),
        "ERROR_EXTERNAL_ID": trust.answer("ErrorExternalId"),
    }
