"""S3 as the account reaches it, with the real sql/ on top."""

import gzip
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from customertrack import migrations
from snowglobe import Connection, Role
from snowglobe.errors import ProgrammingError
from tests.emulator.account import Account
from tests.emulator.cloud import Identity, S3Cloud
from tests.emulator.signing_in import OPTIONS
from tests.packaged_sql import packaged_sql

BUCKET = "customertrack-dev-landing-0123456789ab"
ROOT = f"s3://{BUCKET}/landing/"
URL = f"{ROOT}customer/"
TOPIC = "arn:aws:sns:us-east-1:123456789012:landing"
ROLE = Role("arn:aws:iam::123456789012:role/customertrack-dev-snowflake-read", "customertrack-dev-guid")
HEADER = "customer_id,first_name,last_name,email,street,city,state,country,updated_at\n"
ROW = "{},{},Doe,ann@example.com,Main St 1,Salem,Oregon,US,2026-01-0{}T00:00:00\n"
VARIABLES = {
    "database": "customertrack_dev",
    "landing_root": ROOT,
    "topic_arn": TOPIC,
    "storage_integration": "customertrack_dev_storage",
    "error_integration": "customertrack_dev_errors",
    "watch_role": "customertrack_dev_watch",
    "clock_skew_hours": "24",
    "tasks": "RESUME",
}
INTEGRATIONS = (
    "CREATE STORAGE INTEGRATION customertrack_dev_storage TYPE = EXTERNAL_STAGE STORAGE_PROVIDER = S3 ENABLED = TRUE "
    f"STORAGE_AWS_ROLE_ARN = '{ROLE.arn}' STORAGE_AWS_EXTERNAL_ID = '{ROLE.external_id}' "
    f"STORAGE_ALLOWED_LOCATIONS = ('{URL}')",
    "CREATE NOTIFICATION INTEGRATION customertrack_dev_errors TYPE = QUEUE DIRECTION = OUTBOUND ENABLED = TRUE "
    f"NOTIFICATION_PROVIDER = AWS_SNS AWS_SNS_TOPIC_ARN = '{TOPIC}' AWS_SNS_ROLE_ARN = 'arn:aws:iam::1:role/errors'",
)


@pytest.fixture
def trust(function: None) -> list[dict[str, Any]]:
    """What roles were assumed with. AWS gives the role to the right external id alone, which moto does not look at."""
    assumed: list[dict[str, Any]] = []

    def assume(params: dict[str, Any], **_: Any) -> None:
        assumed.append(params)
        if params.get("ExternalId") not in (None, ROLE.external_id):
            said = {"Code": "AccessDenied", "Message": "User is not authorized to perform: sts:AssumeRole"}
            raise ClientError({"Error": said, "ResponseMetadata": {"HTTPStatusCode": 403}}, "AssumeRole")  # type: ignore[arg-type]

    boto3.setup_default_session()
    assert boto3.DEFAULT_SESSION is not None
    boto3.DEFAULT_SESSION.events.register("provide-client-params.sts.AssumeRole", assume)
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    return assumed


def land(key: str, body: bytes) -> None:
    boto3.client("s3").put_object(Bucket=BUCKET, Key=f"landing/customer/{key}", Body=body)


def test_a_bucket_is_seen_as_the_role_that_was_assumed(trust: list[dict[str, Any]], tmp_path: Path):
    bucket: Any = S3Cloud(tmp_path, Identity()).bucket(BUCKET, ROLE)
    assert trust == [{"RoleArn": ROLE.arn, "ExternalId": ROLE.external_id, "RoleSessionName": "snowflake"}]
    given = bucket.client._get_credentials()
    sts = boto3.client(
        "sts",
        aws_access_key_id=given.access_key,
        aws_secret_access_key=given.secret_key,
        aws_session_token=given.token,
    )
    assert sts.get_caller_identity()["Arn"].endswith("assumed-role/customertrack-dev-snowflake-read/snowflake")


def test_its_files_are_listed_described_and_fetched(trust: list[dict[str, Any]], tmp_path: Path):
    bucket = S3Cloud(tmp_path / "s3", Identity()).bucket(BUCKET, ROLE)
    for key in ("b+ö 1.csv.gz", "a.csv", "../../up.csv"):
        land(key, key.encode())
    boto3.client("s3").put_object(Bucket=BUCKET, Key="elsewhere.csv", Body=b"")
    prefix = "landing/customer/"
    assert bucket.names(prefix) == [f"{prefix}../../up.csv", f"{prefix}a.csv", f"{prefix}b+ö 1.csv.gz"]
    assert bucket.stat(f"{prefix}a.csv").size == 5
    assert bucket.stat(f"{prefix}a.csv").modified_at.tzinfo is None
    for key in ("b+ö 1.csv.gz", "../../up.csv"):
        fetched = bucket.fetch(prefix + key)
        assert fetched.read_bytes() == key.encode()
        assert fetched.parent == bucket.root == tmp_path / "s3" / BUCKET
        assert fetched.suffix == Path(key).suffix


def test_what_aws_refuses_is_an_error_of_the_system(trust: list[dict[str, Any]], tmp_path: Path):
    cloud = S3Cloud(tmp_path, Identity())
    with pytest.raises(PermissionError, match=r"sts:AssumeRole \(Status Code: 403; Error Code: AccessDenied\)"):
        cloud.bucket(BUCKET, Role(ROLE.arn, "wrong"))
    bucket = cloud.bucket(BUCKET, ROLE)
    for ask in (bucket.stat, bucket.fetch):
        with pytest.raises(FileNotFoundError, match="Status Code: 404"):
            ask("landing/customer/none.csv")
    with pytest.raises(FileNotFoundError, match="Error Code: NoSuchBucket"):
        cloud.bucket("nobodys-bucket", ROLE).names("")


def migrate(connection: Connection, folder: Path) -> migrations.Report:
    sql = packaged_sql(folder)
    return migrations.apply(connection, sql, VARIABLES, database="customertrack_dev", installed_by="test")


def test_the_real_sql_loads_what_was_announced_from_s3(account: Account, trust: list[dict[str, Any]], tmp_path: Path):
    with account.connect(OPTIONS) as connection:
        for statement in INTEGRATIONS:
            connection.cursor().execute(statement)
        migrate(connection, tmp_path / "sql")
    land("1.csv.gz", gzip.compress((HEADER + ROW.format(1, "Ann", 1)).encode()))
    land("2.csv", (HEADER + ROW.format(1, "Bob", 2) + ROW.format(2, "Carl", 1)).encode())
    with account.warehouse("CUSTOMERTRACK_DEV") as warehouse:
        names = [f"landing/customer/{name}" for name in ("1.csv.gz", "2.csv", "none.csv")]
        assert [load.rows for load in warehouse.announce("customer_s3_pipe", names)] == [1, 2]
        assert warehouse.run_task("customer_refresh_task").state == "SUCCEEDED"
        history = "SELECT customer_id, first_name, is_current FROM customer_history ORDER BY 1, valid_from"
        assert warehouse.cursor().execute(history).fetchall() == [
            (1, "Ann", False),
            (1, "Bob", True),
            (2, "Carl", True),
        ]


def test_the_migrations_stop_at_the_pipe_while_the_role_does_not_trust(
    account: Account, trust: list[dict[str, Any]], tmp_path: Path
):
    with account.connect(OPTIONS) as connection:
        for statement in INTEGRATIONS:
            connection.cursor().execute(statement)
        connection.cursor().execute("ALTER INTEGRATION customertrack_dev_storage SET STORAGE_AWS_EXTERNAL_ID = 'wrong'")
        with pytest.raises(migrations.MigrationFailed, match=r"customer/R__25_pipe.*Error assuming AWS_ROLE"):
            migrate(connection, tmp_path / "sql")
        connection.cursor().execute(
            f"ALTER INTEGRATION customertrack_dev_storage SET STORAGE_AWS_EXTERNAL_ID = '{ROLE.external_id}'"
        )
        assert migrate(connection, tmp_path / "sql").applied


def test_without_the_integration_there_is_no_stage(account: Account, function: None):
    with account.connect(OPTIONS) as connection:
        connection.cursor().execute("CREATE SCHEMA dimension")
        with pytest.raises(ProgrammingError, match="Integration 'NOBODY' does not exist"):
            connection.cursor().execute(f"CREATE STAGE s URL = '{URL}' STORAGE_INTEGRATION = nobody")
