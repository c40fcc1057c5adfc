"""An integration that is not the one that the roles trust is noticed."""

from typing import Any

import pytest

from customertrack.errors import UserError
from lambdas.watch import trust
from tests.lambdas.watched import Scripted, values

DESCRIBED = {
    'DESC INTEGRATION "CUSTOMERTRACK_DEV_STORAGE"': {
        "ENABLED": "true",
        "STORAGE_AWS_IAM_USER_ARN": "arn:aws:iam::1:user/s",
        "STORAGE_AWS_EXTERNAL_ID": "ours",
    },
    'DESC INTEGRATION "CUSTOMERTRACK_DEV_ERRORS"': {
        "SF_AWS_IAM_USER_ARN": "arn:aws:iam::1:user/e",
        "SF_AWS_EXTERNAL_ID": "theirs",
    },
}
TRUSTS = (
    trust.storage("CUSTOMERTRACK_DEV_STORAGE", "arn:aws:iam::1:user/s", "ours"),
    trust.notification("CUSTOMERTRACK_DEV_ERRORS", "arn:aws:iam::1:user/e", "theirs"),
)


def snowflake(**changed: str | None) -> Scripted:
    """A connection whose integrations have these properties instead; None: not there."""

    def answer(sql: str) -> Any:
        properties = {**DESCRIBED[sql], **{key: value for key, value in changed.items() if key in DESCRIBED[sql]}}
        names = ["property", "property_type", "property_value", "property_default"]
        return names, [(key, "String", value, "") for key, value in properties.items() if value is not None]

    return Scripted(answer)


def test_what_the_roles_were_made_from_is_no_drift():
    (found,) = trust.drift(snowflake(), *TRUSTS)
    assert (found.name, found.value, found.note) == ("TrustDrifted", 0, "")


@pytest.mark.parametrize(
    ("name", "integration"),
    [
        ("STORAGE_AWS_IAM_USER_ARN", "CUSTOMERTRACK_DEV_STORAGE"),
        ("STORAGE_AWS_EXTERNAL_ID", "CUSTOMERTRACK_DEV_STORAGE"),
        ("SF_AWS_IAM_USER_ARN", "CUSTOMERTRACK_DEV_ERRORS"),
        ("SF_AWS_EXTERNAL_ID", "CUSTOMERTRACK_DEV_ERRORS"),
    ],
)
def test_each_property_is_looked_at_and_named_without_its_value(name: str, integration: str):
    (found,) = trust.drift(snowflake(**{name: "another"}), *TRUSTS)
    assert (found.value, found.note) == (1, f"{integration}.{name}")


def test_a_property_that_is_gone_is_an_error():
    with pytest.raises(UserError, match="DESC INTEGRATION CUSTOMERTRACK_DEV_ERRORS shows no SF_AWS_EXTERNAL_ID"):
        trust.drift(snowflake(SF_AWS_EXTERNAL_ID=None), *TRUSTS)


def test_both_integrations_make_one_metric():
    connection = snowflake()
    assert values(trust.drift(connection, *TRUSTS)) == {"TrustDrifted": 0}
    assert [sql for sql, _ in connection.sent] == list(DESCRIBED)
