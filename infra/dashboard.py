"""The dashboard: the alarms, then the way of a file from left to right and top to bottom."""

from collections.abc import Sequence

from aws_cdk import Duration, aws_cloudwatch
from constructs import Construct

from infra.alarms import NAMESPACE, files_landed, interval, rejected_share, watched
from infra.failed_tasks import FailedTasks
from infra.generator import Generator
from infra.landing import Landing
from infra.settings import Settings
from infra.watch import COUNTED, Watch

_HALF, _WHOLE = 12, 24


def dashboard(
    scope: Construct,
    construct_id: str,
    *,
    settings: Settings,
    alarms: Sequence[aws_cloudwatch.IAlarm],
    landing: Landing,
    generator: Generator,
    failed_tasks: FailedTasks,
    watch: Watch,
) -> aws_cloudwatch.Dashboard:
    """A dashboard named as the stack."""
    hour = Duration.minutes(COUNTED)
    status = aws_cloudwatch.AlarmStatusWidget(title="Alarms", alarms=list(alarms), width=_WHOLE, height=3)
    runs = _graph(
        f"Task runs in {interval(settings).to_minutes()} minutes",
        _runs(settings, generator),
        failed_tasks.queue.metric_number_of_messages_sent(
            statistic="Sum", period=interval(settings), label="Failed tasks"
        ),
    )
    files = _graph(
        f"Files in {interval(settings).to_minutes()} minutes",
        files_landed(landing.topic, interval(settings)).with_(label="Files landed"),
        landing.error_topic.metric_number_of_messages_published(
            statistic="Sum", period=interval(settings), label="Files not loaded"
        ),
        watched(settings, "PipePendingFiles"),
        watched(settings, "FilesMisread", period=hour),
        watched(settings, "FilesUndecided", period=hour),
    )
    rows = _graph(
        "Rows in an hour",
        watched(settings, "RowsLanded", period=hour, statistic="Sum"),
        watched(settings, "RowsRejected", period=hour, statistic="Sum"),
        right=rejected_share(settings),
    )
    lag = _graph("Minutes", watched(settings, "StreamLagMinutes"), watched(settings, "MinutesSinceLastBatch"))
    offences = _graph("Offences per invariant", _offences(settings))
    refresh = _graph(
        "Snowflake",
        watched(settings, "PipeRunning", statistic="Minimum"),
        watched(settings, "TrustDrifted"),
        watched(settings, "TaskFailures", period=hour),
    )
    function = _graph(
        "The watch",
        watch.function.metric_invocations(statistic="Sum"),
        watch.function.metric_errors(statistic="Sum"),
        right=watch.function.metric_duration(statistic="Maximum"),
    )
    return aws_cloudwatch.Dashboard(
        scope,
        construct_id,
        dashboard_name=settings.prefix,
        default_interval=Duration.days(1),
        widgets=[[status], [runs, files], [rows, lag], [refresh, offences], [function, _costs(landing, watch)]],
    )


def _graph(
    title: str, *left: aws_cloudwatch.IMetric, right: aws_cloudwatch.IMetric | None = None
) -> aws_cloudwatch.GraphWidget:
    return aws_cloudwatch.GraphWidget(
        title=title,
        width=_HALF,
        left=list(left),
        right=[right] if right else [],
        left_y_axis=aws_cloudwatch.YAxisProps(min=0, show_units=False),
    )


def _runs(settings: Settings, generator: Generator) -> aws_cloudwatch.Metric:
    return aws_cloudwatch.Metric(
        namespace="AWS/Scheduler",
        metric_name="InvocationAttemptCount",
        dimensions_map={"ScheduleGroup": _group_name(generator)},
        statistic="Sum",
        period=interval(settings),
        label="Tasks started",
    )


def _group_name(generator: Generator) -> str:
    group = generator.schedule.schedule_group
    if group is None:
        raise ValueError("the schedule of the generator has no group")
    return group.schedule_group_name


def _offences(settings: Settings) -> aws_cloudwatch.MathExpression:
    """A line for each invariant, whichever there are."""
    search = (
        f'SEARCH(\'{{{NAMESPACE},invariant,stage}} MetricName="InvariantOffences" '
        f"stage=\"{settings.stage}\"', 'Maximum', 3600)"
    )
    return aws_cloudwatch.MathExpression(expression=search, using_metrics={}, label="", period=Duration.hours(1))


def _costs(landing: Landing, watch: Watch) -> aws_cloudwatch.GraphWidget:
    """What grows with use and has a metric; prices are in docs/costs.md, Snowflake's credits in Snowflake."""
    day = Duration.days(1)
    return _graph(
        "What costs: kept bytes, and milliseconds of the watch in a day",
        aws_cloudwatch.Metric(
            namespace="AWS/S3",
            metric_name="BucketSizeBytes",
            dimensions_map={"BucketName": landing.bucket_name, "StorageType": "StandardStorage"},
            statistic="Maximum",
            period=day,
            label="Landing, bytes",
        ),
        right=watch.function.metric_duration(statistic="Sum", period=day, label="Watch, milliseconds"),
    )
