"""What became of keys over time, and which of their attributes changed: versions compared with those before them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from customertrack.reads.buckets import Period, begin_sql
from customertrack.reads.results import query
from customertrack.reads.tables import Tables
from customertrack.warehouse import Connection


@dataclass(frozen=True)
class Turnover:
    """What happened in the bucket that begins at `begin`, by event time.

    `came`: the first versions of keys. `changed`: versions that began where another one ended. `deleted`: ends of
    versions after which the key was absent. `returned`: versions that began after that.
    """

    begin: datetime
    came: int = 0
    changed: int = 0
    deleted: int = 0
    returned: int = 0


@dataclass(frozen=True)
class Changes:
    """`attributes`: of the versions that began where another one ended, how many have another value of each."""

    turnover: list[Turnover]
    attributes: dict[str, int]

    @property
    def changed(self) -> int:
        """How many versions began where another one ended."""
        return sum(bucket.changed for bucket in self.turnover)


def changes(connection: Connection, tables: Tables, attributes: Sequence[str], period: Period) -> Changes:
    """What happened in a period. `attributes`: their names in the history, as SQL writes them.

    What is read is the versions that begin or end in the period, and of others the key and the begin alone.
    """
    limits = [period.begin, period.end]
    rows = query(connection, _asked(tables, attributes, period), [*limits, *limits]).rows
    by_begin = {row[0]: Turnover(*row[:5]) for row in rows}
    counts = [sum(of_one) for of_one in zip(*(row[5:] for row in rows), strict=True)] or [0] * len(attributes)
    turnover = [by_begin.get(begin, Turnover(begin)) for begin in period.begins]
    return Changes(turnover, dict(zip(attributes, map(int, counts), strict=True)))


def _asked(tables: Tables, attributes: Sequence[str], period: Period) -> str:
    places = range(len(attributes))
    return _CHANGES.format(
        version=f"v_{tables.name}_version",
        key=tables.ordered(),
        begun_key=tables.ordered("b"),
        first_part=tables.key[0],
        touching=tables.same_key("b", "e"),
        same=tables.same_key("c", "f"),
        attributes="".join(f", {name}" for name in attributes),
        differ="".join(
            f",\n        b.{name} IS DISTINCT FROM e.{name} AS differs_{place}" for place, name in enumerate(attributes)
        ),
        counted="".join(f",\n    COUNT_IF(c.has_begun AND c.has_ended AND c.differs_{place})" for place in places),
        bucket=begin_sql(period.bucket, "c.happened_at"),
    )


# A version that begins is joined to the one that ends there: what is left over on either side came, or was deleted.
_CHANGES = """
WITH begun AS (
    SELECT {key}, valid_from{attributes} FROM {version} WHERE valid_from >= ? AND valid_from < ?
),

ended AS (
    SELECT {key}, valid_to{attributes} FROM {version} WHERE valid_to >= ? AND valid_to < ?
),

compared AS (
    SELECT
        {begun_key},
        COALESCE(b.valid_from, e.valid_to) AS happened_at,
        b.{first_part} IS NOT NULL AS has_begun,
        e.{first_part} IS NOT NULL AS has_ended{differ}
    FROM begun AS b
    FULL OUTER JOIN ended AS e ON {touching} AND b.valid_from = e.valid_to
),

first_version AS (
    SELECT {key}, MIN(valid_from) AS valid_from
    FROM {version}
    WHERE ({key}) IN (SELECT {key} FROM compared WHERE NOT has_ended)
    GROUP BY {key}
)

SELECT
    {bucket} AS begun_at,
    COUNT(f.{first_part}),
    COUNT_IF(c.has_begun AND c.has_ended),
    COUNT_IF(NOT c.has_begun),
    COUNT_IF(NOT c.has_ended) - COUNT(f.{first_part}){counted}
FROM compared AS c
LEFT JOIN first_version AS f ON {same} AND c.happened_at = f.valid_from AND NOT c.has_ended
GROUP BY begun_at
"""
