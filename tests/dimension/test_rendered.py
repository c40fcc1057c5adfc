"""What is rendered from a definition does what the rule says: its tables are those of the replay.

Cases of one definition come as one where they can; with `--hypothesis-profile=thorough` each comes alone too.
"""

import re
import tomllib
from datetime import datetime
from itertools import chain, permutations
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.csv_text import csv_text
from tests.dimension.case import CASES, TOGETHER, Case
from tests.dimension.definition import type_of
from tests.dimension.definitions import LARGE
from tests.dimension.differences import current_rows, differences, history_rows, told_rows
from tests.dimension.drawn_values import TYPES, misfits, spellings
from tests.dimension.formats import told_in
from tests.dimension.landed import LandedFile
from tests.dimension.replay import Tables, replay
from tests.dimension.strategies import Story, Toml, definitions, stories, toml_text
from tests.dimension.warehouse import Dimension, dimension, parsed

Row = dict[str, Any]

EVERY = CASES | TOGETHER
CASE_IDS = list(EVERY)

LAYOUTS = ("", LARGE)


def assert_replayed(toml: Toml, found: Dimension, expected: Tables) -> None:
    """The tables are those of the replay, and every invariant holds."""
    assert found.rejects() == expected.rejects
    assert differences(toml, history_rows(toml, expected), told_rows(toml, found.history())) == ""
    current = [told_rows(toml, found.current()), current_rows(toml, expected)]
    told, wanted = ([row | {"valid_from": row["update_timestamp"]} for row in rows] for rows in current)
    assert differences(toml, wanted, told) == ""
    assert found.offences() == {}


def orders(case: Case) -> list[tuple[LandedFile, ...]]:
    """Every order of the files, which are three at most."""
    return list(permutations(case.landed()))


def test_the_cases_have_few_files():
    assert len(CASES) == 42
    assert max(len(case.files) for case in EVERY.values()) == 3


# What the fast tests have of the templates: every kind of change, a composite key, words, an initial load, a snapshot
# that comes late.
@pytest.mark.parametrize("name", ["kinds-07", "composite-01", "dms-01", "snapshot-07"])
def test_some_cases_backwards(name: str):
    case = CASES[name]
    with dimension(case.definition) as made:
        made.land(reversed(case.landed()))
        assert_is_case(case, made)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    every = metafunc.config.getoption("--hypothesis-profile") == "thorough"
    names = CASE_IDS if every else alone_or_as_one()
    if metafunc.function is test_a_case_in_any_order:
        # Of three files three orders, in which of any two each comes first; the rest are for whoever has the time.
        counts = {name: len(orders(EVERY[name])) for name in names}
        chosen = {name: (0, 3, 4) if count == 6 and not every else range(count) for name, count in counts.items()}
        metafunc.parametrize(("name", "order"), [(name, order) for name, some in chosen.items() for order in some])
    elif metafunc.function is test_a_case_at_once_and_then_each_file_again:
        metafunc.parametrize("name", names)


def alone_or_as_one() -> list[str]:
    """The cases that are in none with others, and those with others."""
    return [name for name, case in EVERY.items() if name in TOGETHER or case.definition not in _DEFINITIONS_AS_ONE]


_DEFINITIONS_AS_ONE = {case.definition for case in TOGETHER.values()}


def test_a_case_in_any_order(name: str, order: int):
    case = EVERY[name]
    # Each order in one layout, the first in another than all files at once: so each case in both.
    with dimension(case.definition + LAYOUTS[(CASE_IDS.index(name) + order) % 2]) as made:
        for file in orders(case)[order]:
            made.land([file])
            made.compact()
        assert_is_case(case, made)


@pytest.mark.usefixtures("as_bulk")
def test_a_case_at_once_and_then_each_file_again(name: str):
    case = EVERY[name]
    with dimension(case.definition + LAYOUTS[(CASE_IDS.index(name) + 1) % 2]) as made:
        made.land(case.landed(), each=False)
        assert_is_case(case, made)
        made.land(case.landed(again=True))
        assert_history(case, made)
        assert_replayed(case.toml, made, replay(case.toml, [*case.landed(), *case.landed(again=True)]))


def assert_is_case(case: Case, made: Dimension) -> None:
    """History and rejects are those that the case tells, and all tables those of the replay."""
    assert_history(case, made)
    rejects = {(reject["file"], reject["row"]): frozenset(reject["reasons"].split(", ")) for reject in case.rejects}
    assert made.rejects() == rejects
    assert_replayed(case.toml, made, replay(case.toml, case.landed()))


def assert_history(case: Case, made: Dimension) -> None:
    """The history is that which the case tells."""
    columns = [*case.toml["key"], *case.toml["attributes"], "valid_from", "valid_to"]
    told = told_rows(case.toml, made.history())
    assert differences(case.toml, case.history, [{name: row[name] for name in columns} for row in told]) == ""


def renderable(toml: Toml) -> Toml:
    """The definition without what needs another way of landing: attributes added later."""
    history = toml.get("history", {}).get("keep", True)
    attributes = {name: _attribute(written, history) for name, written in toml["attributes"].items()}
    return toml | {"attributes": attributes}


def _attribute(written: Any, history: bool) -> Any:
    words = {"type": written} if isinstance(written, str) else dict(written)
    left_out = {"since", "before"} if history else {"since", "before", "change"}
    return {word: value for word, value in words.items() if word not in left_out}


WAYS = ("at once", "each", "each, compacted")
# More than these are a backlog.
MOST_ROWS = st.sampled_from([3, 1000])


class Shown:
    """The versions that a history has shown at any time, by their ids: key and begin."""

    def __init__(self) -> None:
        self._versions: dict[str, tuple[Row, datetime]] = {}

    def note(self, made: Dimension) -> None:
        """Have those that it shows now."""
        for row in made.history():
            key = {part.name: row[part.name] for part in made.definition.key}
            assert self._versions.setdefault(row["version_id"], (key, row["valid_from"])) == (key, row["valid_from"])

    def assert_resolved(self, made: Dimension) -> None:
        """Each id gives the version of its key that is in effect today where that one began, or none."""
        history = made.history()
        for version_id, (key, time) in list(self._versions.items())[:8]:
            today = [
                row for row in history if key.items() <= row.items() and row["valid_from"] <= time < row["valid_to"]
            ]
            found = made.rows(f"SELECT * FROM TABLE({made.name}_version_of('{version_id}'))")
            assert found == today


# Each example makes a warehouse, which takes a second.
@settings(max_examples=settings.default.max_examples // 5)
@given(stories(definitions().map(renderable)), st.sampled_from(LAYOUTS), st.sampled_from(WAYS), MOST_ROWS)
def test_any_definition_and_any_files(story: Story, layout: str, way: str, most_rows: int):
    text = toml_text(story.toml)
    assume(parsed(text)[1] == [])
    with dimension(text + layout, is_drawn=True) as made:
        shown = Shown()
        made.rows(f"UPDATE {made.name}_refresh SET most_rows = {most_rows}")
        for file in story.files if way != "at once" else ():
            made.land([file])
            shown.note(made)
            if way == "each, compacted":
                made.compact()
        made.land(story.files if way == "at once" else (), each=False)
        assert_replayed(story.toml, made, replay(story.toml, story.files))
        shown.assert_resolved(made)


@settings(max_examples=settings.default.max_examples // 8)
@given(stories(definitions().map(renderable)), st.sampled_from(["json", "parquet"]), st.randoms(use_true_random=False))
def test_any_definition_and_any_files_of_another_format(story: Story, form: str, random: Random):
    assume(parsed(toml_text(story.toml))[1] == [])
    story = told_in(form, story, random)
    with dimension(toml_text(story.toml), is_drawn=True) as made:
        made.land(story.files)
        assert_replayed(story.toml, made, replay(story.toml, story.files))


ITEM = """
dimension = "item"
feed = { kind = "changes", format = "csv", time = "at" }
key = { id = "integer" }
"""


def test_no_value_of_a_boolean_is_none():
    """Each is a version: NULL is not FALSE."""
    text = f'{ITEM}attributes = {{ is_on = "boolean" }}\n'
    rows = ["1,2026-01-01,false", "1,2026-01-02,", "1,2026-01-03,true", "1,2026-01-04,", "1,2026-01-05,false"]
    file = LandedFile("1.csv", "\n".join(["id,at,is_on", *rows, ""]).encode(), datetime(2026, 2, 1))
    with dimension(text) as made:
        made.land([file])
        found = sorted((row["valid_from"].day, row["is_on"]) for row in made.history())
        assert found == [(1, False), (2, None), (3, True), (4, None), (5, False)]
        assert_replayed(tomllib.loads(text), made, replay(tomllib.loads(text), [file]))


def test_each_text_of_all_types():
    """Spellings and misfits. The null of JSON is none of a variant's values."""
    of_types = {f"a_{re.sub('[^a-z0-9]+', '_', of).strip('_')}": of for of in TYPES}
    texts = [
        *(
            (name, text)
            for name, of in of_types.items()
            for text in chain(*spellings(type_of(of)), misfits(type_of(of)))
        ),
        ("a_variant", "null"),
    ]
    rows: list[Row] = [{"id": at, "at": "2026-01-01", name: text} for at, (name, text) in enumerate(texts)]
    # What is compared says where a text ends: these are two states.
    rows += [
        {"id": -1, "at": "2026-01-01", "a_text_20": "1", "a_boolean": "true"},
        {"id": -1, "at": "2026-01-02", "a_text_20": "1a_boolean:true"},
        # And these are one.
        {"id": -2, "at": "2026-01-01", "a_variant": "null"},
        {"id": -2, "at": "2026-01-02"},
    ]
    columns = ["id", "at", *of_types]
    content = csv_text(columns, [dict.fromkeys(columns) | row for row in rows])
    file = LandedFile("1.csv", content.encode(), datetime(2026, 2, 1))
    attributes = "".join(f'{name} = "{of}"\n' for name, of in of_types.items())
    text = f"{ITEM}[attributes]\n{attributes}"
    with dimension(text) as made:
        made.land([file])
        assert_replayed(tomllib.loads(text), made, replay(tomllib.loads(text), [file]))
