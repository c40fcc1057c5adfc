"""The real driver, and how long it lets a statement run: every second of the settings is a fraction of one here."""

import functools
import socket
from collections.abc import Callable, Iterator
from math import ceil
from typing import Any

import pytest

from customertrack.errors import UserError
from customertrack.migrations import runner
from customertrack.warehouse import message_of
from lambdas import connection, sign_in
from lambdas.environment import read
from lambdas.migrate import migrate
from tests.infra.observed import template
from tests.lambdas.account import Refused
from tests.lambdas.properties import ENVIRONMENT
from tests.lambdas.server import Rows, Server, serving

SETTINGS = read(ENVIRONMENT)
# How many seconds of the settings make one.
SCALE = 120
MINUTES = 60


@pytest.fixture
def snowflake(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Statements last as long as their text says, in seconds of the settings, and at most as long as the session."""

    def answer(text: str) -> Rows:
        allowed = server.logins[0]["SESSION_PARAMETERS"]["STATEMENT_TIMEOUT_IN_SECONDS"]
        wanted = float(text.partition(" ")[2]) / SCALE
        if server.aborted.wait(min(wanted, allowed)):
            raise Refused("SQL execution canceled", 604)
        if wanted > allowed:
            raise Refused(f"Statement reached its statement or warehouse timeout of {allowed} second(s)", 630)
        return ["DONE"], [("yes",)]

    with serving(answer) as server:
        real = functools.partial(connection.connector.connect, host="localhost", port=server.port, protocol="http")
        monkeypatch.setattr(connection.connector, "connect", scaled(real))
        monkeypatch.setenv("SNOWFLAKE_WIF_ALLOWED_HOST_SUFFIXES", "localhost")
        yield server


def scaled(connect: Callable[..., Any]) -> Callable[..., Any]:
    """`connect` with every time limit on statements divided by SCALE."""

    def faster(*, network_timeout: int, session_parameters: dict[str, Any], **arguments: Any) -> Any:
        limit = session_parameters["STATEMENT_TIMEOUT_IN_SECONDS"]
        return connect(
            network_timeout=ceil(network_timeout / SCALE),
            session_parameters=session_parameters | {"STATEMENT_TIMEOUT_IN_SECONDS": int(limit / SCALE)},
            **arguments,
        )

    return faster


@pytest.mark.parametrize("seconds", [1, 2 * MINUTES + 60, 7 * MINUTES])
def test_a_statement_may_take_as_long_as_the_session_allows(snowflake: Server, seconds: int):
    session = connection.connect(SETTINGS)
    cursor = session.cursor()
    cursor.execute(f"SLEEP {seconds}")
    assert cursor.fetchone() == ("yes",)
    session.close()
    assert not snowflake.aborted.is_set()


def test_a_statement_that_takes_longer_is_ended_by_snowflake_which_says_so(snowflake: Server):
    session = connection.connect(SETTINGS)
    with pytest.raises(connection.Error) as caught:
        session.cursor().execute(f"SLEEP {20 * MINUTES}")
    assert "reached its statement or warehouse timeout" in message_of(caught.value)
    assert not snowflake.aborted.is_set()
    session.close()


def test_each_wait_fits_into_the_one_around_it():
    assert connection.STATEMENT_TIMEOUT < connection.NETWORK_TIMEOUT
    # No statement of a run that was killed outlives its lease, of which a part may be over when it begins.
    assert connection.STATEMENT_TIMEOUT < migrate._LEASE * (1 - runner._SURE)


def test_each_function_that_signs_in_outlives_its_longest_statement():
    functions = [each["Properties"] for each in template().find_resources("AWS::Lambda::Function").values()]
    signing_in = [each for each in functions if "SNOWFLAKE_ACCOUNT" in each["Environment"]["Variables"]]
    assert len(signing_in) >= 3
    # A try to sign in that has begun may last as long again (the driver's documentation of login_timeout).
    needed = 2 * connection.LOGIN_TIMEOUT + connection.NETWORK_TIMEOUT
    assert [each["Description"] for each in signing_in if each["Timeout"] <= needed] == []


def test_a_secrets_manager_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch):
    """It takes the connection and says nothing, as where a network has no way to it."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", f"http://127.0.0.1:{silent.getsockname()[1]}")
        monkeypatch.setattr(sign_in, "READ", 0.1)
        secret = {"SNOWFLAKE_SIGN_IN": "key_pair", "SNOWFLAKE_KEY_SECRET_ARN": "arn:aws:secretsmanager:x:1:secret:k"}
        with pytest.raises(UserError, match=r"the secret arn:.* cannot be read: .*Read timeout"):
            connection.connect(read(ENVIRONMENT | secret))


def test_the_waits_for_aws_are_a_small_part_of_a_function_s_time():
    assert (sign_in.CONNECT + sign_in.READ) * sign_in.TRIES <= MINUTES
