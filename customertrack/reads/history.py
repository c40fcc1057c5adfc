"""One key, or all, over time: the versions, and what was true or believed at a time."""

from collections.abc import Sequence
from datetime import datetime

from customertrack.reads.results import Parts, Table, query, read
from customertrack.reads.tables import Tables
from customertrack.warehouse import Connection

Key = Sequence[object]
"""A value for each part of a business key, in their order."""


def versions_of(connection: Connection, tables: Tables, key: Key) -> Table:
    """All versions of one key, oldest first."""
    return query(
        connection,
        f"SELECT * FROM v_{tables.name}_version WHERE {tables.has_key()} ORDER BY valid_from",
        list(key),
    )


def current_of(connection: Connection, tables: Tables, key: Key) -> Table:
    """The current row of one key; none if it is deleted."""
    return query(connection, f"SELECT * FROM {tables.name} WHERE {tables.has_key()}", list(key))


def as_of(connection: Connection, tables: Tables, time: datetime, key: Key = ()) -> Parts:
    """What was true at `time` (UTC), of one key or of all, by key."""
    return _asked(connection, tables, "as_of", [time], key)


def as_known(connection: Connection, tables: Tables, time: datetime, known: datetime, key: Key = ()) -> Parts:
    """What the warehouse believed at `known` about `time` (both UTC), of one key or of all, by key."""
    return _asked(connection, tables, "as_known", [time, known], key)


def telling_key(connection: Connection, tables: Tables) -> Key | None:
    """A key whose history shows most: three to five versions, a gap, a version that arrived late; None if there is
    none."""
    name = tables.name
    version = f"""
WITH version AS (
    SELECT
        {tables.ordered("h")}, h.valid_to, e.batch_id,
        LEAD(h.valid_from) OVER (PARTITION BY {tables.ordered("h")} ORDER BY h.valid_from) AS next_valid_from,
        LEAD(e.batch_id) OVER (PARTITION BY {tables.ordered("h")} ORDER BY h.valid_from) AS next_batch_id
    FROM v_{name}_version AS h
    INNER JOIN {name}_event AS e
        ON e.source_file = h.source_file AND e.source_row = h.source_row AND {tables.same_key("e", "h")}
)
"""
    rows = query(connection, version + _TELLING.format(key=tables.ordered())).rows
    return rows[0] if rows else None


def _asked(connection: Connection, tables: Tables, function: str, times: list[datetime], key: Key) -> Parts:
    """The rows of a table function, of one key or of all, by key."""
    binds = ", ".join("?" * len(times))
    where = f" WHERE {tables.has_key()}" if key else ""
    wanted = f"SELECT * FROM TABLE({tables.name}_{function}({binds})){where} ORDER BY {tables.ordered()}"
    return read(connection, wanted, [*times, *key])


# Lateness shows where a version came with a later refresh than the one after it.
_TELLING = """
SELECT {key}
FROM version
GROUP BY {key}
ORDER BY
    IFF(COUNT(*) BETWEEN 3 AND 5, 0, 1),
    IFF(COUNT_IF(next_valid_from > valid_to) > 0, 1, 0) + IFF(COUNT_IF(batch_id > next_batch_id) > 0, 1, 0) DESC,
    COUNT(*) DESC,
    {key}
LIMIT 1
"""
