"""For any definition the computed truth equals what anyone gets who replays the files by the rules."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from generator import Faults, Feed, Settings
from generator.truth_tables import true_rejects
from tests.dimension.differences import Text, current_rows, differences, history_rows
from tests.dimension.replay import replay
from tests.dimension.strategies import Toml
from tests.generator.made import (
    definition_of,
    drawn,
    landed,
    populations,
    troubles,
    true_current,
    true_history,
)


def _without(row: Text, *columns: str) -> Text:
    return {name: value for name, value in row.items() if name not in columns}


@given(drawn(), populations(), troubles, st.integers(1, 6))
def test_replayed_files_are_the_truth_whatever_the_definition(
    toml: Toml, population: Settings, faults: Faults, batches: int
):
    feed = Feed(definition_of(toml), population, faults)
    tables = replay(toml, landed(feed, batches))
    assert Counter(name for name, _ in tables.rejects) == Counter(true_rejects(feed, batches))
    current = [row | {"valid_from": row["update_timestamp"]} for row in current_rows(toml, tables)]
    true = [row | {"valid_from": row["update_timestamp"]} for row in true_current(toml, feed, batches)]
    assert differences(toml, current, true) == ""
    if toml.get("history", {}).get("keep", True):
        history = [_without(row, "is_last", "is_current") for row in history_rows(toml, tables)]
        assert differences(toml, history, true_history(toml, feed, batches)) == ""
