"""A late row whose time is that at which a version begins: it takes its place, and the version before it may go on."""

import tomllib

import pytest

from tests.dimension.inputs import lines, orders
from tests.dimension.replay import replay
from tests.dimension.test_partial import PARTIAL
from tests.dimension.test_rendered import LAYOUTS, assert_replayed
from tests.dimension.warehouse import dimension

WHOLE = PARTIAL.replace('missing = "keep"\n', "")
# The days of three versions; then what lands of the day of the second.
ROWS = [({"a": "x", "b": "p"}, 1), ({"a": "y", "b": "q"}, 4), ({"a": "z", "b": "r"}, 8)]
LATE = {
    "what the version before it says": {"a": "x", "b": "s"},
    "what the version behind it says": {"a": "z", "b": "s"},
    "something else": {"a": "w"},
    "a delete": {"op": "D"},
}


@pytest.mark.parametrize("text", [WHOLE, PARTIAL], ids=["whole rows", "partial rows"])
@pytest.mark.parametrize("what", LATE)
def test_a_late_row_at_the_begin_of_a_version(what: str, text: str):
    toml = tomllib.loads(text)
    said = [*ROWS, (LATE[what], 4)]
    files = [
        lines(f"{at}.json", {"id": 1, "at": f"2026-01-0{day}", "op": "U", **row}) for at, (row, day) in enumerate(said)
    ]
    # The last alone is late, or is so with another, or is not.
    for at, order in enumerate(each for each in orders(len(files)) if each.index(0) == 0):
        with dimension(text + LAYOUTS[at % 2]) as made:
            made.land([files[one] for one in order])
            assert_replayed(toml, made, replay(toml, [files[one] for one in order]))


def test_a_version_that_takes_the_place_of_another_is_opened():
    said = [*ROWS, (LATE["what the version behind it says"], 4)]
    with dimension(PARTIAL) as made:
        for at, (row, day) in enumerate(said):
            made.land([lines(f"{at}.json", {"id": 1, "at": f"2026-01-0{day}", "op": "U", **row})])
        batches = made.rows("SELECT versions_opened FROM item_batch ORDER BY batch_id")
    assert [batch["versions_opened"] for batch in batches] == [1, 1, 1, 1]
