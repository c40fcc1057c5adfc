"""How a dimension stands: what has landed, refresh by refresh, how far behind the tables are, how late events come."""

from dataclasses import dataclass
from datetime import datetime

from customertrack.reads.results import Table, query
from customertrack.reads.tables import Tables
from customertrack.warehouse import Connection

# Of how many refreshes the usual lag is told.
_LAST = 100

LATENESS = (
    ("ahead of its time", 0),
    ("within a minute", 60),
    ("within an hour", 3_600),
    ("within a day", 86_400),
    ("within a week", 7 * 86_400),
    ("within 30 days", 30 * 86_400),
    ("within a year", 365 * 86_400),
    ("later", None),
)
"""How long after `updated_at` an event was loaded: words, and the seconds at which the next of them begins."""


@dataclass(frozen=True)
class Totals:
    """All refreshes together. `begun_at`, `applied_at`: of the first and the last; None if there is none."""

    refreshes: int
    files: int
    rows_landed: int
    events_accepted: int
    rows_rejected: int
    begun_at: datetime | None
    applied_at: datetime | None


@dataclass(frozen=True)
class Lag:
    """How long from loaded to applied, in seconds, by the newest row of each of the last hundred refreshes.

    `loaded_at`: the newest row that is applied. `pending_since`: when the oldest row was loaded that is not.
    """

    loaded_at: datetime | None
    last: float | None
    usual: float | None
    longest: float | None
    pending_since: datetime | None


def totals(connection: Connection, tables: Tables) -> Totals:
    """What all refreshes have applied. Rows that landed and have been purged since count too."""
    return Totals(*query(connection, _TOTALS.format(name=tables.name)).rows[0])


def lag(connection: Connection, tables: Tables) -> Lag:
    """How far the tables are behind what was loaded."""
    loaded_at, *seconds, pending_since = query(connection, _LAG.format(name=tables.name, last=_LAST)).rows[0]
    last, usual, longest = (None if one is None else float(one) for one in seconds)
    return Lag(loaded_at, last, usual, longest, pending_since)


def lateness(connection: Connection, tables: Tables) -> Table:
    """How many events were loaded how long after their time: a row for each of LATENESS, in that order."""
    steps = [(place, until) for place, (_, until) in enumerate(LATENESS) if until is not None]
    cases = " ".join(f"WHEN seconds < {until} THEN {place}" for place, until in steps)
    sql = _LATENESS.format(name=tables.name, cases=cases, last=len(LATENESS) - 1)
    found = dict(query(connection, sql).rows)
    return Table(("lateness", "events"), [(words, found.get(place, 0)) for place, (words, _) in enumerate(LATENESS)])


_TOTALS = """
SELECT
    COUNT(*),
    COALESCE(SUM(files), 0),
    COALESCE(SUM(rows_landed), 0),
    COALESCE(SUM(events_accepted), 0),
    COALESCE(SUM(rows_rejected), 0),
    MIN(started_at),
    MAX(finished_at)
FROM {name}_batch
"""

_LAG = """
WITH applied AS (
    SELECT batch_id, last_loaded_at, DATEDIFF('millisecond', last_loaded_at, finished_at) / 1000 AS seconds
    FROM {name}_batch
    WHERE last_loaded_at IS NOT NULL
    ORDER BY batch_id DESC
    LIMIT {last}
)

SELECT
    (SELECT MAX(last_loaded_at) FROM applied),
    (SELECT MAX_BY(seconds, batch_id) FROM applied),
    (SELECT MEDIAN(seconds) FROM applied),
    (SELECT MAX(seconds) FROM applied),
    (SELECT CONVERT_TIMEZONE('UTC', MIN(loaded_at))::TIMESTAMP_NTZ(6) FROM {name}_table_changes)
"""

_LATENESS = """
SELECT CASE {cases} ELSE {last} END AS place, COUNT(*)
FROM (SELECT DATEDIFF('second', updated_at, loaded_at) AS seconds FROM {name}_event) AS event
GROUP BY place
"""
