"""Which version of a customer is the last, wherever late events leave the customer absent."""

from pathlib import Path

import pytest

from customertrack.local.pipeline import Pipeline
from customertrack.reads.results import query
from tests.csv_text import csv_text
from tests.tables import assert_sound

COLUMNS = ["customer_id", "first_name", "op", "updated_at"]
Event = tuple[str, str, int]
BEGIN: list[Event] = [("Ann", "U", 5), ("", "D", 9)]
# What lands after BEGIN, and the hours at which the versions begin of which the last is the last one.
LATE: dict[str, tuple[list[list[Event]], list[int]]] = {
    "nothing": ([], [5]),
    "a later delete, and one before it": ([[("", "D", 20)], [("", "D", 12)]], [5]),
    "the same delete again": ([[("", "D", 9)]], [5]),
    "a version after it, and one between": ([[("Bob", "U", 20)], [("Eve", "U", 12), ("", "D", 14)]], [5, 12, 20]),
    "two versions after it, and their delete": ([[("Bob", "U", 14), ("Eve", "U", 16), ("", "D", 20)]], [5, 14, 16]),
    "a version after it, and a delete instead of it": ([[("Bob", "U", 14), ("", "D", 15)], [("", "D", 14)]], [5]),
    "an open version, and a delete instead of it": ([[("Bob", "U", 14)], [("", "D", 14)]], [5]),
    "a delete instead of all there was": ([[("", "D", 5)]], []),
}


@pytest.mark.parametrize("late", LATE)
def test_the_last_version(pipeline: Pipeline, tmp_path: Path, late: str):
    more, begins = LATE[late]
    for number, events in enumerate([BEGIN, *more]):
        rows = [
            {"customer_id": key, **dict(zip(COLUMNS[1:], (*event[:2], f"2026-01-01 {event[2]:02}:00:00"), strict=True))}
            for event in events
            for key in ("1", "2")
        ]
        # Of customer 2 the beginning alone.
        rows = [row for row in rows if number == 0 or row["customer_id"] == "1"]
        (tmp_path / f"{number}.csv").write_text(csv_text(COLUMNS, rows), encoding="utf-8")
        pipeline.ingest([tmp_path / f"{number}.csv"])
    versions = "SELECT HOUR(valid_from), is_last FROM customer_history WHERE customer_id = {} ORDER BY valid_from"
    assert query(pipeline.connection, versions.format(1)).rows == [(hour, hour == begins[-1]) for hour in begins]
    assert query(pipeline.connection, versions.format(2)).rows == [(5, True)]
    assert_sound(pipeline.connection)
