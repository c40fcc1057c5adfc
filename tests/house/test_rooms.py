"""The picture of the rooms is that of today's imports, and the rooms stand on each other without a circle."""

from graphlib import CycleError

import pytest
from grimp import build_graph

from tests.house.rooms import PACKAGES, PICTURE, Plan, drawn, floors, imports_of_rooms, picture, room_of


def test_the_picture_is_that_of_the_imports() -> None:
    imports = imports_of_rooms(build_graph(*PACKAGES, cache_dir=None))
    assert PICTURE.read_text(encoding="utf-8") == picture(imports), "make picture draws it anew"


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
