"""Settings: what may be given, and the one sentence for what may not."""

import json
import re
from dataclasses import MISSING, fields
from typing import Any

import pytest

from infra.context import settings_from
from infra.errors import SettingsError
from infra.settings import BASE_IMAGE, CHECKS, NO_ACCOUNT, ONLY_SYNTH, Settings
from tests.infra.synthesis import ROOT

ACCOUNT = {"snowflake_account": "MYORG-MYACCOUNT"}
SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:snowflake/key-AbCdEf"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
MULTI_REGION_KEY = f"arn:aws:kms:eu-central-1:123456789012:key/mrk-{'0123456789abcdef' * 2}"
BASE = f"{BASE_IMAGE}@sha256:{'a' * 64}"
IMAGE = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/acme/generator"


def settings(**given: Any) -> Settings:
    return settings_from({"stages": {"dev": {}, "prod": {}}, **ACCOUNT, **given})


def message(**given: Any) -> str:
    with pytest.raises(SettingsError) as caught:
        settings(**given)
    return str(caught.value)


# Name, as JSON or as text behind -c, and what comes of it.
RIGHT = [
    ("stage", "prod", "prod"),
    ("snowflake_account", "my_org-my_account", "my_org-my_account"),
    ("dimensions", ["customer"], ("customer",)),
    ("dimensions", "customer", ("customer",)),
    ("dimensions", "product, customer", ("product", "customer")),
    ("dimensions", ["product"], ("product",)),
    ("intervals", {"customer": 1440}, (("customer", 1440),)),
    ("intervals", "customer=60", (("customer", 60),)),
    ("intervals", "", ()),
    ("snowflake_account", "ORG1-ACCOUNT-WITH-HYPHENS", "ORG1-ACCOUNT-WITH-HYPHENS"),
    ("snowflake_account", "xy12345", "xy12345"),
    ("snowflake_account", "xy12345.eu-central-1", "xy12345.eu-central-1"),
    ("sign_in", "aws_jwt", "aws_jwt"),
    ("snowflake_account", "xy12345.us-east-2.aws", "xy12345.us-east-2.aws"),
    ("snowflake_account", "xy12345.eu-central-1.privatelink", "xy12345.eu-central-1.privatelink"),
    ("snowflake_account", "myorg-myaccount.privatelink", "myorg-myaccount.privatelink"),
    ("tags", {"team": "data", "cost-center": "42"}, (("cost-center", "42"), ("team", "data"))),
    ("tags", "team=data, cost-center=42", (("cost-center", "42"), ("team", "data"))),
    ("tags", "query=a=b", (("query", "a=b"),)),
    ("tags", {"Größe": ""}, (("Größe", ""),)),
    ("tags", {}, ()),
    ("tags", "", ()),
    ("termination_protection", "true", True),
    ("private_subnets", True, True),
    ("kms_key_arn", KEY, KEY),
    ("kms_key_arn", MULTI_REGION_KEY, MULTI_REGION_KEY),
    ("base_image", BASE, BASE),
    ("availability_zones", "ap-northeast-1a,ap-northeast-1c", ("ap-northeast-1a", "ap-northeast-1c")),
    ("customers", "0", 0),
    ("customers", 2_000_000, 2_000_000),
    ("seed", 2**63 - 1, 2**63 - 1),
    ("delete_rate", "0.5", 0.5),
    ("delete_rate", 1, 1.0),
    ("malformed", 0, 0.0),
    ("interval_minutes", "1440", 1440),
    ("generate", "false", False),
    ("spot", "true", True),
    ("console", "true", True),
    ("spot", True, True),
    ("keep_data", "False", False),
    ("log_days", "3653", 3653),
    ("log_days", 1, 1),
    ("landing_days", "8", 8),
    ("landing_days", 0, 0),
    ("generator_image", f"{IMAGE}:1.2", f"{IMAGE}:1.2"),
    ("generator_image", f"{IMAGE}@sha256:{'a' * 64}", f"{IMAGE}@sha256:{'a' * 64}"),
    ("generator_image", "localhost:5000/generator", "localhost:5000/generator"),
    ("generator_image", "", ""),
    ("existing_bucket", "acme.lake-1", "acme.lake-1"),
    ("alarm_email", "data@example.org", "data@example.org"),
    ("revision", "2026-01-31", "2026-01-31"),
]


@pytest.mark.parametrize(("name", "raw", "value"), RIGHT)
def test_a_right_value_is_taken(name: str, raw: Any, value: Any):
    found = getattr(settings(**{name: raw}), name)
    assert found == value
    assert type(found) is type(value)


# Name, value, and what the sentence says to do.
WRONG = [
    ("stage", "Prod", "give a small letter"),
    ("stage", "p" * 17, "give a small letter"),
    ("stage", "test", "there is no stage 'test' in cdk.json, only dev, prod"),
    ("snowflake_account", "", "such as MYORG-MYACCOUNT"),
    ("snowflake_account", "https://myorg-myaccount.snowflakecomputing.com", "without snowflakecomputing.com"),
    ("snowflake_account", "myorg-myaccount.snowflakecomputing.com", "without snowflakecomputing.com"),
    ("snowflake_account", 12345, "such as MYORG-MYACCOUNT"),
    ("sign_in", "password", "give one of workload_identity, aws_jwt, key_pair"),
    ("customers", -1, "a whole number from 0 to"),
    ("customers", 10_000_001, "a whole number from 0 to"),
    ("customers", "10k", "a whole number from 0 to"),
    ("customers", 1.5, "a whole number from 0 to"),
    ("customers", True, "a whole number from 0 to"),
    ("seed", 2**63, "a whole number from 0 to"),
    ("delete_rate", 1.01, "a share from 0 to 1"),
    ("delete_rate", "2%", "a share from 0 to 1"),
    ("delete_rate", "nan", "a share from 0 to 1"),
    ("late", -0.1, "a share from 0 to 1"),
    ("interval_minutes", 0, "from 1 to 1440"),
    ("interval_minutes", 2.5, "from 1 to 1440"),
    ("clock_skew_hours", -1, "from 0 to 8760"),
    ("landing_days", 7, "give 0, or a whole number from 8 to"),
    ("landing_days", -1, "give 0, or a whole number from 8 to"),
    ("snowflake_account", "xy12345.us-gov-west-1.aws", "outside of China and GovCloud"),
    ("snowflake_account", "xy12345.fhplus-us-gov-west-1.aws", "outside of China and GovCloud"),
    ("snowflake_account", "xy12345.cn-northwest-1.aws", "outside of China and GovCloud"),
    ("snowflake_account", "xy12345.west-europe.azure", "only accounts of Snowflake on AWS"),
    ("snowflake_account", "xy12345.europe-west4.gcp", "only accounts of Snowflake on AWS"),
    ("dimensions", "custommer", "there is no definition 'custommer' in dimensions/: did you mean customer?"),
    ("dimensions", ["customer", "zzzz"], "no definition 'zzzz' in dimensions/: known are customer, "),
    ("dimensions", ["customer", "customer"], "name each only once"),
    ("dimensions", {"customer": True}, "give names of dimensions, several as a list or with commas"),
    ("dimensions", "", "give names of dimensions"),
    ("dimensions", [], "name one dimension at least"),
    ("dimensions", "Customer", "did you mean customer?"),
    ("intervals", "customer", "give an object such as"),
    ("intervals", ["customer"], "give an object such as"),
    ("intervals", {"customer": "often"}, "give a whole number from 1 to 44640"),
    ("intervals", "customer=0", "give a whole number from 1 to 44640"),
    ("intervals", "customer=5,customer=6", "name each only once"),
    ("aws_account", "1234", "give the twelve digits"),
    ("aws_account", "1234-5678-9012", "give the twelve digits"),
    ("aws_account", 123456789012, "as text"),
    ("aws_region", "eu-central", "a region such as eu-central-1"),
    ("aws_region", "eu-central-1a", "a region such as eu-central-1"),
    ("aws_region", "Frankfurt", "a region such as eu-central-1"),
    *(
        ("aws_region", region, "China and GovCloud are not supported")
        for region in ("cn-north-1", "us-gov-west-1", "us-iso-east-1", "us-isob-east-1", "eusc-de-east-1")
    ),
    ("availability_zones", "us-gov-west-1a", "such as eu-central-1a"),
    ("availability_zones", "apne1-az1", "such as eu-central-1a"),
    ("tags", "team", "give an object such as"),
    ("tags", ["team=data"], "give an object such as"),
    ("tags", {"team": 5}, "give an object such as"),
    ("tags", "=data", "keys of 1 to 128"),
    ("tags", {"aws:team": "data"}, "no key beginning with aws:"),
    ("tags", {"AWS:team": "data"}, "no key beginning with aws:"),
    ("tags", {"team": "a;b"}, "letters, digits, spaces and"),
    ("tags", {"team": "a" * 257}, "values of up to 256"),
    ("tags", "team=data,team=ops", "name each key only once"),
    ("tags", {f"tag{number}": "" for number in range(41)}, "40 of them at most"),
    ("termination_protection", "on", "give true or false"),
    ("private_subnets", "private", "give true or false"),
    ("functions_in_vpc", 1, "give true or false"),
    ("subscriber_arn", "abc1-b-self1234", "the ARN of Snowflake's user"),
    ("subscriber_arn", "arn:aws:iam::123456789001:role/x", "the ARN of Snowflake's user"),
    ("kms_key_arn", "alias/customertrack", "the ARN of a key"),
    ("kms_key_arn", "arn:aws:kms:eu-central-1:123456789012:alias/customertrack", "not of an alias"),
    ("kms_key_arn", "11111111-2222-3333-4444-555555555555", "the ARN of a key"),
    ("kms_key_arn", KEY.replace("arn:aws:", "arn:aws-cn:"), "the ARN of a key"),
    ("base_image", BASE.partition("@")[0], "with its digest, such as"),
    ("base_image", "sha256:" + "a" * 64, "with its digest, such as"),
    ("base_image", BASE[:-1], "with its digest, such as"),
    ("generator_image", "1.dkr.ecr.cn-north-1.amazonaws.com.cn/acme/generator:1", "registries of China"),
    ("log_days", 31, "give one of 1, 3, 5, 7, 14, 30"),
    ("generate", "no", "give true or false"),
    ("spot", "yes", "give true or false"),
    ("spot", 1, "give true or false"),
    ("keep_data", "", "give true or false"),
    ("generator_image", "Generator:1", "the address of an image"),
    ("generator_image", "generator", "the address of an image"),
    ("existing_bucket", "s3://acme-lake", "the name of a bucket"),
    ("existing_bucket", "Acme", "the name of a bucket"),
    ("alarm_email", "ops", "an e-mail address"),
    ("revision", "a b", "letters, digits, dots, hyphens"),
    ("vpc_id", "vpc-1", "the id of a VPC"),
    ("subnet_ids", ["subnet-1"], "ids of subnets of vpc_id"),
    ("subnet_ids", {"a": 1}, "ids of subnets of vpc_id"),
    ("availability_zones", "eu-central-1", "such as eu-central-1a"),
]


@pytest.mark.parametrize(("name", "raw", "advice"), WRONG)
def test_a_wrong_value_is_refused_in_a_sentence(name: str, raw: Any, advice: str):
    said = message(**{name: raw})
    assert name in said
    assert advice in said
    assert str(raw if not isinstance(raw, bool | dict | list) else "") in said
    assert "\n" not in said


UNKNOWN = [
    ({"customer": 5}, "there is no setting 'customer' (in -c or the context of cdk.json): did you mean customers?"),
    ({"keepdata": "true"}, "did you mean keep_data?"),
    ({"snowflake-account": "a-b"}, "did you mean snowflake_account?"),
    ({"zzz": 1}, "known are alarm_email, availability_zones,"),
    (
        {"stages": {"dev": {"intervall_minutes": 5}}},
        "in context.stages.dev of cdk.json): did you mean interval_minutes?",
    ),
    # Another stage's typing error shows as well.
    ({"stages": {"dev": {}, "prod": {"spott": True}}}, "in context.stages.prod of cdk.json): did you mean spot?"),
    ({"stages": {"dev": {"stage": "prod"}}}, "there is no setting 'stage' (in context.stages.dev"),
    ({"stages": {"Dev": {}}}, "the name of a stage in cdk.json is 'Dev'"),
    ({"stages": ["dev"]}, "correct it in cdk.json"),
    ({"stages": {"dev": "small"}}, "correct it in cdk.json"),
    ({"stages": {}}, "there is no stage 'dev' in cdk.json, only none"),
]


@pytest.mark.parametrize(("given", "said"), UNKNOWN)
def test_a_name_that_is_not_known_is_refused(given: dict[str, Any], said: str):
    assert said in message(**given)


def test_the_account_must_be_given():
    with pytest.raises(SettingsError, match=r"snowflake_account is not set: .* -c snowflake_account=MYORG-MYACCOUNT"):
        settings_from({"stages": {"dev": {}}})


def test_only_a_synth_needs_no_account():
    assert settings_from({ONLY_SYNTH: "1", "stages": {"dev": {}}}).snowflake_account == NO_ACCOUNT
    given = settings_from({ONLY_SYNTH: "1", "stages": {"dev": {}}, "snowflake_account": "A-B"})
    assert given.snowflake_account == "A-B"


def test_a_stage_brings_its_settings_and_the_command_line_goes_before():
    stages = {"dev": {"customers": 5, "seed": 1}, "prod": {"customers": 7, "snowflake_account": "A-B"}}
    assert settings_from({"stages": stages, **ACCOUNT}).customers == 5
    prod = settings_from({"stages": stages, "stage": "prod", "seed": "3"})
    assert (prod.customers, prod.seed, prod.snowflake_account) == (7, 3, "A-B")
    assert settings_from({"stages": stages, **ACCOUNT, "customers": "9"}).customers == 9


def test_what_cdk_keeps_in_its_context_is_no_setting():
    cdk = {"aws:cdk:bundling-stacks": ["**"], "@aws-cdk/core:x": True, "availability-zones:account=1": ["a"]}
    assert settings(**cdk) == settings()


def test_what_is_not_given_is_as_documented():
    assert settings() == Settings(snowflake_account="MYORG-MYACCOUNT")


@pytest.mark.parametrize("name", [each.name for each in fields(Settings) if each.default is not MISSING])
def test_each_default_would_pass_its_own_check(name: str):
    default = getattr(settings(), name)
    # As it stands in cdk.json.
    given: Any = {} if name in ("tags", "intervals") else list(default) if isinstance(default, tuple) else default
    assert CHECKS[name](name, given) == default


def test_names_follow_the_stage():
    prod = settings(stage="prod")
    assert (prod.prefix, prod.warehouse_name) == ("customertrack-prod", "CUSTOMERTRACK_PROD")


@pytest.mark.parametrize("changed", [{"revision": "2"}, {"snowflake_account": "MYORG-OTHER"}])
def test_the_warehouse_is_made_again_for_another_revision_or_account(changed: dict[str, str]):
    assert settings(**changed).warehouse_revision != settings().warehouse_revision


def test_cdk_json_holds_stages_that_only_lack_the_account():
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    for stage in context["stages"]:
        assert settings_from({**context, **ACCOUNT, "stage": stage}).stage == stage


@pytest.mark.parametrize("name", ["aws_region", "kms_key_arn", "revision", "snowflake_account", "tags", "log_days"])
def test_a_line_break_in_a_value_is_none_in_the_sentence(name: str):
    said = message(**{name: "a=b\n"}) if name != "tags" else message(tags={"team": "a\nb"})
    assert "\n" not in said
    assert "\\n" in said


def test_a_message_shows_no_python():
    said = [message(**{name: raw}) for name, raw, _ in WRONG]
    assert [each for each in said if re.search(r"\b(True|False|None|\(\)|re\.)", each)] == []
