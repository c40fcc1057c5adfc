"""What is rendered from a definition does what the rule says: its tables are those of the replay."""

import tomllib
from datetime import datetime
from itertools import permutations
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.dimension.case import CASES, Case
from tests.dimension.differences import Text, current_rows, differences, history_rows, told_rows
from tests.dimension.landed import LandedFile
from tests.dimension.replay import Tables, replay
from tests.dimension.strategies import Story, Toml, definitions, stories, toml_text
from tests.dimension.warehouse import Dimension, dimension, parsed

# What is rendered by now: words of NULL, truncates, changes of key, parts and snapshots are not.
CASE_IDS = [name for name in CASES if name.startswith(("kinds", "sequence", "composite", "types"))]


def assert_replayed(toml: Toml, found: Dimension, expected: Tables) -> None:
    """The tables are those of the replay, and every invariant holds."""
    assert found.rejects() == expected.rejects
    history = [_without(row, "is_last") for row in history_rows(toml, expected)]
    assert differences(toml, history, told_rows(toml, found.history())) == ""
    current = [told_rows(toml, found.current()), current_rows(toml, expected)]
    told, wanted = ([row | {"valid_from": row["update_timestamp"]} for row in rows] for rows in current)
    assert differences(toml, wanted, told) == ""
    assert found.offences() == {}


def _without(row: Text, column: str) -> Text:
    return {name: value for name, value in row.items() if name != column}


def orders(case: Case) -> list[tuple[LandedFile, ...]]:
    """Every order of the files, which are three at most."""
    return list(permutations(case.landed()))


def test_the_cases_have_few_files():
    assert len(CASE_IDS) == 20
    assert max(len(CASES[name].files) for name in CASE_IDS) == 3


@pytest.mark.parametrize(
    ("name", "order"), [(name, order) for name in CASE_IDS for order in range(len(orders(CASES[name])))]
)
def test_a_case_in_any_order(name: str, order: int):
    case = CASES[name]
    with dimension(case.definition) as made:
        made.land(orders(case)[order])
        assert_is_case(case, made)


@pytest.mark.parametrize("name", CASE_IDS)
def test_a_case_at_once_and_then_each_file_again(name: str):
    case = CASES[name]
    with dimension(case.definition) as made:
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
    """The definition without what no template knows yet: attributes added later, JSON, words of NULL, epoch times."""
    feed = {word: value for word, value in toml["feed"].items() if word != "null"}
    if isinstance(feed["time"], dict):
        feed["time"] = "updated_at"
    history = toml.get("history", {}).get("keep", True)
    attributes = {name: _attribute(written, history) for name, written in toml["attributes"].items()}
    return toml | {"feed": feed, "attributes": attributes}


def _attribute(written: Any, history: bool) -> Any:
    words = {"type": written} if isinstance(written, str) else dict(written)
    if words["type"] == "variant":
        words["type"] = "integer"
    left_out = {"since", "before"} if history else {"since", "before", "change"}
    return {word: value for word, value in words.items() if word not in left_out}


# Each example makes a warehouse, which takes a second.
@settings(max_examples=settings.default.max_examples * 4 // 5)
@given(stories(definitions().map(renderable)), st.booleans())
def test_any_definition_and_any_files(story: Story, each: bool):
    text = toml_text(story.toml)
    assume(parsed(text)[1] == [])
    with dimension(text) as made:
        made.land(story.files, each=each)
        assert_replayed(story.toml, made, replay(story.toml, story.files))


def test_no_value_of_a_boolean_is_none():
    """Each is a version: NULL is not FALSE."""
    text = """
dimension = "item"
feed = { kind = "changes", format = "csv", time = "at" }
key = { id = "integer" }
attributes = { is_on = "boolean" }
"""
    rows = ["1,2026-01-01,false", "1,2026-01-02,", "1,2026-01-03,true", "1,2026-01-04,", "1,2026-01-05,false"]
    file = LandedFile("1.csv", "\n".join(["id,at,is_on", *rows, ""]).encode(), datetime(2026, 2, 1))
    with dimension(text) as made:
        made.land([file])
        found = sorted((row["valid_from"].day, row["is_on"]) for row in made.history())
        assert found == [(1, False), (2, None), (3, True), (4, None), (5, False)]
        assert_replayed(tomllib.loads(text), made, replay(tomllib.loads(text), [file]))
