"""What a refresh says of itself, in customer_batch and by what it returns, and what it keeps of a delete."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from customertrack.local.pipeline import PIPE, TASK, Pipeline
from customertrack.reads.results import query
from customertrack.reads.status import Batch, last_batch
from snowglobe.database import Database
from tests.feed import Clock
from tests.replay import ATTRIBUTES


def land(pipeline: Pipeline, name: str, *rows: str) -> None:
    """Rows of customer_id,first_name,op,minute, loaded and not refreshed."""
    lines = [f"{row.rpartition(',')[0]},2026-01-01 00:{row.rpartition(',')[2]}:00\n" for row in rows]
    (pipeline.home.landing / name).write_text(f"customer_id,first_name,op,updated_at\n{''.join(lines)}", "utf-8")
    assert [load.status for load in pipeline.connection.refresh_pipe(PIPE)] == ["LOADED"]


def test_a_batch_is_counted_and_timed(home: Path):
    # No two of the numbers are equal.
    clock = Clock()
    with Pipeline.open(home, clock=clock) as pipeline:
        land(pipeline, "0.csv", "1,Ann,U,20", "2,Bob,U,20", "3,Carl,U,20")
        pipeline.connection.run_task(TASK)
        # Three late keys, one of five versions, one of one, a delete of what was never there, and a reject.
        land(pipeline, "1.csv", "1,Anna,U,10", "2,Bo,U,10")
        land(pipeline, "2.csv", "3,Carla,U,10")
        loaded_at = moves(clock)
        land(pipeline, "3.csv", *(f"4,{name},U,{10 + at}" for at, name in enumerate("abcde")))
        land(pipeline, "4.csv", "5,Eve,U,10", "6,,D,10", "x,Fay,U,10")
        started_at = moves(clock)
        run = pipeline.connection.run_task(TASK)
        assert run.return_value == ("batch 2: events 10, rejected 1, keys touched 6, late 3, versions closed 7")
        assert last_batch(pipeline.connection) == Batch(
            batch_id=2,
            started_at=started_at,
            finished_at=started_at,
            files=4,
            rows_landed=11,
            events_accepted=10,
            rows_rejected=1,
            keys_touched=6,
            keys_late=3,
            versions_closed=7,
            versions_opened=5,
            last_loaded_at=loaded_at,
        )


def test_a_tombstone_keeps_no_attribute_that_its_row_had(pipeline: Pipeline):
    row = ["1", *(f"the {attribute}" for attribute in ATTRIBUTES), "D", "2026-01-01"]
    header = ",".join(["customer_id", *ATTRIBUTES, "op", "updated_at"])
    (pipeline.home.landing / "a.csv").write_text(f"{header}\n{','.join(row)}\n", "utf-8")
    assert pipeline.load_landed().problems == []
    kept = query(pipeline.connection, f"SELECT is_delete, {', '.join(ATTRIBUTES)} FROM customer_event")
    assert kept.rows == [(True, *(None for _ in ATTRIBUTES))]


def moves(clock: Clock) -> datetime:
    """The time, a minute later."""
    clock.now += timedelta(minutes=1)
    return clock.now


def test_in_bulk_a_timeline_is_sorted_in_parts(pipeline: Pipeline, as_bulk: None, monkeypatch: pytest.MonkeyPatch):
    """As the text of the refresh asks for it: what the embedded warehouse does with such a query is tested there."""
    unordered, noted = Database.unordered, []
    monkeypatch.setattr(Database, "unordered", lambda database: noted.append("in parts") or unordered(database))
    land(pipeline, "0.csv", "1,Ann,U,20", "1,Bob,U,21", "2,Carl,U,20")
    noted.clear()
    assert pipeline.connection.run_task(TASK).state == "SUCCEEDED"
    assert noted == ["in parts"]
