"""The cases, the worked example and the lease: nothing of them depends on an answer that an account may give otherwise.

The tests are those of the modules that they come from; only the warehouse is another one.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings

from customertrack.local.landing import landable_files
from customertrack.local.pipeline import Pipeline
from tests.cases.case import TOGETHER
from tests.cases.test_cases import assert_comes_of_it, sound_pipeline
from tests.command import Command
from tests.feed import Feed
from tests.properties.conftest import open_feed
from tests.replay import replay
from tests.sql.test_worked_example import (
    clock,
    test_a_change_of_any_one_attribute_is_a_change,
    test_a_delete_in_place_of_the_only_event_leaves_nothing_to_be_compared_with,
    test_arrival_by_arrival,
    test_of_late_events_at_one_time_the_last_row_counts,
    test_what_was_true_and_what_was_believed,
    ticking,
)
from tests.strategies import TIMES, TRICKY, Delivery, feeds, rows
from tests.tables import assert_sound, tables

__all__ = [
    "clock",
    "open_feed",
    "sound_pipeline",
    "test_a_change_of_any_one_attribute_is_a_change",
    "test_a_delete_in_place_of_the_only_event_leaves_nothing_to_be_compared_with",
    "test_arrival_by_arrival",
    "test_of_late_events_at_one_time_the_last_row_counts",
    "test_what_was_true_and_what_was_believed",
    "ticking",
]
HEADER = "customer_id,first_name,last_name,email,street,city,state,country,op,updated_at\n"


@pytest.mark.parametrize("arrangement", ["reversed", "each file twice"])
def test_all_cases_as_one(sound_pipeline: Pipeline, tmp_path: Path, arrangement: str):
    assert_comes_of_it(sound_pipeline, tmp_path, TOGETHER, arrangement)


def test_a_row_counts_from_the_header_on(pipeline: Pipeline, tmp_path: Path):
    """So that it is known that the answers are the other ones."""
    (tmp_path / "a.csv").write_text("customer_id,op,updated_at\n1,U,2026-01-01\n")
    pipeline.ingest([tmp_path / "a.csv"])
    found = pipeline.connection.cursor().execute("SELECT source_row FROM customer_event").fetchall()
    assert found == [(2,)]


QUOTED = [
    '1,"","",a@b.org,"","","","",U,2026-01-01',
    '2,Ann,"",,,,,,"",2026-01-01',
    '"",Ann,,,,,,,U,2026-01-01',
    '4,Ann,,,,,,,U,""',
    '5,Ann,"",,,,,,"U",2026-01-01',
    "5,Ann,,,,,,,U,2026-01-02",
]


@pytest.mark.parametrize("end", ["\n", "\r"], ids=["regular", "normalised"])
def test_an_empty_field_is_null_quoted_or_not(pipeline: Pipeline, tmp_path: Path, end: str):
    (tmp_path / "a.csv").write_text(HEADER.rstrip() + end + "".join(f"{row}{end}" for row in QUOTED), newline="")
    assert pipeline.ingest([tmp_path / "a.csv"]).problems == []
    assert_sound(pipeline.connection)

    def found(sql: str) -> list[tuple[object, ...]]:
        return pipeline.connection.cursor().execute(sql).fetchall()

    assert found("SELECT COUNT(*) FROM customer_raw WHERE last_name = ''") == [(3,)], "the answer is the usual one"
    assert found(
        "SELECT customer_id, first_name, last_name, email, op, reject_reasons FROM customer_reject ORDER BY 1"
    ) == [
        ("4", "Ann", None, None, "U", "missing_updated_at"),
        (None, "Ann", None, None, "U", "missing_key"),
    ]
    assert found(
        "SELECT customer_id, first_name, last_name, city, update_timestamp::DATE FROM customer ORDER BY 1"
    ) == [
        (1, None, None, None, date(2026, 1, 1)),
        (2, "Ann", None, None, date(2026, 1, 1)),
        (5, "Ann", None, None, date(2026, 1, 1)),
    ]


@pytest.mark.parametrize("row", ["1,Ann", "1,Ann,,,,,,,U,2026-01-01,surplus"], ids=["short", "long"])
def test_a_ragged_file_is_told_and_can_be_landed_again(command: Command, tmp_path: Path, row: str):
    """Nothing of it is loaded, nothing is lost: it stays in the landing, `status` tells, a corrected one loads."""
    file = tmp_path / "ragged.csv"
    file.write_text(f"{HEADER}2,Bob,,,,,,,U,2026-01-01\n{row}\n")
    ended = command("ingest", file)
    assert ended.code == 1
    assert (
        "ragged.csv: nothing of it was loaded, because line 3 has another number of fields than the header" in ended.err
    )
    assert "Correct it and land it under another name." in ended.err
    assert "ragged.csv" in command("status").out
    corrected = tmp_path / "corrected.csv"
    corrected.write_text(f"{HEADER}2,Bob,,,,,,,U,2026-01-01\n1,Ann,,,,,,,U,2026-01-01\n")
    assert command("ingest", corrected).code == 0
    assert command("query", "SELECT COUNT(*) AS n FROM customer", "--format", "csv").out.split() == ["n", "2"]


def test_only_what_is_a_csv_file_by_its_name_is_taken(pipeline: Pipeline, tmp_path: Path):
    for name in ["a.csv", "b.CSV", "c.csv.bak", "d.csv.part", "e.csv.gz.tmp", "f.csv2"]:
        (pipeline.home.landing / name).write_text(f"{HEADER}1,Ann,,,,,,,U,2026-01-01\n")
    done = pipeline.load_landed()
    assert [Path(load.name).name for load in done.loads] == ["a.csv", "b.CSV"]
    (tmp_path / "there").mkdir()
    assert [path.name for path in landable_files([pipeline.home.landing])] == ["a.csv", "b.CSV"]


@settings(max_examples=4)
@given(deliveries=feeds(lambda at: rows(TRICKY, times=TIMES[:3])))
def test_a_feed_is_what_its_replay_is(
    open_feed: Callable[[], AbstractContextManager[Feed]], deliveries: list[Delivery]
):
    with open_feed() as feed:
        for delivery in deliveries:
            feed.arrive(delivery)
            assert_sound(feed.pipeline.connection)
        landed = [row._replace(place=(row.place[0], row.place[1] + 1)) for row in feed.landed]
        assert tables(feed.pipeline.connection) == replay(landed)
