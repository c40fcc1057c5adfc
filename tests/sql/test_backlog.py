"""A backlog is applied in parts: each in a transaction, none lost when a run is stopped, the same tables in the end."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customertrack.local.pipeline import PIPE, TASK, Pipeline
from customertrack.reads.results import query
from customertrack.reads.status import batches_after, counts
from snowglobe import Connection
from tests import backlog
from tests.feed import BEGINNING, Clock, Feed
from tests.properties.conftest import open_feed as open_feed
from tests.replay import LandedRow, replay
from tests.strategies import Delivery, faulty_rows, feeds
from tests.tables import assert_sound, offences, tables

OpenFeed = Callable[[], AbstractContextManager[Feed]]
ROWS = 7
MOST = 3
PARTS = 3
KEYS = (0, 1)
EVENTS_OF_A_KEY = 3
PENDING = "SYSTEM$STREAM_HAS_DATA('customer_table_changes')", "SYSTEM$STREAM_HAS_DATA('customer_backlog_left')"


class Stopped(BaseException):
    """What stops a run from outside."""


class StoppingClock(Clock):
    """Says the time so many times, and then stops whoever asks, once."""

    left = 10**9

    def __call__(self) -> datetime:
        self.left -= 1
        if self.left < 0:
            self.left = 10**9
            raise Stopped
        return super().__call__()


def limited(connection: Connection, most_rows: int) -> None:
    """Have a transaction of the refresh take so many rows at most."""
    query(connection, "UPDATE customer_refresh SET most_rows = ?", [most_rows])


def land(pipeline: Pipeline) -> list[LandedRow]:
    """Rows of two keys, one of them a reject, loaded and not refreshed."""
    text = "customer_id,first_name,updated_at\n"
    fields = [(str(row % 2) if row != 4 else "x", f"name {row}", f"2026-01-01 00:{row:02}:00") for row in range(ROWS)]
    text += "".join(",".join(row) + "\n" for row in fields)
    (pipeline.home.landing / "a.csv").write_text(text, "utf-8")
    assert [load.status for load in pipeline.connection.refresh_pipe(PIPE)] == ["LOADED"]
    columns = ("customer_id", "first_name", "updated_at")
    return [
        LandedRow(("a.csv", number), dict(zip(columns, row, strict=True)), BEGINNING)
        for number, row in enumerate(fields, 1)
    ]


def waits(connection: Connection) -> tuple[bool, bool]:
    """Whether landed rows wait, and whether parts do."""
    found = query(connection, f"SELECT {', '.join(PENDING)}").rows[0]
    return bool(found[0]), bool(found[1])


@given(deliveries=feeds(lambda at: faulty_rows()), most_rows=st.integers(1, 5))
def test_in_any_parts_the_tables_are_those_of_a_replay(open_feed: OpenFeed, deliveries: list[Delivery], most_rows: int):
    with open_feed() as feed:
        connection = feed.pipeline.connection
        limited(connection, most_rows)
        for delivery in deliveries:
            feed.arrive(delivery)
            assert tables(connection) == replay(feed.landed)
            assert_sound(connection)
        assert waits(connection) == (False, False)


def test_each_part_is_a_batch_of_some_keys(pipeline: Pipeline):
    limited(pipeline.connection, MOST)
    land(pipeline)
    batches = pipeline.load_landed().batches
    assert len(batches) == PARTS
    assert sum(batch.events_accepted for batch in batches) == ROWS - 1
    # Each key in one part, with all its events, and the reject in the first.
    assert sum(batch.keys_touched for batch in batches) == len(KEYS)
    assert {batch.events_accepted for batch in batches} <= {0, EVENTS_OF_A_KEY, ROWS - 1}
    assert [batch.rows_rejected for batch in batches] == [1, 0, 0]
    assert [batch.keys_late for batch in batches] == [0, 0, 0]
    # How far the tables have come is known with the last.
    assert [batch.last_loaded_at is None for batch in batches] == [True, True, False]
    rows = query(pipeline.connection, "SELECT DISTINCT batch_id FROM customer_event").rows
    assert rows == [(batches[0].batch_id - 1,)]


@pytest.mark.parametrize(("most_rows", "batches"), [(ROWS, 1), (ROWS - 1, 2), (1, ROWS)])
def test_only_more_rows_than_the_limit_are_a_backlog(pipeline: Pipeline, most_rows: int, batches: int):
    limited(pipeline.connection, most_rows)
    land(pipeline)
    assert len(pipeline.load_landed().batches) == batches


def test_the_parts_of_many_keys_are_of_about_a_size(pipeline: Pipeline):
    # Multiples of ten, in ten parts: their last digit must not decide.
    limited(pipeline.connection, 100)
    text = "".join(f"{10 * number},2026-01-01\n" for number in range(1000))
    (pipeline.home.landing / "a.csv").write_text(f"customer_id,updated_at\n{text}", "utf-8")
    sizes = [batch.rows_landed for batch in pipeline.load_landed().batches]
    assert len(sizes) == 10
    assert min(sizes) > 50
    assert max(sizes) < 150


# A run asks for the time at its beginning, around each statement, and where a stream is read or moves.
@pytest.mark.parametrize("times", range(1, 60, 3))
def test_a_run_that_is_stopped_anywhere_loses_nothing(home: Path, times: int):
    clock = StoppingClock()
    with Pipeline.open(home, clock=clock) as pipeline:
        connection = pipeline.connection
        limited(connection, MOST)
        landed = land(pipeline)
        clock.left = times
        with pytest.raises(Stopped):
            connection.run_task(TASK)
    with Pipeline.open(home, clock=clock) as pipeline:
        connection = pipeline.connection
        assert offences(connection) == {}
        found = counts(connection)
        assert found.landed == ROWS == found.pending + found.events + found.rejects
        batches = batches_after(connection, 0)
        # Rejects count with the first part, and are in their table before it.
        assert sum(batch.rows_landed for batch in batches) == found.events + (found.rejects if batches else 0)
        # What the task's condition sees is enough to wake it, also for a part that happens to have no key.
        left = any(waits(connection))
        assert left or not found.pending
        assert connection.run_task(TASK).state == ("SUCCEEDED" if left else "SKIPPED")
        assert counts(connection).pending == 0
        assert tables(connection) == replay(landed)
        assert_sound(connection)
        assert connection.run_task(TASK).state == "SKIPPED"


def fail_in_the_second_part(connection: Connection) -> None:
    """Have the batch numbers run out after the first part, and run the task."""
    query(connection, f"UPDATE customer_refresh SET batch_id = {10**38 - 3}")
    run = connection.run_task(TASK)
    assert run.state == "FAILED"
    assert "out of representable range" in str(run.error)
    query(connection, "UPDATE customer_refresh SET batch_id = 10")
    query(connection, "UPDATE customer_batch SET batch_id = 10")


def test_a_failing_part_keeps_those_before_it_and_says_so(home: Path):
    with Pipeline.open(home, clock=Clock()) as pipeline:
        connection = pipeline.connection
        limited(connection, MOST)
        landed = land(pipeline)
        fail_in_the_second_part(connection)
        assert len(batches_after(connection, 0)) == 1
        assert waits(connection) == (False, True)
        # Also while a backlog is half applied, an event that the tables do not show yet is no offence.
        assert offences(connection) == {}
        assert tables(connection) != replay(landed)
        assert connection.run_task(TASK).state == "SUCCEEDED"
        assert tables(connection) == replay(landed)


def test_what_lands_meanwhile_comes_after_what_is_left(home: Path):
    with Pipeline.open(home, clock=Clock()) as pipeline:
        connection = pipeline.connection
        limited(connection, MOST)
        landed = land(pipeline)
        fail_in_the_second_part(connection)
        (pipeline.home.landing / "b.csv").write_text("customer_id,first_name,updated_at\n0,late,2026-01-01\n", "utf-8")
        assert len(list(connection.refresh_pipe(PIPE))) == 1
        assert waits(connection) == (True, True)
        assert pipeline.load_landed().batches[-1].batch_id == 10 + PARTS
        assert query(connection, "SELECT batch_id FROM customer_event WHERE source_file LIKE '%b.csv'").rows == [
            (10 + PARTS,)
        ]
        fields: dict[str, str | None] = {"customer_id": "0", "first_name": "late", "updated_at": "2026-01-01"}
        assert tables(connection) == replay([*landed, LandedRow(("b.csv", 1), fields, BEGINNING)])
        assert waits(connection) == (False, False)


def test_of_a_backlog_that_waits_only_its_own_events_are_left(pipeline: Pipeline):
    connection = pipeline.connection
    for number, name in enumerate(("a.csv", "b.csv")):
        rows = "".join(f"{key},{name},2026-01-0{number + 1}\n" for key in range(ROWS))
        (pipeline.home.landing / name).write_text(f"customer_id,first_name,updated_at\n{rows}", "utf-8")
        if number == 0:
            pipeline.load_landed()
        else:
            assert [load.status for load in connection.refresh_pipe(PIPE)] == ["LOADED"]
            backlog.leave(connection)
    applied = {(key, "a.csv") for key in range(ROWS)}
    found = counts(connection)
    assert (found.landed, found.events, found.pending) == (2 * ROWS, ROWS, ROWS)
    assert set(query(connection, "SELECT customer_id, first_name FROM v_customer_event_applied").rows) == applied
    later = "'2026-01-09'::TIMESTAMP_NTZ, '2999-01-01'::TIMESTAMP_NTZ"
    asked = f"SELECT customer_id, first_name FROM TABLE(customer_as_known({later}))"
    assert set(query(connection, asked).rows) == applied
    assert offences(connection) == {}
