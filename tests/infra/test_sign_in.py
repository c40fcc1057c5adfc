"""The ways to sign in: known by one name everywhere, and allowed no more than they need."""

from typing import Any, get_args

import pytest

from infra.administrator import CREDENTIAL
from infra.errors import SettingsError
from infra.settings import CHECKS
from lambdas.environment import SignIn
from tests.infra.permissions import Entry, permissions
from tests.infra.synthesis import Synthesised


def test_setting_block_and_functions_know_the_same_ways():
    assert set(get_args(SignIn)) == set(CREDENTIAL)
    for way in CREDENTIAL:
        assert CHECKS["sign_in"]("sign_in", way) == way
    with pytest.raises(SettingsError, match=f"give one of {', '.join(get_args(SignIn))}"):
        CHECKS["sign_in"]("sign_in", "password")


HOLDERS = ["FunctionsRole", "FunctionsWatchRole"]


def proving(stack: Synthesised, holder: str) -> list[Entry]:
    """What the functions that sign in by a role may do, except write their logs and be assumed."""
    return [
        entry
        for entry in permissions(stack.template)
        if entry["holder"] == holder and not entry["action"].startswith("logs:") and "principal" not in entry
    ]


@pytest.mark.parametrize("holder", HOLDERS)
def test_signing_a_request_needs_no_permission(dev: Synthesised, holder: str):
    assert proving(dev, holder) == []


@pytest.mark.parametrize("holder", HOLDERS)
def test_a_token_may_be_asked_for_snowflake_alone(prod: Synthesised, holder: str):
    assert proving(prod, holder) == [
        {
            "holder": holder,
            "effect": "Allow",
            "action": "sts:GetWebIdentityToken",
            "resource": "*",
            "if": "ForAllValues:StringEquals sts:IdentityTokenAudience = snowflakecomputing.com; "
            "NumericLessThanEqualsIfExists sts:DurationSeconds = 300; StringEquals sts:SigningAlgorithm = ES384",
        }
    ]


@pytest.mark.parametrize(
    ("holder", "secret"), [("FunctionsRole", "snowflake-AbCdEf"), ("FunctionsWatchRole", "watch-AbCdEf")]
)
def test_by_key_pair_the_one_secret_may_be_read(given: Synthesised, holder: str, secret: str):
    (entry,) = proving(given, holder)
    assert entry["action"] == "secretsmanager:GetSecretValue"
    assert entry["resource"].endswith(f":secret:{secret}")


@pytest.mark.parametrize(("stage", "way"), [("dev", "workload_identity"), ("prod", "aws_jwt"), ("given", "key_pair")])
def test_functions_are_told_the_way(stage: str, way: str, request: pytest.FixtureRequest):
    functions: dict[str, Any] = request.getfixturevalue(stage).resources("AWS::Lambda::Function")
    environments = [each["Properties"].get("Environment", {}).get("Variables", {}) for each in functions.values()]
    told = [each["SNOWFLAKE_SIGN_IN"] for each in environments if "SNOWFLAKE_ACCOUNT" in each]
    assert len(told) >= 3
    assert set(told) == {way}
