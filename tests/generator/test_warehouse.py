"""Rows made up for any definition, through its rendered pipeline: tables, truth and replay are the same."""

from datetime import datetime

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from generator import Faults, Feed, Settings, read
from tests.dimension.differences import differences, told_rows
from tests.dimension.landed import LandedFile
from tests.dimension.replay import replay
from tests.dimension.strategies import Toml, toml_text
from tests.dimension.test_rendered import assert_replayed
from tests.dimension.warehouse import dimension, parsed
from tests.generator.made import drawn, landed, true_history

ALL_FAULTS = Faults(late=0.3, duplicates=0.2, duplicate_files=0.5, shuffle=True, malformed=0.5)
LOADED_AT = datetime(2026, 6, 1)
BATCHES = 4


def in_time(files: list[LandedFile]) -> list[LandedFile]:
    """Loaded soon after they happened, as times in the future are rejects."""
    return [file._replace(loaded_at=LOADED_AT) for file in files]


def assert_true(toml: Toml, text: str, feed: Feed, *, each: bool) -> None:
    """The tables of the feed's files are the replay's, with invariants that hold, and the generator's truth."""
    files = in_time(landed(feed, BATCHES))
    with dimension(text, is_drawn=True) as made:
        made.land(files, each=each)
        assert_replayed(toml, made, replay(toml, files))
        if made.definition.history:
            left_out = {"is_current", "is_last"}
            history = told_rows(toml, made.history())
            found = [{name: value for name, value in row.items() if name not in left_out} for row in history]
            assert differences(toml, true_history(toml, feed, BATCHES), found) == ""


# Each example makes a warehouse, which takes a second.
@settings(max_examples=settings.default.max_examples // 6)
@given(drawn(), st.integers(1, 3), st.booleans())
def test_any_definition(toml: Toml, seed: int, each: bool):
    text = toml_text(toml)
    assume(parsed(text)[1] == [])
    population = Settings(seed=seed, customers=12, growth=2, delete_rate=0.2, reinsert_rate=0.5)
    assert_true(toml, text, Feed(read(text), population, ALL_FAULTS), each=each)
