"""The function as EventBridge Scheduler calls it, on the real sql/; only the sign-in is another."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from customertrack.errors import UserError
from customertrack.local.home import DATABASE, sql_folder
from customertrack.local.pipeline import Pipeline
from lambdas.watch import handler
from tests.lambdas.watched import ERRORS, LANDING, made_again, trusted

ENVIRONMENT = {
    "STAGE": "dev",
    "SNOWFLAKE_ACCOUNT": "ORG-ACCOUNT",
    "SNOWFLAKE_USER": "CUSTOMERTRACK_DEV",
    "SNOWFLAKE_ROLE": "CUSTOMERTRACK_DEV",
    "SNOWFLAKE_WAREHOUSE": "CUSTOMERTRACK_DEV",
    "SNOWFLAKE_SIGN_IN": "workload_identity",
    "SNOWFLAKE_DATABASE": DATABASE,
    "LANDING_ROOT": LANDING.url.removesuffix("customer/"),
    "DIMENSIONS": "customer",
    "POWERTOOLS_SERVICE_NAME": "watch",
    "POWERTOOLS_METRICS_NAMESPACE": "CustomerTrack",
}
CONTEXT: Any = SimpleNamespace(
    function_name="watch",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:::function:w",
    aws_request_id="1",
)


class Account:
    """The embedded warehouse, noting whether the session was closed."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.cursor = pipeline.connection.cursor
        self.closed = False

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def account(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> Account:
    for name, value in {**ENVIRONMENT, **trusted(pipeline.connection)}.items():
        monkeypatch.setenv(name, value)
    account = Account(pipeline)
    monkeypatch.setattr(handler, "connect", lambda settings: account)
    return account


def metrics(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What was printed for CloudWatch; the rest is the log."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [line for line in lines if "_aws" in line]


def names(lines: list[dict[str, Any]]) -> set[str]:
    definitions = [definition for line in lines for definition in line["_aws"]["CloudWatchMetrics"]]
    return {metric["Name"] for definition in definitions for metric in definition["Metrics"]}


def test_a_watch_publishes_and_lets_go_of_the_session(
    account: Account, pipeline: Pipeline, capsys: pytest.CaptureFixture[str]
):
    made_again(pipeline.connection, ERRORS)
    handler.handler({"invariants": False}, CONTEXT)
    lines = metrics(capsys)
    cheap = {"PipeRunning", "PipePendingFiles", "StreamLagMinutes", "TrustDrifted"}
    assert names(lines) == cheap | {"RowsLanded", "RowsRejected", "TaskFailures", "FilesMisread"}
    (trust,) = (line for line in lines if "TrustDrifted" in line)
    assert (trust["TrustDrifted"], trust["TrustDriftedNote"]) == ([1], "CUSTOMERTRACK_DEV_ERRORS.SF_AWS_EXTERNAL_ID")
    assert account.closed


def test_it_signs_in_without_a_warehouse(account: Account, monkeypatch: pytest.MonkeyPatch):
    """The default of the user would count, too: infra.administrator gives it none."""
    asked: list[str] = []
    monkeypatch.setattr(handler, "connect", lambda settings: asked.append(settings.warehouse) or account)
    handler.handler({"counted_minutes": 0}, CONTEXT)
    assert asked == [""]


def test_the_invariants_are_those_of_the_package(account: Account, capsys: pytest.CaptureFixture[str]):
    handler.handler({"counted_minutes": 0, "invariants": True}, CONTEXT)
    files = sorted((sql_folder() / "customer" / "invariants").glob("*.sql"))
    checked = [line["invariant"] for line in metrics(capsys) if "invariant" in line]
    assert checked == [path.stem.replace("_", " ") for path in files]


def test_it_fails_if_a_part_failed(account: Account, pipeline: Pipeline, capsys: pytest.CaptureFixture[str]):
    pipeline.connection.cursor().execute("DROP PIPE customer_s3_pipe")
    with pytest.raises(UserError, match=r"The watch could not read the pipe of customer \("):
        handler.handler({}, CONTEXT)
    assert "StreamLagMinutes" in names(metrics(capsys))
    assert account.closed


@pytest.mark.parametrize(
    "name", ["SNOWFLAKE_DATABASE", "LANDING_ROOT", "DIMENSIONS", "ERROR_EXTERNAL_ID", "STORAGE_USER_ARN"]
)
def test_an_environment_that_lacks_something_is_told(account: Account, monkeypatch: pytest.MonkeyPatch, name: str):
    monkeypatch.delenv(name)
    with pytest.raises(UserError, match=f"lacks {name}"):
        handler.handler({}, CONTEXT)
