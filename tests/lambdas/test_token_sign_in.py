"""Signing in by a token of AWS: the real driver between an STS and a Snowflake that speak their protocols."""

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import boto3
import pytest

from customertrack.errors import UserError
from lambdas import connection, sign_in
from lambdas.environment import read
from lambdas.handshake import handler
from lambdas.reason import Failed
from tests.lambdas.account import Account
from tests.lambdas.properties import BLOCK, ENVIRONMENT, HANDSHAKE, context, event
from tests.lambdas.server import Server, serving

SETTINGS = read(ENVIRONMENT | {"SNOWFLAKE_SIGN_IN": "aws_jwt"})
TOKEN = "eyJhbGciOiJFUzM4NCJ9.eyJzdWIiOiJyb2xlIn0.c2lnbmF0dXJl"
ISSUED = (
    '<GetWebIdentityTokenResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetWebIdentityTokenResult>'
    f"<WebIdentityToken>{TOKEN}</WebIdentityToken><Expiration>2026-01-01T00:05:00Z</Expiration>"
    "</GetWebIdentityTokenResult></GetWebIdentityTokenResponse>"
)


def refused(code: str, message: str) -> str:
    error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    return f"<ErrorResponse>{error}</ErrorResponse>"


class Sts:
    """`status` and `body` are what it answers; `asked` is what it was asked."""

    def __init__(self) -> None:
        self.status, self.body = 200, ISSUED
        self.asked: list[dict[str, list[str]]] = []
        self.port = 0


@contextmanager
def issuing() -> Iterator[Sts]:
    sts = Sts()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sts.asked.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            self.send_response(sts.status)
            self.send_header("Content-Type", "text/xml")
            self.end_headers()
            self.wfile.write(sts.body.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class names it so
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        sts.port = http.server_address[1]
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        try:
            yield sts
        finally:
            http.shutdown()
            thread.join()


@pytest.fixture
def sts(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sts]:
    with issuing() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", f"http://127.0.0.1:{server.port}")
        yield server


@pytest.fixture
def snowflake(sts: Sts, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with serving(Account().answer) as server:
        here = {"host": "localhost", "port": server.port, "protocol": "http"}
        monkeypatch.setattr(connection.connector, "connect", functools.partial(connection.connector.connect, **here))
        monkeypatch.setenv("SNOWFLAKE_WIF_ALLOWED_HOST_SUFFIXES", "localhost")
        yield server


def test_snowflake_is_shown_the_token_that_aws_issued_for_it(sts: Sts, snowflake: Server):
    connection.connect(SETTINGS).close()
    (login,) = snowflake.logins
    assert (login["AUTHENTICATOR"], login["PROVIDER"], login["TOKEN"]) == ("WORKLOAD_IDENTITY", "AWS", TOKEN)
    (asked,) = sts.asked
    assert asked["Action"] == ["GetWebIdentityToken"]
    # The role may ask for no other audience and no other signature (infra.sign_in).
    assert asked["Audience.member.1"] == ["snowflakecomputing.com"]
    assert asked["SigningAlgorithm"] == ["ES384"]
    assert int(asked.get("DurationSeconds", ["300"])[0]) <= 300


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("OutboundWebIdentityFederationDisabled", "Outbound web identity federation is not enabled"),
        ("AccessDenied", "User: x is not authorized to perform: sts:GetWebIdentityToken"),
    ],
)
def test_a_token_that_is_not_issued_is_a_sentence(
    sts: Sts, snowflake: Server, monkeypatch: pytest.MonkeyPatch, code: str, message: str
):
    sts.status, sts.body = 403, refused(code, message)
    for name, value in (ENVIRONMENT | {"SNOWFLAKE_SIGN_IN": "aws_jwt"}).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Failed) as failed:
        handler.handler(event("Create", HANDSHAKE), context())
    said = str(failed.value)
    assert message in said
    assert "aws iam enable-outbound-web-identity-federation" in said
    assert said.endswith("then deploy again")
    assert snowflake.logins == []


def test_a_token_that_snowflake_does_not_know_gives_the_statements_to_run(
    sts: Sts, snowflake: Server, monkeypatch: pytest.MonkeyPatch
):
    for name, value in (ENVIRONMENT | {"SNOWFLAKE_SIGN_IN": "aws_jwt"}).items():
        monkeypatch.setenv(name, value)
    snowflake.refusal = "394712", "The workload identity is not that of a user."
    with pytest.raises(Failed) as failed:
        handler.handler(event("Create", HANDSHAKE), context())
    assert str(failed.value).endswith(BLOCK)
    assert TOKEN not in str(failed.value)


def test_a_runtime_that_cannot_ask_for_a_token_is_told(monkeypatch: pytest.MonkeyPatch):
    class Older:
        operation_names = ("AssumeRole", "GetCallerIdentity")

        def get_service_model(self, _name: str) -> "Older":
            return self

    monkeypatch.setattr(sign_in, "get_session", Older)
    with pytest.raises(UserError, match="older than GetWebIdentityToken; set sign_in to workload_identity"):
        connection.connect(SETTINGS)


@pytest.mark.parametrize("way", ["workload_identity", "aws_jwt"])
def test_a_function_without_credentials_is_told_what_to_look_at(snowflake: Server, monkeypatch, tmp_path, way: str):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    with pytest.raises(UserError, match=r"AWS does not vouch for the function to Snowflake: .*; see that"):
        connection.connect(read(ENVIRONMENT | {"SNOWFLAKE_SIGN_IN": way}))
