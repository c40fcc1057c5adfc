"""A definition that changes makes of the tables what the replay makes of all that has landed under each."""

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from customertrack import migrations
from customertrack.dimension.render import render
from customertrack.dimension.tables_kept import losses, unmade
from tests.dimension.changing import Changes, changes
from tests.dimension.landed import LandedFile
from tests.dimension.replay import replay
from tests.dimension.strategies import CHANGES, Toml, definitions, toml_text
from tests.dimension.test_rendered import assert_replayed
from tests.dimension.warehouse import Dimension, dimension, parsed

BEFORE = """
dimension = "item"

[feed]
kind = "changes"
format = "csv"
time = "at"
op = { column = "op", upsert = ["", "U"], delete = ["D"] }

[key]
id = "integer"

[attributes]
name = "text(5)"
price = { type = "number(6,2)", change = "update" }
color = "text(5)"
"""
BEGAN = datetime(2026, 1, 1)
COLOR, TIER = 'color = "text(5)"', 'tier = { type = "text(9)", since = 2'
# What the definition becomes.
AFTER = {
    "added": f"{BEFORE}{TIER} }}\n",
    "added, the first carried back": f'{BEFORE}{TIER}, before = "first" }}\n',
    "added and kept": f'{BEFORE}{TIER}, change = "keep" }}\n',
    "added twice": f'{BEFORE}{TIER} }}\nsize = {{ type = "integer", since = 3, change = "correct" }}\n',
    "widened": BEFORE.replace("text(5)", "text(9)").replace("number(6,2)", "number(12,2)"),
    "retired": BEFORE.replace(COLOR, 'color = { type = "text(5)", retired = true }'),
    "renamed": BEFORE.replace(COLOR, 'colour = { type = "text(5)", was = "color" }'),
    "of the key": BEFORE.replace(COLOR, 'color = { type = "text(5)", change = "correct" }'),
    "versioned": BEFORE.replace(', change = "update"', ""),
    "all at once, and added": BEFORE.replace(COLOR, 'colour = { type = "text(7)", was = "color", change = "keep" }')
    + f'{TIER}, before = "first" }}\n',
}


def built(toml: Toml) -> Toml:
    """The definition without what no template knows yet, and with words that go together."""
    attributes = {}
    for name, said in toml["attributes"].items():
        words = {"type": said} if isinstance(said, str) else dict(said)
        words["type"] = "integer" if words["type"] == "variant" else words["type"]
        attributes[name] = {word: value for word, value in words.items() if word != "change" or "history" not in toml}
    return {**toml, "attributes": attributes}


# Each example makes a warehouse and migrates it twice or more often, which takes some seconds.
@settings(max_examples=settings.default.max_examples // 5)
@given(changes(definitions().map(built)), st.booleans())
def test_any_definition_that_changes(drawn: Changes, each: bool):
    assume(all(parsed(toml_text(toml))[1] == [] for toml in drawn.definitions))
    first, *later = drawn.definitions
    with dimension(toml_text(first), BEGAN, is_drawn=True) as made:
        made.land(drawn.files[0], each=each)
        for toml, files in zip(later, drawn.files[1:], strict=True):
            made.change(parsed(toml_text(toml))[0])
            made.refresh()
            made.land(files, each=each)
        landed = [file for files in drawn.files for file in files]
        assert_replayed(drawn.definitions[-1], made, replay(drawn.definitions[-1], landed))


class Feed:
    """Files one after the other, a minute apart, each under a definition."""

    def __init__(self, made: Dimension, toml: Toml) -> None:
        self.files: list[LandedFile] = []
        self._made = made
        self._toml = toml

    def land(self, then: Toml | None, columns: Sequence[str] | None = None) -> None:
        """Two rows: late ones, ties, deletes and states that come back among them. `columns`: all, if not given."""
        number = len(self.files)
        columns = list((then or self._toml)["attributes"]) if columns is None else columns
        rows = [
            {"id": number % 3, "at": f"2026-01-0{1 + number * 5 % 4}T{number % 10:02}:00", "op": "UD"[number % 7 == 3]},
            {"id": number % 2, "at": f"2026-01-03T{number * 7 % 20:02}:00", "op": "U"},
        ]
        lines = [",".join(["id", "at", "op", *columns])]
        for at, row in enumerate(rows):
            values = [str((number + at) % 3) for _ in columns]
            lines.append(",".join([*map(str, row.values()), *values]))
        loaded_at = datetime(2026, 1, 6) + timedelta(minutes=number)
        file = LandedFile(f"{number:02}.csv", "\n".join([*lines, ""]).encode(), loaded_at, then)
        self.files.append(file)
        self._made.drop(file)


@pytest.mark.parametrize("what", AFTER)
def test_refreshes_go_on_between_the_files_of_a_migration(what: str):
    before, toml = tomllib.loads(BEFORE), tomllib.loads(AFTER[what])
    with dimension(BEFORE, BEGAN) as made:
        feed = Feed(made, toml)
        for _ in range(5):
            feed.land(before)
            made.refresh()
        feed.land(before)
        room: list[str] = []

        def between(notice: migrations.Notice) -> None:
            """A row lands as the definition then has it: with what is added once there is a column for it."""
            if notice.kind != "applied":
                return
            room.append(notice.subject)
            made.refresh()
            feed.land(None if "R__10_raw.sql" in room and "added" in what else before)

        made.change(parsed(AFTER[what])[0], between)
        assert len(room) > 3
        assert made.rejects() == {}
        settle(made)
        for _ in range(4):
            feed.land(None)
            made.refresh()
        assert_replayed(toml, made, replay(toml, feed.files))


@pytest.mark.parametrize("what", AFTER)
@pytest.mark.parametrize("then", [{"retired": True}, *({"change": change} for change in CHANGES)])
def test_whatever_has_become_of_an_attribute_it_can_be_changed_and_changed_back(what: str, then: dict[str, Any]):
    before = parsed(AFTER[what])[0]
    for attribute in before.shown:
        others = tuple(replace(one, **then) if one is attribute else one for one in before.attributes)
        after = replace(before, attributes=others)
        for one, other in ((before, after), (after, before)):
            texts = render(other)
            # What work tables hold is worth nothing between two refreshes.
            gone = {file: unmade(text, texts[file]) for file, text in render(one).items() if "_work" in file}
            found = [losses(text, texts[file], gone.get(file, ())) for file, text in render(one).items()]
            assert [*chain.from_iterable(found)] == []


@pytest.mark.parametrize("what", ["added", "added, the first carried back", "added and kept", "added twice"])
def test_what_was_added_and_retired_comes_back(what: str):
    """Of the time between, events say NULL, whether or not something else was ever added."""
    added = parsed(AFTER[what])[0]
    retired = replace(
        added, attributes=tuple(replace(one, retired=one.since == added.number) for one in added.attributes)
    )
    before, toml = tomllib.loads(BEFORE), tomllib.loads(AFTER[what])
    with dimension(BEFORE, BEGAN) as made:
        feed = Feed(made, toml)
        for _ in range(4):
            feed.land(before)
            made.refresh()
        for then in (added, retired, added):
            made.change(then)
            settle(made)
            for _ in range(4):
                feed.land(None, [one.name for one in then.shown])
                made.refresh()
        assert made.rejects() == {}
        assert_replayed(toml, made, replay(toml, feed.files))


def test_a_row_that_has_something_of_what_is_added_says_it_whenever_it_landed():
    """In any of the new columns: it may have landed while they were made."""
    text = f'{BEFORE}{TIER} }}\nsize = {{ type = "integer", since = 2 }}\n'
    content = b"id,at,tier,size\n1,2025-12-01,,5\n1,2025-12-02,gold,\n"
    file = LandedFile("1.csv", content, BEGAN - timedelta(hours=1))
    with dimension(text, BEGAN) as made:
        made.land([file])
        assert_replayed(tomllib.loads(text), made, replay(tomllib.loads(text), [file]))


def settle(made: Dimension, times: int = 2) -> None:
    """What the task does until nothing is left: first it derives the tables again, then it applies what has landed."""
    for _ in range(times):
        made.refresh()
    assert made.rows("SELECT derived_as FROM item_refresh WHERE derived_as <> derivation") == []
    assert made.rows("SELECT source_row FROM item_table_changes") == []


def test_a_rebuild_of_a_log_in_parts():
    toml = tomllib.loads(AFTER["all at once, and added"])
    with dimension(BEFORE, BEGAN) as made:
        feed = Feed(made, toml)
        for _ in range(12):
            feed.land(tomllib.loads(BEFORE))
        made.refresh()
        made.connection.cursor().execute("UPDATE item_refresh SET most_rows = 5")
        made.change(parsed(AFTER["all at once, and added"])[0])
        settle(made)
        assert_replayed(toml, made, replay(toml, feed.files))


def test_a_change_while_a_backlog_is_left():
    toml = tomllib.loads(AFTER["all at once, and added"])
    with dimension(BEFORE, BEGAN) as made:
        feed = Feed(made, toml)
        for _ in range(12):
            feed.land(tomllib.loads(BEFORE))
        leave_a_backlog(made)
        made.change(parsed(AFTER["all at once, and added"])[0])
        settle(made, 3)
        assert_replayed(toml, made, replay(toml, feed.files))


def leave_a_backlog(made: Dimension) -> None:
    """Log what is pending, to be applied in three parts of which none is: as a run leaves it that is stopped."""
    cursor = made.connection.cursor()
    cursor.execute("UPDATE item_refresh SET batch_id = 7, event_batch_id = 7, parts = 3, part = 0")
    columns = "id, updated_at, is_delete, source_file, source_row, loaded_at, name, price, color"
    cursor.execute(f"INSERT INTO item_event ({columns}, batch_id) SELECT {columns}, 7 FROM v_item_changing_data")
    cursor.execute("INSERT INTO item_backlog (event_batch_id, parts) VALUES (7, 3)")
