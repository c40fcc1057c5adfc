"""What is said of feeds that are not CSV of changes: their files' names and bytes, and settings that cannot be."""

import json
import sys
from datetime import UTC, datetime
from typing import Any

import pytest

from generator import Faults, Feed, Settings, SettingsError, file_times, read, truth_history
from generator.events import DELETE, INSERT, TOMBSTONE, TRUNCATE
from generator.usual import usual_interval, usual_rates
from tests.generator.kinds import KINDS

DAY = 86_400.0
START = datetime(2026, 1, 1, tzinfo=UTC)
ALL = Faults(late=0.3, duplicates=0.2, duplicate_files=0.5, shuffle=True, malformed=0.3)


def feed(kind: str, faults: Faults | None = None, **settings: Any) -> Feed:
    return Feed(read(KINDS[kind]), Settings(**{"customers": 60, "interval": DAY, "start": START, **settings}), faults)


@pytest.mark.parametrize("kind", KINDS)
def test_every_slot_is_the_same_whatever_was_made_before_it(kind: str):
    rates: dict[str, Any] = {"delete_rate": 0.2, "move_rate": 0.2, "truncate_rate": 0.3}
    one = feed(kind, ALL, **rates)
    made = {k: [(file.name, file.content()) for file in one.files(k)] for k in (3, 0, 2)}
    for k, files in made.items():
        assert [(file.name, file.content()) for file in feed(kind, ALL, **rates).files(k)] == files


@pytest.mark.parametrize(
    ("pattern", "written", "unit"),
    [
        (r"product_(\d{4}-\d{2}-\d{2})", "2026-02-03", 86_400_000),
        (r"(?:a|b)-([0-9-]{10})(x)?", "2026-02-03", 86_400_000),
        (r"at_([0-9T:-]+Z)", "2026-02-03T04:05:06Z", 1000),
        (r"at_(\d{4}-\d\d-\d\dT\d\d:\d\d)[.]csv", "2026-02-03T04:05", 60_000),
        (r"[(](.*)[)]", "2026-02-03T04:05:06Z", 1000),
    ],
)
def test_times_in_the_names_of_files(pattern: str, written: str, unit: int):
    assert file_times.written(pattern, datetime(2026, 2, 3, 4, 5, 6)) == written
    assert file_times.unit_ms(pattern) == unit


@pytest.mark.parametrize(("pattern", "sentence"), [(r"(\d{8})", "no time of ISO 8601"), (r"\d{4}-\d\d", "no group")])
def test_times_that_cannot_be_written(pattern: str, sentence: str):
    with pytest.raises(SettingsError, match=sentence):
        file_times.unit_ms(pattern)


def test_a_snapshot_has_everyone_who_is_there_at_the_begin_of_its_slot():
    one = feed("snapshots in json", delete_rate=0.3)
    rows = [json.loads(line) for line in one.batch(2).content().splitlines()]
    assert {row["as_of"] for row in rows} == {"2026-01-03 00:00:00.000"}
    versions = truth_history(one.population.definition, one.settings, 3)
    there = versions["valid_to"] > versions["valid_to"].min()
    assert 20 < len(rows) < 60
    assert len(rows) == sum(str(end).startswith("9999") for end in versions["valid_to"][there])


def test_a_snapshot_is_never_without_rows():
    """It would be held, as one that says nothing."""
    one = feed("snapshots", customers=3, growth=0, delete_rate=1.0, reinsert_rate=0.0)
    assert [len(one.batch(k).rows) for k in range(4)] == [3, 1, 1, 1]


def test_a_snapshot_is_called_by_its_day():
    names = [file.name for file in feed("snapshots").run(0, 2)]
    assert [name[:18] for name in names] == ["catalog_2026-01-01", "catalog_2026-01-02"]
    assert feed("snapshots in parquet").object_name(1) == "night-2026-01-02T00:00:00Z.parquet"


def test_late_snapshots_come_in_another_order_and_whole():
    late = feed("snapshots", Faults(late=0.5))
    order = [file.k for file in late.run(0, 10)]
    assert order != sorted(order)
    assert sorted(order) == list(range(10))
    assert all(late.batch(k).content() == feed("snapshots").batch(k).content().replace(
        feed("snapshots").label.encode(), late.label.encode()) for k in range(3))  # fmt: skip


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"interval": 3600.0}, "whole days"),
        ({"customers": 0}, "fewer than 1 rows"),
        ({"customers": 2_000_001}, "at most 2,000,000"),
    ],
)
def test_snapshots_that_cannot_be(settings: dict[str, Any], sentence: str):
    with pytest.raises(SettingsError, match=sentence):
        feed("snapshots", **settings)


def test_the_usual_is_what_the_feed_can_tell():
    assert usual_interval(read(KINDS["snapshots"])) == {"interval": DAY}
    assert usual_interval(read(KINDS["snapshots in parquet"])) == {"interval": 150.0}
    assert usual_interval(read(KINDS["dms"])) == {}
    assert usual_rates(read(KINDS["dms"])).keys() == {"move_rate", "truncate_rate"}
    assert usual_rates(read(KINDS["json, whole"])).keys() == {"truncate_rate"}
    assert usual_rates(read(KINDS["snapshots"])) == {}


@pytest.mark.parametrize("kind", ["dms", "json", "debezium", "parquet"])
def test_a_truncate_has_a_slot_to_itself_and_keys_come_back(kind: str):
    one = feed(kind, truncate_rate=0.2, delete_rate=0.0)
    ops = [set(one.batch(k).rows.ops.tolist()) for k in range(12)]
    at = next(k for k, each in enumerate(ops) if TRUNCATE in each)
    assert ops[at] == {TRUNCATE}
    assert INSERT in ops[at + 1]


def test_there_is_nothing_to_truncate_in_the_first_slot():
    rows = feed("dms", truncate_rate=1.0).batch(0).rows
    assert (rows.ops == INSERT).sum() == 60


def test_a_null_stands_behind_each_delete_of_debezium():
    rows = feed("debezium", delete_rate=0.5).batch(1)
    lines = rows.content().splitlines()
    gone = (rows.rows.ops == DELETE).sum()
    assert gone > 10
    assert lines.count(b"null") == (rows.rows.ops == TOMBSTONE).sum() == gone
    assert rows.deletes == gone
    assert rows.upserts == len(lines) - 2 * gone


def test_a_partial_row_says_less_than_a_whole_one():
    lines = [json.loads(line) for line in feed("json", customers=400).batch(1).content().splitlines()]
    updates = [len(line) for line in lines if line["account_no"] <= 400]
    assert min(updates) < max(updates)


@pytest.mark.parametrize("kind", ["csv without a header", "csv in UTF-16"])
def test_a_file_in_pieces_is_one_text_of_its_encoding(kind: str):
    one = feed(kind, customers=20_000)
    file = one.batch(0)
    assert len(list(file.chunks())) > 2
    text = file.content().decode(one.population.definition.dialect.encoding)
    assert "\ufeff" not in text
    assert len(text.splitlines()) == len(file.rows) + (kind == "csv in UTF-16")


def test_nothing_that_ends_a_field_is_written_where_nothing_is_quoted():
    text = KINDS["csv without a header"].replace('quote = "\'"', 'quote = "none"')
    file = Feed(read(text), Settings(customers=2_000)).batch(0)
    assert {line.count(b";") for line in file.content().splitlines()} == {14}


def test_without_arro3_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "arro3.io", None)
    with pytest.raises(SettingsError, match="run pip install arro3-io"):
        feed("parquet").batch(0)


@pytest.mark.parametrize("layout", ["debezium_flat", "airbyte"])
def test_a_layout_that_is_not_made_up(layout: str):
    text = KINDS["debezium"].replace('"debezium"', f'"{layout}"')
    with pytest.raises(SettingsError, match=f"the layout {layout} are not made up"):
        Feed(read(text)).batch(0)
