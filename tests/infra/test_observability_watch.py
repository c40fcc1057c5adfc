"""The function and what calls it."""

import json
from typing import Any

import pytest

from lambdas import environment
from lambdas.watch.event import questions
from lambdas.watch.handler import _watched
from tests.infra.observed import only, resources, template
from tests.infra.rendered import rendered

RATES = {"Pulse": "rate(5 minutes)", "Counts": "rate(1 hour)", "Daily": "rate(1 day)"}
ASKED = {
    "Pulse": {"counted_minutes": 0, "invariants": False, "landing": False},
    "Counts": {"counted_minutes": 60, "invariants": False, "landing": False},
    "Daily": {"counted_minutes": 0, "invariants": True, "landing": True},
}


def function() -> tuple[str, dict[str, Any]]:
    return only("AWS::Lambda::Function", "Watch")


def landing_urls() -> Any:
    return only("Custom::SnowflakeHandshake", "")[1]["LandingUrls"]


def schedule(name: str) -> dict[str, Any]:
    return only("AWS::Scheduler::Schedule", f"Watch{name}")[1]


def arn(kind: str, part_of_id: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [only(kind, part_of_id)[0], "Arn"]}


def test_there_is_no_other_schedule():
    assert sum("Watch" in name for name in resources("AWS::Scheduler::Schedule")) == len(RATES)


@pytest.mark.parametrize("name", RATES)
def test_a_schedule_asks_for_what_the_handler_understands(name: str):
    made = schedule(name)
    asked = json.loads(made["Target"]["Input"])
    assert (made["ScheduleExpression"], made["State"]) == (RATES[name], "ENABLED")
    assert asked == {**ASKED[name], "time": "<aws.scheduler.scheduled-time>"}
    # As the scheduler fills it in.
    found = questions({**asked, "time": "2026-01-02T12:00:00Z"}, now=None)  # pyright: ignore[reportArgumentType]
    assert (found.invariants, found.landing) == (asked["invariants"], asked["landing"])
    assert found.need_a_warehouse == (name != "Pulse")
    assert (found.window is None) == (asked["counted_minutes"] == 0)


@pytest.mark.parametrize("name", RATES)
def test_a_schedule_tries_twice_more_and_then_leaves_a_dead_letter(name: str):
    target = schedule(name)["Target"]
    assert target["Arn"] == arn("AWS::Lambda::Function", "Watch")
    assert target["RetryPolicy"] == {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 300}
    assert target["DeadLetterConfig"] == {"Arn": arn("AWS::SQS::Queue", "DeadLetters")}
    assert target["RoleArn"] == arn("AWS::IAM::Role", "WatchScheduleRole")


def test_the_schedules_come_after_the_migrations():
    migrations = only("Custom::SqlMigrations", "")[0]
    for name, found in template().find_resources("AWS::Scheduler::Schedule").items():
        if "Watch" in name:
            assert migrations in found["DependsOn"]


def test_the_schedules_role_may_call_the_function_and_leave_dead_letters():
    _, role = only("AWS::IAM::Role", "WatchScheduleRole")
    (trusting,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trusting["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert trusting["Condition"]["StringEquals"] == {
        "aws:SourceAccount": {"Ref": "AWS::AccountId"},
        "aws:SourceArn": arn("AWS::Scheduler::ScheduleGroup", "Watch"),
    }
    (policy,) = role["Policies"]
    assert [(each["Action"], each["Resource"]) for each in policy["PolicyDocument"]["Statement"]] == [
        ("lambda:InvokeFunction", arn("AWS::Lambda::Function", "Watch")),
        ("sqs:SendMessage", arn("AWS::SQS::Queue", "DeadLetters")),
    ]
    assert "ManagedPolicyArns" not in role


def test_a_watch_that_failed_is_not_repeated_because_it_would_count_twice():
    _, config = only("AWS::Lambda::EventInvokeConfig", "Watch")
    assert config["FunctionName"] == {"Ref": function()[0]}
    assert (config["MaximumRetryAttempts"], config["MaximumEventAgeInSeconds"]) == (0, 300)


def test_the_function_is_told_all_that_the_handler_reads_and_what_the_roles_trust():
    """The same attributes of the handshake stand in the roles' trust policies."""
    variables = function()[1]["Environment"]["Variables"]
    told = {name: value if isinstance(value, str) else json.dumps(value) for name, value in variables.items()}
    assert environment.read(told).stage == "dev"
    watched = _watched(told)
    assert watched.database == "CUSTOMERTRACK_DEV"
    root = rendered(variables["LANDING_ROOT"])
    assert [each.dimension for each in watched.landings] == ["customer"]
    assert [f"{root}{each.dimension}/" for each in watched.landings] == list(map(rendered, landing_urls()))
    for trust, role in zip(watched.trusts, ("TrustReadRole", "TrustErrorRole"), strict=True):
        (trusting,) = only("AWS::IAM::Role", role)[1]["AssumeRolePolicyDocument"]["Statement"]
        arn_of_user, external_id = trust.properties.values()
        assert json.loads(arn_of_user) == trusting["Principal"]["AWS"]
        assert json.loads(external_id) == trusting["Condition"]["StringEquals"]["sts:ExternalId"]
    properties = only("Custom::SnowflakeHandshake", "")[1]
    assert [trust.integration for trust in watched.trusts] == [
        properties["StorageIntegration"],
        properties["ErrorIntegration"],
    ]


def test_the_function_outlives_the_longest_statement():
    from lambdas.connection import STATEMENT_TIMEOUT

    assert function()[1]["Timeout"] > STATEMENT_TIMEOUT
