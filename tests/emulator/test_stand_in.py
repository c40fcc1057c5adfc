"""The stand-in is found before the driver in a function's zip, and everything else of the zip is used as it is."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.emulator.account import Account
from tests.emulator.signing_in import OPTIONS

STAND_IN = Path(__file__).with_name("stand_in")
# As the emulator's runner: the zip comes first on sys.path, and then the handler is imported.
FUNCTION = """
import os, sys
sys.path.insert(0, sys.argv[1])
import boto3
from moto import mock_aws
with mock_aws():
    arn = "arn:aws:iam::123456789012:role/customertrack-dev-warehouse"
    given = boto3.client("sts").assume_role(RoleArn=arn, RoleSessionName="function")["Credentials"]
    os.environ |= {
        "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
        "AWS_SESSION_TOKEN": given["SessionToken"],
    }
    boto3.DEFAULT_SESSION = None
    import handler
    handler.handler()
"""
HANDLER = f"""
import customertrack.errors
from snowflake import connector
from snowflake.connector.errors import DatabaseError, ProgrammingError
from cryptography.exceptions import UnsupportedAlgorithm

def handler():
    with connector.connect(**{OPTIONS!r}) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT ?", [5])
        print(cursor.fetchone()[0], customertrack.errors.WHERE)
        try:
            cursor.execute("SELECT nonsense(1)")
        except ProgrammingError as error:
            print(error.errno, error.raw_msg)
    try:
        connector.connect(**{OPTIONS | {"user": "SOMEBODY"}!r})
    except DatabaseError as error:
        print(error.errno)
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A function's zip, unpacked: a driver that cannot be imported here, and the part of the project that it needs."""
    for folder in ("snowflake/connector", "cryptography", "customertrack/sqltext"):
        (tmp_path / "zip" / folder).mkdir(parents=True)
    for broken in ("snowflake/connector", "cryptography"):
        (tmp_path / "zip" / broken / "__init__.py").write_text("raise ImportError('built for another machine')\n")
    (tmp_path / "zip" / "customertrack" / "__init__.py").touch()
    project = Path(__file__).parents[2] / "customertrack"
    (tmp_path / "zip/customertrack/errors.py").write_text(
        (project / "errors.py").read_text() + "WHERE = 'in the zip'\n"
    )
    for module in ("__init__", "identifiers", "statements"):
        path = f"sqltext/{module}.py"
        (tmp_path / "zip/customertrack" / path).write_text((project / path).read_text())
    (tmp_path / "zip/handler.py").write_text(HANDLER)
    return tmp_path / "zip"


def test_a_function_gets_the_stand_in_and_its_own_package(account: Account, package: Path, tmp_path: Path):
    environment = {
        "PYTHONPATH": str(STAND_IN),
        "CUSTOMERTRACK_STAND_IN_ACCOUNT": str(account.folder),
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    ended = subprocess.run(
        [sys.executable, "-c", FUNCTION, str(package)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stdout.splitlines() == [
        "5 in the zip",
        "2140 Unknown function NONSENSE in: SELECT nonsense(1)",
        "390100",
    ], ended.stderr
    assert [asked["user"] for asked in account.sign_ins()] == ["CUSTOMERTRACK_DEV", "SOMEBODY"]
