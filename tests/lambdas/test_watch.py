"""One part that fails keeps no other metric from being published; then the function fails and says which it was."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from customertrack.errors import UserError
from customertrack.local.home import DATABASE, sql_folder
from customertrack.local.pipeline import Pipeline
from lambdas.watch import invariants
from lambdas.watch import pipeline as read
from lambdas.watch.event import questions
from lambdas.watch.metric import Metric
from lambdas.watch.watch import Part, parts, use, watch
from tests.lambdas.watched import Recording, WithoutMetadata, drop, sent, source, values

GOOD = Metric("Good", 1)


def failing(error: Exception) -> Part:
    def read() -> list[Metric]:
        raise error

    return read


def watched(pipeline: Pipeline, event: dict[str, object]) -> dict[str, Part]:
    queries = {"customer": invariants.queries(sql_folder(), "customer")}
    now = datetime.now(UTC)
    return parts(source(pipeline.connection), questions(event, now), trusts=[], queries=queries, now=now)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (UserError("it is gone"), r"a \(it is gone\)"),
        (ZeroDivisionError("division by zero"), r"a \(ZeroDivisionError: division by zero\)"),
    ],
)
def test_the_others_are_published_before_it_fails(error: Exception, said: str):
    published: list[Sequence[Metric]] = []
    with pytest.raises(UserError, match=said) as failed:
        watch({"a": failing(error), "b": lambda: [GOOD]}, published.append)
    assert published == [[GOOD]]
    assert failed.value.__cause__ is error
    assert "runbook" in str(failed.value)


def test_each_part_that_failed_is_named():
    broken = {name: failing(UserError(f"no {name}")) for name in ("a", "b")}
    with pytest.raises(UserError, match=r"a \(no a\); b \(no b\)\."):
        watch({**broken, "c": lambda: [GOOD]}, lambda metrics: None)


def test_each_part_is_published_before_the_next_is_read():
    """A function that runs out of time has published what it knew."""
    order: list[str] = []
    watch(
        {"a": lambda: order.append("read a") or [], "b": lambda: order.append("read b") or []},
        lambda metrics: order.append("published"),
    )
    assert order == ["read a", "published", "read b", "published"]


def test_what_is_asked_for_decides_what_is_read(pipeline: Pipeline):
    cheap = ["the trust", *(f"{what} of customer" for what in ("the pipe", "the stream", "the last batch"))]
    named = [f"invariant {name} of customer" for name in invariants.queries(sql_folder(), "customer")]
    assert list(watched(pipeline, {"counted_minutes": 0})) == cheap
    awake = ["the warehouse", *cheap]
    counted = [f"{what} of customer" for what in ("the batches", "the task", "the loaded files")]
    assert list(watched(pipeline, {"counted_minutes": 60})) == [*awake, *counted]
    assert list(watched(pipeline, {"counted_minutes": 0, "invariants": True})) == [*awake, *named]
    assert list(watched(pipeline, {"counted_minutes": 0, "landing": True})) == [*awake, "the landing of customer"]


def test_a_dropped_pipeline_is_told_part_by_part(pipeline: Pipeline, tmp_path: Path):
    """The driver's own words; what does not need the table is published all the same."""
    pipeline.ingest([drop(tmp_path, "a.csv", 1)])
    pipeline.connection.cursor().execute("DROP TABLE customer_batch")
    published: list[Metric] = []
    with pytest.raises(UserError) as failed:
        watch(watched(pipeline, {"invariants": True}), published.extend)
    said = str(failed.value)
    assert "the last batch of customer (" in said
    assert "the batches of customer (" in said
    assert "CUSTOMER_BATCH" in said.upper()
    assert "the pipe" not in said
    assert "invariant" not in said
    assert {"PipeRunning", "StreamLagMinutes", "TaskFailures", "InvariantOffences"} <= values(published).keys()


def test_a_pulse_reads_nothing_that_needs_a_warehouse(pipeline: Pipeline, tmp_path: Path):
    """Also while rows are pending, as long as the refresh keeps up."""
    pipeline.ingest([drop(tmp_path, "a.csv", 1)])
    (pipeline.home.landing / "b.csv").write_bytes(drop(tmp_path, "b.csv", 2).read_bytes())
    assert [load.rows for load in pipeline.connection.refresh_pipe("customer_s3_pipe")] == [1]
    recording = Recording(pipeline.connection)
    now = datetime.now(UTC)
    pulse = parts(source(recording), questions({"counted_minutes": 0}, now), trusts=[], queries={}, now=now)
    watch(pulse, lambda metrics: None)
    assert set(recording.sent) == set(map(sent, (read.PIPE_STATUS, read.STREAM_HAS_DATA, read.LAST_BATCH)))


@pytest.mark.parametrize("event", [{"counted_minutes": 0}, {"counted_minutes": 60}])
def test_where_the_newest_batch_needs_a_warehouse_the_hourly_watch_reads_it(
    pipeline: Pipeline, event: dict[str, object]
):
    """The documentation does not say that MIN and MAX need none. In either case nothing is woken and nothing fails."""
    connection = WithoutMetadata(pipeline.connection)
    pipeline.load_landed()
    now = datetime.now(UTC)
    published: list[Metric] = []
    asked = parts(source(connection), questions(event, now), trusts=[], queries={}, now=now)
    left = watch(asked, published.extend)
    assert {"PipeRunning", "TrustDrifted"} <= values(published).keys()
    if connection.awake:
        assert (left, event["counted_minutes"]) == ([], 60)
    else:
        assert left == ["the last batch of customer"]


def test_a_stream_that_waits_for_long_wakes_the_warehouse(pipeline: Pipeline, tmp_path: Path):
    (pipeline.home.landing / "a.csv").write_bytes(drop(tmp_path, "a.csv", 1).read_bytes())
    assert [load.rows for load in pipeline.connection.refresh_pipe("customer_s3_pipe")] == [1]
    recording = Recording(pipeline.connection)
    assert values(read.stream(recording, "customer", datetime.now(UTC), source(recording).wake))["StreamLagMinutes"] < 1
    assert recording.sent[-2:] == ['USE WAREHOUSE "CUSTOMERTRACK_DEV"', sent(read.OLDEST_PENDING)]


def test_it_goes_where_the_tables_are(pipeline: Pipeline):
    cursor = pipeline.connection.cursor()
    cursor.execute("CREATE SCHEMA elsewhere")
    cursor.execute("USE SCHEMA elsewhere")
    use(pipeline.connection, DATABASE)
    cursor.execute("SELECT COUNT(*) FROM customer_batch")
    assert cursor.fetchone() == (0,)


def test_tables_that_are_not_there_are_told(pipeline: Pipeline):
    with pytest.raises(UserError, match=r"cannot go to elsewhere.dimension \(.+\); see docs/runbook.md"):
        use(pipeline.connection, "elsewhere")
