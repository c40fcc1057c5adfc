"""Truncates, changes of key and partial rows where they are likely to go wrong, counted, purged, and asked about."""

import json
import tomllib
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customertrack.reads.refreshes import last_refreshes
from tests.dimension import definition as definitions_of
from tests.dimension.fold import OPEN_END, history
from tests.dimension.landed import LandedFile
from tests.dimension.partial import partial_stories
from tests.dimension.replay import replay
from tests.dimension.strategies import Story, toml_text
from tests.dimension.test_rendered import LAYOUTS, assert_replayed
from tests.dimension.warehouse import Dimension, dimension, parsed
from tests.sql import statement_counts

_FEED = """
dimension = "item"

[feed]
kind = "changes"
format = "csv"
time = "at"
sequence = ["n"]
op = { column = "op", upsert = ["U"], delete = ["D"], truncate = ["T"] }

[key]
id = { type = "integer", before = "old_id" }
"""
COLUMNS = "op,id,old_id,at,n,a"
WHOLE = f'{_FEED}\n[attributes]\na = "text(9)"\n'
UPDATED = f'{_FEED}\n[attributes]\na = "text(9)"\nb = {{ type = "text(9)", change = "update" }}\n'
TYPE_1 = f"{WHOLE}\n[history]\nkeep = false\n"
FEEDS = [text + layout for text in (WHOLE, UPDATED, TYPE_1) for layout in LAYOUTS]
LOADED_AT = datetime(2026, 6, 1)

COMPOSITE = """
dimension = "item"
feed = { kind = "changes", format = "csv", time = "at" }

[key]
code = { type = "uuid", before = "old_code" }
region = { type = "text(2)", null = "*", before = "old_region" }
size = "number(6,2)"

[attributes]
a = "text(9)"
"""

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


def csv(name: str, *rows: str, columns: str = COLUMNS, minute: int = 0) -> LandedFile:
    """A file of rows, each with its day of January in the place of the time."""
    return LandedFile(name, "\n".join([columns, *rows, ""]).encode(), LOADED_AT + timedelta(minutes=minute))


def lines(name: str, *rows: dict[str, object], minute: int = 0) -> LandedFile:
    """A file of JSON lines."""
    return LandedFile(
        name, "".join(f"{json.dumps(row)}\n" for row in rows).encode(), LOADED_AT + timedelta(minutes=minute)
    )


def orders(count: int) -> list[tuple[int, ...]]:
    """Some orders of so many files: forwards and backwards, and those that put another one first or last."""
    found = list(permutations(range(count)))
    return found if count < 3 else [found[0], found[-1], found[len(found) // 2]]


# Where a truncate may come to stand: files that land one after the other in every order.
TRUNCATES = {
    "with a smaller sequence than an upsert of its time": [
        ["U,1,,2026-01-05,1,x"],
        ["U,1,,2026-01-10,5,x", "T,,,2026-01-10,3,"],
    ],
    "with a greater one": [["U,1,,2026-01-05,1,x"], ["U,1,,2026-01-10,5,x"], ["T,,,2026-01-10,7,"]],
    "with no sequence": [["U,1,,2026-01-10,,x"], ["T,,,2026-01-10,,"], ["U,1,,2026-01-10,1,y"]],
    "before anything": [["T,,,2026-01-01,1,"], ["U,1,,2026-01-05,1,x"]],
    "behind everything": [
        ["U,1,,2026-01-05,1,x", "U,2,,2026-01-06,1,y"],
        ["D,2,,2026-01-07,1,"],
        ["T,,,2026-01-20,1,"],
    ],
    "two, with something between them": [
        ["U,1,,2026-01-05,1,x"],
        ["T,,,2026-01-10,1,"],
        ["T,,,2026-01-15,1,", "U,1,,2026-01-12,1,x"],
    ],
    "of an empty dimension": [["T,,,2026-01-10,1,"], ["T,,,2026-01-11,1,"]],
    "where a version begins": [
        ["U,1,,2026-01-05,1,x", "U,1,,2026-01-10,1,y"],
        ["T,,,2026-01-10,,"],
        ["U,1,,2026-01-15,1,z"],
    ],
    "where a version ends": [
        ["U,1,,2026-01-05,1,x", "D,1,,2026-01-10,1,"],
        ["T,,,2026-01-10,9,"],
        ["U,1,,2026-01-15,1,z"],
    ],
    "in the gap between two": [
        ["U,1,,2026-01-05,1,x", "D,1,,2026-01-08,1,"],
        ["U,1,,2026-01-15,1,x"],
        ["T,,,2026-01-10,1,"],
    ],
    "a key is new behind it and older": [
        ["T,,,2026-01-10,1,", "U,3,,2026-01-09,1,x"],
        ["U,4,,2026-01-02,1,y"],
        ["U,4,,2026-01-11,1,y"],
    ],
    "with a key and a time of no sense": [
        ["T,x,,2026-01-10,1,", "T,,,nonsense,1,", "T,,,2026-01-11,z,"],
        ["U,1,,2026-01-05,1,x"],
    ],
}


@pytest.mark.parametrize("where", TRUNCATES)
def test_a_truncate(where: str):
    contents = TRUNCATES[where]
    for at, order in enumerate(orders(len(contents))):
        text = FEEDS[(list(TRUNCATES).index(where) + at) % len(FEEDS)]
        files = [csv(f"{number}.csv", *contents[number]) for number in order]
        with dimension(text, is_shared=True) as made:
            for file in files:
                made.land([file])
                made.compact()
            assert_replayed(tomllib.loads(text), made, replay(tomllib.loads(text), files))
            assert_counts(made, [len(contents[number]) for number in order])


def assert_counts(made: Dimension, landed: Sequence[int]) -> None:
    """Each refresh counts each row that it has applied once."""
    batches = made.rows("SELECT * FROM item_batch ORDER BY batch_id")
    assert [batch["rows_landed"] for batch in batches] == list(landed)
    for batch in batches:
        assert batch["rows_landed"] == batch["events_accepted"] + batch["rows_rejected"] + batch.get("truncates", 0)


def test_a_truncate_in_order_reads_no_log_and_ends_who_is_present():
    with dimension(WHOLE, is_shared=True) as made:
        made.land(
            [csv("1.csv", "U,1,,2026-01-05,1,x", "U,2,,2026-01-05,1,x", "U,3,,2026-01-05,1,x", "D,3,,2026-01-06,1,")]
        )
        made.land([csv("2.csv", "T,,,2026-01-10,1,")])
        (_, last) = made.rows("SELECT * FROM item_batch ORDER BY batch_id")
        assert (last["rows_landed"], last["events_accepted"], last["truncates"]) == (1, 0, 1)
        assert (last["keys_touched"], last["keys_late"], last["versions_closed"], last["versions_opened"]) == (
            2,
            0,
            2,
            0,
        )
        assert made.current() == []


def test_they_take_no_statement_more():
    expected = statement_counts.statements()
    with dimension(WHOLE, is_shared=True) as made:
        made.land([csv("1.csv", "U,1,,2026-01-05,1,x", "U,2,,2026-01-06,1,y")])
        made.land([csv("2.csv", "U,3,1,2026-01-10,1,x", "T,,,2026-01-12,1,", "U,4,,2026-01-13,1,x")])
        made.land([csv("3.csv", "U,1,3,2026-01-07,1,z", "T,,,2026-01-11,1,")])
        _, in_order, late = last_refreshes(made.connection, "item")
    assert in_order.statements == expected["in order, one event for each key"]
    assert late.statements == expected["with late keys"]


@pytest.mark.parametrize("text", [*FEEDS])
def test_a_backlog_with_truncates_and_changes_of_key(text: str):
    toml = tomllib.loads(text)
    first = csv("1.csv", *(f"U,{key},,2026-01-05,1,x" for key in range(12)), "U,20,,2026-01-25,1,x")
    more = [f"U,{key},{key - 1},2026-01-{10 + key},{key % 3},y" for key in range(1, 12)]
    second = csv("2.csv", *more, "T,,,2026-01-14,1,", "U,x,,2026-01-14,1,x", "T,,,2026-01-16,1,")
    with dimension(text, is_shared=True) as made:
        made.land([first])
        made.rows("UPDATE item_refresh SET most_rows = 5")
        made.land([second])
        assert_replayed(toml, made, replay(toml, [first, second]))
        parts = made.rows("SELECT * FROM item_batch ORDER BY batch_id")[1:]
        assert len(parts) == 5
        assert sum(part["rows_landed"] for part in parts) == 14
        assert [part["truncates"] for part in parts] == [2, 0, 0, 0, 0]
        assert sum(part["events_accepted"] for part in parts) == 11
        assert made.rows("CALL pdr_rebuild_item()")
        assert_replayed(toml, made, replay(toml, [first, second]))


def test_a_rebuild_while_a_backlog_is_left_applies_its_truncate_to_no_key_of_what_is_left():
    first = csv("1.csv", *(f"U,{key},,2026-01-05,1,x" for key in range(12)))
    second = csv("2.csv", *(f"U,{key},,2026-01-12,1,y" for key in range(12)), "T,,,2026-01-10,1,")
    with dimension(WHOLE, is_shared=True) as made:
        made.land([first])
        made.drop(second)
        cursor = made.connection.cursor()
        cursor.execute("UPDATE item_refresh SET batch_id = 7, event_batch_id = 7, parts = 3, part = 1")
        columns = "id, updated_at, n, is_delete, source_file, source_row, loaded_at, a"
        landed = f"SELECT {columns}, 7 FROM v_item_changing_data WHERE NOT is_truncate"
        cursor.execute(f"INSERT INTO item_event ({columns}, batch_id) {landed}")
        truncate = "'2026-01-10', 1, 'landing/item/2.csv', 13, NULL, '2026-06-01', 7"
        cursor.execute(f"INSERT INTO item_barrier VALUES ({truncate})")
        cursor.execute("INSERT INTO item_backlog (event_batch_id, parts) VALUES (7, 3)")
        cursor.execute("CALL pdr_rebuild_item()")
        assert 12 < len(made.history()) < 24
        assert made.offences() == {}
        made.refresh()
        toml = tomllib.loads(WHOLE)
        assert_replayed(toml, made, replay(toml, [first, second]))


CHANGES_OF_KEY = {
    "onto a key that lives": [["U,1,,2026-01-05,1,x", "U,2,,2026-01-06,1,y"], ["U,2,1,2026-01-10,1,z"]],
    "onto itself, written otherwise": [
        ["U,7,,2026-01-05,1,x"],
        ["U,7,7.00,2026-01-10,1,y"],
        ["U,7,+07,2026-01-11,1,z"],
    ],
    "a chain within one time": [["U,1,,2026-01-05,1,x"], ["U,2,1,2026-01-10,1,y", "U,3,2,2026-01-10,1,z"]],
    "two that change places": [
        ["U,1,,2026-01-05,1,x", "U,2,,2026-01-05,1,y"],
        ["U,2,1,2026-01-10,1,x", "U,1,2,2026-01-10,1,y"],
    ],
    "there and back": [["U,1,,2026-01-05,1,x"], ["U,2,1,2026-01-10,1,x"], ["U,1,2,2026-01-15,1,x"]],
    "of a key that nobody knows": [["U,2,9,2026-01-10,1,x"], ["U,9,,2026-01-12,1,y"], ["U,9,,2026-01-08,1,z"]],
    "from what is no key": [
        ["U,2,x,2026-01-10,1,x", "U,,x,2026-01-10,1,x", "U,y,x,2026-01-10,1,x"],
        ["U,2,1,2026-01-11,1,x"],
    ],
    "said by a delete": [["U,1,,2026-01-05,1,x", "U,2,,2026-01-05,1,y"], ["D,2,1,2026-01-10,1,"]],
}


@pytest.mark.parametrize("what", CHANGES_OF_KEY)
def test_a_change_of_key(what: str):
    contents = CHANGES_OF_KEY[what]
    for at, order in enumerate(orders(len(contents))):
        text = FEEDS[(list(CHANGES_OF_KEY).index(what) + at) % len(FEEDS)]
        files = [csv(f"{number}.csv", *contents[number]) for number in order]
        with dimension(text, is_shared=True) as made:
            made.land(files)
            assert_replayed(tomllib.loads(text), made, replay(tomllib.loads(text), files))
            assert_counts(made, [len(contents[number]) for number in order])


def test_parts_of_a_key_change_by_themselves():
    columns = "code,old_code,region,old_region,size,at,a"
    one, other = "0b3f2d1c-0000-4000-8000-00000000000a", "0b3f2d1c-0000-4000-8000-00000000000b"
    rows = [
        f"{one},,,,1.5,2026-01-01,x",
        # What is not said of it is as it is now: this is no change, and neither is another case, nor NULL that stays.
        f"{one},{one.upper()},,,1.50,2026-01-02,y",
        f"{one},,de,,1.5,2026-01-03,z",
        f"{other},{one},de,,1.5,2026-01-04,z",
        f"{other},,fr,de,1.5,2026-01-05,z",
        f"{other},,fr,*,1.5,2026-01-06,z",
        f"{other},nonsense,fr,toolong,1.5,2026-01-06,z",
        ",nonsense,*,*,,2026-01-06,z",
    ]
    toml = tomllib.loads(COMPOSITE)
    for rows_in_order in (rows, rows[::-1]):
        files = [csv(f"{rows.index(row)}.csv", row, columns=columns) for row in rows_in_order]
        with dimension(COMPOSITE, is_shared=True) as made:
            made.land(files)
            assert_replayed(toml, made, replay(toml, files))
            assert len(made.rows("SELECT * FROM item_event WHERE part = 0")) == 2


@pytest.mark.parametrize("text", [WHOLE, UPDATED + LAYOUTS[1]])
def test_a_row_that_is_two_events_is_purged_and_taken_up_once(text: str):
    files = [
        csv("1.csv", "U,1,,2026-01-05,1,x", "U,2,1,2026-01-10,1,x"),
        csv("2.csv", "T,,,2026-01-12,1,", "U,x,,2026-01-12,1,x"),
        csv("3.csv", "T,,,2026-01-13,1,", "U,4,3,2026-01-10,1,x"),
    ]
    with dimension(text, is_shared=True) as made:
        made.land(files[:2])
        assert made.rows("CALL renew_item_stream()")[0].popitem()[1] == "0 rows taken up"
        made.drop(files[2])
        assert made.rows("CALL renew_item_stream()")[0].popitem()[1] == "2 rows taken up"
        assert made.rows("CALL pdr_purge_item_raw(0)")[0].popitem()[1] == "rows deleted 4"
        made.refresh()
        assert made.rows("CALL pdr_purge_item_raw(0)")[0].popitem()[1] == "rows deleted 2"
        toml = tomllib.loads(text)
        assert_replayed(toml, made, replay(toml, files))


def test_a_truncate_that_is_lost_is_an_offence():
    with dimension(WHOLE, is_shared=True) as made:
        made.land([csv("1.csv", "U,1,,2026-01-05,1,x", "U,2,1,2026-01-06,1,x"), csv("2.csv", "T,,,2026-01-10,1,")])
        assert made.offences() == {}
        made.rows("DELETE FROM item_barrier")
        numbers = {path.removeprefix("invariants/")[:2] for path in made.offences()}
        assert numbers == {"03", "08", "09"}


PARTIALS = {
    "a NULL after a value": [[{"a": "x", "b": "p"}, 1], [{"a": None, "b": None}, 3], [{"b": "q"}, 5], [{"a": "x"}, 7]],
    "a late NULL": [
        [{"a": "x", "c": "x", "d": "x"}, 2],
        [{"a": "y"}, 5],
        [{"c": None}, 8],
        [{"a": None, "d": None}, 1],
    ],
    "nothing said at first": [[{}, 1], [{"d": "x"}, 4], [{"d": "y", "c": "y"}, 3], [{"a": "z"}, 5]],
    "an attribute that nobody says": [[{"a": "x"}, 1], [{"a": "y"}, 3], [{"a": "x"}, 2]],
    "two of one time, one within a delete": [[{"a": "x", "b": "x"}, 1], [None, 4], [{"b": "y"}, 4], [{"a": "y"}, 4]],
    "a delete that comes between": [[{"a": "x", "c": "p", "d": "p"}, 1], [{"b": "y", "d": "q"}, 5], [None, 3]],
    "late below a stored version": [[{"a": "x", "b": "p"}, 1], [{"b": "q"}, 4], [{"a": "y"}, 6], [{"b": "r"}, 3]],
}


@pytest.mark.parametrize("what", PARTIALS)
def test_a_partial_row(what: str):
    toml = tomllib.loads(PARTIAL)
    rows = [
        {"id": 1, "at": f"2026-01-0{day}", **({"op": "D"} if said is None else {"op": "U", **said})}
        for said, day in PARTIALS[what]
    ]
    for at, order in enumerate(orders(len(rows))):
        files = [lines(f"{number}.json", rows[number]) for number in order]
        with dimension(PARTIAL + LAYOUTS[at % 2], is_shared=True) as made:
            made.land(files)
            assert_replayed(toml, made, replay(toml, files))


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


# Each example makes a warehouse, and asks it twice for each file.
@settings(max_examples=settings.default.max_examples * 2 // 5)
@given(partial_stories(), st.sampled_from(LAYOUTS), st.integers(1, 5), st.integers(0, 4))
def test_what_was_known(story: Story, layout: str, day: int, until: int):
    toml = {**story.toml, "attributes": {name: _of_first(words) for name, words in story.toml["attributes"].items()}}
    files = [
        file._replace(loaded_at=file.loaded_at + timedelta(minutes=at), definition=None)
        for at, file in enumerate(story.files)
    ]
    known = files[: until + 1]
    time = datetime(2026, 1, day)
    with dimension(toml_text(toml) + layout) as made:
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
