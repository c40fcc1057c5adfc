"""An integration that is not the one that the roles trust is noticed."""

from dataclasses import replace

import pytest

from customertrack.errors import UserError
from customertrack.local.pipeline import Pipeline
from lambdas.watch import trust
from snowglobe import Connection
from snowglobe.errors import ProgrammingError
from tests.lambdas.watched import ERRORS, STORAGE, Scripted, made_again, trusted

Trusts = tuple[trust.RoleTrust, trust.RoleTrust]


@pytest.fixture
def connection(pipeline: Pipeline) -> Connection:
    return pipeline.connection


@pytest.fixture
def trusts(connection: Connection) -> Trusts:
    """As the roles were made: from what DESC INTEGRATION said."""
    told = trusted(connection)
    return (
        trust.storage(told["STORAGE_INTEGRATION"], told["STORAGE_USER_ARN"], told["STORAGE_EXTERNAL_ID"]),
        trust.notification(told["ERROR_INTEGRATION"], told["ERROR_USER_ARN"], told["ERROR_EXTERNAL_ID"]),
    )


def test_what_the_roles_were_made_from_is_no_drift(connection: Connection, trusts: Trusts):
    (found,) = trust.drift(connection, *trusts)
    assert (found.name, found.value, found.note) == ("TrustDrifted", 0, "")


def test_an_integration_made_again_has_drifted_and_is_named_without_its_values(connection: Connection, trusts: Trusts):
    made_again(connection, STORAGE)
    (found,) = trust.drift(connection, *trusts)
    assert (found.value, found.note) == (1, f"{STORAGE.upper()}.STORAGE_AWS_EXTERNAL_ID")
    made_again(connection, ERRORS)
    (found,) = trust.drift(connection, *trusts)
    assert found.note.split(", ")[1] == f"{ERRORS.upper()}.SF_AWS_EXTERNAL_ID"


@pytest.mark.parametrize(
    ("which", "name"),
    [
        (0, "STORAGE_AWS_IAM_USER_ARN"),
        (0, "STORAGE_AWS_EXTERNAL_ID"),
        (1, "SF_AWS_IAM_USER_ARN"),
        (1, "SF_AWS_EXTERNAL_ID"),
    ],
)
def test_each_property_is_looked_at(connection: Connection, trusts: Trusts, which: int, name: str):
    believed = list(trusts)
    believed[which] = replace(trusts[which], properties={**trusts[which].properties, name: "another"})
    (found,) = trust.drift(connection, *believed)
    assert (found.value, found.note) == (1, f"{trusts[which].integration}.{name}")


def test_an_integration_that_is_gone_is_an_error(connection: Connection, trusts: Trusts):
    connection.cursor().execute(f"DROP INTEGRATION {ERRORS}")
    with pytest.raises(ProgrammingError, match="does not exist"):
        trust.drift(connection, *trusts)


def test_a_property_that_is_not_shown_is_an_error():
    connection = Scripted(lambda sql: (["property", "property_value"], [("ENABLED", "true")]))
    said = "DESC INTEGRATION I shows no STORAGE_AWS_EXTERNAL_ID, STORAGE_AWS_IAM_USER_ARN"
    with pytest.raises(UserError, match=said):
        trust.drift(connection, trust.storage("I", "arn", "id"))
