"""The worked example of the semantics, arrival by arrival, and the two questions about time on the way.

After it the shortest stories that tell a tie, a no-op and a change of any one attribute.
"""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from customertrack.local.pipeline import Pipeline
from customertrack.reads.history import as_known, as_of
from customertrack.reads.results import whole
from tests.csv_text import csv_text
from tests.feed import Clock
from tests.replay import ATTRIBUTES, OPEN_END
from tests.tables import assert_sound, history

Short = tuple[str, int, int | None]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ticking(home: Path, clock: Clock):
    with Pipeline.open(home, clock=clock) as opened:
        yield opened


def at(minute: int) -> datetime:
    return datetime(2026, 1, 1, 0, minute)


def arrives(pipeline: Pipeline, file: Path, *events: tuple[str | None, int]) -> list[Short]:
    """One file with a row per (first_name, minute), None for a delete; returns the history afterwards."""
    rows = [f"1,{name or ''},{'U' if name else 'D'},2026-01-01 00:{minute:02}:00\n" for name, minute in events]
    file.write_text(f"customer_id,first_name,op,updated_at\n{''.join(rows)}", encoding="utf-8")
    pipeline.ingest([file])
    assert_sound(pipeline.connection)
    return [
        (
            str(version.state[0]),
            version.valid_from.minute,
            None if version.valid_to == OPEN_END else version.valid_to.minute,
        )
        for version in history(pipeline.connection)
    ]


def test_arrival_by_arrival(ticking: Pipeline, tmp_path: Path):
    assert arrives(ticking, tmp_path / "1.csv", ("Ann", 5), ("Ann", 10), ("Ann", 15)) == [("Ann", 5, None)]
    assert arrives(ticking, tmp_path / "2.csv", ("Carl", 20)) == [("Ann", 5, 20), ("Carl", 20, None)]
    third = [("Ann", 5, 12), ("Bob", 12, 15), ("Ann", 15, 20), ("Carl", 20, None)]
    assert arrives(ticking, tmp_path / "3.csv", ("Bob", 12)) == third
    fourth = [("Ann", 5, 7), ("Ann", 10, 12), ("Bob", 12, 15), ("Ann", 15, 20), ("Carl", 20, None)]
    assert arrives(ticking, tmp_path / "4.csv", (None, 7)) == fourth
    assert arrives(ticking, tmp_path / "3.csv", ("Bob", 12)) == fourth
    assert arrives(ticking, tmp_path / "5.csv", ("Bob", 12)) == fourth


def test_what_was_true_and_what_was_believed(ticking: Pipeline, tmp_path: Path, clock: Clock):
    known = []
    for number, event in enumerate([("Ann", 5), ("Carl", 20), ("Bob", 12), (None, 7)], 1):
        clock.now += timedelta(hours=1)
        arrives(ticking, tmp_path / f"{number}.csv", event)
        known.append(clock.now)

    def true(minute: int) -> list[str]:
        return [row[1] for row in whole(as_of(ticking.connection, ticking.dimension.tables, at(minute))).rows]

    def believed(minute: int, when: datetime) -> list[str]:
        return [row[1] for row in whole(as_known(ticking.connection, ticking.dimension.tables, at(minute), when)).rows]

    assert [true(minute) for minute in (4, 5, 6, 7, 11, 12, 19, 20, 59)] == [
        [], ["Ann"], ["Ann"], [], [], ["Bob"], ["Bob"], ["Carl"], ["Carl"]
    ]  # fmt: skip
    assert [believed(15, when) for when in known] == [["Ann"], ["Ann"], ["Bob"], ["Bob"]]
    assert [believed(10, when) for when in known] == [["Ann"], ["Ann"], ["Ann"], []]
    assert believed(20, known[0] - timedelta(microseconds=1)) == []


def test_what_was_believed_of_one_time_is_what_its_last_file_said_last(ticking: Pipeline, tmp_path: Path, clock: Clock):
    def believed() -> list[str]:
        when = clock.now
        return [row[1] for row in whole(as_known(ticking.connection, ticking.dimension.tables, at(10), when)).rows]

    arrives(ticking, tmp_path / "1.csv", ("Ann", 10), ("Bob", 10))
    assert believed() == ["Bob"]
    clock.now += timedelta(hours=1)
    arrives(ticking, tmp_path / "2.csv", ("Carl", 10))
    assert believed() == ["Carl"]


def test_of_late_events_at_one_time_the_last_row_counts(ticking: Pipeline, tmp_path: Path):
    assert arrives(ticking, tmp_path / "1.csv", ("Carl", 20)) == [("Carl", 20, None)]
    assert arrives(ticking, tmp_path / "2.csv", ("Bob", 10), ("Ann", 10)) == [("Ann", 10, 20), ("Carl", 20, None)]


def test_an_event_at_the_begin_of_a_version_takes_its_place(ticking: Pipeline, tmp_path: Path):
    assert arrives(ticking, tmp_path / "1.csv", ("Ann", 10)) == [("Ann", 10, None)]
    assert arrives(ticking, tmp_path / "2.csv", ("Bob", 10)) == [("Bob", 10, None)]
    assert arrives(ticking, tmp_path / "3.csv", ("Carl", 20)) == [("Bob", 10, 20), ("Carl", 20, None)]
    assert arrives(ticking, tmp_path / "4.csv", ("Dora", 10)) == [("Dora", 10, 20), ("Carl", 20, None)]


def test_a_delete_in_place_of_the_only_event_leaves_nothing_to_be_compared_with(ticking: Pipeline, tmp_path: Path):
    assert arrives(ticking, tmp_path / "1.csv", ("Ann", 10)) == [("Ann", 10, None)]
    assert arrives(ticking, tmp_path / "2.csv", (None, 10)) == []
    assert arrives(ticking, tmp_path / "3.csv", ("Ann", 20)) == [("Ann", 20, None)]


def test_a_no_op_after_a_no_op_is_one(ticking: Pipeline, tmp_path: Path):
    for number, minute in enumerate([10, 20, 30], 1):
        assert arrives(ticking, tmp_path / f"{number}.csv", ("Ann", minute)) == [("Ann", 10, None)]


def test_a_change_of_any_one_attribute_is_a_change(ticking: Pipeline, tmp_path: Path):
    columns = ["customer_id", *ATTRIBUTES, "updated_at"]
    rows = [
        {**dict.fromkeys(columns), "customer_id": key, attribute: value, "updated_at": f"2026-01-01 00:{minute}:00"}
        for key, attribute in enumerate(ATTRIBUTES)
        for value, minute in [("a", 10), ("b", 20)]
    ]
    (tmp_path / "1.csv").write_text(csv_text(columns, rows), encoding="utf-8")
    ticking.ingest([tmp_path / "1.csv"])
    assert [version.key for version in history(ticking.connection) if version.is_current] == [*range(len(ATTRIBUTES))]
    assert len(history(ticking.connection)) == 2 * len(ATTRIBUTES)
