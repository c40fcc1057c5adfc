"""Definitions for the tests of the generator, feeds of them, and the truth in the shape of a replay."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from generator import Definition, Faults, Feed, Settings, read, truth, truth_history
from generator.truth_tables import Columns
from tests.dimension.differences import Text, told_rows
from tests.dimension.landed import LandedFile
from tests.dimension.strategies import Toml, definitions, toml_text

LOADED_AT = datetime(2030, 1, 1)
rates = st.sampled_from([0.0, 0.05, 0.2, 0.5, 1.0])
shares = st.sampled_from([0.0, 0.1, 0.5, 1.0])
troubles = st.builds(
    Faults,
    late=shares,
    duplicates=shares,
    duplicate_files=shares,
    shuffle=st.booleans(),
    malformed=shares,
    lateness=st.integers(1, 4),
)


@st.composite
def drawn(draw: st.DrawFn) -> Toml:
    """A definition all of whose words the generator knows, with groups of attributes and rates."""
    toml = draw(definitions())
    kept = toml.get("history", {}).get("keep", True)
    attributes = {name: _plain(written, kept) for name, written in toml["attributes"].items()}
    names = draw(st.lists(st.sampled_from(list(attributes)), unique=True))
    cut = draw(st.integers(0, len(names)))
    groups = {name: part for name, part in (("a", names[:cut]), ("b", names[cut:])) if part}
    generate = {name: {"attributes": part, "rate": draw(rates)} for name, part in groups.items()}
    return {**toml, "attributes": attributes, "generate": generate}


def _plain(written: Any, kept: bool) -> Toml:
    """What was added later is as if it had been there; without versions no change says anything of them."""
    words = {"type": written} if isinstance(written, str) else written
    left_out = {"since", "before"} if kept else {"since", "before", "change"}
    return {word: value for word, value in words.items() if word not in left_out}


@st.composite
def populations(draw: st.DrawFn) -> Settings:
    """Few keys, so that any key has room for them, and times that any feed can tell apart."""
    return Settings(
        seed=draw(st.integers(1, 4)),
        customers=draw(st.integers(0, 15)),
        growth=draw(st.integers(0, 3)),
        delete_rate=draw(rates),
        reinsert_rate=draw(rates),
        interval=draw(st.sampled_from([1.0, 150.0])),
        start=datetime(2026, 1, 1, tzinfo=UTC),
    )


def definition_of(toml: Toml) -> Definition:
    """What the generator reads of it."""
    return read(toml_text(toml))


def landed(feed: Feed, batches: int) -> list[LandedFile]:
    """The files of the first batches, in the order in which they come."""
    return [LandedFile(file.name, file.content(), LOADED_AT) for file in feed.run(0, batches)]


def true_history(toml: Toml, feed: Feed, batches: int) -> list[Text]:
    """The versions that the generator computes, as texts."""
    return told_rows(toml, _rows(truth_history(feed.population.definition, feed.settings, batches)))


def true_current(toml: Toml, feed: Feed, batches: int) -> list[Text]:
    """The current rows that the generator computes, as texts."""
    return told_rows(toml, _rows(truth(feed.population.definition, feed.settings, batches)))


def _rows(columns: Columns) -> Iterable[dict[str, Any]]:
    values = [column.tolist() for column in columns.values()]
    return [dict(zip(columns, row, strict=True)) for row in zip(*values, strict=True)]
