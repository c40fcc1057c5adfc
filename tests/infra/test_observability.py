"""Who may tell the topic, what makes a failed task, what the dashboard shows."""

import json
from typing import Any

from tests.infra.observed import only, resources, template

TWO = {"dimensions": ("customer", "product")}


def statements(kind: str, part_of_id: str, **settings: Any) -> list[dict[str, Any]]:
    return only(kind, part_of_id, **settings)[1]["PolicyDocument"]["Statement"]


def test_alarms_of_the_stage_alone_tell_the_topic_and_only_by_tls():
    refused, allowed = statements("AWS::SNS::TopicPolicy", "AlarmTopic", stage="prod")
    assert (refused["Effect"], refused["Action"]) == ("Deny", "sns:Publish")
    assert refused["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert (allowed["Effect"], allowed["Action"]) == ("Allow", "sns:Publish")
    assert allowed["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    source = "".join(
        part for part in allowed["Condition"]["ArnLike"]["aws:SourceArn"]["Fn::Join"][1] if str(part) == part
    )
    assert source.endswith(":alarm:customertrack-prod-*")
    assert allowed["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    topic = {"Ref": only("AWS::SNS::Topic", "AlarmTopic", stage="prod")[0]}
    assert {json.dumps(each["Resource"]) for each in (refused, allowed)} == {json.dumps(topic)}


def test_a_mailbox_hears_of_alarms_if_one_is_given():
    assert resources("AWS::SNS::Subscription") == {}
    (subscription,) = resources("AWS::SNS::Subscription", alarm_email="ops@example.org").values()
    assert subscription == {
        "Protocol": "email",
        "Endpoint": "ops@example.org",
        "TopicArn": {"Ref": only("AWS::SNS::Topic", "AlarmTopic", alarm_email="ops@example.org")[0]},
    }


def test_a_failed_task_is_one_of_this_cluster_that_did_not_end_with_0_or_never_began():
    _, rule = only("AWS::Events::Rule", "FailedTasks")
    pattern = rule["EventPattern"]
    assert (pattern["source"], pattern["detail-type"]) == (["aws.ecs"], ["ECS Task State Change"])
    assert pattern["detail"] == {
        "clusterArn": [{"Fn::GetAtt": [only("AWS::ECS::Cluster", "Generator")[0], "Arn"]}],
        "lastStatus": ["STOPPED"],
        "$or": [
            {"containers": {"exitCode": [{"anything-but": [0]}]}},
            {"stopCode": ["TaskFailedToStart", "SpotInterruption", "TerminationNotice"]},
        ],
    }
    (target,) = rule["Targets"]
    assert target["Arn"] == {"Fn::GetAtt": [only("AWS::SQS::Queue", "FailedTasks")[0], "Arn"]}
    assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": [only("AWS::SQS::Queue", "DeadLetters")[0], "Arn"]}}


def test_only_that_rule_may_write_into_its_queues():
    rule = {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": [only("AWS::Events::Rule", "FailedTasks")[0], "Arn"]}}}
    for queue in ("FailedTasks", "DeadLetters"):
        refused, *allowed = statements("AWS::SQS::QueuePolicy", queue)
        assert (refused["Effect"], refused["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
        assert [(each["Principal"], each["Condition"]) for each in allowed] == [
            ({"Service": "events.amazonaws.com"}, rule)
        ]


def test_failed_tasks_are_kept_for_two_weeks_and_encrypted():
    _, queue = only("AWS::SQS::Queue", "FailedTasks")
    assert queue == {"MessageRetentionPeriod": 14 * 86400, "SqsManagedSseEnabled": True}


def test_the_dashboard_shows_every_metric_of_the_watch_and_every_alarm():
    _, dashboard = only("AWS::CloudWatch::Dashboard", "Dashboard", **TWO)
    assert dashboard["DashboardName"] == "customertrack-dev"
    parts = dashboard["DashboardBody"]["Fn::Join"][1]
    body = json.loads("".join(part if isinstance(part, str) else "x" for part in parts))
    shown = json.dumps([widget["properties"].get("metrics") for widget in body["widgets"]])
    assert "TrustDrifted" in shown
    for dimension in TWO["dimensions"]:
        for name in (
            *("PipeRunning", "PipePendingFiles", "StreamLagMinutes", "MinutesSinceLastBatch", "RowsLanded"),
            *("RowsRejected", "TaskFailures", "FilesMisread", "FilesUndecided"),
        ):
            assert f'["CustomerTrack", "{name}", "dimension", "{dimension}", "stage", "dev"' in shown
        assert f'dimension=\\"{dimension}\\"' in shown
    named = [part["Fn::GetAtt"][0] for part in parts if isinstance(part, dict) and "Fn::GetAtt" in part]
    assert set(resources("AWS::CloudWatch::Alarm", **TWO)) <= set(named)


def test_what_is_named_by_us_is_gone_with_the_stack():
    """A kept group would be in the way of the next stack of the stage."""
    groups = template().find_resources("AWS::Scheduler::ScheduleGroup")
    (ours,) = (group for name, group in groups.items() if "Watch" in name)
    assert ours["DeletionPolicy"] == "Delete"
