"""How many versions and current rows there are over time, and which keys have most versions.

All times are event times: when something became true, whenever it landed.
"""

from dataclasses import dataclass
from datetime import datetime

from customertrack.reads.buckets import Period, begin_sql
from customertrack.reads.days import Days, by_bucket
from customertrack.reads.results import Row, Table, query
from customertrack.reads.tables import Tables
from customertrack.warehouse import Connection


@dataclass(frozen=True)
class Growth:
    """What there is at the end of a bucket: `versions` that ever began, and `rows` that are current."""

    begin: datetime
    versions: int
    rows: int


@dataclass(frozen=True)
class Said:
    """The events of a bucket, and the `keys` of which the first upsert is among them."""

    begin: datetime
    keys: int
    upserts: int
    deletes: int


def span(connection: Connection, tables: Tables) -> tuple[datetime, datetime] | None:
    """The first and the last time of which something was said, for those of whom no versions are kept; None: none."""
    ((first, last),) = query(
        connection, f"SELECT MIN(updated_at), MAX(updated_at) FROM v_{tables.name}_event_applied"
    ).rows
    return None if first is None else (first, last)


def growth(connection: Connection, tables: Tables, of_days: Days, period: Period) -> list[Growth]:
    """Of each bucket of the period. What began and ended before it counts too."""
    if period.bucket == "hour":
        began, ended = (_counted(connection, tables, column, period) for column in ("valid_from", "valid_to"))
    else:
        began, ended = (by_bucket(counts, period) for counts in (of_days.begun, of_days.ended))
    versions, gone = began.get(None, 0), ended.get(None, 0)
    found = []
    for begin in period.begins:
        versions += began.get(begin, 0)
        gone += ended.get(begin, 0)
        found.append(Growth(begin, versions, versions - gone))
    return found


def said(connection: Connection, tables: Tables, period: Period) -> list[Said]:
    """Of each bucket of the period, by event time: what there is to tell where no versions are kept."""
    events = f"v_{tables.name}_event_applied"
    bucket, key = begin_sql(period.bucket, "updated_at"), tables.ordered()
    asked = (
        "SELECT begun_at, COUNT_IF(NOT is_delete), COUNT_IF(is_delete) "
        f"FROM (SELECT {bucket} AS begun_at, is_delete FROM {events} WHERE updated_at >= ? AND updated_at < ?) "
        "AS event GROUP BY begun_at"
    )
    first = (
        "SELECT begun_at, COUNT(*) "
        f"FROM (SELECT {begin_sql(period.bucket, 'MIN(updated_at)')} AS begun_at FROM {events} "
        f"WHERE NOT is_delete GROUP BY {key} HAVING MIN(updated_at) >= ? AND MIN(updated_at) < ?) AS first_said "
        "GROUP BY begun_at"
    )
    limits = [period.begin, period.end]
    of_events = {row[0]: row[1:] for row in query(connection, asked, limits).rows}
    keys: dict[datetime, int] = dict(query(connection, first, limits).rows)
    return [Said(begin, keys.get(begin, 0), *of_events.get(begin, (0, 0))) for begin in period.begins]


def busiest(connection: Connection, tables: Tables, period: Period, limit: int = 20) -> Table:
    """The keys of which most versions begin in the period, those with most first: the key, then `versions`."""
    return query(
        connection,
        f"SELECT {tables.ordered()}, COUNT(*) AS versions FROM v_{tables.name}_version "
        f"WHERE valid_from >= ? AND valid_from < ? GROUP BY {tables.ordered()} "
        f"ORDER BY versions DESC, {tables.ordered()} LIMIT ?",
        [period.begin, period.end, limit],
    )


def _counted(connection: Connection, tables: Tables, column: str, period: Period) -> dict[datetime | None, int]:
    """How many versions have this time in each bucket; before the period, as None."""
    bucket = begin_sql(period.bucket, column)
    rows: list[Row] = query(
        connection,
        f"SELECT counted_at, COUNT(*) FROM (SELECT IFF({column} < ?, NULL, {bucket}) AS counted_at "
        f"FROM v_{tables.name}_version WHERE {column} < ?) AS version GROUP BY counted_at",
        [period.begin, period.end],
    ).rows
    return {at: int(versions) for at, versions in rows}
