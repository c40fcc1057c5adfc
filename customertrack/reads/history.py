"""One customer, or all, over time: the versions, what was true or believed at a time, and the rejects beside them."""

from datetime import datetime

from customertrack.reads.results import Parts, Table, query, read
from customertrack.warehouse import Connection


def versions_of(connection: Connection, customer_id: int) -> Table:
    """All versions of one customer, oldest first."""
    return query(connection, "SELECT * FROM customer_history WHERE customer_id = ? ORDER BY valid_from", [customer_id])


def as_of(connection: Connection, time: datetime, customer_id: int | None = None) -> Parts:
    """What was true at `time` (UTC), of one customer or of all, by key."""
    wanted = "SELECT * FROM TABLE(customer_as_of(?)) WHERE customer_id = COALESCE(?, customer_id) ORDER BY customer_id"
    return read(connection, wanted, [time, customer_id])


def as_known(connection: Connection, time: datetime, known: datetime, customer_id: int | None = None) -> Parts:
    """What the warehouse believed at `known` about `time` (both UTC), of one customer or of all, by key."""
    wanted = (
        "SELECT * FROM TABLE(customer_as_known(?, ?)) WHERE customer_id = COALESCE(?, customer_id) ORDER BY customer_id"
    )
    return read(connection, wanted, [time, known, customer_id])


def rejects(connection: Connection, limit: int = 100) -> Table:
    """Rejected rows as they landed, with their reasons and places, newest first, at most `limit`."""
    wanted = "SELECT * FROM customer_reject ORDER BY batch_id DESC, source_file, source_row LIMIT ?"
    return query(connection, wanted, [limit])


def telling_customer(connection: Connection) -> int | None:
    """A customer whose history shows most: three to five versions, a gap, a version that arrived late; None if there
    is no customer."""
    rows = query(connection, _TELLING).rows
    return rows[0][0] if rows else None


def versions_with_refresh(connection: Connection, customer_id: int) -> Table:
    """`versions_of` with one column more, `batch_id`: the refresh that brought the event which began the version."""
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
