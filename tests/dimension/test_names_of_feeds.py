"""A feed may call its columns as it likes: in what lands, in the log, and in the reasons of a reject."""

import tomllib
from datetime import datetime
from json import dumps

import pytest

from customertrack.dimension.names import OF_LANDED
from customertrack.dimension.reserved import QUOTED, RESERVED
from tests.csv_text import csv_text
from tests.dimension.landed import LandedFile
from tests.dimension.replay import replay
from tests.dimension.test_rendered import assert_replayed
from tests.dimension.warehouse import dimension

TIME, PLACE, KEY = "the 'time' --\n\\", "its 'place'", 'the "id"'
ODD = [
    "owner's",
    "a b",
    'a"b',
    "a--b",
    "a/*b",
    "a;b",
    "[[ x ]]",
    "{x",
    "$1",
    ":x",
    "&x",
    "%",
    "a\\b",
    "a\nb",
    "\u00fc",
    "\u65e5\u672c",
]
# What is refused as a name of the tables has to be told by `from`.
NAMES = [*ODD, *sorted(RESERVED - QUOTED - OF_LANDED)]
DEFINITION = f"""
dimension = "thing"

[feed]
kind = "changes"
format = "csv"
time = {dumps(TIME)}
sequence = [{dumps(PLACE)}]

[key]
id = {{ type = "integer", from = {dumps(KEY)} }}

[attributes]
{"".join(f'{name} = "text(9)"{chr(10)}' for name in sorted(QUOTED))}
"""
DEFINITION += "".join(
    f'a{number} = {{ type = "text(9)", from = {dumps(name)} }}\n' for number, name in enumerate(NAMES)
)
ROWS = [("1", "2026-01-02", "7"), ("1", "", "7"), ("1", "x", "y"), ("2", "2026-01-01", ""), ("1", "2026-01-01", "")]


SEQUENCES = ["order", "part", "updated_at", "valid_to", "unsaid", "signature", "Change Seq", "1st"]


@pytest.mark.parametrize("name", SEQUENCES)
def test_a_column_that_orders_may_be_called_like_one_of_the_tables(name: str):
    """It has no other name in the definition."""
    text = DEFINITION.partition("\na0 = ")[0].replace(dumps(PLACE), dumps(name))
    times = [("2026-01-01", "2", "b"), ("2026-01-01", "1", "a"), ("2026-01-02", "1", "c")]
    rows = [{KEY: "1", TIME: time, name: place, "start": said} for time, place, said in times]
    late = [{KEY: "1", TIME: "2025-12-31", name: "7", "start": "z"}]
    files = [
        LandedFile(f"{at}.csv", csv_text([KEY, TIME, name, "start"], given).encode(), datetime(2026, 2, 1 + at))
        for at, given in enumerate([rows, late])
    ]
    with dimension(text) as made:
        made.land(files)
        assert [row["start"] for row in made.history()] == ["z", "b", "c"]
        assert_replayed(tomllib.loads(text), made, replay(tomllib.loads(text), files))


def test_a_feed_may_call_its_columns_as_it_likes():
    others = [*sorted(QUOTED), *NAMES]
    rows = [
        {KEY: key, TIME: time, PLACE: place, **{name: f"{number} {at}" for at, name in enumerate(others)}}
        for number, (key, time, place) in enumerate(ROWS)
    ]
    file = LandedFile("a.csv", csv_text([KEY, TIME, PLACE, *others], rows).encode(), datetime(2026, 2, 1))
    with dimension(DEFINITION) as made:
        made.land([file])
        assert made.rejects().keys() == {("a.csv", 2), ("a.csv", 3)}
        assert_replayed(tomllib.loads(DEFINITION), made, replay(tomllib.loads(DEFINITION), [file]))
