"""The read side for what a command says when it has ended: which files were rejected, and a customer to look at."""

from collections.abc import Sequence
from dataclasses import dataclass

from customertrack.reads.status import Table, binds, in_lists, query
from customertrack.warehouse import Connection


@dataclass(frozen=True)
class RejectedFile:
    """How many rows of a file are rejects, and how many of these have no key or no time at all."""

    name: str
    rejects: int
    without_key: int
    without_time: int


def rejected_files(connection: Connection, names: Sequence[str]) -> list[RejectedFile]:
    """Those of the named files that have rejects, by name."""
    found: list[RejectedFile] = []
    for some in in_lists(names):
        rows = query(
            connection,
            "SELECT source_file, COUNT(*), COUNT_IF(customer_id IS NULL), COUNT_IF(updated_at IS NULL) "
            f"FROM customer_reject WHERE source_file IN ({binds(some)}) GROUP BY source_file ORDER BY source_file",
            some,
        ).rows
        found += [RejectedFile(*row) for row in rows]
    return found


def csv_columns(connection: Connection) -> tuple[str, ...]:
    """The columns that a landed file can have: those of customer_raw before its lineage."""
    columns = query(connection, "SELECT * FROM customer_raw LIMIT 0").columns
    return columns[: columns.index("source_file")]


def telling_customer(connection: Connection) -> int | None:
    """A customer whose history shows most: three to five versions, a gap, a version that arrived late; None if there
    is no customer."""
    rows = query(connection, _TELLING).rows
    return rows[0][0] if rows else None


def history_with_refresh(connection: Connection, customer_id: int) -> Table:
    """`history` with one column more, `batch_id`: the refresh that brought the event which began the version."""
    joined = (
        "SELECT h.*, e.batch_id FROM customer_history AS h LEFT JOIN customer_event AS e "
        "ON e.source_file = h.source_file AND e.source_row = h.source_row AND e.customer_id = h.customer_id "
        "WHERE h.customer_id = ? ORDER BY h.valid_from"
    )
    return query(connection, joined, [customer_id])


# Lateness shows where a version came with a later refresh than the one after it.
_TELLING = """
WITH version AS (
    SELECT
        h.customer_id, h.valid_to, e.batch_id,
        LEAD(h.valid_from) OVER (PARTITION BY h.customer_id ORDER BY h.valid_from) AS next_valid_from,
        LEAD(e.batch_id) OVER (PARTITION BY h.customer_id ORDER BY h.valid_from) AS next_batch_id
    FROM customer_history AS h
    INNER JOIN customer_event AS e
        ON e.source_file = h.source_file AND e.source_row = h.source_row AND e.customer_id = h.customer_id
)

SELECT customer_id
FROM version
GROUP BY customer_id
ORDER BY
    IFF(COUNT(*) BETWEEN 3 AND 5, 0, 1),
    IFF(COUNT_IF(next_valid_from > valid_to) > 0, 1, 0) + IFF(COUNT_IF(batch_id > next_batch_id) > 0, 1, 0) DESC,
    COUNT(*) DESC,
    customer_id
LIMIT 1
"""
