"""Old landed rows go once they are events or rejects; nothing that is not applied goes, and nothing else changes."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from customertrack.local.pipeline import PIPE, TASK, Pipeline
from customertrack.reads.results import query
from customertrack.reads.status import counts
from tests.feed import Clock
from tests.tables import offences, tables

PURGE_TASK = "customer_purge_task"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def flow(home: Path, clock: Clock) -> Iterator[Pipeline]:
    with Pipeline.open(home, clock=clock) as opened:
        yield opened


def drop(flow: Pipeline, name: str) -> None:
    """A file of an event and a reject."""
    (flow.home.landing / name).write_text(f"customer_id,first_name,updated_at\n1,{name},2026-01-01\nx,,\n", "utf-8")


def files_left(flow: Pipeline) -> set[str]:
    rows = query(flow.connection, "SELECT DISTINCT source_file FROM customer_raw").rows
    return {name.rpartition("/")[2] for (name,) in rows}


def purge(flow: Pipeline, days: int) -> str:
    return query(flow.connection, f"CALL pdr_purge_customer_raw({days})").rows[0][0]


def later(flow: Pipeline, clock: Clock, days: int) -> None:
    """So many days pass, in which Snowflake looks at the streams of the task now and then, and so keeps them fresh."""
    for _ in range(days):
        clock.now += timedelta(days=1)
        flow.connection.run_task(TASK)


def test_applied_rows_go_when_they_are_older(flow: Pipeline, clock: Clock):
    for name in ("a.csv", "b.csv"):
        drop(flow, name)
        flow.load_landed()
        later(flow, clock, days=20)
    before = tables(flow.connection)
    assert [purge(flow, days) for days in (41, 40, 21, 20)] == [f"rows deleted {rows}" for rows in (0, 0, 2, 0)]
    assert files_left(flow) == {"b.csv"}
    assert tables(flow.connection) == before
    assert offences(flow.connection) == {}
    drop(flow, "c.csv")
    assert flow.load_landed().rows_landed == 2
    assert offences(flow.connection) == {}


def test_rows_that_are_pending_stay(flow: Pipeline, clock: Clock):
    drop(flow, "a.csv")
    flow.load_landed()
    drop(flow, "b.csv")
    assert len(list(flow.connection.refresh_pipe(PIPE))) == 1
    clock.now += timedelta(days=60)
    assert purge(flow, 50) == "rows deleted 2"
    assert (files_left(flow), counts(flow.connection).pending) == ({"b.csv"}, 2)
    assert flow.load_landed().rows_landed == 2
    assert purge(flow, 50) == "rows deleted 2"
    assert offences(flow.connection) == {}


def test_rows_that_are_neither_event_nor_reject_stay_with_their_file(flow: Pipeline, clock: Clock):
    """As after a stream that was made anew: they are to be taken up, and to be seen by invariant 9 until then."""
    for name in ("a.csv", "b.csv"):
        drop(flow, name)
    flow.load_landed()
    query(flow.connection, "DELETE FROM customer_reject WHERE source_file LIKE '%b.csv'")
    later(flow, clock, days=200)
    assert purge(flow, 100) == "rows deleted 2"
    assert files_left(flow) == {"b.csv"}
    assert list(offences(flow.connection)) == ["9: every row is event or reject"]


def test_a_file_stays_while_a_later_copy_of_it_is_young(flow: Pipeline, clock: Clock):
    """A pipe that was made anew loads the files of seven days again."""
    drop(flow, "a.csv")
    flow.load_landed()
    clock.now += timedelta(days=6)
    columns = "customer_id, first_name, last_name, email, street, city, state, country, op, updated_at"
    again = (
        f"INSERT INTO customer_raw ({columns}, source_file, source_row, file_modified_at, loaded_at) "
        f"SELECT {columns}, source_file, source_row, file_modified_at, CURRENT_TIMESTAMP() FROM customer_raw"
    )
    query(flow.connection, again)
    flow.load_landed()
    later(flow, clock, days=97)
    assert purge(flow, 100) == "rows deleted 0"
    clock.now += timedelta(days=5)
    assert purge(flow, 100) == "rows deleted 4"
    assert offences(flow.connection) == {}


def test_the_nightly_task_purges_and_has_its_own_schedule(flow: Pipeline, clock: Clock):
    drop(flow, "a.csv")
    flow.load_landed()
    later(flow, clock, days=99)
    assert flow.connection.run_task(PURGE_TASK).return_value == "rows deleted 0"
    clock.now += timedelta(days=2)
    assert flow.connection.run_task(PURGE_TASK).return_value == "rows deleted 2"
    assert counts(flow.connection).landed == 0
