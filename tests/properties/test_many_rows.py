"""The one rule with so many rows that the engine works in parts: thousands of keys, most of them late, and a replay."""

import random
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from tests.feed import Feed
from tests.replay import replay
from tests.strategies import COLUMNS, Delivery, File
from tests.tables import assert_sound, tables

FILES, ROWS, KEYS, TIMES = 5, 4000, 2500, 30


def made_up_file(chance: random.Random, name: str) -> File:
    rows = [
        {
            "customer_id": str(chance.randrange(KEYS)),
            "first_name": chance.choice(["a", "b", None]),
            "city": "x",
            "op": chance.choice("UUUUUDQ"),
            "updated_at": f"2026-01-01 00:{chance.randrange(TIMES):02}:00",
        }
        for _ in range(ROWS)
    ]
    return File(name, tuple(rows), COLUMNS, "\n")


@pytest.mark.parametrize("work", ["small", "bulk"])
def test_many_rows(open_feed: Callable[[], AbstractContextManager[Feed]], work: str, request: pytest.FixtureRequest):
    """Bulk is sorted in parts."""
    if work == "bulk":
        request.getfixturevalue("as_bulk")
    chance = random.Random(work)
    files = [made_up_file(chance, f"{at}.csv") for at in range(FILES)]
    chance.shuffle(files)
    with open_feed() as feed:
        for delivery in (Delivery(tuple(files[:2]), "together"), Delivery(tuple(files[2:]), "each")):
            feed.arrive(delivery)
            assert_sound(feed.pipeline.connection)
            # Not one ==, whose explanation of a difference would be without end.
            expected, found = replay(feed.landed), tables(feed.pipeline.connection)
            assert [pair for pair in zip(found.history, expected.history, strict=True) if pair[0] != pair[1]][:3] == []
            assert [pair for pair in zip(found.events, expected.events, strict=True) if pair[0] != pair[1]][:3] == []
            assert found.rejects.keys() == expected.rejects.keys()
