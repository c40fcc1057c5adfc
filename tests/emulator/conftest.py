"""An AWS in the process, and an account of Snowflake that trusts a role in it."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from tests.emulator.account import Account
from tests.emulator.signing_in import ADMINISTRATOR, become


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An AWS in this process, which has no role in it yet."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    with mock_aws():
        yield


@pytest.fixture
def account(tmp_path: Path, aws: None) -> Account:
    """An account that the administrator has prepared."""
    made = Account.create(tmp_path / "account")
    made.administer(ADMINISTRATOR)
    return made


@pytest.fixture
def function(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process runs as the functions do."""
    become("customertrack-dev-warehouse", monkeypatch)
