"""The functions that sign in to Snowflake: what they run on, as whom, and what they are told."""

from typing import Any

import pytest
from aws_cdk.assertions import Match, Template

from tests.infra.synthesis import Synthesised

FUNCTION = "AWS::Lambda::Function"
ENVIRONMENT = {
    "STAGE": "dev",
    "SNOWFLAKE_ACCOUNT": "MYORG-MYACCOUNT",
    "SNOWFLAKE_USER": "CUSTOMERTRACK_DEV",
    "SNOWFLAKE_ROLE": "CUSTOMERTRACK_DEV",
    "SNOWFLAKE_WAREHOUSE": "CUSTOMERTRACK_DEV",
    "SNOWFLAKE_SIGN_IN": "workload_identity",
    "POWERTOOLS_METRICS_NAMESPACE": "CustomerTrack",
    "POWERTOOLS_LOG_LEVEL": "INFO",
    "HOME": "/tmp",
    "SNOWFLAKE_DISABLE_PLATFORM_DETECTION": "true",
}
NAMES = ["handshake", "migrate"]
# The watch's own: only what is another than theirs.
WATCH = {"SNOWFLAKE_USER": "CUSTOMERTRACK_DEV_WATCH", "SNOWFLAKE_ROLE": "CUSTOMERTRACK_DEV_WATCH"}


@pytest.fixture(scope="module")
def template(dev: Synthesised) -> Template:
    return Template.from_json(dev.template)


def function(stack: Synthesised, name: str) -> dict[str, Any]:
    handler = f"lambdas.{name}.handler.handler"
    (found,) = (each for each in stack.resources(FUNCTION).values() if each["Properties"].get("Handler") == handler)
    return found["Properties"]


@pytest.mark.parametrize("name", NAMES)
def test_they_run_on_arm_with_the_newest_python(template: Template, dev: Synthesised, name: str):
    template.has_resource_properties(
        FUNCTION,
        {
            "Handler": f"lambdas.{name}.handler.handler",
            "Runtime": "python3.14",
            "Architectures": ["arm64"],
            "Role": {"Fn::GetAtt": [dev.id_of("AWS::IAM::Role", "FunctionsRole"), "Arn"]},
            "LoggingConfig": {"LogGroup": {"Ref": Match.string_like_regexp(f"^Functions{name.capitalize()}Logs")}},
        },
    )


@pytest.mark.parametrize("name", NAMES)
def test_they_are_told_this_and_no_more(dev: Synthesised, name: str):
    assert function(dev, name)["Environment"]["Variables"] == {**ENVIRONMENT, "POWERTOOLS_SERVICE_NAME": name}


def test_the_watch_signs_in_as_another_with_a_role_of_its_own(dev: Synthesised):
    found = function(dev, "watch")
    expected = {**ENVIRONMENT, **WATCH, "POWERTOOLS_SERVICE_NAME": "watch"}
    assert expected.items() <= found["Environment"]["Variables"].items()
    assert found["Role"] == {"Fn::GetAtt": [dev.id_of("AWS::IAM::Role", "FunctionsWatchRole"), "Arn"]}
    roles = [each for name, each in dev.resources("AWS::IAM::Role").items() if name.startswith("Functions")]
    assert {each["Properties"]["RoleName"] for each in roles} == {
        "customertrack-dev-warehouse",
        "customertrack-dev-watch",
    }


def test_each_of_the_two_roles_may_write_its_own_logs_and_read_its_own_secret(given: Synthesised):
    for part, groups, secret in (("FunctionsRole", 2, "snowflake-AbCdEf"), ("FunctionsWatchRole", 1, "watch-AbCdEf")):
        (policy,) = given.only("AWS::IAM::Role", part)["Policies"]
        logs, reads = policy["PolicyDocument"]["Statement"]
        assert len(logs["Resource"] if isinstance(logs["Resource"], list) else [logs["Resource"]]) == groups
        assert (reads["Action"], reads["Resource"].rpartition(":")[2]) == ("secretsmanager:GetSecretValue", secret)
    assert function(given, "watch")["Environment"]["Variables"]["SNOWFLAKE_KEY_SECRET_ARN"].endswith("watch-AbCdEf")


@pytest.mark.parametrize("name", NAMES)
def test_by_key_pair_they_are_told_where_the_key_is(given: Synthesised, name: str):
    variables = function(given, name)["Environment"]["Variables"]
    assert variables["SNOWFLAKE_SIGN_IN"] == "key_pair"
    assert variables["SNOWFLAKE_KEY_SECRET_ARN"].endswith(":secret:snowflake-AbCdEf")


def test_their_role_has_the_name_that_snowflake_knows(template: Template):
    template.has_resource_properties(
        "AWS::IAM::Role",
        {
            "RoleName": "customertrack-dev-warehouse",
            # A path would be part of the ARN.
            "Path": Match.absent(),
            "ManagedPolicyArns": Match.absent(),
        },
    )


@pytest.mark.parametrize(("stage", "days"), [("dev", 30), ("prod", 365)])
def test_logs_are_kept_for_their_days(stage: str, days: int, request: pytest.FixtureRequest):
    stack: Synthesised = request.getfixturevalue(stage)
    groups = stack.resources("AWS::Logs::LogGroup")
    assert len(groups) >= 6
    assert {each["Properties"]["RetentionInDays"] for each in groups.values()} == {days}


def test_every_function_of_ours_writes_into_a_log_group_of_ours(dev: Synthesised):
    # Lambda would make one that is kept for ever.
    for name, each in dev.resources(FUNCTION).items():
        assert each["Properties"]["LoggingConfig"]["LogGroup"]["Ref"] in dev.resources("AWS::Logs::LogGroup"), name


@pytest.mark.parametrize("name", NAMES)
def test_the_framework_calls_the_handler_and_nothing_else(dev: Synthesised, name: str):
    target = next(key for key, each in dev.resources(FUNCTION).items() if each["Properties"] == function(dev, name))
    arn = {"Fn::GetAtt": [target, "Arn"]}
    allowed = [
        statement
        for role in dev.resources("AWS::IAM::Role").values()
        for policy in role["Properties"].get("Policies", [])
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Resource"] == arn
    ]
    assert allowed == [{"Effect": "Allow", "Action": ["lambda:GetFunction", "lambda:InvokeFunction"], "Resource": arn}]


@pytest.mark.parametrize(
    ("kind", "name"), [("Custom::SnowflakeHandshake", "handshake"), ("Custom::SqlMigrations", "migrate")]
)
def test_cloudformation_waits_longer_than_the_function_may_take(dev: Synthesised, kind: str, name: str):
    framework = [
        each["Properties"]["Timeout"]
        for each in dev.resources(FUNCTION).values()
        if each["Properties"]["Handler"] == "framework.onEvent"
    ]
    assert function(dev, name)["Timeout"] < min(framework) < int(dev.only(kind)["ServiceTimeout"])
