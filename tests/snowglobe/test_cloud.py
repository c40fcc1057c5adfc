"""A bucket that is no folder of this machine is reached through the role of the stage's integration, or not at all."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from snowglobe.connection import Connection, connect
from snowglobe.errors import InterfaceError, ProgrammingError
from snowglobe.storage.bucket import Bucket, FolderBucket, Role
from tests.snowglobe.conftest import COPY, LANDING
from tests.snowglobe.support import rows, run, value

ROLE = Role("arn:aws:iam::123456789012:role/read", "ours")
STORAGE = (
    "CREATE STORAGE INTEGRATION integration TYPE = EXTERNAL_STAGE STORAGE_PROVIDER = S3 ENABLED = TRUE "
    f"STORAGE_AWS_ROLE_ARN = '{ROLE.arn}' STORAGE_AWS_EXTERNAL_ID = '{ROLE.external_id}' "
    "STORAGE_ALLOWED_LOCATIONS = ('s3://bucket/in/')"
)
PIPE = f"CREATE PIPE pipe AUTO_INGEST = TRUE AS {COPY}"


@dataclass(frozen=True)
class Locked(FolderBucket):
    """Cannot be listed, as without s3:ListBucket."""

    def names(self, prefix: str) -> list[str]:
        raise PermissionError(13, "Access Denied (Status Code: 403; Error Code: AccessDenied)")


@dataclass(frozen=True)
class Clouds:
    """Folders that one role sees, as long as it trusts."""

    root: Path
    user: str = "arn:aws:iam::210987654321:user/snowflake"

    def bucket(self, name: str, role: Role) -> Bucket:
        if role != ROLE or (self.root / "broken").exists():
            raise PermissionError(13, f"User: {self.user} is not authorized to perform: sts:AssumeRole")
        return (Locked if (self.root / "locked").exists() else FolderBucket)(self.root / name)


@pytest.fixture
def cloudy(folder: Path) -> Iterator[Connection]:
    """A warehouse without folders, with all that is needed for a pipe but the pipe."""
    with connect(folder / "warehouse.duckdb", schema="dimension", cloud=Clouds(folder)) as connection:
        run(connection, "CREATE SCHEMA dimension", STORAGE, *LANDING.split(";"))
        yield connection


def land(folder: Path, name: str) -> None:
    (folder / "bucket" / "in" / name).write_text("id\n1\n")


def test_a_pipe_loads_through_the_role(cloudy: Connection, folder: Path):
    land(folder, "a.csv")
    land(folder, "b.csv")
    run(cloudy, PIPE)
    assert [load.name for load in cloudy.announce("pipe", ["in/b.csv"])] == ["in/b.csv"]
    assert rows(cloudy, "ALTER PIPE pipe REFRESH") == [("in/a.csv", "LOADED")]
    assert value(cloudy, "SELECT COUNT(*) FROM raw") == 2


def test_the_users_that_aws_must_trust_are_the_clouds(cloudy: Connection):
    shown = dict(row[0:3:2] for row in rows(cloudy, "DESC INTEGRATION integration"))
    assert shown["STORAGE_AWS_IAM_USER_ARN"] == Clouds.user
    policy = value(cloudy, "SELECT SYSTEM$GET_AWS_SNS_IAM_POLICY('arn:aws:sns:us-east-1:123456789012:t')")
    assert json.loads(policy)["Statement"][0]["Principal"] == {"AWS": Clouds.user}


def test_a_stage_needs_an_integration_that_is_there(cloudy: Connection):
    for named in ("", "STORAGE_INTEGRATION = nobody"):
        with pytest.raises(ProgrammingError) as raised:
            run(cloudy, f"CREATE STAGE other URL = 's3://bucket/in/' {named}")
        assert (raised.value.errno, raised.value.sqlstate) == (2003, "02000")


def test_a_stage_is_made_before_the_role_trusts_and_a_pipe_is_not(cloudy: Connection, folder: Path):
    run(cloudy, "ALTER INTEGRATION integration SET STORAGE_AWS_EXTERNAL_ID = 'another'")
    run(cloudy, "CREATE STAGE other URL = 's3://bucket/in/' STORAGE_INTEGRATION = integration")
    with pytest.raises(ProgrammingError, match=r"Error assuming AWS_ROLE: User: .* is not authorized") as raised:
        run(cloudy, PIPE)
    assert (raised.value.errno, raised.value.sqlstate) == (3167, "42601")
    assert rows(cloudy, "SELECT pipe_name FROM information_schema.pipes") == []
    run(cloudy, "ALTER INTEGRATION integration SET STORAGE_AWS_EXTERNAL_ID = 'ours'", PIPE)


def test_a_pipe_needs_the_error_integration_that_it_names(cloudy: Connection):
    with pytest.raises(ProgrammingError, match="Integration 'NOBODY' does not exist"):
        run(cloudy, PIPE.replace("AS COPY", "ERROR_INTEGRATION = nobody AS COPY"))


def test_trust_that_breaks_later_is_told_by_status_and_validation(cloudy: Connection, folder: Path):
    run(cloudy, PIPE)
    land(folder, "a.csv")
    (folder / "broken").touch()
    with pytest.raises(ProgrammingError, match="Error assuming AWS_ROLE"):
        run(cloudy, "ALTER PIPE pipe REFRESH")
    status = json.loads(value(cloudy, "SELECT SYSTEM$PIPE_STATUS('pipe')"))
    assert "Error assuming AWS_ROLE" in status["error"]
    validation = "SELECT SYSTEM$VALIDATE_STORAGE_INTEGRATION('INTEGRATION', 's3://bucket/in/', 'a.csv', '{}')"
    for action in ("list", "read"):
        found = json.loads(value(cloudy, validation.format(action)))
        assert (found["status"], found["actions"][action.upper()]["status"]) == ("failure", "failure")
        assert "sts:AssumeRole" in found["actions"][action.upper()]["message"]
    (folder / "broken").unlink()
    assert json.loads(value(cloudy, "SELECT SYSTEM$PIPE_STATUS('pipe')")) == {
        "executionState": "RUNNING",
        "pendingFileCount": 1,
        "oldestPendingFilePath": "in/a.csv",
    }


def test_a_bucket_that_cannot_be_listed_is_an_error_of_the_statement(cloudy: Connection, folder: Path):
    run(cloudy, PIPE)
    (folder / "locked").touch()
    with pytest.raises(ProgrammingError, match=r"Failure using stage area. Cause: \[Access Denied") as raised:
        run(cloudy, "ALTER PIPE pipe REFRESH")
    assert (raised.value.errno, raised.value.sqlstate) == (91003, "22000")


def test_a_location_that_is_allowed_no_more_is_not_read(cloudy: Connection, folder: Path):
    run(cloudy, PIPE, "ALTER INTEGRATION integration SET STORAGE_ALLOWED_LOCATIONS = ('s3://bucket/out/')")
    land(folder, "a.csv")
    with pytest.raises(ProgrammingError) as raised:
        list(cloudy.announce("pipe", ["in/a.csv"]))
    assert raised.value.errno == 3127


def test_a_warehouse_has_one_cloud_in_a_process(cloudy: Connection, folder: Path):
    with connect(folder / "warehouse.duckdb", schema="dimension", cloud=Clouds(folder)):
        pass
    with pytest.raises(InterfaceError, match="open already"):
        connect(folder / "warehouse.duckdb", cloud=Clouds(folder, user="another"))
