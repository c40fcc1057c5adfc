"""What each alarm looks at, when it goes on, what no data means to it, and whom it tells."""

from typing import Any

import pytest

from tests.infra.observed import only, resources

ALARM, TOPIC = "AWS::CloudWatch::Alarm", "AWS::SNS::Topic"
# By section: metric, statistic, comparison, threshold, period in seconds, periods looked at, missing data.
LESS, AT_LEAST = "LessThanThreshold", "GreaterThanOrEqualToThreshold"
# Of how many of these periods it goes on, where not of all: a single failure of the watch is nothing.
OF_THEM = {"watch-failed": 2}
WANTED = {
    "generator-failed": ("ApproximateNumberOfMessagesVisible", "Maximum", AT_LEAST, 1, 300, 1, "notBreaching"),
    "dead-letters": ("ApproximateNumberOfMessagesVisible", "Maximum", AT_LEAST, 1, 300, 1, "notBreaching"),
    "no-file-landed": ("NumberOfMessagesPublished", "Sum", LESS, 1, 300, 3, "breaching"),
    "delivery-failed": ("NumberOfNotificationsFailed", "Sum", AT_LEAST, 1, 300, 1, "notBreaching"),
    "file-not-loaded": ("NumberOfMessagesPublished", "Sum", AT_LEAST, 1, 300, 1, "notBreaching"),
    "pipe-not-running": ("PipeRunning", "Minimum", LESS, 1, 300, 2, "ignore"),
    "refresh-behind": ("StreamLagMinutes", "Maximum", AT_LEAST, 15, 300, 3, "ignore"),
    "pipeline-stale": ("MinutesSinceLastBatch", "Maximum", AT_LEAST, 30, 300, 1, "ignore"),
    "task-failed": ("TaskFailures", "Maximum", AT_LEAST, 1, 3600, 1, "ignore"),
    "trust-drifted": ("TrustDrifted", "Maximum", AT_LEAST, 1, 300, 1, "ignore"),
    "file-misread": ("FilesMisread", "Maximum", AT_LEAST, 1, 3600, 1, "ignore"),
    "file-undecided": ("FilesUndecided", "Maximum", AT_LEAST, 1, 3600, 1, "ignore"),
    "invariant-broken": ("InvariantOffences", "Maximum", AT_LEAST, 1, 3600, 1, "ignore"),
    "watch-failed": ("Errors", "Sum", AT_LEAST, 1, 300, 3, "notBreaching"),
    "watch-silent": ("TrustDrifted", "SampleCount", LESS, 1, 300, 3, "breaching"),
}


OF_STAGE = {
    *("generator-failed", "dead-letters", "no-file-landed", "delivery-failed", "file-not-loaded", "trust-drifted"),
    *("watch-failed", "watch-silent"),
}
TWO = {"dimensions": ("customer", "product")}


def alarms(dimension: str = "customer", **settings: Any) -> dict[str, dict[str, Any]]:
    """Those of the stage and of a dimension, by section."""
    prefix = f"customertrack-{settings.get('stage', 'dev')}-"
    names = {each["AlarmName"].removeprefix(prefix): each for each in resources(ALARM, **settings).values()}
    of_dimension = {name: each for name, each in names.items() if name.startswith(f"{dimension}-")}
    return {name: each for name, each in names.items() if name in OF_STAGE} | {
        name.removeprefix(f"{dimension}-"): each for name, each in of_dimension.items()
    }


def shape(alarm: dict[str, Any]) -> tuple[Any, ...]:
    return (
        alarm["MetricName"],
        alarm["Statistic"],
        alarm["ComparisonOperator"],
        alarm["Threshold"],
        alarm["Period"],
        alarm["EvaluationPeriods"],
        alarm["TreatMissingData"],
    )


def dimensions(alarm: dict[str, Any]) -> dict[str, Any]:
    return {each["Name"]: each["Value"] for each in alarm["Dimensions"]}


def attribute(kind: str, part_of_id: str, name: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [only(kind, part_of_id)[0], name]}


def test_there_is_no_other_alarm():
    assert set(alarms()) == {*WANTED, "rows-rejected"}
    assert len(resources(ALARM)) == len(alarms())


def test_each_dimension_has_its_own_of_those_that_are_about_one():
    of_customer, of_product = (set(alarms(name, **TWO)) - OF_STAGE for name in TWO["dimensions"])
    assert of_customer == of_product == {*WANTED, "rows-rejected"} - OF_STAGE
    assert len(resources(ALARM, **TWO)) == len(OF_STAGE) + 2 * len(of_product)
    for section in of_product:
        alarm = alarms("product", **TWO)[section]
        assert alarm["AlarmName"] == f"customertrack-dev-product-{section}"
        assert alarm["AlarmDescription"].startswith("Dimension product. ")
        metrics = [each["MetricStat"]["Metric"] for each in alarm.get("Metrics", []) if "MetricStat" in each] or [alarm]
        for metric in metrics:
            assert dimensions(metric) == {"stage": "dev", "dimension": "product"}


def test_without_a_generator_nobody_waits_for_its_tasks():
    assert set(alarms("product", dimensions=("product",))) == {*WANTED, "rows-rejected"} - {"generator-failed"}


@pytest.mark.parametrize("section", WANTED)
def test_it_goes_on_as_it_should(section: str):
    alarm = alarms()[section]
    assert shape(alarm) == WANTED[section]
    assert alarm["DatapointsToAlarm"] == OF_THEM.get(section, alarm["EvaluationPeriods"])


@pytest.mark.parametrize("section", [*WANTED, "rows-rejected"])
def test_it_tells_the_topic_when_it_begins_and_ends_and_where_to_read(section: str):
    alarm = alarms()[section]
    topic = {"Ref": only(TOPIC, "AlarmTopic")[0]}
    assert alarm["AlarmActions"] == alarm["OKActions"] == [topic]
    assert alarm["AlarmDescription"].endswith(f"What to do: docs/runbook.md, section {section}.")


def test_queues_and_topics_are_each_their_own():
    found = alarms()
    queue, topic = "AWS::SQS::Queue", "AWS::SNS::Topic"
    assert dimensions(found["generator-failed"]) == {"QueueName": attribute(queue, "FailedTasks", "QueueName")}
    assert dimensions(found["dead-letters"]) == {"QueueName": attribute(queue, "DeadLetters", "QueueName")}
    for section in ("no-file-landed", "delivery-failed"):
        assert dimensions(found[section]) == {"TopicName": attribute(topic, "LandingTopic", "TopicName")}
    assert dimensions(found["file-not-loaded"]) == {"TopicName": attribute(topic, "ErrorTopic", "TopicName")}
    assert dimensions(found["watch-failed"]) == {"FunctionName": {"Ref": only("AWS::Lambda::Function", "Watch")[0]}}


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_what_the_watch_publishes_is_that_of_the_stage(stage: str):
    """The function's namespace and dimension; an alarm that names another sees nothing."""
    _, function = only("AWS::Lambda::Function", "Watch", stage=stage)
    variables = function["Environment"]["Variables"]
    watched = [each for each in alarms(stage=stage).values() if each.get("TreatMissingData") == "ignore"]
    simple = [each for each in watched if "Dimensions" in each]
    assert len(simple) == 8
    for alarm in simple:
        assert alarm["Namespace"] == variables["POWERTOOLS_METRICS_NAMESPACE"]
        assert dimensions(alarm)["stage"] == variables["STAGE"] == stage
        of_dimension = {"dimension": variables["DIMENSIONS"]} if alarm["MetricName"] != "TrustDrifted" else {}
        assert dimensions(alarm) == {"stage": stage, **of_dimension}


def test_rejects_are_a_share_of_the_rows_of_the_hour():
    alarm = alarms()["rows-rejected"]
    expression, landed, rejected = sorted(alarm["Metrics"], key=lambda metric: metric["Id"] != "expr_1")
    assert expression["Expression"] == "IF(landed > 0, 100 * rejected / landed, 0)"
    parts = {each["Id"]: each["MetricStat"] for each in (landed, rejected)}
    assert {name: part["Metric"]["MetricName"] for name, part in parts.items()} == {
        "landed": "RowsLanded",
        "rejected": "RowsRejected",
    }
    assert {(part["Stat"], part["Period"]) for part in parts.values()} == {("Sum", 3600)}
    assert (alarm["Threshold"], alarm["TreatMissingData"]) == (5, "ignore")


@pytest.mark.parametrize(("minutes", "period", "stale"), [(1, 300, 30), (60, 3600, 195), (1440, 86400, 4335)])
def test_silence_is_measured_in_intervals(minutes: int, period: int, stale: int):
    found = alarms(interval_minutes=minutes)
    assert (found["no-file-landed"]["Period"], found["no-file-landed"]["EvaluationPeriods"]) == (period, 3)
    assert found["pipeline-stale"]["Threshold"] == stale


def test_a_dimension_whose_files_come_seldom_is_not_stale_before():
    given = {**TWO, "intervals": (("product", 10_080),)}
    assert alarms("product", **given)["pipeline-stale"]["Threshold"] == 3 * 10_080 + 15
    assert alarms("customer", **given)["pipeline-stale"]["Threshold"] == 30
    # Of all: where one comes often, silence is soon told.
    assert alarms(**given)["no-file-landed"]["Period"] == 300
    alone = {"dimensions": ("product",), "intervals": given["intervals"]}
    assert alarms("product", **alone)["no-file-landed"]["Period"] == 86_400


@pytest.mark.parametrize("minutes", [1, 60, 1440])
def test_no_alarm_looks_further_back_than_cloudwatch_does(minutes: int):
    """A day, or a week if a period is an hour or more (PutMetricAlarm, EvaluationPeriods)."""
    for alarm in alarms(interval_minutes=minutes).values():
        if "Period" in alarm:
            longest = 7 * 86400 if alarm["Period"] >= 3600 else 86400
            assert alarm["Period"] % 60 == 0
            assert alarm["Period"] * alarm["EvaluationPeriods"] <= longest
