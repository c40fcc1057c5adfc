"""Customers laid out for many of them, on one machine: the same commands, the same tables, a compaction by the way."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from customertrack.errors import UserError
from customertrack.local.home import Home
from customertrack.local.pipeline import Pipeline
from customertrack.reads.refreshes import last_refreshes
from customertrack.reads.results import query
from tests.large import large_project
from tests.sql import statement_counts
from tests.tables import assert_sound, customer

TASK = "customer_compact_task"


@pytest.fixture
def pipeline(tmp_path: Path) -> Iterator[Pipeline]:
    with Pipeline.open(Home(tmp_path / "home", project=large_project(tmp_path / "project"))) as opened:
        yield opened


def land(pipeline: Pipeline, name: str, rows: tuple[str, ...], beside: int = 0) -> None:
    """Ingest rows of customer_id,first_name,op,minute; numbers of customers become others by `beside`."""
    lines = []
    for row in rows:
        key, first_name, op, minute = row.split(",")
        key = str(int(key) + beside) if key.isdigit() else key
        lines.append(f"{key},{first_name},{op},2026-01-01 00:{minute}:00\n")
    file = pipeline.home.folder / name
    file.write_text("customer_id,first_name,op,updated_at\n" + "".join(lines))
    assert pipeline.ingest([file]).problems == []


def count(pipeline: Pipeline, table: str) -> int:
    return query(pipeline.connection, f"SELECT COUNT(*) FROM {table}").rows[0][0]


def test_what_is_ingested_is_compacted_when_it_is_enough(pipeline: Pipeline):
    land(pipeline, "a.csv", tuple(f"{key},Ann,U,10" for key in range(400)))
    assert [count(pipeline, table) for table in ("customer_state", "customer_recent")] == [400, 0]
    land(pipeline, "b.csv", ("1,Bob,U,20", "2,Bob,U,20", "3,Bob,U,20"))
    assert [count(pipeline, table) for table in ("customer_state", "customer_recent")] == [400, 3]
    assert len(customer(pipeline.connection)) == 400
    assert_sound(pipeline.connection)


def test_a_compaction_that_fails_is_told_and_loses_nothing(pipeline: Pipeline):
    land(pipeline, "a.csv", ("1,Ann,U,10",))
    query(pipeline.connection, "DROP TABLE customer_compaction")
    query(pipeline.connection, "CREATE TABLE customer_compaction (appends BOOLEAN)")
    query(pipeline.connection, "INSERT INTO customer_compaction SELECT TRUE")
    with pytest.raises(UserError, match="What landed is applied, but the compaction failed and changed nothing: "):
        land(pipeline, "b.csv", ("1,Bob,U,20",))
    assert [version.state[0] for version in customer(pipeline.connection)] == ["Bob"]
    assert_sound(pipeline.connection)


def test_a_refresh_takes_no_more_statements_than_with_small_tables(pipeline: Pipeline):
    more = {}
    for number, (kind, (before, lands)) in enumerate(statement_counts.BATCHES.items()):
        if lands:
            for name, rows in (("before", before), ("lands", lands)):
                land(pipeline, f"{number}_{name}.csv", rows, beside=10 * number)
            refresh = last_refreshes(pipeline.connection)[-1]
            assert refresh.rows_landed == len(lands)
            assert refresh.statements is not None
            more[kind] = refresh.statements - statement_counts.statements()[kind]
    assert set(more.values()) == {-1}
    assert len(more) == len(statement_counts.BATCHES) - 1
