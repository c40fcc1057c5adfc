"""Rows that do not say all, truncates and changes of key, however they land: the tables are those of the replay."""

import tomllib
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.dimension import definition as definitions_of
from tests.dimension.fold import OPEN_END, history
from tests.dimension.inputs import lines, orders
from tests.dimension.partial import partial_stories
from tests.dimension.replay import replay
from tests.dimension.strategies import Story, toml_text
from tests.dimension.test_rendered import LAYOUTS, MOST_ROWS, WAYS, assert_replayed
from tests.dimension.warehouse import dimension, parsed

PARTIAL = """
dimension = "item"

[feed]
kind = "changes"
format = "json"
missing = "keep"
time = "at"
op = { column = "op", upsert = ["", "U"], delete = ["D"], truncate = ["T"] }

[key]
id = "integer"

[attributes]
a = "text(9)"
b = { type = "text(9)", change = "update" }
c = { type = "text(9)", change = "correct" }
d = { type = "text(9)", change = "keep" }
"""


PARTIALS = {
    "a NULL after a value": [[{"a": "x", "b": "p"}, 1], [{"a": None, "b": None}, 3], [{"b": "q"}, 5], [{"a": "x"}, 7]],
    "a late NULL": [
        [{"a": "x", "c": "x", "d": "x"}, 2],
        [{"a": "y"}, 5],
        [{"c": None}, 8],
        [{"a": None, "d": None}, 1],
    ],
    "a NULL that is said first": [[{"c": "p", "d": None}, 1], [{"c": None, "d": "x"}, 3], [{"b": "q"}, 5]],
    "nothing said at first": [[{}, 1], [{"d": "x"}, 4], [{"d": "y", "c": "y"}, 3], [{"a": "z"}, 5]],
    "an attribute that nobody says": [[{"a": "x"}, 1], [{"a": "y"}, 3], [{"a": "x"}, 2]],
    "two of one time, one within a delete": [[{"a": "x", "b": "x"}, 1], [None, 4], [{"b": "y"}, 4], [{"a": "y"}, 4]],
    "a delete that comes between": [[{"a": "x", "c": "p", "d": "p"}, 1], [{"b": "y", "d": "q"}, 5], [None, 3]],
    "late above two versions": [[{"a": "x", "b": "p"}, 1], [{"a": "y"}, 4], [{"a": "z"}, 8], [{"a": "w"}, 6]],
    "late below a stored version": [[{"a": "x", "b": "p"}, 1], [{"b": "q"}, 4], [{"a": "y"}, 6], [{"b": "r"}, 3]],
}


# Each example makes a warehouse, and often migrates it.
@settings(max_examples=settings.default.max_examples // 8)
@given(partial_stories(), st.sampled_from(LAYOUTS), st.sampled_from(WAYS), MOST_ROWS)
def test_any_partial_rows(story: Story, layout: str, way: str, most_rows: int):
    text = toml_text(story.toml) + layout
    first = toml_text(dict(definitions_of.before(story.toml, 1))) + layout
    with dimension(first) as made:
        made.rows(f"UPDATE item_refresh SET most_rows = {most_rows}")
        for then in (True, False):
            if not then and first != text:
                made.change(parsed(text)[0])
            files = [file for file in story.files if (file.definition is not None) == then or first == text]
            for file in files if way != "at once" else ():
                made.land([file])
                if way == "each, compacted":
                    made.compact()
            made.land(files if way == "at once" else (), each=False)
            if first == text:
                break
        expected = replay(story.toml, story.files)
        assert_replayed(story.toml, made, expected)
        assert (
            made.rows("SELECT * FROM item_batch WHERE rows_landed <> events_accepted + rows_rejected + truncates") == []
        )
        made.rows("CALL pdr_rebuild_item()")
        assert_replayed(story.toml, made, expected)


@pytest.mark.parametrize("what", PARTIALS)
def test_a_partial_row(what: str):
    toml = tomllib.loads(PARTIAL)
    rows = [
        {"id": 1, "at": f"2026-01-0{day}", **({"op": "D"} if said is None else {"op": "U", **said})}
        for said, day in PARTIALS[what]
    ]
    for at, order in enumerate(orders(len(rows))):
        files = [lines(f"{number}.json", rows[number]) for number in order]
        with dimension(PARTIAL + LAYOUTS[at % 2]) as made:
            made.land(files)
            assert_replayed(toml, made, replay(toml, files))


def test_what_updates_an_open_version_opens_none():
    rows = [({"a": "x", "b": "p"}, 1), ({"b": "q"}, 2), ({"a": "y"}, 4), ({"b": "r"}, 9), ({"b": "s"}, 6)]
    with dimension(PARTIAL) as made:
        made.land(lines(f"{day}.json", {"id": 1, "at": f"2026-01-0{day}", "op": "U", **said}) for said, day in rows)
        batches = made.rows("SELECT versions_opened FROM item_batch ORDER BY batch_id")
    assert [batch["versions_opened"] for batch in batches] == [1, 0, 1, 0, 0]


def test_several_partial_rows_of_a_key_at_once():
    """What the first of them does not say is in the row of the key; a NULL that they say is not looked up there."""
    versions = PARTIAL.partition("[attributes]")[0] + '[attributes]\na = "text(9)"\nb = "text(9)"\n'
    toml = tomllib.loads(versions)
    days = [
        [({"a": "x", "b": "p"}, 1)],
        [({"a": None}, 3), ({"b": "q"}, 4), ({"a": "y"}, 5)],
        [({"b": None}, 6), ({}, 7), ({"op": "D"}, 8), ({"b": "r"}, 9)],
    ]
    files = [
        lines(f"{at}.json", *({"id": 1, "at": f"2026-01-0{day}", "op": "U", **said} for said, day in rows))
        for at, rows in enumerate(days)
    ]
    for order in orders(len(files)):
        with dimension(versions) as made:
            made.land([files[at] for at in order])
            assert_replayed(toml, made, replay(toml, [files[at] for at in order]))


def test_whole_rows_and_then_partial_ones():
    """What landed before has said all of it; and what was derived from that is derived again, once."""
    whole = PARTIAL.replace('missing = "keep"\n', "")
    rows = [
        {"id": 1, "at": f"2026-01-0{day}", "op": "U", **said}
        for day, said in ((1, {"a": "x", "d": "x"}), (5, {"b": "y"}))
    ]
    late = [{"id": 1, "at": "2026-01-03", "op": "U", "a": "z"}, {"id": 1, "at": "2026-01-07", "op": "U", "c": "z"}]
    files = [lines("1.json", *rows)._replace(definition=tomllib.loads(whole)), lines("2.json", *late)]
    toml = tomllib.loads(PARTIAL)
    with dimension(whole) as made:
        made.land(files[:1])
        made.change(parsed(PARTIAL)[0])
        made.refresh()
        made.land(files[1:])
        assert_replayed(toml, made, replay(toml, files))


def test_what_is_said_by_a_former_name_is_said():
    renamed = PARTIAL.replace('a = "text(9)"', 'a = { type = "text(9)", was = "old" }')
    rows = [
        {"id": 1, "at": f"2026-01-0{day}", "op": "U", **said}
        for day, said in ((1, {"old": "x"}), (3, {"b": "y"}), (5, {"a": "z"}), (7, {"old": None}))
    ]
    with dimension(renamed) as made:
        made.land([lines("1.json", *rows)])
        assert sorted((row["valid_from"].day, row["a"]) for row in made.history()) == [(1, "x"), (5, "z"), (7, None)]
        assert made.offences() == {}


def test_what_was_known_of_a_key_is_what_was_said_last():
    said = ({"a": "x", "b": "p"}, {"b": "q"}, {"a": "z"})
    rows = [{"id": 1, "at": f"2026-01-0{day}", "op": "U", **one} for day, one in enumerate(said, 1)]
    with dimension(PARTIAL) as made:
        made.land([lines("1.json", *rows)])
        for day, known in ((1, ("x", "p")), (2, ("x", "q")), (3, ("z", "q"))):
            asked = f"'2026-01-0{day}'::TIMESTAMP_NTZ, '2999-01-01'::TIMESTAMP_NTZ"
            (row,) = made.rows(f"SELECT * FROM TABLE(item_as_known({asked}))")
            assert (row["a"], row["b"]) == known


# Each example makes a warehouse, and asks it twice for each file.
@settings(max_examples=settings.default.max_examples // 8)
@given(partial_stories(), st.sampled_from(LAYOUTS), st.integers(1, 5), st.integers(0, 4))
def test_what_was_known(story: Story, layout: str, day: int, until: int):
    toml = {**story.toml, "attributes": {name: _of_first(words) for name, words in story.toml["attributes"].items()}}
    files = [
        file._replace(loaded_at=file.loaded_at + timedelta(minutes=at), definition=None)
        for at, file in enumerate(story.files)
    ]
    known = files[: until + 1]
    time = datetime(2026, 1, day)
    with dimension(toml_text(toml) + layout, is_drawn=True) as made:
        made.land(files)
        asked = f"TABLE(item_as_known('{time}'::TIMESTAMP_NTZ, '{known[-1].loaded_at}'::TIMESTAMP_NTZ))"
        found = made.rows(f"SELECT * FROM {asked} ORDER BY id")
    definition = definitions_of.read(toml)
    inputs = [one for one in replay(toml, known).events if one.time <= time]
    told = [name for name, words in toml["attributes"].items() if words.get("change") not in ("keep", "correct")]
    expected = sorted(
        (version.key[0], *(version.state[name] for name in told))
        for version in history(definition, inputs)
        if version.valid_to == OPEN_END
    )
    assert [(row["id"], *(row[name] for name in told)) for row in found] == expected


def _of_first(words: dict[str, object]) -> dict[str, object]:
    return {word: said for word, said in words.items() if word not in ("since", "before")}
