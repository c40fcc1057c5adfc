"""What the worked cases leave out: definitions that change, type 1 only, keys that change, snapshots with faults."""

import tomllib
from datetime import datetime
from typing import Any

from tests.dimension.definition import before
from tests.dimension.differences import history_rows
from tests.dimension.landed import LandedFile
from tests.dimension.replay import Tables, replay

LOADED_AT = datetime(2026, 6, 1)
CHANGES = """
dimension = "item"
feed = { kind = "changes", format = "csv", time = "at", op = { column = "op", upsert = [""], delete = ["D"] } }
key = { id = "integer" }
"""
SNAPSHOTS = """
dimension = "item"
key = { id = "integer" }
attributes = { n = "integer" }

[feed]
kind = "snapshots"
format = "csv"
time = { file = '(.*)[.]csv' }
guard = { max_deleted = 1.0, min_rows = 1 }
"""


def definition(attributes: str, text: str = CHANGES) -> dict[str, Any]:
    return tomllib.loads(f"{text}[attributes]\n{attributes}")


def landed(name: str, text: str, then: Any = None) -> LandedFile:
    """A file of lines that are separated by blanks."""
    return LandedFile(name, text.replace(" ", "\n").encode(), LOADED_AT, then)


def told(toml: dict[str, Any], tables: Tables) -> list[str]:
    """For each version its key, attributes, and the days on which it begins and ends."""
    left_out = {"is_current", "is_last"}
    rows = [[value for name, value in row.items() if name not in left_out] for row in history_rows(toml, tables)]
    return [" ".join("-" if value is None else value.removesuffix(" 00:00:00") for value in row) for row in rows]


OLD = "id,at,a 1,2026-01-01,x 1,2026-01-03,y"
NEW = "id,at,a,b 1,2026-01-05,y,p 1,2026-01-06,y,q"


def test_a_new_attribute_is_null_until_an_event_says_it():
    toml = definition('a = "text(5)"\nb = { type = "text(5)", since = 2 }')
    tables = replay(toml, [landed("1.csv", OLD, before(toml, 1)), landed("2.csv", NEW)])
    assert told(toml, tables) == [
        "1 x - 2026-01-01 2026-01-03",
        "1 y - 2026-01-03 2026-01-05",
        "1 y p 2026-01-05 2026-01-06",
        "1 y q 2026-01-06 9999-12-31",
    ]


def test_its_first_value_is_carried_back_within_a_life():
    toml = definition('a = "text(5)"\nb = { type = "text(5)", since = 2, before = "first" }')
    earlier = "id,at,op,a 1,2025-01-01,,x 1,2025-01-02,D,"
    old = [landed("0.csv", earlier, before(toml, 1)), landed("1.csv", OLD, before(toml, 1))]
    assert told(toml, replay(toml, [*old, landed("2.csv", NEW)])) == [
        "1 x - 2025-01-01 2025-01-02",
        "1 x p 2026-01-01 2026-01-03",
        "1 y p 2026-01-03 2026-01-06",
        "1 y q 2026-01-06 9999-12-31",
    ]


def test_a_late_event_says_it_for_those_after_it_that_could_not():
    toml = definition('a = "text(5)"\nb = { type = "text(5)", since = 2 }')
    late = landed("2.csv", "id,at,a,b 1,2026-01-02,x,p")
    assert told(toml, replay(toml, [landed("1.csv", OLD, before(toml, 1)), late])) == [
        "1 x - 2026-01-01 2026-01-02",
        "1 x p 2026-01-02 2026-01-03",
        "1 y p 2026-01-03 9999-12-31",
    ]


def test_a_new_attribute_of_the_key_is_what_was_said_first_or_last():
    toml = definition(
        'a = "text(5)"\n'
        'b = { type = "text(5)", since = 2, change = "keep" }\n'
        'c = { type = "text(5)", since = 2, change = "correct", from = "b" }'
    )
    tables = replay(toml, [landed("1.csv", OLD, before(toml, 1)), landed("2.csv", NEW)])
    assert told(toml, tables) == ["1 x p q 2026-01-01 2026-01-03", "1 y p q 2026-01-03 9999-12-31"]


def test_renamed_widened_and_retired():
    then = definition('a = "text(1)"\nb = "integer"\nc = "integer"')
    toml = definition(
        'name = { type = "text(5)", was = "a" }\nb = "number(38,2)"\nc = { type = "integer", retired = true }'
    )
    old = landed("1.csv", "id,at,a,b,c 1,2026-01-01,x,7,1 1,2026-01-02,x,7,2 1,2026-01-03,xx,7,3", then)
    tables = replay(toml, [old, landed("2.csv", "id,at,name,b 1,2026-01-04,xx,7.5")])
    assert told(toml, tables) == ["1 x 7.00 2026-01-01 2026-01-04", "1 xx 7.50 2026-01-04 9999-12-31"]
    assert tables.rejects == {("1.csv", 3): {"invalid_a"}}


def test_a_delete_and_a_change_of_key():
    toml = tomllib.loads(CHANGES.replace('"integer"', '{ type = "integer", before = "old" }') + "[attributes]\n")
    rows = "id,old,at,op 1,,2026-01-01, 2,1,2026-01-02, 3,2,2026-01-03,D 4,x,2026-01-04,"
    tables = replay(toml, [landed("1.csv", rows)])
    assert told(toml, tables) == ["1 2026-01-01 2026-01-02", "2 2026-01-02 9999-12-31"]
    assert tables.rejects == {("1.csv", 4): {"invalid_key"}}
    assert [(event.kind, event.key, event.part) for event in tables.events] == [
        ("upsert", (1,), 0),
        ("delete", (1,), 0),
        ("upsert", (2,), 1),
        ("delete", (3,), 0),
    ]


def test_a_reject_in_a_snapshot_is_no_absence():
    toml = tomllib.loads(SNAPSHOTS)
    files = [landed("2026-01-01.csv", "id,n 1,7 2,7"), landed("2026-01-02.csv", "id,n 1,x 3,x")]
    tables = replay(toml, files)
    assert told(toml, tables) == ["1 7 2026-01-01 9999-12-31", "2 7 2026-01-01 2026-01-02"]
    assert tables.rejects == {("2026-01-02.csv", row): {"invalid_n"} for row in (1, 2)}


def test_a_snapshot_is_held_that_has_a_row_of_nobody_too_few_rows_or_no_time():
    toml = tomllib.loads(SNAPSHOTS)
    first = landed("2026-01-01.csv", "id,n 1,7")
    held = [landed("2026-01-02.csv", "id,n x,7"), landed("2026-01-03.csv", "id,n"), landed("soon.csv", "id,n 2,7")]
    tables = replay(toml, [first, *held])
    assert told(toml, tables) == ["1 7 2026-01-01 9999-12-31"]
    assert tables.held == [file.name for file in held]


def test_a_path_into_json():
    toml = tomllib.loads("""
        dimension = "item"
        feed = { kind = "changes", format = "json", time = "at", missing = "keep" }
        key = { id = "integer" }
        [attributes]
        city = { type = "text(5)", from = "address.city" }
        address = "variant"
        n = "number(5,1)"
    """)
    lines = b"""{"at": "2026-01-01", "id": 1, "address": {"zip": 1.50, "city": "a"}, "n": 1e2}
{"at": "2026-01-02", "id": 1, "address": {"zip": 1.5, "city": null}}"""
    assert told(toml, replay(toml, [LandedFile("1.json", lines, LOADED_AT)])) == [
        '1 a {"city":"a","zip":1.5} 100.0 2026-01-01 2026-01-02',
        '1 - {"city":null,"zip":1.5} 100.0 2026-01-02 9999-12-31',
    ]
