"""What refreshes have applied, batch by batch: page by page, and their course over all of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from customertrack.reads.results import query
from customertrack.reads.status import Batch, read_batches
from customertrack.warehouse import Connection

Order = Literal["newest", "slowest"]

_SECONDS = "DATEDIFF('microsecond', started_at, finished_at) / 1000000"
_ORDERS: dict[Order, str] = {"newest": "batch_id DESC", "slowest": f"{_SECONDS} DESC, batch_id DESC"}


@dataclass(frozen=True)
class Stretch:
    """Batches that follow each other, `batches` of them. `seconds`: on average; `slowest`: of the slowest.

    `first`, `last`: their ids. `rows`: how many landed, of all of them.
    """

    first: int
    last: int
    started_at: datetime
    batches: int
    seconds: float
    slowest: float
    rows: int


def count(connection: Connection, dimension: str) -> int:
    """How many batches there are."""
    return int(query(connection, f"SELECT COUNT(*) FROM {dimension}_batch").rows[0][0])


def page(connection: Connection, dimension: str, order: Order, limit: int, offset: int) -> list[Batch]:
    """At most `limit` batches after `offset`, in that order."""
    return read_batches(connection, dimension, f"ORDER BY {_ORDERS[order]} LIMIT ? OFFSET ?", limit, offset)


def course(connection: Connection, dimension: str, most: int = 200) -> list[Stretch]:
    """All batches in their order, in at most `most` stretches of equal length; of the last there may be fewer."""
    length = -(-count(connection, dimension) // most)
    if not length:
        return []
    asked = (
        f"SELECT MIN(batch_id), MAX(batch_id), MIN(started_at), COUNT(*), AVG({_SECONDS}), MAX({_SECONDS}), "
        "SUM(rows_landed) "
        "FROM (SELECT batch_id, started_at, finished_at, rows_landed, "
        "FLOOR((ROW_NUMBER() OVER (ORDER BY batch_id) - 1) / ?) AS stretch "
        f"FROM {dimension}_batch) AS batch GROUP BY stretch ORDER BY stretch"
    )
    return [
        Stretch(int(first), int(last), at, int(batches), float(seconds), float(slowest), int(rows))
        for first, last, at, batches, seconds, slowest, rows in query(connection, asked, [length]).rows
    ]
