"""`renew_customer_stream`: however it comes to be called, no landed row is lost, and none is applied twice."""

from collections.abc import Callable, Iterator
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest

from customertrack.local.home import DATABASE, SCHEMA, sql_folder
from customertrack.local.pipeline import PIPE, TASK, Pipeline
from customertrack.reads import invariants
from customertrack.reads.results import query
from customertrack.reads.stream import is_lost, streams
from snowglobe import Connection, errors
from tests import backlog
from tests.snowglobe.conftest import Clock

RENEW = "CALL renew_customer_stream()"
PENDING = "SELECT source_file, source_row, loaded_at FROM customer_table_changes ORDER BY 1, 2, 3"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def home(new_home: Callable[[Path], Path], tmp_path: Path, clock: Clock) -> Iterator[Pipeline]:
    """A home in which one file is applied and two have landed since, one of them with a row that is a reject."""
    with Pipeline.open(new_home(tmp_path / "home"), clock=clock) as pipeline:
        land(pipeline, "applied", 1)
        assert pipeline.connection.run_task(TASK).state == "SUCCEEDED"
        clock.forward(hours=1)
        land(pipeline, "left", 2, "no key")
        land(pipeline, "also_left", 3)
        yield pipeline


def land(pipeline: Pipeline, name: str, *customers: object) -> str:
    lines = [f"{customer},Name,2026-01-01" for customer in customers]
    file = pipeline.home.landing / f"{name}.csv"
    file.write_text("\n".join(["customer_id,first_name,updated_at", *lines, ""]))
    key = f"landing/customer/{name}.csv"
    assert [load.status for load in pipeline.connection.announce(PIPE, [key])] == ["LOADED"]
    return key


def run(connection: Connection, *statements: str) -> None:
    for statement in statements:
        connection.cursor().execute(statement)


def rows(pipeline: Pipeline, sql: str) -> list[tuple[Any, ...]]:
    return query(pipeline.connection, sql).rows


def assert_whole(pipeline: Pipeline, customers: int, rejects: int = 1) -> None:
    """After a refresh every landed row is exactly once an event or a reject, and all invariants hold."""
    assert pipeline.connection.run_task(TASK).error is None
    assert [each.rule for each in invariants.check(pipeline.connection, sql_folder()) if each.offences.rows] == []
    assert rows(pipeline, "SELECT COUNT(*) FROM customer_table_changes") == [(0,)]
    assert rows(pipeline, "SELECT COUNT(*) FROM customer_event") == [(customers,)]
    assert rows(pipeline, "SELECT COUNT(*) FROM customer_reject") == [(rejects,)]
    assert rows(pipeline, "SELECT COUNT(*) FROM customer") == [(customers,)]


def test_streams_that_are_there_and_fresh_are_left_alone(home: Pipeline, clock: Clock):
    assert not is_lost(home.connection, DATABASE, SCHEMA, clock())
    for name in streams():
        run(home.connection, f"DROP STREAM {name}")
        assert is_lost(home.connection, DATABASE, SCHEMA, clock())
        run(home.connection, RENEW)
        assert not is_lost(home.connection, DATABASE, SCHEMA, clock())


def test_what_a_stale_stream_held_is_taken_up_as_it_had_landed(home: Pipeline, clock: Clock):
    before = rows(home, PENDING)
    raw = rows(home, "SELECT * FROM customer_raw ORDER BY source_file, source_row")
    clock.forward(days=91)
    with pytest.raises(errors.ProgrammingError, match="stale"):
        rows(home, PENDING)
    assert rows(home, RENEW) == [("3 rows taken up",)]
    assert rows(home, PENDING) == before
    assert rows(home, "SELECT * FROM customer_raw ORDER BY source_file, source_row") == raw
    assert rows(home, "SHOW STREAMS LIKE 'customer_renewal'") == []
    assert_whole(home, customers=3)


@pytest.mark.parametrize("again", [1, 2, 3])
def test_it_may_be_called_at_any_time_and_again(home: Pipeline, again: int):
    before = rows(home, PENDING)
    for _ in range(again):
        assert rows(home, RENEW) == [("3 rows taken up",)]
    assert rows(home, PENDING) == before
    assert_whole(home, customers=3)
    assert rows(home, RENEW) == [("0 rows taken up",)]
    assert_whole(home, customers=3)


def test_a_stream_that_somebody_dropped_comes_back(home: Pipeline):
    before = rows(home, PENDING)
    run(home.connection, "DROP STREAM customer_table_changes")
    run(home.connection, RENEW)
    assert rows(home, PENDING) == before
    assert_whole(home, customers=3)


def test_applied_rows_may_have_been_deleted(home: Pipeline, clock: Clock):
    run(home.connection, "DELETE FROM customer_raw WHERE source_file LIKE '%/applied.csv'")
    clock.forward(days=91)
    run(home.connection, RENEW)
    assert_whole(home, customers=3)


def test_a_file_that_was_loaded_twice_counts_twice(home: Pipeline, clock: Clock):
    """As by a pipe that was made anew: of its rows one copy is applied, the other is not."""
    (definition,) = rows(home, "SELECT definition FROM information_schema.pipes")[0]
    run(home.connection, f"DROP PIPE {PIPE}", f"CREATE PIPE {PIPE} AUTO_INGEST = TRUE AS {definition}")
    clock.forward(hours=1)
    assert [load.name for load in home.connection.announce(PIPE, ["landing/customer/applied.csv"])]
    clock.forward(days=91)
    assert rows(home, RENEW) == [("4 rows taken up",)]
    assert home.connection.run_task(TASK).error is None
    assert rows(home, "SELECT COUNT(*) FROM customer_event WHERE customer_id = 1") == [(2,)]
    assert [each.rule for each in invariants.check(home.connection, sql_folder()) if each.offences.rows] == []


# After each of the procedure's statements: what happens there, in a session of its own.
STEPS = range(1, 14)


class Interrupted(Exception):
    """The call ended here."""


def at_step(home: Pipeline, monkeypatch: pytest.MonkeyPatch, step: int, event: Any) -> None:
    """Have `event` happen before the step-th statement of the next call."""
    inner, seen = home.connection._session.execute, [0]

    def execute(sql: str, params: Any = ()) -> Any:
        seen[0] += 1
        if seen[0] == step:
            monkeypatch.undo()
            event()
        return inner(sql, params)

    monkeypatch.setattr(home.connection._session, "execute", execute)


@pytest.mark.parametrize("step", STEPS)
def test_what_the_pipe_loads_meanwhile_comes_once(
    home: Pipeline, clock: Clock, monkeypatch: pytest.MonkeyPatch, step: int
):
    clock.forward(days=91)
    at_step(home, monkeypatch, step, lambda: land_unless_in_transaction(home, "meanwhile"))
    run(home.connection, RENEW)
    if not (home.home.landing / "meanwhile.csv").exists():
        land(home, "meanwhile", 4)
    assert_whole(home, customers=4)


def land_unless_in_transaction(home: Pipeline, name: str) -> None:
    """The embedded warehouse lets one transaction after the other write, so nothing lands within one."""
    if not home.connection._session.in_transaction:
        land(home, name, 4)


@pytest.mark.parametrize("step", STEPS)
def test_a_call_that_ends_anywhere_is_made_good_by_the_next(
    home: Pipeline, clock: Clock, monkeypatch: pytest.MonkeyPatch, step: int
):
    clock.forward(days=91)

    def end() -> None:
        raise Interrupted

    at_step(home, monkeypatch, step, end)
    with pytest.raises(Interrupted):
        run(home.connection, RENEW)
    home.connection.rollback()
    land(home, "later", 4)
    run(home.connection, RENEW)
    assert_whole(home, customers=4)


@pytest.mark.parametrize("step", STEPS)
def test_a_refresh_between_its_steps_does_no_harm(
    home: Pipeline, clock: Clock, monkeypatch: pytest.MonkeyPatch, step: int
):
    clock.forward(days=91)

    def refresh() -> None:
        if not home.connection._session.in_transaction:
            land(home, "meanwhile", 4)
            home.connection.run_task(TASK)

    at_step(home, monkeypatch, step, refresh)
    run(home.connection, RENEW)
    if not (home.home.landing / "meanwhile.csv").exists():
        land(home, "meanwhile", 4)
    assert_whole(home, customers=4)


def test_both_streams_may_wait_for_ninety_days(home: Pipeline, clock: Clock):
    run(home.connection, RENEW)
    shown = query(home.connection, "SHOW STREAMS LIKE 'customer%'").rows
    now = clock().replace(tzinfo=UTC)
    assert len(shown) == 2
    assert all(now + timedelta(days=90) in stream for stream in shown)


def test_on_one_machine_a_home_that_was_left_alone_for_long_goes_on(home: Pipeline, clock: Clock):
    folder = home.home.folder
    home.close()
    clock.forward(days=91)
    with Pipeline.open(folder, clock=clock) as again:
        assert_whole(again, customers=3)


def test_what_is_left_of_a_backlog_comes_once_and_wakes_the_task(home: Pipeline, clock: Clock):
    backlog.leave(home.connection)
    clock.forward(days=91)
    assert rows(home, RENEW) == [("0 rows taken up",)]
    assert rows(home, "SELECT SYSTEM$STREAM_HAS_DATA('customer_table_changes')") == [(False,)]
    assert rows(home, "SELECT SYSTEM$STREAM_HAS_DATA('customer_backlog_left')") == [(True,)]
    assert_whole(home, customers=3)
    assert rows(home, "SELECT SYSTEM$STREAM_HAS_DATA('customer_backlog_left')") == [(False,)]
