"""The read side for `customertrack verify`: what the tables hold, piece by piece, and where it came from."""

from collections.abc import Sequence

from customertrack.reads.status import Table, binds, in_lists, query
from customertrack.warehouse import Connection


def event_files(connection: Connection) -> set[str]:
    """The files that accepted events came from."""
    return {name for (name,) in query(connection, "SELECT DISTINCT source_file FROM customer_event").rows}


def customers_of_files(connection: Connection, names: Sequence[str], first: int, last: int) -> set[int]:
    """The customers `first` to `last` of whom an accepted event came in one of the named files."""
    found: set[int] = set()
    for some in in_lists(names):
        sql = (
            "SELECT DISTINCT customer_id FROM customer_event "
            f"WHERE customer_id BETWEEN ? AND ? AND source_file IN ({binds(some)})"
        )
        found.update(key for (key,) in query(connection, sql, [first, last, *some]).rows)
    return found


def customers_between(connection: Connection, first: int, last: int) -> Table:
    """The rows of `customer` with these keys, by key."""
    sql = "SELECT * FROM customer WHERE customer_id BETWEEN ? AND ? ORDER BY customer_id"
    return query(connection, sql, [first, last])


def versions_between(connection: Connection, first: int, last: int) -> Table:
    """The rows of `customer_history` with these keys, by key and time."""
    sql = "SELECT * FROM customer_history WHERE customer_id BETWEEN ? AND ? ORDER BY customer_id, valid_from"
    return query(connection, sql, [first, last])
