"""On which days versions begin and end: one look at all of them, of which most that is asked of a period follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from customertrack.reads.buckets import Period, begin_of
from customertrack.reads.results import query
from customertrack.reads.tables import Tables
from customertrack.warehouse import Connection


@dataclass(frozen=True)
class Days:
    """How many versions begin and how many end on each day, by event time. A day is its begin, UTC.

    A version that is current has no end.
    """

    begun: Mapping[datetime, int]
    ended: Mapping[datetime, int]

    @property
    def reach(self) -> tuple[datetime, datetime] | None:
        """The first and the last day on which something changed; None: there is no version."""
        days = [*self.begun, *self.ended]
        return (min(days), max(days)) if days else None

    def versions_begun(self, period: Period) -> int:
        """How many versions begin in a period of whole days."""
        return sum(versions for day, versions in self.begun.items() if period.begin <= day < period.end)

    def newest(self, end: datetime, most: int) -> datetime:
        """Where the days before `end` begin in which at most `most` versions begin altogether; one day at least."""
        since, found = end - timedelta(days=1), 0
        for day in sorted((day for day in self.begun if day < end), reverse=True):
            found += self.begun[day]
            if found > most:
                break
            since = min(since, day)
        return since


def days(connection: Connection, tables: Tables) -> Days:
    """Those of all versions that there are."""
    rows = query(connection, _DAYS.format(version=f"v_{tables.name}_version")).rows
    begun = {day: int(versions) for what, day, versions in rows if what == "begun"}
    return Days(begun, {day: int(versions) for what, day, versions in rows if what == "ended"})


def by_bucket(of_days: Mapping[datetime, int], period: Period) -> dict[datetime | None, int]:
    """Counts of days as those of the period's buckets, which are days or longer; all before the period as None."""
    found: dict[datetime | None, int] = {}
    for day, count in of_days.items():
        if day < period.end:
            bucket = None if day < period.begin else begin_of(day, period.bucket)
            found[bucket] = found.get(bucket, 0) + count
    return found


_DAYS = """
SELECT 'begun' AS what, begun_on AS on_day, COUNT(*)
FROM (SELECT DATE_TRUNC('day', valid_from) AS begun_on FROM {version}) AS begun
GROUP BY on_day
UNION ALL
SELECT 'ended' AS what, ended_on AS on_day, COUNT(*)
FROM (SELECT DATE_TRUNC('day', valid_to) AS ended_on FROM {version} WHERE NOT is_current) AS ended
GROUP BY on_day
"""
