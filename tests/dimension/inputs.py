"""Definitions and files for the tests of truncates, changes of key and partial rows."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import permutations

from tests.dimension.landed import LandedFile
from tests.dimension.test_rendered import LAYOUTS
from tests.dimension.warehouse import Dimension

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
UPDATED = f'{_FEED}\n[attributes]\na = {{ type = "text(9)", change = "update" }}\n'
TYPE_1 = f"{WHOLE}\n[history]\nkeep = false\n"
FEEDS = [text + layout for text in (WHOLE, UPDATED, TYPE_1) for layout in LAYOUTS]
LOADED_AT = datetime(2026, 6, 1)


def csv(name: str, *rows: str, columns: str = COLUMNS, minute: int = 0) -> LandedFile:
    """A file of rows, each with its day of January in the place of the time."""
    return LandedFile(name, "\n".join([columns, *rows, ""]).encode(), LOADED_AT + timedelta(minutes=minute))


def lines(name: str, *rows: dict[str, object], minute: int = 0) -> LandedFile:
    """A file of JSON lines."""
    return LandedFile(
        name, "".join(f"{json.dumps(row)}\n" for row in rows).encode(), LOADED_AT + timedelta(minutes=minute)
    )


def orders(count: int) -> list[tuple[int, ...]]:
    """Some orders of so many files: forwards, backwards, and one in which the last but one is late."""
    found = list(permutations(range(count)))
    return found if count < 3 else [found[0], found[1], found[-1]]


def assert_counts(made: Dimension, landed: Sequence[int]) -> None:
    """Each refresh counts each row that it has applied once."""
    batches = made.rows("SELECT * FROM item_batch ORDER BY batch_id")
    assert [batch["rows_landed"] for batch in batches] == list(landed)
    for batch in batches:
        assert batch["rows_landed"] == batch["events_accepted"] + batch["rows_rejected"] + batch.get("truncates", 0)
