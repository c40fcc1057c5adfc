"""WarehouseTrust and Migrations: what the custom resources are told, and whom the roles trust."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from aws_cdk.assertions import Match, Template

from infra.migrations import sql_hash
from tests.infra.observed import only
from tests.infra.rendered import rendered
from tests.infra.synthesis import ROOT, Synthesised

HANDSHAKE, MIGRATIONS = "Custom::SnowflakeHandshake", "Custom::SqlMigrations"
ROOT_URL = "s3://customertrack-dev-landing-<part 0 of stack's GUID>-<part 4 of stack's GUID>/landing/"
URL = f"{ROOT_URL}customer/"


@pytest.fixture(scope="module")
def template(dev: Synthesised) -> Template:
    return Template.from_json(dev.template)


def told(stack: Synthesised, kind: str) -> dict[str, Any]:
    """What a custom resource is told, as text, without what every one has."""
    properties = stack.only(kind)
    return {
        name: _told(value)
        for name, value in properties.items()
        if name not in ("ServiceToken", "ServiceTimeout", "AdministratorStatements", "SqlHash")
    }


def _told(value: Any) -> Any:
    if isinstance(value, list):
        return [rendered(each) for each in value]
    if isinstance(value, dict) and "database" in value:
        return {key: rendered(each) for key, each in value.items()}
    return rendered(value)


def test_the_handshake_is_told_who_subscribes_only_if_somebody_has_looked_it_up(dev: Synthesised):
    arn = "arn:aws:iam::123456789001:user/abc1-b-self1234"
    assert only(HANDSHAKE, "", subscriber_arn=arn)[1]["SubscriberArn"] == arn
    assert "SubscriberArn" not in dev.only(HANDSHAKE)


def test_the_handshake_is_told_of_both_integrations(dev: Synthesised):
    assert told(dev, HANDSHAKE) == {
        "StorageIntegration": "CUSTOMERTRACK_DEV_STORAGE",
        "ErrorIntegration": "CUSTOMERTRACK_DEV_ERRORS",
        "LandingUrls": [URL],
        "ReadRoleArn": "arn:<AWS::Partition>:iam::<AWS::AccountId>:role/customertrack-dev-snowflake-read",
        "ErrorRoleArn": "arn:<AWS::Partition>:iam::<AWS::AccountId>:role/customertrack-dev-snowflake-errors",
        "LandingTopicArn": "<LandingTopic>",
        "ErrorTopicArn": "<LandingErrorTopic>",
        "ExternalId": "customertrack-dev-<stack's GUID>",
        "Revision": "1 MYORG-MYACCOUNT workload_identity",
    }


def test_the_migrations_are_told_what_the_files_ask_for(dev: Synthesised):
    assert told(dev, MIGRATIONS) == {
        "Database": "CUSTOMERTRACK_DEV",
        "Variables": {
            "database": "CUSTOMERTRACK_DEV",
            "landing_root": ROOT_URL,
            "topic_arn": "<LandingTopic>",
            "storage_integration": "CUSTOMERTRACK_DEV_STORAGE",
            "error_integration": "CUSTOMERTRACK_DEV_ERRORS",
            "watch_role": "CUSTOMERTRACK_DEV_WATCH",
            "clock_skew_hours": "24",
        },
        "StorageIntegration": "CUSTOMERTRACK_DEV_STORAGE",
        "Dimensions": ["customer"],
        "Generated": ["customer"],
        "Revision": "1 MYORG-MYACCOUNT workload_identity",
    }


def test_a_given_bucket_is_the_one_that_is_read(given: Synthesised):
    assert told(given, HANDSHAKE)["LandingUrls"] == ["s3://acme-lake/landing/customer/"]
    assert told(given, MIGRATIONS)["Variables"]["landing_root"] == "s3://acme-lake/landing/"


def test_settings_of_a_stage_reach_it(prod: Synthesised):
    assert told(prod, MIGRATIONS)["Variables"]["clock_skew_hours"] == "1"
    assert told(prod, HANDSHAKE)["Revision"].startswith("2 ")


@pytest.mark.parametrize(
    ("name", "user", "external_id"),
    [
        ("customertrack-dev-snowflake-read", "StorageUserArn", "StorageExternalId"),
        ("customertrack-dev-snowflake-errors", "ErrorUserArn", "ErrorExternalId"),
    ],
)
def test_a_role_trusts_snowflakes_user_with_its_external_id_alone(
    template: Template, dev: Synthesised, name: str, user: str, external_id: str
):
    handshake = dev.id_of(HANDSHAKE)
    template.has_resource_properties(
        "AWS::IAM::Role",
        {
            "RoleName": name,
            "AssumeRolePolicyDocument": {
                # The list is compared as a whole.
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Action": "sts:AssumeRole",
                        "Principal": {"AWS": {"Fn::GetAtt": [handshake, user]}},
                        "Condition": {"StringEquals": {"sts:ExternalId": {"Fn::GetAtt": [handshake, external_id]}}},
                    }
                ],
                "Version": "2012-10-17",
            },
        },
    )


def test_the_roles_have_the_names_that_the_handshake_was_told(dev: Synthesised):
    for key, part in (("ReadRoleArn", "ReadRole"), ("ErrorRoleArn", "ErrorRole")):
        name = dev.only("AWS::IAM::Role", part)["RoleName"]
        assert rendered(dev.only(HANDSHAKE)[key]).endswith(f":role/{name}")


def test_the_read_role_reads_the_prefix(template: Template, dev: Synthesised):
    arn = {"Fn::GetAtt": [dev.id_of("AWS::S3::Bucket"), "Arn"]}
    template.has_resource_properties(
        "AWS::IAM::Role",
        {
            "RoleName": "customertrack-dev-snowflake-read",
            "Policies": [
                {
                    "PolicyName": Match.any_value(),
                    "PolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [
                            {
                                "Effect": "Allow",
                                "Action": ["s3:GetObject", "s3:GetObjectVersion"],
                                "Resource": {"Fn::Join": ["", [arn, "/landing/customer/*"]]},
                            },
                            {
                                "Effect": "Allow",
                                "Action": "s3:ListBucket",
                                "Resource": arn,
                                "Condition": {"StringLike": {"s3:prefix": ["landing/customer/*"]}},
                            },
                            {"Effect": "Allow", "Action": "s3:GetBucketLocation", "Resource": arn},
                        ],
                    },
                }
            ],
        },
    )


@pytest.mark.parametrize(("kind", "handler", "seconds"), [(HANDSHAKE, "handshake", 960), (MIGRATIONS, "migrate", 960)])
def test_each_custom_resource_is_answered_by_its_handler(dev: Synthesised, kind: str, handler: str, seconds: int):
    properties = dev.only(kind)
    assert properties["ServiceTimeout"] == str(seconds)
    framework = dev.template["Resources"][properties["ServiceToken"]["Fn::GetAtt"][0]]["Properties"]
    called = framework["Environment"]["Variables"]["USER_ON_EVENT_FUNCTION_ARN"]["Fn::GetAtt"][0]
    function = dev.template["Resources"][called]["Properties"]
    assert function["Handler"] == f"lambdas.{handler}.handler.handler"
    # CloudFormation waits longer than the framework, and that longer than the handler may take.
    assert function["Timeout"] < framework["Timeout"]
    assert function["Timeout"] < seconds


def test_the_hash_is_that_of_the_migrations(dev: Synthesised):
    assert dev.only(MIGRATIONS)["SqlHash"] == sql_hash(ROOT / "sql", ["customer"])


@pytest.fixture
def sql(tmp_path: Path) -> Path:
    (tmp_path / "V1__a.sql").write_text("SELECT 1;")
    for name in ("customer", "product"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "R__b.sql").write_text("SELECT 2;")
    return tmp_path


def hashed(sql: Path) -> str:
    return sql_hash(sql, ["customer"])


def test_the_hash_changes_with_what_is_applied(sql: Path):
    seen = {hashed(sql)}
    (sql / "customer/R__b.sql").write_text("SELECT 3;")
    seen.add(hashed(sql))
    (sql / "customer/R__b.sql").rename(sql / "customer/R__c.sql")
    seen.add(hashed(sql))
    (sql / "V2__d.sql").write_text("")
    seen.add(hashed(sql))
    seen.add(sql_hash(sql, ["customer", "product"]))
    assert len(seen) == 5


def test_the_hash_changes_with_nothing_else(sql: Path):
    before = hashed(sql)
    (sql / "README.md").write_text("text")
    (sql / "customer/invariants").mkdir()
    (sql / "customer/invariants/01_a.sql").write_text("SELECT 1;")
    (sql / "product/R__b.sql").write_text("SELECT 3;")
    assert hashed(sql) == before
    assert before != sha256().hexdigest()
