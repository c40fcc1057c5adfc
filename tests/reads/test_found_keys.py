"""Keys are found by part of what is known of them."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from customertrack.described import tables_of
from customertrack.reads import found_keys
from customertrack.reads.found_keys import MOST, Match, Matches, find_keys, is_known, some_keys
from customertrack.reads.history import Key
from tests.dimension.landed import LandedFile
from tests.dimension.warehouse import Dimension, dimension

# A query may call a part of it so too.
ITEM = """
dimension = "found"

[feed]
kind   = "changes"
format = "csv"
time   = "at"
op     = { column = "op", upsert = ["", "U"], delete = ["D"] }

[key]
sku    = "text(40)"
region = { type = "text(2)", null = "*" }

[attributes]
name     = "text(600)"
price    = "number(12,2)"
launched = "date"
on_sale  = "boolean"
seen_on  = "timestamp"
start    = { type = "text(20)", was = "place" }
"""
HEAD = "sku,region,name,price,launched,on_sale,seen_on,start,op,at\n"
LONG = "x" * 400 + "needle" + "y" * 90
FIRST = f"""\
A-1,DE,Anchor,7.50,2026-02-03,true,2026-05-01 08:00:00,north,,2026-01-01
A-1,FR,Ancre,8,,,,,,2026-01-01
a-10,DE,{LONG},,,,,,,2026-01-01
B-2,,"50% off_[a-z] \\ now",,,,,,,2026-01-01
C-3,DE,Gone soon,,,,,,,2026-01-01
D-4,DE,שלום עולם,,,,,,,2026-01-01
"""
SECOND = """\
A-1,DE,Anker,7.50,2026-02-03,true,2026-05-01 08:00:00,north,,2026-02-01
C-3,DE,,,,,,,D,2026-02-01
"""
MANY = "".join(f"M-{number},DE,crowd,,,,,,,2026-01-01\n" for number in range(60))
FILES = [
    LandedFile("1.csv", (HEAD + FIRST).encode(), datetime(2026, 3, 1)),
    LandedFile("2.csv", (HEAD + SECOND).encode(), datetime(2026, 3, 2)),
    LandedFile("4.csv", f"{HEAD}E-5,DE,Tie,,,,,,,2026-01-01\n".encode(), datetime(2026, 3, 3)),
    LandedFile("5.csv", f"{HEAD}E-5,DE,Bow,,,,,a tie,,2026-01-01\n".encode(), datetime(2026, 3, 3)),
    LandedFile("3.csv", (HEAD + MANY).encode(), datetime(2026, 3, 3)),
]
NO_HISTORY = "\n[history]\nkeep = false\n"


@pytest.fixture(scope="module", params=["", NO_HISTORY], ids=["versions", "type 1"])
def item(request: pytest.FixtureRequest) -> Iterator[Dimension]:
    text = ITEM.replace(', was = "place"', "") if request.param == NO_HISTORY else ITEM
    with dimension(text + request.param) as made:
        made.land(FILES)
        yield made


def found(item: Dimension, text: str, *, also_was: bool = False) -> Matches:
    return find_keys(item.connection, tables_of(item.definition), text, also_was=also_was)


def keys(item: Dimension, text: str, *, also_was: bool = False) -> list[Key]:
    return [match.key for match in found(item, text, also_was=also_was).keys]


def test_what_is_the_key_comes_before_what_begins_with_it_and_what_has_it(item: Dimension):
    assert keys(item, "A-1") == [("A-1", "DE"), ("A-1", "FR"), ("a-10", "DE")]
    assert keys(item, "-1")[:3] == [("A-1", "DE"), ("A-1", "FR"), ("M-1", "DE")]


@pytest.mark.parametrize(
    ("text", "column", "value"),
    [
        ("ANKE", "name", "Anker"),
        ("7.5", "price", "7.50"),
        ("2026-02-03", "launched", "2026-02-03"),
        ("TRUE", "on_sale", "true"),
        ("05-01 08:00", "seen_on", "2026-05-01 08:00:00"),
        ("NORTH", "start", "north"),
    ],
)
def test_any_attribute_is_looked_at_as_text(item: Dimension, text: str, column: str, value: str):
    assert found(item, text) == Matches([Match(("A-1", "DE"), column, value, True)], False)


@pytest.mark.parametrize("text", ["50%", "f_[", "[a-z]", "\\ ", "off_"])
def test_no_sign_means_others(item: Dimension, text: str):
    assert keys(item, text) == [("B-2", "*")]


@pytest.mark.parametrize("text", ["5%f", "____", "'; --", "?", "None", "null"])
def test_what_stands_nowhere_is_not_found(item: Dimension, text: str):
    assert keys(item, text) == []


def test_long_values_and_other_scripts(item: Dimension):
    assert found(item, "NEEDLE").keys == [Match(("a-10", "DE"), "name", LONG, True)]
    assert keys(item, "עולם") == [("D-4", "DE")]


def test_so_many_are_told_and_whether_there_are_more(item: Dimension):
    crowd = found(item, "crowd")
    in_order = sorted((f"M-{number}", "DE") for number in range(60))
    assert ([match.key for match in crowd.keys], crowd.is_more) == (in_order[:MOST], True)
    assert not found(item, "M-5").is_more


@pytest.mark.parametrize(("most", "is_more"), [(59, True), (60, False)])
def test_as_many_as_are_told_are_not_more(item: Dimension, most: int, is_more: bool, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(found_keys, "MOST", most)
    crowd = found(item, "crowd")
    assert (len(crowd.keys), crowd.is_more) == (most, is_more)


def test_what_was_and_who_is_deleted(item: Dimension):
    assert keys(item, "anchor") == []
    assert found(item, "anchor", also_was=True).keys == [Match(("A-1", "DE"), "name", "Anchor", True)]
    assert keys(item, "gone") == []
    assert found(item, "gone", also_was=True).keys == [Match(("C-3", "DE"), "name", "Gone soon", False)]
    # Of what was at several times, the last is told.
    assert [one.value for one in found(item, "an", also_was=True).keys if one.key == ("A-1", "DE")] == ["Anker"]
    # Of what was said at one time, the first place; where versions are kept there is one.
    name, start = Match(("E-5", "DE"), "name", "Tie", True), Match(("E-5", "DE"), "start", "a tie", True)
    assert found(item, "tie", also_was=True).keys == [start if tables_of(item.definition).has_history else name]
    assert found(item, "A-1", also_was=True).keys[0] == Match(("A-1", "DE"), "sku", "A-1", True)


def test_whether_anything_was_said_of_a_key(item: Dimension):
    tables = tables_of(item.definition)
    known = [is_known(item.connection, tables, key) for key in (("A-1", "DE"), ("C-3", "DE"), ("A-1", "*"))]
    assert known == [True, True, False]


def test_some_keys(item: Dimension):
    assert some_keys(item.connection, tables_of(item.definition), 3) == [("A-1", "DE"), ("A-1", "FR"), ("B-2", "*")]
