"""The stand-in for Snowflake's driver: who may sign in, and what reaches S3."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from customertrack.embedded.errors import DatabaseError
from tests.emulator.account import Account

STAND_IN = Path(__file__).with_name("stand_in")
ADMINISTRATOR = """
CREATE ROLE IF NOT EXISTS CUSTOMERTRACK_DEV COMMENT = 'CustomerTrack dev';
CREATE WAREHOUSE IF NOT EXISTS CUSTOMERTRACK_DEV
    WAREHOUSE_SIZE = 'XSMALL' AUTO_SUSPEND = 60 AUTO_RESUME = TRUE INITIALLY_SUSPENDED = TRUE;
CREATE USER IF NOT EXISTS CUSTOMERTRACK_DEV
    TYPE = SERVICE
    WORKLOAD_IDENTITY = (TYPE = AWS ARN = 'arn:aws:iam::123456789012:role/customertrack-dev-warehouse')
    DEFAULT_ROLE = CUSTOMERTRACK_DEV
    DEFAULT_WAREHOUSE = CUSTOMERTRACK_DEV;
GRANT CREATE DATABASE, CREATE INTEGRATION, EXECUTE TASK ON ACCOUNT TO ROLE CUSTOMERTRACK_DEV;
GRANT EXECUTE MANAGED TASK ON ACCOUNT TO ROLE CUSTOMERTRACK_DEV;
GRANT USAGE, OPERATE ON WAREHOUSE CUSTOMERTRACK_DEV TO ROLE CUSTOMERTRACK_DEV;
GRANT ROLE CUSTOMERTRACK_DEV TO USER CUSTOMERTRACK_DEV;
"""
SIGN_IN = {
    "account": "org-acme",
    "authenticator": "WORKLOAD_IDENTITY",
    "workload_identity_provider": "AWS",
    "role": "CUSTOMERTRACK_DEV",
    "paramstyle": "qmark",
}


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An AWS in this process, and a function that runs with its role."""
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"):
        monkeypatch.setenv(f"AWS_{name}", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        yield


@pytest.fixture
def function(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process has the credentials of the functions' role, as in Lambda."""
    become("customertrack-dev-warehouse", monkeypatch)


def become(role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = boto3.client("sts").assume_role(
        RoleArn=f"arn:aws:iam::123456789012:role/{role}", RoleSessionName="function"
    )["Credentials"]
    for name, key in (
        ("ACCESS_KEY_ID", "AccessKeyId"),
        ("SECRET_ACCESS_KEY", "SecretAccessKey"),
        ("SESSION_TOKEN", "SessionToken"),
    ):
        monkeypatch.setenv(f"AWS_{name}", given[key])
    boto3.DEFAULT_SESSION = None


@pytest.fixture
def account(tmp_path: Path) -> Account:
    made = Account.create(tmp_path / "account")
    made.administer(ADMINISTRATOR)
    return made


def test_nobody_signs_in_before_the_administrator_was_there(tmp_path: Path):
    account = Account.create(tmp_path / "account")
    with pytest.raises(DatabaseError) as raised:
        account.connect(SIGN_IN)
    assert (raised.value.errno, raised.value.sqlstate) == (250001, "08001")


def test_the_user_of_the_role_signs_in(account: Account, function: None):
    with account.connect(SIGN_IN) as connection:
        connection.cursor().execute("CREATE DATABASE IF NOT EXISTS CUSTOMERTRACK_DEV")
