"""What refreshes have applied, batch by batch: page by page, and their course over all of them."""

from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from customertrack.reads.results import query
from customertrack.reads.status import Batch, read_batches
from customertrack.warehouse import Connection

Order = Literal["newest", "slowest"]

_SECONDS = "DATEDIFF('microsecond', started_at, finished_at) / 1000000"
_ORDERS: dict[Order, str] = {"newest": "batch_id DESC", "slowest": f"{_SECONDS} DESC, batch_id DESC"}


@dataclass(frozen=True)
class Stretch:
    """Refreshes that follow each other, from `first_refresh` to `last_refresh`, so many of them.

    `seconds`: on average; `slowest`: of the slowest. The rest: of all of them together.
    """

    first_refresh: int
    last_refresh: int
    refreshes: int
    started_at: datetime
    finished_at: datetime
    seconds: float
    slowest: float
    files: int
    rows_landed: int
    events_accepted: int
    rows_rejected: int
    keys_touched: int
    keys_late: int
    versions_closed: int
    versions_opened: int


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
    found = query(connection, _COURSE.format(name=dimension, seconds=_SECONDS), [length])
    rows = (dict(zip(found.columns, row, strict=True)) for row in found.rows)
    return [Stretch(**{each.name: _of_type(row[each.name]) for each in fields(Stretch)}) for row in rows]


def _of_type(value: Any) -> Any:
    """Sums and averages of whole numbers are decimals."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


_COURSE = """
WITH numbered AS (
    SELECT *, {seconds} AS lasted, FLOOR((ROW_NUMBER() OVER (ORDER BY batch_id) - 1) / ?) AS stretch
    FROM {name}_batch
)

SELECT
    MIN(batch_id) AS first_refresh,
    MAX(batch_id) AS last_refresh,
    COUNT(*) AS refreshes,
    MIN(started_at) AS started_at,
    MAX(finished_at) AS finished_at,
    AVG(lasted) AS seconds,
    MAX(lasted) AS slowest,
    SUM(files) AS files,
    SUM(rows_landed) AS rows_landed,
    SUM(events_accepted) AS events_accepted,
    SUM(rows_rejected) AS rows_rejected,
    SUM(keys_touched) AS keys_touched,
    SUM(keys_late) AS keys_late,
    SUM(versions_closed) AS versions_closed,
    SUM(versions_opened) AS versions_opened
FROM numbered
GROUP BY stretch
ORDER BY stretch
"""
