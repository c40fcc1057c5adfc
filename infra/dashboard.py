"""The dashboard: the alarms, then the way of a file from left to right and top to bottom."""

from collections.abc import Mapping, Sequence

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
    alarms: Mapping[str, Sequence[aws_cloudwatch.IAlarm]],
    landing: Landing,
    generator: Generator | None,
    failed_tasks: FailedTasks | None,
    watch: Watch,
) -> aws_cloudwatch.Dashboard:
    """A dashboard named as the stack. `alarms`: by dimension, those of the stage by ""."""
    function = _graph(
        "The watch",
        watch.function.metric_invocations(statistic="Sum"),
        watch.function.metric_errors(statistic="Sum"),
        watched(settings, "TrustDrifted"),
        right=watch.function.metric_duration(statistic="Maximum"),
    )
    runs = [_runs(settings, generator, failed_tasks)] if generator and failed_tasks else []
    return aws_cloudwatch.Dashboard(
        scope,
        construct_id,
        dashboard_name=settings.prefix,
        default_interval=Duration.days(1),
        widgets=[
            [_status("Alarms", alarms[""])],
            [*runs, _files(settings, landing)],
            *(row for name in settings.dimensions for row in _of_dimension(settings, name, alarms[name])),
            [function, _costs(landing, watch)],
        ],
    )


def _of_dimension(
    settings: Settings, name: str, alarms: Sequence[aws_cloudwatch.IAlarm]
) -> list[list[aws_cloudwatch.IWidget]]:
    hour = Duration.minutes(COUNTED)

    def of_it(metric: str, period: Duration | None = None, statistic: str = "Maximum") -> aws_cloudwatch.Metric:
        return watched(settings, metric, dimension=name, period=period, statistic=statistic)

    rows = _graph(
        f"{name}: rows in an hour",
        of_it("RowsLanded", hour, "Sum"),
        of_it("RowsRejected", hour, "Sum"),
        right=rejected_share(settings, name),
    )
    lag = _graph(f"{name}: minutes", of_it("StreamLagMinutes"), of_it("MinutesSinceLastBatch"))
    snowflake = _graph(
        f"{name}: Snowflake",
        of_it("PipeRunning", statistic="Minimum"),
        of_it("PipePendingFiles"),
        of_it("FilesMisread", hour),
        of_it("FilesUndecided", hour),
        of_it("TaskFailures", hour),
        *([of_it("SnapshotsHeld", hour), of_it("SnapshotsLoading", hour)] if settings.has_snapshots(name) else []),
    )
    offences = _graph(f"{name}: offences per invariant", _offences(settings, name))
    return [[_status(f"{name}: alarms", alarms)], [rows, lag], [snowflake, offences]]


def _status(title: str, alarms: Sequence[aws_cloudwatch.IAlarm]) -> aws_cloudwatch.AlarmStatusWidget:
    return aws_cloudwatch.AlarmStatusWidget(title=title, alarms=list(alarms), width=_WHOLE, height=3)


def _files(settings: Settings, landing: Landing) -> aws_cloudwatch.GraphWidget:
    return _graph(
        f"Files in {interval(settings).to_minutes()} minutes",
        files_landed(landing.topic, interval(settings)).with_(label="Files landed"),
        landing.error_topic.metric_number_of_messages_published(
            statistic="Sum", period=interval(settings), label="Files not loaded"
        ),
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


def _runs(settings: Settings, generator: Generator, failed_tasks: FailedTasks) -> aws_cloudwatch.GraphWidget:
    started = aws_cloudwatch.Metric(
        namespace="AWS/Scheduler",
        metric_name="InvocationAttemptCount",
        dimensions_map={"ScheduleGroup": _group_name(generator)},
        statistic="Sum",
        period=interval(settings),
        label="Tasks started",
    )
    failed = failed_tasks.queue.metric_number_of_messages_sent(
        statistic="Sum", period=interval(settings), label="Failed tasks"
    )
    return _graph(f"Task runs in {interval(settings).to_minutes()} minutes", started, failed)


def _group_name(generator: Generator) -> str:
    group = generator.schedule.schedule_group
    if group is None:
        raise ValueError("the schedule of the generator has no group")
    return group.schedule_group_name


def _offences(settings: Settings, name: str) -> aws_cloudwatch.MathExpression:
    """A line for each invariant, whichever there are."""
    search = (
        f'SEARCH(\'{{{NAMESPACE},dimension,invariant,stage}} MetricName="InvariantOffences" '
        f'stage="{settings.stage}" dimension="{name}"\', \'Maximum\', 3600)'
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
