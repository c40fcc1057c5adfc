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
from tests.feed import BEGINNING, Clock, Feed
from tests.properties.conftest import open_feed as open_feed
from tests.replay import LandedRow, replay
from tests.strategies import Delivery, faulty_rows, feeds
from tests.tables import assert_sound, offences, tables

OpenFeed = Callable[[], AbstractContextManager[Feed]]
ROWS = 7
MOST = 3
PENDING = "SYSTEM$STREAM_HAS_DATA('customer_table_changes')", "SYSTEM$STREAM_HAS_DATA('customer_pending_parts')"


class Stopped(BaseException):
    """What stops a run from outside."""


class StoppingClock(Clock):
    """Says the time so many times, and then stops whoever asks."""

    left = 10**9

    def __call__(self) -> datetime:
        self.left -= 1
        if self.left < 0:
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
        assert all(batch.rows_landed <= most_rows for batch in batches_after(connection, 0))
        assert waits(connection) == (False, False)


def test_each_part_is_a_batch_in_the_order_of_landing(pipeline: Pipeline):
    limited(pipeline.connection, MOST)
    land(pipeline)
    done = pipeline.load_landed()
    assert [batch.rows_landed for batch in done.batches] == [3, 3, 1]
    assert [batch.rows_rejected for batch in done.batches] == [0, 1, 0]
    assert [batch.keys_late for batch in done.batches] == [0, 0, 0]
    rows = query(pipeline.connection, "SELECT source_row FROM customer_event ORDER BY batch_id, source_row").rows
    assert [row for (row,) in rows] == [1, 2, 3, 4, 6, 7]


@pytest.mark.parametrize(("most_rows", "batches"), [(ROWS, 1), (ROWS - 1, 2)])
def test_only_more_rows_than_the_limit_are_a_backlog(pipeline: Pipeline, most_rows: int, batches: int):
    limited(pipeline.connection, most_rows)
    land(pipeline)
    assert len(pipeline.load_landed().batches) == batches


# A run asks for the time at its beginning, at that of each round, and at the end of each part.
@pytest.mark.parametrize("times", range(1, 9))
def test_a_run_that_is_stopped_anywhere_loses_nothing(home: Path, times: int):
    clock = StoppingClock()
    with Pipeline.open(home, clock=clock) as pipeline:
        connection = pipeline.connection
        limited(connection, MOST)
        landed = land(pipeline)
        clock.left = times
        with pytest.raises(Stopped):
            connection.run_task(TASK)
    clock.left = 10**9
    with Pipeline.open(home, clock=clock) as pipeline:
        connection = pipeline.connection
        assert offences(connection) == {}
        found = counts(connection)
        assert found.landed == ROWS == found.pending + found.events + found.rejects
        assert sum(batch.rows_landed for batch in batches_after(connection, 0)) == found.events + found.rejects
        assert any(waits(connection)) == (found.pending > 0)
        # What the task's condition sees is enough to wake it.
        assert connection.run_task(TASK).state == ("SUCCEEDED" if found.pending else "SKIPPED")
        assert counts(connection).pending == 0
        assert tables(connection) == replay(landed)
        assert_sound(connection)
        assert connection.run_task(TASK).state == "SKIPPED"


def test_a_failing_part_keeps_those_before_it_and_says_so(pipeline: Pipeline):
    limited(pipeline.connection, MOST)
    land(pipeline)
    # The second part has the reject.
    query(pipeline.connection, "DROP TABLE customer_reject")
    run = pipeline.connection.run_task(TASK)
    assert run.state == "FAILED"
    assert [batch.rows_landed for batch in batches_after(pipeline.connection, 0)] == [MOST]
    assert waits(pipeline.connection) == (False, True)


def test_what_lands_meanwhile_comes_after_what_is_left(pipeline: Pipeline):
    limited(pipeline.connection, 1)
    land(pipeline)
    query(pipeline.connection, "ALTER TASK customer_refresh_task SUSPEND")
    left = (
        "INSERT INTO customer_pending (part, customer_id, updated_at, is_delete, signature, source_file, source_row, "
        "loaded_at) SELECT source_row, customer_id, updated_at, is_delete, signature, source_file, source_row, "
        "loaded_at FROM v_customer_changing_data WHERE customer_id IS NOT NULL"
    )
    query(pipeline.connection, left)
    (pipeline.home.landing / "b.csv").write_text("customer_id,updated_at\n9,2026-01-01\n", "utf-8")
    assert len(list(pipeline.connection.refresh_pipe(PIPE))) == 1
    query(pipeline.connection, "ALTER TASK customer_refresh_task RESUME")
    assert pipeline.load_landed().rows_landed == ROWS
    rows = query(pipeline.connection, "SELECT source_file, source_row FROM customer_event ORDER BY batch_id").rows
    assert [row for _, row in rows] == [1, 2, 3, 4, 6, 7, 1]
    assert rows[-1][0].endswith("b.csv")
