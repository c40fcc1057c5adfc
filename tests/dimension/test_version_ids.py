"""What a version is called, and which version it is today; the join of facts with the versions of their time."""

from collections.abc import Iterator
from datetime import datetime
from hashlib import md5

import pytest

from tests.dimension.definitions import THING
from tests.dimension.landed import LandedFile
from tests.dimension.warehouse import Dimension, dimension

HEADER = "op,thing_id,region,name,changed_at"
LOADED_AT = datetime(2026, 1, 5)


def land(made: Dimension, name: str, *rows: str) -> None:
    made.land([LandedFile(name, "\n".join([HEADER, *rows, ""]).encode(), LOADED_AT)])


def ids(made: Dimension) -> dict[str, str]:
    """version_id by name."""
    return {row["name"]: row["version_id"] for row in made.history()}


def version_of(made: Dimension, version_id: str) -> list[tuple[str, bool]]:
    """Name, and whether it is the last."""
    found = made.rows(f"SELECT name, is_last FROM TABLE(thing_version_of('{version_id}'))")
    return [(row["name"], row["is_last"]) for row in found]


@pytest.fixture
def things() -> Iterator[Dimension]:
    with dimension(THING) as made:
        land(made, "a.csv", "I,1,EU,five,2026-01-01 05:00:00", "I,1,EU,nine,2026-01-01 09:00:00")
        yield made


def test_it_is_a_hash_of_key_and_begin(things: Dimension):
    text = "1:2:EU:2026-01-01 05:00:00.000000"
    assert ids(things)["five"] == md5(text.encode(), usedforsecurity=False).hexdigest()


def test_two_versions_within_a_second_are_not_called_the_same(things: Dimension):
    land(things, "b.csv", "I,1,EU,soon,2026-01-01 05:00:00.000001", "I,1,EU,later,2026-01-01 05:00:00.5")
    assert len(set(ids(things).values())) == 4
    text = "1:2:EU:2026-01-01 05:00:00.000001"
    assert ids(things)["soon"] == md5(text.encode(), usedforsecurity=False).hexdigest()


def test_parts_of_a_key_do_not_run_together():
    texts = THING.replace('"integer"', '"text(9)"').replace("text(2)", "text(9)")
    with dimension(texts) as made:
        land(made, "a.csv", "I,1:1:2,3,one,2026-01-01", "I,1,2:1:3,other,2026-01-01", "I,1:1,2:3,third,2026-01-01")
        assert len(set(ids(made).values())) == 3


def test_no_value_of_a_part_of_a_key_passes_for_another():
    with dimension(THING.replace('"integer"', '"boolean"')) as made:
        land(made, "a.csv", "I,true,EU,one,2026-01-01", "I,false,EU,other,2026-01-01")
        assert len(set(ids(made).values())) == 2


def test_an_id_is_the_version_as_it_is_today(things: Dimension):
    before = ids(things)
    assert version_of(things, before["five"]) == [("five", False)]
    assert version_of(things, before["nine"]) == [("nine", True)]
    # Nine now begins at 07, and what an older id names has begun earlier.
    land(things, "b.csv", "I,1,EU,nine,2026-01-01 07:00:00")
    assert before["nine"] not in ids(things).values()
    assert version_of(things, before["nine"]) == [("nine", True)]
    # Another was true then, as is known now.
    land(things, "c.csv", "I,1,EU,six,2026-01-01 05:00:00")
    assert version_of(things, before["five"]) == [("six", False)]


def test_an_id_of_a_time_at_which_nothing_is_true_any_more_gives_nothing(things: Dimension):
    before = ids(things)
    land(things, "b.csv", "D,1,EU,,2026-01-01 05:00:00")
    assert version_of(things, before["five"]) == []
    assert version_of(things, "0" * 32) == []


def test_a_deleted_key_has_a_last_version(things: Dimension):
    land(things, "b.csv", "D,1,EU,,2026-01-01 12:00:00", "D,1,EU,,2026-01-01 14:00:00")
    assert version_of(things, ids(things)["nine"]) == [("nine", True)]


@pytest.mark.parametrize("more", ["", "[history]\nkeep = false\n"])
@pytest.mark.parametrize("change", ["", ', change = "correct"'])
def test_late_deletes_leave_the_last_version_last(change: str, more: str):
    """After each of them the key is absent, and since when is not what the batch tells."""
    text = THING.replace('price = { type = "number(12,2)", change = "update" }\n', "")
    text = text.replace('name  = "text(100)"', f'name = {{ type = "text(100)"{"" if more else change} }}') + more
    with dimension(text) as made:
        land(made, "a.csv", "I,1,EU,five,2026-01-01 05:00:00", "D,1,EU,,2026-01-01 09:00:00")
        land(made, "b.csv", "D,1,EU,,2026-01-01 20:00:00")
        land(made, "c.csv", "D,1,EU,,2026-01-01 12:00:00")
        land(made, "d.csv", "I,1,EU,six,2026-01-01 14:00:00", "D,1,EU,,2026-01-01 15:00:00")
        land(made, "e.csv", "D,1,EU,,2026-01-01 14:00:00")
        assert [row["is_last"] for row in made.history()] == ([] if more else [True])
        assert made.rows("SELECT valid_from FROM thing_state") == [{"valid_from": datetime(2026, 1, 1, 9)}]
        assert made.offences() == {}
