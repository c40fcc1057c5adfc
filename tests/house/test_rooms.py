"""The picture and the table of the rooms are those of the imports, and no rooms import each other in a circle."""

import re
from graphlib import CycleError

import pytest
from grimp import build_graph

from tests.house.rooms import PACKAGES, PICTURE, ROOMS, Plan, drawn, floors, imports_of_rooms, picture, room_of


def test_the_picture_is_that_of_the_imports() -> None:
    imports = imports_of_rooms(build_graph(*PACKAGES, cache_dir=None))
    assert PICTURE.read_text(encoding="utf-8") == picture(imports), "make picture draws it anew"


def rooms_named(cell: str) -> set[str]:
    """Those that the cell of a table names, as `cli/show/` or `errors.py`."""
    places = [
        place.removesuffix(".py").strip("/").replace("/", ".") for place in re.findall(r"`([a-z/]+(?:\.py)?)`", cell)
    ]
    return {room for place in places for room in (place, f"customertrack.{place}") if room in ROOMS}


def test_the_table_of_rooms_says_what_they_import() -> None:
    page = (PICTURE.parent / "architecture.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1:-1] for line in page.partition("### Where to begin")[0].splitlines() if "|" in line]
    told = {room: rooms_named(cells[2]) for cells in rows for room in rooms_named(cells[0])}
    assert told.keys() == ROOMS.keys()
    assert told == imports_of_rooms(build_graph(*PACKAGES, cache_dir=None))


def test_a_module_is_in_the_innermost_room() -> None:
    assert room_of("customertrack.cli.show.table") == "customertrack.cli.show"
    assert room_of("customertrack.cli.showing") == "customertrack.cli"
    assert room_of("customertrack.__main__") == "customertrack.cli"
    with pytest.raises(LookupError, match=r"customertrack\.cellar is in no room"):
        room_of("customertrack.cellar")


def test_a_room_stands_above_all_that_it_imports() -> None:
    assert floors({"a": {"b", "c"}, "b": {"c"}, "c": set(), "d": set()}) == {"a": 2, "b": 1, "c": 0, "d": 0}


def test_an_arrow_is_left_out_where_others_lead_there() -> None:
    assert drawn({"a": {"b", "d"}, "b": {"c"}, "c": {"d"}, "d": set()}) == [("a", "b"), ("b", "c"), ("c", "d")]


def test_rooms_that_import_each_other_have_no_floor() -> None:
    with pytest.raises(CycleError):
        floors({"a": {"b"}, "b": {"a"}})


def test_rooms_in_one_place_are_told() -> None:
    with pytest.raises(ValueError, match="another column"):
        Plan({"customertrack.sqltext": set(), "customertrack.errors": set()})
