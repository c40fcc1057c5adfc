"""Whether it works: the watch, the alarms, the topic that they tell, the dashboard."""

from aws_cdk import Aws, CfnOutput, Stack, aws_cloudwatch, aws_cloudwatch_actions, aws_iam, aws_sns, aws_sqs
from constructs import Construct

from infra import alarms
from infra.dashboard import dashboard
from infra.encryption import key
from infra.failed_tasks import FailedTasks
from infra.functions import WarehouseFunctions
from infra.generator import Generator
from infra.landing import Landing
from infra.migrations import Migrations
from infra.settings import Settings
from infra.warehouse_trust import WarehouseTrust
from infra.watch import Watch

RUNBOOK = "docs/runbook.md"


class Observability(Construct):
    """One alarm for each section of docs/runbook.md, or one for each dimension, all on one topic.

    topic: hears of each alarm that begins or ends. alarms: by dimension, those of the stage by "". watch, dashboard;
    failed_tasks: if there is a generator.
    """

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
        generator: Generator | None,
        dead_letters: aws_sqs.Queue,
    ) -> None:
        super().__init__(scope, construct_id)
        self.topic = self._make_topic(settings)
        self.failed_tasks = None
        if generator:
            self.failed_tasks = FailedTasks(
                self, "FailedTasks", settings=settings, generator=generator, dead_letters=dead_letters
            )
        self.watch = Watch(
            self,
            "Watch",
            settings=settings,
            functions=functions,
            landing=landing,
            trust=trust,
            migrations=migrations,
            dead_letters=dead_letters,
        )
        of_stage = [
            *(alarms.of_generator(failed_tasks=self.failed_tasks.queue) if self.failed_tasks else []),
            *alarms.of_schedules(dead_letters=dead_letters),
            *alarms.of_landing(settings, topic=landing.topic, error_topic=landing.error_topic),
            *alarms.of_trust(settings),
            *alarms.of_watch(settings, function=self.watch.function),
        ]
        self.alarms = {"": [self._make_alarm(settings, alarm) for alarm in of_stage]}
        for name in settings.dimensions:
            self.alarms[name] = [self._make_alarm(settings, alarm) for alarm in alarms.of_dimension(settings, name)]
        self.dashboard = dashboard(
            self,
            "Dashboard",
            settings=settings,
            alarms=self.alarms,
            landing=landing,
            generator=generator,
            failed_tasks=self.failed_tasks,
            watch=self.watch,
        )
        self._tell()

    def _tell(self) -> None:
        """The outputs that the runbook's commands use."""
        for name, value, what in (
            ("AlarmTopic", self.topic.topic_arn, "Hears of each alarm that begins or ends"),
            ("WatchFunction", self.watch.function.function_name, "Reads how the pipeline is in Snowflake"),
            ("WatchLogGroup", self.watch.function.log_group.log_group_name, "What the watch says"),
        ):
            CfnOutput(Stack.of(self), name, value=value, description=what)
        if self.failed_tasks:
            url = self.failed_tasks.queue.queue_url
            CfnOutput(Stack.of(self), "FailedTaskQueue", value=url, description="Tasks of the generator that failed")

    def _make_topic(self, settings: Settings) -> aws_sns.Topic:
        topic = aws_sns.Topic(
            self,
            "AlarmTopic",
            display_name=f"CustomerTrack {settings.stage}",
            enforce_ssl=True,
            master_key=key(self, settings),
        )
        topic.add_to_resource_policy(_may_tell(topic, settings))
        if settings.alarm_email:
            aws_sns.Subscription(
                self,
                "AlarmEmail",
                topic=topic,
                protocol=aws_sns.SubscriptionProtocol.EMAIL,
                endpoint=settings.alarm_email,
            )
        return topic

    def _make_alarm(self, settings: Settings, alarm: alarms.Alarm) -> aws_cloudwatch.Alarm:
        made = aws_cloudwatch.Alarm(
            self,
            "".join(word.capitalize() for word in alarm.section.split("-")) + alarm.dimension,
            alarm_name="-".join(filter(None, (settings.prefix, alarm.dimension, alarm.section))),
            alarm_description=f"{_about(alarm)}{alarm.says} What to do: {RUNBOOK}, section {alarm.section}.",
            metric=alarm.metric,
            threshold=alarm.threshold,
            comparison_operator=alarm.comparison,
            evaluation_periods=alarm.of or alarm.periods,
            datapoints_to_alarm=alarm.periods,
            treat_missing_data=alarm.missing,
        )
        action = aws_cloudwatch_actions.SnsAction(self.topic)
        made.add_alarm_action(action)
        made.add_ok_action(action)
        return made


def _about(alarm: alarms.Alarm) -> str:
    return f"Dimension {alarm.dimension}. " if alarm.dimension else ""


def _may_tell(topic: aws_sns.Topic, settings: Settings) -> aws_iam.PolicyStatement:
    """A policy of our own takes the place of the one by which alarms of the account may publish."""
    return aws_iam.PolicyStatement(
        sid="AlarmsTell",
        principals=[aws_iam.ServicePrincipal("cloudwatch.amazonaws.com")],
        actions=["sns:Publish"],
        resources=[topic.topic_arn],
        conditions={
            "ArnLike": {
                "aws:SourceArn": (
                    f"arn:{Aws.PARTITION}:cloudwatch:{Aws.REGION}:{Aws.ACCOUNT_ID}:alarm:{settings.prefix}-*"
                )
            },
            "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
        },
    )
