"""Random histories in a warehouse, and what became of their keys, counted version by version."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import groupby
from random import Random
from typing import Any

from customertrack.described import tables_of
from customertrack.reads.buckets import Bucket, period
from customertrack.reads.tables import Tables
from tests.dimension.landed import LandedFile
from tests.dimension.snapshot_files import STOCK, snapshot
from tests.dimension.warehouse import Dimension, dimension
from tests.replay import OPEN_END

THING = """
dimension = "thing"

[feed]
kind   = "changes"
format = "csv"
time   = "changed_at"
op     = { column = "op", upsert = [""], delete = ["D"] }

[key]
thing_id = "integer"
region   = { type = "text(2)", null = "*" }

[attributes]
label = { type = "text(20)", was = "tag" }
start = "number(12,2)"
price = { type = "integer", change = "update" }
brand = { type = "text(20)", change = "correct" }
"""
TYPE_1 = f'{THING.partition("price")[0]}price = "integer"\nbrand = "text(20)"\n[history]\nkeep = false\n'
BEGAN = datetime(2026, 1, 1)
Row = dict[str, Any]


def files(seed: int, number: int = 4, rows: int = 60) -> list[LandedFile]:
    """Rows of a few keys, in no order, with ties, no-ops, deletes and what is NULL."""
    draw = Random(seed)
    made = []
    for place in range(number):
        text = "thing_id,region,changed_at,op,label,start,price,brand\n"
        for _ in range(rows):
            key = f"{draw.randrange(6)},{draw.choice(['DE', ''])}"
            time = BEGAN + timedelta(hours=draw.randrange(24 * 80), minutes=draw.choice([0, 30]))
            said = f"{draw.choice('ab')},{draw.choice(['1', '1.50', ''])},{draw.randrange(3)},{draw.choice('xy')}"
            text += f"{key},{time},{'D,,,,' if draw.random() < 0.2 else f',{said}'}\n"
        if not made:
            # The last of all that happens is a delete.
            text += f"9,DE,{BEGAN},,a,1,1,x\n9,DE,{BEGAN + timedelta(days=81)},D,,,,\n"
        made.append(LandedFile(f"{draw.randrange(1000)}_{place}.csv", text.encode(), BEGAN + timedelta(days=100)))
    return made


def snapshots(seed: int) -> list[LandedFile]:
    """Eight whole stocks, out of order."""
    draw = Random(seed)
    days = [f"2026-05-{day:02}" for day in range(1, 9)]
    draw.shuffle(days)
    return [
        snapshot(day, *(f"{sku},{draw.choice('pq')},{draw.randrange(3)}" for sku in "abcdefgh" if draw.random() < 0.8))
        for day in days
    ]


@contextmanager
def landed(text: str, drawn: Sequence[LandedFile]) -> Iterator[tuple[Dimension, Tables]]:
    """A dimension in which they have landed, compacted in the middle if its layout has that."""
    with dimension(text) as made:
        made.land(drawn[: len(drawn) // 2], each=False)
        made.compact()
        made.land(drawn[len(drawn) // 2 :], each=False)
        yield made, tables_of(made.definition)


ALL_KINDS: dict[str, Callable[[], Any]] = {
    "small": lambda: landed(THING, files(1)),
    "merge_on_read": lambda: landed(THING + '\n[storage]\nlayout = "merge_on_read"\n', files(2)),
    "snapshots": lambda: landed(STOCK.replace("max_deleted = 0.5", "max_deleted = 1.0"), snapshots(3)),
}


def bucket_of(time: datetime, bucket: Bucket) -> datetime:
    """Where its bucket begins."""
    return period(time, time, bucket).begin


def happened(rows: Sequence[Row], key: Sequence[str], attributes: Sequence[str]) -> Iterator[tuple[datetime, str]]:
    """When what happened, one by one: came, changed, deleted, returned, and each attribute that changed."""
    by_key = sorted(rows, key=lambda row: [*(row[part] for part in key), row["valid_from"]])
    for _, versions in groupby(by_key, key=lambda row: [row[part] for part in key]):
        before = None
        for version in versions:
            at = version["valid_from"]
            if before is None:
                yield at, "came"
            elif before["valid_to"] < at:
                yield before["valid_to"], "deleted"
                yield at, "returned"
            else:
                yield at, "changed"
                for name in attributes:
                    if before[name] != version[name]:
                        yield at, name
            before = version
        if before and before["valid_to"] != OPEN_END:
            yield before["valid_to"], "deleted"


def counted(happenings: Iterator[tuple[datetime, str]], begin: datetime, end: datetime, bucket: Bucket) -> Counter[Any]:
    """How often what happened in which bucket from `begin` on, before `end`."""
    return Counter((bucket_of(at, bucket), what) for at, what in happenings if begin <= at < end)
