"""The real driver against a server that speaks its protocol: how it signs in, what it sends, what a refusal becomes."""

import base64
import functools
import json
from collections.abc import Iterator
from typing import Any

import boto3
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from moto import mock_aws

from customertrack.errors import UserError
from lambdas import connection
from lambdas.environment import read
from lambdas.handshake import handler
from lambdas.reason import Failed
from tests.lambdas.account import USER, Account, Refused
from tests.lambdas.properties import BLOCK, ENVIRONMENT, GUID, HANDSHAKE, context, event
from tests.lambdas.server import Server, serving

SETTINGS = read(ENVIRONMENT)


@pytest.fixture
def account() -> Account:
    return Account()


@pytest.fixture
def snowflake(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Only the address differs: the driver finds Snowflake on this machine, without TLS."""
    with serving(account.answer) as server:
        here = {"host": "localhost", "port": server.port, "protocol": "http"}
        monkeypatch.setattr(connection.connector, "connect", functools.partial(connection.connector.connect, **here))
        monkeypatch.setenv("SNOWFLAKE_WIF_ALLOWED_HOST_SUFFIXES", "localhost")
        yield server


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def stored(secret: str) -> dict[str, str]:
    """The environment of a function whose key is that secret."""
    made = boto3.client("secretsmanager").create_secret(Name="customertrack-dev", SecretString=secret)
    return ENVIRONMENT | {"SNOWFLAKE_SIGN_IN": "key_pair", "SNOWFLAKE_KEY_SECRET_ARN": made["ARN"]}


def pem(key: rsa.RSAPrivateKey, passphrase: bytes | None = None) -> str:
    encryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption).decode()


def test_the_handshake_signs_in_by_workload_identity_and_sends_these_statements(snowflake: Server):
    answer = handler.handler(event("Create", HANDSHAKE), context())
    assert answer["Data"]["StorageUserArn"] == USER
    storage = (
        "STORAGE_AWS_ROLE_ARN = 'arn:aws:iam::123456789012:role/customertrack-dev-snowflake-read' "
        f"STORAGE_AWS_EXTERNAL_ID = 'customertrack-dev-{GUID}' ENABLED = TRUE "
        "STORAGE_ALLOWED_LOCATIONS = ('s3://customertrack-dev-landing-11112222-666677778888/landing/customer/')"
    )
    errors = (
        "ENABLED = TRUE AWS_SNS_TOPIC_ARN = 'arn:aws:sns:us-east-1:123456789012:customertrack-dev-Errors-abc' "
        "AWS_SNS_ROLE_ARN = 'arn:aws:iam::123456789012:role/customertrack-dev-snowflake-errors'"
    )
    assert snowflake.statements == [
        'CREATE STORAGE INTEGRATION IF NOT EXISTS "CUSTOMERTRACK_DEV_STORAGE" TYPE = EXTERNAL_STAGE '
        f"STORAGE_PROVIDER = 'S3' {storage}",
        'DESC INTEGRATION "CUSTOMERTRACK_DEV_STORAGE"',
        'CREATE NOTIFICATION INTEGRATION IF NOT EXISTS "CUSTOMERTRACK_DEV_ERRORS" TYPE = QUEUE DIRECTION = OUTBOUND '
        f"NOTIFICATION_PROVIDER = AWS_SNS {errors}",
        'DESC INTEGRATION "CUSTOMERTRACK_DEV_ERRORS"',
        "SELECT SYSTEM$GET_AWS_SNS_IAM_POLICY('arn:aws:sns:us-east-1:123456789012:customertrack-dev-Landing-abc')",
    ]
    assert snowflake.sign_outs == 1


def test_a_sign_in_by_workload_identity_says_who_and_is_signed_by_the_role(snowflake: Server):
    connection.connect(SETTINGS).close()
    (login,) = snowflake.logins
    assert (login["AUTHENTICATOR"], login["PROVIDER"]) == ("WORKLOAD_IDENTITY", "AWS")
    assert (login["LOGIN_NAME"], login["ACCOUNT_NAME"]) == ("CUSTOMERTRACK_DEV", "myorg-account1")
    assert login["parameters"]["roleName"] == login["parameters"]["warehouse"] == ["CUSTOMERTRACK_DEV"]
    signed = json.loads(base64.b64decode(login["TOKEN"]))
    assert signed["url"].startswith("https://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity")
    assert "Credential=AKIADUMMY/" in signed["headers"]["Authorization"]
    assert "dummy-secret" not in json.dumps([signed, login])


def test_a_session_is_in_utc_commits_by_itself_and_is_tagged(snowflake: Server):
    connection.connect(SETTINGS).close()
    session = snowflake.logins[0]["SESSION_PARAMETERS"]
    assert session["TIMEZONE"] == "UTC"
    assert session["ROWS_PER_RESULTSET"] == 0
    assert session["AUTOCOMMIT"] is True
    assert session["QUERY_TAG"] == "customertrack-dev-handshake"
    assert session["STATEMENT_TIMEOUT_IN_SECONDS"] == 540


def test_a_session_binds_question_marks_and_leaves_percent_signs_alone(account: Account, snowflake: Server):
    account.answer = lambda statement: (["A"], [("b",)])
    snowflake.answer = account.answer
    session = connection.connect(SETTINGS)
    cursor = session.cursor()
    cursor.execute("SELECT '100%' WHERE ? = 1", (1,))
    assert cursor.fetchone() == ("b",)
    assert cursor.description[0][0] == "A"
    session.close()
    assert snowflake.statements == ["SELECT '100%' WHERE ? = 1"]


@mock_aws
def test_a_sign_in_by_key_pair_is_signed_with_the_key_of_the_secret(snowflake: Server, key: rsa.RSAPrivateKey):
    connection.connect(read(stored(pem(key)))).close()
    (login,) = snowflake.logins
    assert login["AUTHENTICATOR"] == "SNOWFLAKE_JWT"
    claims = jwt.decode(login["TOKEN"], key.public_key(), algorithms=["RS256"])
    assert claims["sub"] == "MYORG-ACCOUNT1.CUSTOMERTRACK_DEV"


@mock_aws
@pytest.mark.parametrize("kind", ["text", "passphrase", "public"])
def test_a_secret_that_is_no_open_private_key_is_told_without_its_content(
    snowflake: Server, key: rsa.RSAPrivateKey, kind: str
):
    public = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"
    secret = {"text": "hush, a password", "passphrase": pem(key, b"x"), "public": public}[kind]
    with pytest.raises(UserError, match="does not hold a private key in PEM form without a passphrase; store") as told:
        connection.connect(read(stored(secret)))
    assert secret.splitlines()[0] not in str(told.value)
    assert (told.value.__cause__, told.value.__suppress_context__) == (None, True)
    assert snowflake.logins == []


@mock_aws
def test_a_secret_that_is_not_there_is_named(snowflake: Server):
    arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:none-abcdef"
    environ = ENVIRONMENT | {"SNOWFLAKE_SIGN_IN": "key_pair", "SNOWFLAKE_KEY_SECRET_ARN": arn}
    with pytest.raises(UserError, match=f"the secret {arn} cannot be read: .*; see that it exists"):
        connection.connect(read(environ))


@mock_aws
@pytest.mark.parametrize(
    ("sign_in", "tie"), [("workload_identity", "its workload identity"), ("key_pair", "its public key")]
)
@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("390100", "Incorrect username or password was specified."),
        ("390144", "JWT token is invalid. [0ce9eb56-821d-4ca9-a774-04ae89a0cf5a]"),
        ("390189", "Role 'CUSTOMERTRACK_DEV' specified in the connect string does not exist or not authorized."),
        ("390422", "Incoming request with IP 1.2.3.4 is not allowed to access Snowflake."),
    ],
)
def test_a_refused_sign_in_gives_the_statements_to_run(
    snowflake: Server,
    key: rsa.RSAPrivateKey,
    monkeypatch: pytest.MonkeyPatch,
    sign_in: str,
    tie: str,
    code: str,
    message: str,
):
    for name, value in (stored(pem(key)) | {"SNOWFLAKE_SIGN_IN": sign_in}).items():
        monkeypatch.setenv(name, value)
    snowflake.refusal = code, message
    with pytest.raises(Failed) as failed:
        handler.handler(event("Create", HANDSHAKE), context())
    sentence, _, block = str(failed.value).partition("\n\n")
    assert sentence.startswith("Snowflake refused to sign in CUSTOMERTRACK_DEV with role CUSTOMERTRACK_DEV to account")
    assert f"{message} ({code}); if the user does not exist yet, or {tie} is not that of this deployment" in sentence
    assert sentence.endswith("have an administrator of Snowflake run these statements, then deploy again")
    assert block == BLOCK
    assert len(snowflake.logins) == 1


def test_an_account_that_does_not_answer_is_named(snowflake: Server, monkeypatch: pytest.MonkeyPatch):
    """Nothing listens on the port; the driver tries until its time is up."""
    monkeypatch.setattr(connection, "LOGIN_TIMEOUT", 1)
    nowhere: dict[str, Any] = {"port": 1}
    monkeypatch.setattr(connection.connector, "connect", functools.partial(connection.connector.connect, **nowhere))
    with pytest.raises(UserError, match=r"cannot sign in to the Snowflake account myorg-account1: .* see that the"):
        connection.connect(SETTINGS)


def test_a_refused_statement_reaches_the_reason_as_the_driver_tells_it(account: Account, snowflake: Server):
    account.refusals["CREATE"] = Refused("SQL access control error:\nInsufficient privileges.", 3001)
    with pytest.raises(Failed) as failed:
        handler.handler(event("Create", HANDSHAKE), context())
    assert "SQL access control error: Insufficient privileges.; have an administrator" in str(failed.value)
    assert str(failed.value).endswith(BLOCK)
    assert snowflake.sign_outs == 1
