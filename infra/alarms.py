"""What is an alarm, and when: records, each named for its section of docs/runbook.md, and for its dimension.

A missing value means one of three things, and so there are three treatments:
- of a count that AWS keeps: nothing happened. Not breaching.
- of a metric that the watch publishes: nobody looked. `watch-silent` says so; the state stays as it was seen last.
- of silence itself: that is what is looked for. Breaching.
"""

from dataclasses import dataclass, replace

from aws_cdk import Duration, aws_cloudwatch, aws_lambda, aws_sns, aws_sqs

from infra.settings import Settings
from infra.watch import COUNTED, EVERY

NAMESPACE = "CustomerTrack"
# Per cent of the landed rows. A few rejects are usual: the generator makes some on purpose.
REJECTED = 5
# Minutes that a landed row may wait for the refresh, which its stream triggers.
BEHIND = 15
# Intervals of the generator without a file.
SILENT = 3
_A_DAY = 1440

_COUNT = aws_cloudwatch.TreatMissingData.NOT_BREACHING
_WATCHED = aws_cloudwatch.TreatMissingData.IGNORE
_SILENCE = aws_cloudwatch.TreatMissingData.BREACHING
_AT_LEAST = aws_cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
_LESS = aws_cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """On while `metric` is at least `threshold` (or less, by `comparison`) in `periods` of its last `of` periods, which
    are as many unless it is given. `dimension`: the one it is about, "" for the whole stage."""

    section: str
    dimension: str = ""
    says: str
    metric: aws_cloudwatch.IMetric
    missing: aws_cloudwatch.TreatMissingData
    threshold: float = 1
    comparison: aws_cloudwatch.ComparisonOperator = _AT_LEAST
    periods: int = 1
    of: int | None = None


def watched(
    settings: Settings,
    name: str,
    *,
    dimension: str = "",
    period: Duration | None = None,
    statistic: str = "Maximum",
) -> aws_cloudwatch.Metric:
    """A metric of the watch, of a dimension or of the stage; every five minutes, unless `period` says otherwise."""
    return aws_cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name=name,
        dimensions_map={"stage": settings.stage} | ({"dimension": dimension} if dimension else {}),
        statistic=statistic,
        period=period or Duration.minutes(EVERY),
    )


def rejected_share(settings: Settings, dimension: str) -> aws_cloudwatch.MathExpression:
    """Per cent of a dimension's rows of an hour that were rejected."""
    hour = Duration.minutes(COUNTED)
    return aws_cloudwatch.MathExpression(
        expression="IF(landed > 0, 100 * rejected / landed, 0)",
        using_metrics={
            "landed": watched(settings, "RowsLanded", dimension=dimension, period=hour, statistic="Sum"),
            "rejected": watched(settings, "RowsRejected", dimension=dimension, period=hour, statistic="Sum"),
        },
        period=hour,
        label="Rejected rows, per cent",
    )


def interval(settings: Settings) -> Duration:
    """The time in which a file of any dimension is to land; not less than five minutes, in which a schedule may be
    late, and not more than a day, since an alarm looks back a week at most."""
    return Duration.minutes(min(max(min(map(settings.interval_of, settings.dimensions)), EVERY), _A_DAY))


def files_landed(topic: aws_sns.ITopic, period: Duration) -> aws_cloudwatch.Metric:
    """Files that S3 announced."""
    return topic.metric_number_of_messages_published(statistic="Sum", period=period)


def of_landing(settings: Settings, *, topic: aws_sns.ITopic, error_topic: aws_sns.ITopic) -> list[Alarm]:
    """From S3 to Snowflake's door."""
    return [
        Alarm(
            section="no-file-landed",
            says=f"No file has landed for {SILENT} intervals of {interval(settings).to_minutes()} minutes.",
            metric=files_landed(topic, interval(settings)),
            comparison=_LESS,
            periods=SILENT,
            missing=_SILENCE,
        ),
        Alarm(
            section="delivery-failed",
            says="SNS could not deliver the announcement of a file to Snowflake.",
            metric=topic.metric_number_of_notifications_failed(statistic="Sum", period=Duration.minutes(5)),
            missing=_COUNT,
        ),
        Alarm(
            section="file-not-loaded",
            says="Snowpipe left a file out, and said so on the error topic.",
            metric=error_topic.metric_number_of_messages_published(statistic="Sum", period=Duration.minutes(5)),
            missing=_COUNT,
        ),
    ]


def of_generator(*, failed_tasks: aws_sqs.IQueue) -> list[Alarm]:
    """What did not run to its end. On until the messages have been taken out of the queue."""
    return [
        Alarm(
            section="generator-failed",
            says="A task of the generator failed, so its slot lacks a file.",
            metric=_messages(failed_tasks),
            missing=_COUNT,
        ),
    ]


def of_schedules(*, dead_letters: aws_sqs.IQueue) -> list[Alarm]:
    """What did not run. On until the messages have been taken out of the queue."""
    return [
        Alarm(
            section="dead-letters",
            says="A schedule could not start its target, after retries.",
            metric=_messages(dead_letters),
            missing=_COUNT,
        ),
    ]


def of_trust(settings: Settings) -> list[Alarm]:
    """What the watch sees of what all dimensions share."""
    return [
        Alarm(
            section="trust-drifted",
            says="Snowflake comes with another user or external id than the roles in AWS trust.",
            metric=watched(settings, "TrustDrifted"),
            missing=_WATCHED,
        ),
    ]


def of_dimension(settings: Settings, name: str) -> list[Alarm]:
    """What the watch sees of a dimension in Snowflake: each has its own, or one that is on would hide another."""
    found = [*_of_files(settings, name), *_of_refresh(settings, name)]
    if settings.has_snapshots(name):
        found += _of_snapshots(settings, name)
    return [replace(alarm, dimension=name) for alarm in found]


def _counted(settings: Settings, name: str, metric: str, *, section: str, says: str) -> Alarm:
    """On while the watch counts one or more of something in an hour."""
    hour = Duration.minutes(COUNTED)
    return Alarm(
        section=section, says=says, metric=watched(settings, metric, dimension=name, period=hour), missing=_WATCHED
    )


def _of_refresh(settings: Settings, name: str) -> list[Alarm]:
    # A batch is due in each interval. A deploy may hold it up for a while.
    stale = SILENT * max(settings.interval_of(name), EVERY) + BEHIND
    return [
        Alarm(
            section="refresh-behind",
            says=f"Loaded rows have been waiting for the refresh for {BEHIND} minutes and more.",
            metric=watched(settings, "StreamLagMinutes", dimension=name),
            threshold=BEHIND,
            periods=3,
            missing=_WATCHED,
        ),
        Alarm(
            section="pipeline-stale",
            says=f"No batch has been applied for {stale} minutes.",
            metric=watched(settings, "MinutesSinceLastBatch", dimension=name),
            threshold=stale,
            missing=_WATCHED,
        ),
        _counted(settings, name, "TaskFailures", section="task-failed", says="The refresh task failed in Snowflake."),
        Alarm(
            section="rows-rejected",
            says=f"At least {REJECTED} % of the rows of an hour were rejected.",
            metric=rejected_share(settings, name),
            threshold=REJECTED,
            missing=_WATCHED,
        ),
        _counted(
            settings,
            name,
            "InvariantOffences",
            section="invariant-broken",
            says="Rows of its tables break an invariant.",
        ),
    ]


def _of_files(settings: Settings, name: str) -> list[Alarm]:
    return [
        Alarm(
            section="pipe-not-running",
            says="The pipe is paused or stopped: files land and are not loaded.",
            metric=watched(settings, "PipeRunning", dimension=name, statistic="Minimum"),
            comparison=_LESS,
            # One watch may fall into a deploy.
            periods=2,
            missing=_WATCHED,
        ),
        _counted(
            settings,
            name,
            "FilesMisread",
            section="file-misread",
            says="A file was loaded and not understood: other columns, no rows, or rejects alone.",
        ),
        _counted(
            settings,
            name,
            "FilesUndecided",
            section="file-undecided",
            says="What lies in the landing is not what was loaded of it.",
        ),
    ]


def _of_snapshots(settings: Settings, name: str) -> list[Alarm]:
    return [
        _counted(
            settings,
            name,
            "SnapshotsHeld",
            section="snapshot-held",
            says="A snapshot is held, and nothing of it applied, until somebody releases or discards it.",
        ),
        _counted(
            settings,
            name,
            "SnapshotsLoading",
            section="snapshot-loading",
            says="A snapshot has rows, and for more than an hour the load history has not called it whole.",
        ),
    ]


def of_watch(settings: Settings, *, function: aws_lambda.IFunction) -> list[Alarm]:
    """Who watches the watch."""
    return [
        Alarm(
            section="watch-failed",
            says="The watch could not read all that it looks at, twice in a quarter of an hour.",
            metric=function.metric_errors(statistic="Sum", period=Duration.minutes(EVERY)),
            # A time-out or a deploy may fail one.
            periods=2,
            of=3,
            missing=_COUNT,
        ),
        Alarm(
            section="watch-silent",
            says="The watch has not reported for 15 minutes, so the alarms about Snowflake see nothing.",
            # Of the stage, whichever dimensions there are.
            metric=watched(settings, "TrustDrifted", statistic="SampleCount"),
            comparison=_LESS,
            periods=3,
            missing=_SILENCE,
        ),
    ]


def _messages(queue: aws_sqs.IQueue) -> aws_cloudwatch.Metric:
    return queue.metric_approximate_number_of_messages_visible(statistic="Maximum", period=Duration.minutes(5))
