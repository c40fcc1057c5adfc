"""The real driver between the watch and a server that speaks its protocol: what is bound, and what types come back."""

import functools
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from customertrack.warehouse import Connection
from lambdas import connection, environment
from lambdas.watch import pipeline
from lambdas.watch.window import Window
from tests.lambdas.properties import ENVIRONMENT
from tests.lambdas.server import Rows, Server, serving
from tests.lambdas.watched import sent, values

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
AN_HOUR_AGO = str((NOW - timedelta(hours=1)).timestamp())
# What Snowflake answers, on the wire, and of what type it says that is.
ANSWERS: dict[str, tuple[str, list[str]]] = {
    sent(pipeline.PIPE_STATUS): ("text", [json.dumps({"executionState": "RUNNING", "pendingFileCount": 3})]),
    sent(pipeline.STREAM_HAS_DATA): ("boolean", ["1", "0"]),
    sent(pipeline.LAST_BATCH): ("timestamp_ntz", [AN_HOUR_AGO, AN_HOUR_AGO]),
    sent(pipeline.OLDEST_PENDING): ("timestamp_ntz", [AN_HOUR_AGO]),
    sent(pipeline.COUNTS): ("fixed", ["100", "7"]),
    sent(pipeline.TASK_FAILURES): ("fixed", ["2"]),
}


def answer(sql: str) -> Rows:
    _, row = ANSWERS.get(sql, ("text", ["Statement executed successfully."]))
    return [f"C{number}" for number, _ in enumerate(row)], [tuple(row)]


@pytest.fixture
def bound() -> dict[str, Any]:
    """By statement: what was bound."""
    return {}


@pytest.fixture
def snowflake(monkeypatch: pytest.MonkeyPatch, bound: dict[str, Any]) -> Iterator[Connection]:
    with serving(answer) as server:
        server.reply = functools.partial(_typed, server, server.reply, bound)
        here = {"host": "localhost", "port": server.port, "protocol": "http"}
        monkeypatch.setattr(connection.connector, "connect", functools.partial(connection.connector.connect, **here))
        monkeypatch.setenv("SNOWFLAKE_WIF_ALLOWED_HOST_SUFFIXES", "localhost")
        session = connection.connect(environment.read(ENVIRONMENT))
        yield session
        session.close()


def _typed(server: Server, reply: Any, bound: dict[str, Any], path: str, body: dict[str, Any]) -> dict[str, Any]:
    """The server's reply with the types of ANSWERS."""
    found = reply(path, body)
    sql = body.get("sqlText")
    if sql in ANSWERS:
        bound[sql] = body.get("bindings")
        kind, _ = ANSWERS[sql]
        scale = {"fixed": 0, "timestamp_ntz": 6, "timestamp_ltz": 6}.get(kind)
        for column in found["data"]["rowtype"]:
            column.update(type=kind, scale=scale, precision=38 if kind == "fixed" else 0)
    return found


def test_what_snowflake_answers_is_understood(snowflake: Connection):
    assert values(pipeline.pipe(snowflake, "customer")) == {"PipeRunning": 1, "PipePendingFiles": 3}
    assert values(pipeline.last_batch(snowflake, "customer", NOW)) == {"MinutesSinceLastBatch": 60}
    assert values(pipeline.stream(snowflake, "customer", NOW, lambda: None)) == {"StreamLagMinutes": 60}
    window = Window(NOW - timedelta(hours=1), NOW)
    assert values(pipeline.batches(snowflake, "customer", window)) == {"RowsLanded": 100, "RowsRejected": 7}
    assert values(pipeline.tasks(snowflake, "customer", window)) == {"TaskFailures": 2}


def test_a_stream_without_data_is_false(snowflake: Connection, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(ANSWERS, sent(pipeline.STREAM_HAS_DATA), ("boolean", ["0", "0"]))
    assert values(pipeline.stream(snowflake, "customer", NOW, lambda: None)) == {"StreamLagMinutes": 0}


@pytest.mark.parametrize(
    ("read", "sql"), [(pipeline.batches, pipeline.COUNTS), (pipeline.tasks, pipeline.TASK_FAILURES)]
)
def test_a_window_is_bound_as_utc(snowflake: Connection, bound: dict[str, Any], read: Any, sql: str):
    """As TIMESTAMP_NTZ, in nanoseconds since 1970: like the columns that it is compared with."""
    read(snowflake, "customer", Window(NOW - timedelta(hours=1), NOW))
    wanted = [str(int(time.timestamp()) * 10**9) for time in (NOW - timedelta(hours=1), NOW)]
    assert [(each["type"], each["value"]) for each in bound[sent(sql)].values()] == [
        ("TIMESTAMP_NTZ", value) for value in wanted
    ]


def test_nothing_is_bound_where_nothing_is_asked_for(snowflake: Connection, bound: dict[str, Any]):
    pipeline.pipe(snowflake, "customer")
    assert not bound[sent(pipeline.PIPE_STATUS)]
