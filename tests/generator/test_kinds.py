"""For each kind of feed the computed truth equals what anyone gets who replays the files by the rules."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import settings as example_settings
from hypothesis import strategies as st

from generator import Faults, Feed, Settings, read
from generator.truth_tables import true_rejects
from tests.dimension.differences import current_rows, differences, history_rows, told_rows
from tests.dimension.test_rendered import assert_replayed
from tests.dimension.warehouse import dimension
from tests.generator.kinds import KINDS
from tests.generator.made import landed, troubles, true_current, true_history
from tests.generator.replayed import generic, replayed
from tests.generator.test_warehouse import BATCHES, LOADED_AT, in_time

DAY = 86_400.0
shares = st.sampled_from([0.0, 0.1, 0.4, 1.0])
populations = st.builds(
    Settings,
    seed=st.integers(1, 3),
    customers=st.integers(1, 12),
    growth=st.integers(0, 3),
    delete_rate=shares,
    reinsert_rate=shares,
    move_rate=shares,
    truncate_rate=shares,
    interval=st.just(DAY),
    start=st.just(datetime(2026, 1, 1, tzinfo=UTC)),
)


# Every fault, and all that may happen to a key.
FAULTS = Faults(late=0.3, duplicates=0.2, duplicate_files=0.5, shuffle=True, malformed=0.5)
POPULATION = Settings(
    seed=2,
    customers=40,
    growth=3,
    rates=dict.fromkeys(("price", "stock", "brand", "first_seen", "prefs"), 0.3),
    delete_rate=0.2,
    reinsert_rate=0.5,
    move_rate=0.2,
    truncate_rate=0.2,
    interval=DAY,
    start=datetime(2026, 1, 1, tzinfo=UTC),
)


@pytest.mark.parametrize("kind", KINDS)
@example_settings(max_examples=example_settings.default.max_examples // 10)
@example(POPULATION, FAULTS, 6)
@given(populations, troubles, st.integers(1, 6))
def test_replayed_files_are_the_truth(kind: str, population: Settings, faults: Faults, batches: int):
    assert_true(KINDS[kind], population, faults, batches)


def test_replayed_files_are_the_truth_where_a_value_is_the_word_for_null():
    """In quotes it is a value."""
    assert_true(KINDS["dms"].replace('"NULL"', '"false"'), POPULATION, Faults(), 3)


def assert_true(text: str, population: Settings, faults: Faults, batches: int) -> None:
    """The truth is what anyone gets who replays the files."""
    toml, feed = generic(text), Feed(read(text), population, faults)
    tables = replayed(text, landed(feed, batches)).tables
    assert tables.held == []
    assert Counter(name for name, _ in tables.rejects) == Counter(true_rejects(feed, batches))
    current = [row | {"valid_from": row["update_timestamp"]} for row in current_rows(toml, tables)]
    true = [row | {"valid_from": row["update_timestamp"]} for row in true_current(toml, feed, batches)]
    assert differences(toml, current, true) == ""
    left_out = {"is_last", "is_current"}
    found = [{name: row[name] for name in row.keys() - left_out} for row in history_rows(toml, tables)]
    assert differences(toml, found, true_history(toml, feed, batches)) == ""


# File by file what lands otherwise: changes, envelopes of them, snapshots. All at once what is written otherwise alone.
_EACH = ("dms", "debezium, mysql", "snapshots in json")


@pytest.mark.parametrize(("kind", "each"), [(kind, kind in _EACH) for kind in KINDS])
def test_the_warehouse_has_the_truth(kind: str, each: bool):
    text = KINDS[kind]
    toml, feed = generic(text), Feed(read(text), POPULATION, FAULTS)
    files = in_time(landed(feed, BATCHES))
    with dimension(text, LOADED_AT) as made:
        made.land(files, each=each)
        assert_replayed(toml, made, replayed(text, files).tables)
        left_out = {"is_current", "is_last"}
        found = [{name: row[name] for name in row.keys() - left_out} for row in told_rows(toml, made.history())]
        assert differences(toml, true_history(toml, feed, BATCHES), found) == ""
