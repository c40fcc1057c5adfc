"""The edges of the functions: the environment, the request, the answer, the literals."""

import json
from typing import Any

import pytest

from customertrack.errors import UserError
from customertrack.sqltext.literals import literal
from lambdas.custom_resource import Request, answer
from lambdas.environment import Settings, read
from tests.lambdas.properties import ENVIRONMENT, HANDSHAKE, MIGRATIONS, event


def test_the_environment_becomes_settings():
    assert read(ENVIRONMENT) == Settings(
        stage="dev",
        service="customertrack-dev-handshake",
        account="myorg-account1",
        user="CUSTOMERTRACK_DEV",
        role="CUSTOMERTRACK_DEV",
        warehouse="CUSTOMERTRACK_DEV",
        sign_in="workload_identity",
        key_secret_arn="",
    )


def test_a_key_pair_needs_its_secret():
    with_key = ENVIRONMENT | {"SNOWFLAKE_SIGN_IN": "key_pair"}
    with pytest.raises(UserError, match="lacks SNOWFLAKE_KEY_SECRET_ARN"):
        read(with_key)
    assert read(with_key | {"SNOWFLAKE_KEY_SECRET_ARN": "arn:x"}).key_secret_arn == "arn:x"


@pytest.mark.parametrize("name", sorted(set(ENVIRONMENT) - {"POWERTOOLS_METRICS_NAMESPACE"}))
def test_a_variable_that_is_missing_or_empty_is_named(name: str):
    with pytest.raises(UserError, match=f"lacks {name};"):
        read({key: value for key, value in ENVIRONMENT.items() if key != name})
    with pytest.raises(UserError, match=f"lacks {name};"):
        read(ENVIRONMENT | {name: ""})


def test_another_way_to_sign_in_is_refused():
    with pytest.raises(UserError, match=r"SNOWFLAKE_SIGN_IN is 'password'; .* workload_identity, aws_jwt, key_pair"):
        read(ENVIRONMENT | {"SNOWFLAKE_SIGN_IN": "password"})


def test_a_request_leaves_the_address_of_the_answer_out():
    request = Request.of(event("Update", HANDSHAKE))
    assert (request.kind, request.physical_id) == ("Update", "customertrack-dev-known")
    assert request.text("Revision") == "1"
    assert "hush" not in repr(request)


@pytest.mark.parametrize("value", [None, "", 3, ["x"], {}])
def test_a_property_that_is_no_text_is_named(value: Any):
    with pytest.raises(UserError, match="lacks the property Database;"):
        Request.of(event("Create", MIGRATIONS, Database=value)).text("Database")


@pytest.mark.parametrize("value", [None, "x", {"database": 1}, ["database"]])
def test_variables_that_are_no_object_of_texts_are_named(value: Any):
    with pytest.raises(UserError, match="the property Variables of the custom resource is not an object of texts"):
        Request.of(event("Create", MIGRATIONS, Variables=value)).texts("Variables")


def test_an_answer_fits_however_long_its_values():
    data = {f"Name{number}": '"\n' * 3000 for number in range(10)}
    assert len(json.dumps(answer("customertrack-dev-migrations", data))) < 3500


@pytest.mark.parametrize("value", ["s3://bucket/landing/", "arn:aws:iam::1:role/x", "a+b=c,d@e.f-g_h"])
def test_a_literal_is_between_quotes(value: str):
    assert literal(value) == f"'{value}'"


@pytest.mark.parametrize("value", ["", "it's", "a b", "a\nb", "a\\", 'a"', "$$", "ü", "a;b", "a\n"])
def test_what_could_end_a_literal_is_refused(value: str):
    with pytest.raises(UserError, match="could break out of the SQL around it; give it another value"):
        literal(value)
