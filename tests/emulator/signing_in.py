"""Who signs in, in the tests of the stand-in."""

from typing import Any

import boto3
import pytest

AWS_ACCOUNT = "123456789012"
ADMINISTRATOR = """
-- Run it once.
USE ROLE ACCOUNTADMIN;
CREATE ROLE IF NOT EXISTS CUSTOMERTRACK_DEV;
CREATE WAREHOUSE IF NOT EXISTS CUSTOMERTRACK_DEV
    WAREHOUSE_SIZE = XSMALL AUTO_SUSPEND = 60 AUTO_RESUME = TRUE INITIALLY_SUSPENDED = TRUE;
CREATE USER IF NOT EXISTS CUSTOMERTRACK_DEV TYPE = SERVICE
    DEFAULT_ROLE = CUSTOMERTRACK_DEV DEFAULT_WAREHOUSE = CUSTOMERTRACK_DEV;
ALTER USER CUSTOMERTRACK_DEV SET
    WORKLOAD_IDENTITY = (TYPE = AWS ARN = 'arn:aws:iam::123456789012:role/customertrack-dev-warehouse');
GRANT CREATE DATABASE ON ACCOUNT TO ROLE CUSTOMERTRACK_DEV;
GRANT EXECUTE MANAGED TASK ON ACCOUNT TO ROLE CUSTOMERTRACK_DEV;
GRANT USAGE, OPERATE ON WAREHOUSE CUSTOMERTRACK_DEV TO ROLE CUSTOMERTRACK_DEV;
GRANT ROLE CUSTOMERTRACK_DEV TO USER CUSTOMERTRACK_DEV;
"""
OPTIONS: dict[str, Any] = {
    "account": "acme-main",
    "user": "CUSTOMERTRACK_DEV",
    "role": "CUSTOMERTRACK_DEV",
    "authenticator": "WORKLOAD_IDENTITY",
    "workload_identity_provider": "AWS",
    "paramstyle": "qmark",
}


def become(role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    arn = f"arn:aws:iam::{AWS_ACCOUNT}:role/{role}"
    given = boto3.client("sts").assume_role(RoleArn=arn, RoleSessionName="function")["Credentials"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", given["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", given["SecretAccessKey"])
    monkeypatch.setenv("AWS_SESSION_TOKEN", given["SessionToken"])
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
