"""Rows that name the key that they had before."""

import tomllib

import pytest

from tests.dimension.inputs import FEEDS, assert_counts, csv, orders
from tests.dimension.replay import replay
from tests.dimension.test_rendered import assert_replayed
from tests.dimension.warehouse import dimension

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
        with dimension(text) as made:
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
        with dimension(COMPOSITE) as made:
            made.land(files)
            assert_replayed(toml, made, replay(toml, files))
            # Two rows changed the key, and made two events each; the others, one.
            parts = made.rows("SELECT part, COUNT(*) AS events FROM item_event GROUP BY part ORDER BY part NULLS FIRST")
            assert [tuple(each.values()) for each in parts] == [(None, 3), (0, 2), (1, 2)]


def test_a_truncate_changes_no_key():
    """Whatever it says of one: there may be nothing in a part that has no stand-in."""
    op = 'op = { column = "op", upsert = [""], delete = ["D"], truncate = ["T"] }'
    text = COMPOSITE.replace('time = "at" }', f'time = "at", {op} }}')
    one = "0b3f2d1c-0000-4000-8000-00000000000a"
    rows = [f",{one},,,,1.5,2026-01-01,x", f"T,,{one},,de,,2026-01-02,", f"T,{one},,fr,de,1.5,2026-01-03,"]
    files = [csv("1.csv", *rows, columns="op,code,old_code,region,old_region,size,at,a")]
    with dimension(text) as made:
        made.land(files)
        assert_replayed(tomllib.loads(text), made, replay(tomllib.loads(text), files))
        assert [row["part"] for row in made.rows("SELECT part FROM item_event")] == [None]
