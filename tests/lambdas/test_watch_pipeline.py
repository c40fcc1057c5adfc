"""What the watch reads of pipe, stream, batches and task, on the real sql/ and the embedded warehouse."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from customertrack.errors import UserError
from customertrack.local.pipeline import PIPE, TASK, Pipeline
from lambdas.watch import pipeline as watched
from lambdas.watch.window import Window
from tests import backlog
from tests.lambdas.watched import Clock, Recording, Scripted, drop, sent, values


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def flow(home: Path, clock: Clock) -> Iterator[Pipeline]:
    with Pipeline.open(home, clock=clock) as opened:
        yield opened


def load(flow: Pipeline, folder: Path, name: str, *customer_ids: object) -> None:
    """Land a file and have the pipe load it, without a refresh."""
    path = flow.home.landing / drop(folder, name, *customer_ids).name
    path.write_bytes((folder / name).read_bytes())
    assert [load.status for load in flow.connection.refresh_pipe(PIPE)] == ["LOADED"]


def run(flow: Pipeline, sql: str) -> None:
    flow.connection.cursor().execute(sql)


def lag(flow: Pipeline, clock: Clock) -> float:
    return values(watched.stream(flow.connection, "customer", clock.now, lambda: None))["StreamLagMinutes"]


def test_a_pipe_that_runs(flow: Pipeline):
    found = watched.pipe(flow.connection, "customer")
    assert values(found) == {"PipeRunning": 1, "PipePendingFiles": 0}
    assert json.loads(found[0].note)["executionState"] == "RUNNING"


def test_a_pipe_that_is_paused_and_its_files(flow: Pipeline, tmp_path: Path):
    run(flow, f"ALTER PIPE {PIPE} SET PIPE_EXECUTION_PAUSED = TRUE")
    for name in ("a.csv", "b.csv"):
        (flow.home.landing / name).write_bytes(drop(tmp_path, name, 1).read_bytes())
    assert values(watched.pipe(flow.connection, "customer")) == {"PipeRunning": 0, "PipePendingFiles": 2}


@pytest.mark.parametrize(
    "status",
    [
        {"executionState": "STOPPED_STAGE_ALTERED"},
        {"executionState": "STALLED_COMPILATION_ERROR"},
        {"executionState": "RUNNING", "error": "Failure using stage area"},
    ],
)
def test_whatever_does_not_run_does_not(status: dict[str, str]):
    """The pending files are left out of the JSON where they do not apply."""
    connection = Scripted(lambda sql: (["S"], [(json.dumps(status),)]))
    assert values(watched.pipe(connection, "customer")) == {"PipeRunning": 0, "PipePendingFiles": 0}


@pytest.mark.parametrize("answer", [None, "", "[]", "{}", '{"pendingFileCount": 1}'])
def test_a_status_that_says_nothing_is_an_error(answer: str | None):
    with pytest.raises(UserError, match="names no executionState"):
        watched.pipe(Scripted(lambda sql: (["S"], [(answer,)])), "customer")


def test_nothing_pending_is_no_lag_and_reads_no_table(flow: Pipeline, clock: Clock, tmp_path: Path):
    flow.ingest([drop(tmp_path, "a.csv", 1)])
    clock.forward(hours=5)
    recording = Recording(flow.connection)
    assert values(watched.stream(recording, "customer", clock.now, lambda: None)) == {"StreamLagMinutes": 0}
    assert recording.sent == [sent(watched.STREAM_HAS_DATA)]


def test_before_the_first_batch_the_oldest_pending_row_counts(flow: Pipeline, clock: Clock, tmp_path: Path):
    load(flow, tmp_path, "a.csv", 1)
    clock.forward(minutes=2)
    load(flow, tmp_path, "b.csv", 2)
    clock.forward(minutes=3)
    assert lag(flow, clock) == 5


def test_shortly_after_a_refresh_the_time_since_then_is_enough(flow: Pipeline, clock: Clock, tmp_path: Path):
    flow.ingest([drop(tmp_path, "a.csv", 1)])
    clock.forward(minutes=4)
    load(flow, tmp_path, "b.csv", 2)
    clock.forward(minutes=6)
    recording = Recording(flow.connection)
    assert values(watched.stream(recording, "customer", clock.now, lambda: None)) == {"StreamLagMinutes": 10}
    assert sent(watched.OLDEST_PENDING) not in recording.sent


def test_long_after_a_refresh_the_row_itself_counts(flow: Pipeline, clock: Clock, tmp_path: Path):
    """A feed that was silent for the night is not behind when it begins again."""
    flow.ingest([drop(tmp_path, "a.csv", 1)])
    clock.forward(hours=9)
    load(flow, tmp_path, "b.csv", 2)
    clock.forward(minutes=1)
    assert lag(flow, clock) == 1


def test_looking_at_the_stream_does_not_consume_it(flow: Pipeline, clock: Clock, tmp_path: Path):
    load(flow, tmp_path, "a.csv", 1, 2)
    assert lag(flow, clock) == lag(flow, clock) == 0
    assert flow.load_landed().rows_landed == 2


def test_a_stream_that_only_seems_to_have_data(clock: Clock):
    """SYSTEM$STREAM_HAS_DATA may say yes where nothing is pending."""
    answers = {
        sent(watched.STREAM_HAS_DATA): (True, False),
        sent(watched.LAST_BATCH): (None, None),
        sent(watched.OLDEST_PENDING): (None,),
    }
    connection = Scripted(lambda sql: (["A"], [answers[sql]]))
    assert values(watched.stream(connection, "customer", clock.now, lambda: None)) == {"StreamLagMinutes": 0}


def test_what_is_left_of_a_backlog_counts_however_new_the_last_batch_is(flow: Pipeline, clock: Clock, tmp_path: Path):
    load(flow, tmp_path, "a.csv", 1)
    backlog.leave(flow.connection)
    clock.forward(minutes=40)
    run(
        flow,
        "INSERT INTO customer_batch SELECT 1, SYSDATE(), SYSDATE(), 1, 1, 1, 0, 1, 0, 0, 1, SYSDATE()",
    )
    clock.forward(minutes=2)
    load(flow, tmp_path, "b.csv", 2)
    assert lag(flow, clock) == 42


def test_a_clock_that_is_behind_the_warehouse_makes_no_negative_time(flow: Pipeline, clock: Clock, tmp_path: Path):
    flow.ingest([drop(tmp_path, "a.csv", 1)])
    early = clock.now - timedelta(seconds=30)
    assert values(watched.last_batch(flow.connection, "customer", early)) == {"MinutesSinceLastBatch": 0}


def test_the_time_since_the_last_batch(flow: Pipeline, clock: Clock, tmp_path: Path):
    assert watched.last_batch(flow.connection, "customer", clock.now) == []
    flow.ingest([drop(tmp_path, "a.csv", 1)])
    clock.forward(minutes=30)
    flow.ingest([drop(tmp_path, "b.csv", 2)])
    clock.forward(minutes=7, seconds=30)
    assert values(watched.last_batch(flow.connection, "customer", clock.now)) == {"MinutesSinceLastBatch": 7.5}


def test_each_batch_is_counted_in_one_window(flow: Pipeline, clock: Clock, tmp_path: Path):
    flow.ingest([drop(tmp_path, "a.csv", 1, 2, "no key")])
    clock.forward(minutes=10)
    first = Window.before(clock.now, timedelta(minutes=60))
    flow.ingest([drop(tmp_path, "b.csv", 3)])
    clock.forward(minutes=60)
    flow.ingest([drop(tmp_path, "c.csv", "x", "y")])
    second = Window.before(clock.now, timedelta(minutes=60))
    assert first.end == second.start
    assert values(watched.batches(flow.connection, "customer", first)) == {"RowsLanded": 3, "RowsRejected": 1}
    assert values(watched.batches(flow.connection, "customer", second)) == {"RowsLanded": 1, "RowsRejected": 0}


def test_the_end_of_a_window_is_in_it_and_its_start_is_not(flow: Pipeline, clock: Clock, tmp_path: Path):
    flow.ingest([drop(tmp_path, "a.csv", 1)])
    after, until = Window(clock.now, clock.now + timedelta(1)), Window(clock.now - timedelta(1), clock.now)
    assert values(watched.batches(flow.connection, "customer", after))["RowsLanded"] == 0
    assert values(watched.batches(flow.connection, "customer", until))["RowsLanded"] == 1


def test_failures_of_the_task_are_counted_by_when_they_ended(flow: Pipeline, clock: Clock, tmp_path: Path):
    flow.ingest([drop(tmp_path, "a.csv", 1)])
    run(flow, "DROP PROCEDURE pdr_pipeline_scd2_customer()")
    for name in ("b.csv", "c.csv"):
        clock.forward(minutes=30)
        load(flow, tmp_path, name, 2)
        assert flow.connection.run_task(TASK).state == "FAILED"
    window = Window(clock.now - timedelta(minutes=30), clock.now)
    assert values(watched.tasks(flow.connection, "customer", window)) == {"TaskFailures": 1}
    assert values(watched.tasks(flow.connection, "customer", Window(clock.now, clock.now + timedelta(1)))) == {
        "TaskFailures": 0
    }
    whole = Window(clock.now - timedelta(minutes=31), clock.now)
    assert values(watched.tasks(flow.connection, "customer", whole)) == {"TaskFailures": 2}
