"""Where the tables' rows came from: events and rejects by file, and what the tables hold, piece by piece."""

from collections.abc import Sequence
from dataclasses import dataclass

from customertrack.reads.results import Parts, Row, binds, in_lists, query, read
from customertrack.reads.tables import Tables
from customertrack.warehouse import Connection


@dataclass(frozen=True)
class RejectedFile:
    """How many rows of a file are rejects, and how many of these have nothing at all.

    `no_objects`: how many are no object of JSON. `without`: how many have no value in each of the columns that are
    needed, in their order.
    """

    name: str
    rejects: int
    empty: int
    no_objects: int
    without: tuple[int, ...]


def rejected_files(connection: Connection, tables: Tables, names: Sequence[str]) -> list[RejectedFile]:
    """Those of the named files that have rejects, by name."""
    without = "".join(f", COUNT_IF({column} IS NULL)" for column in tables.needed)
    empty = " AND ".join(f"{column} IS NULL" for column in tables.landed)
    found: list[RejectedFile] = []
    for some in in_lists(names):
        rows = query(
            connection,
            f"SELECT source_file, COUNT(*), COUNT_IF({empty}), COUNT_IF(reject_reasons = 'invalid_record'){without} "
            f"FROM {tables.name}_reject WHERE source_file IN ({binds(some)}) GROUP BY source_file ORDER BY source_file",
            some,
        ).rows
        found += [RejectedFile(row[0], row[1], row[2], row[3], tuple(row[4:])) for row in rows]
    return found


@dataclass(frozen=True)
class Superseded:
    """How many accepted events of a file do not count, because of others in the file `by`."""

    name: str
    by: str
    events: int


def superseded(connection: Connection, tables: Tables, names: Sequence[str]) -> list[Superseded]:
    """Of the named files: events that say something else than one with the same key and time in a later file."""
    found: list[Superseded] = []
    parts = {
        "name": tables.name,
        "key": tables.same_key("lost", "won"),
        "sequence": "".join(f"\n        AND {_equal(column)}" for column in tables.sequence),
        "equal": " AND ".join(map(_equal, ["is_delete", *tables.attributes])),
    }
    for some in in_lists(names):
        rows = query(connection, _SUPERSEDED.format(names=binds(some), **parts), some).rows
        found += [Superseded(*row) for row in rows]
    return found


def event_files(connection: Connection, name: str = "customer") -> set[str]:
    """The files that accepted events of the dimension `name` came from."""
    return {file for (file,) in query(connection, f"SELECT DISTINCT source_file FROM {name}_event").rows}


def keys_of_files(connection: Connection, tables: Tables, names: Sequence[str]) -> set[Row]:
    """The keys of which an accepted event came in one of the named files."""
    found: set[Row] = set()
    for some in in_lists(names):
        sql = f"SELECT DISTINCT {tables.ordered()} FROM {tables.name}_event WHERE source_file IN ({binds(some)})"
        found.update(query(connection, sql, some).rows)
    return found


def rejects_by_file(connection: Connection, tables: Tables) -> dict[str, int]:
    """How many rejects there are of each file."""
    return dict(query(connection, f"SELECT source_file, COUNT(*) FROM {tables.name}_reject GROUP BY source_file").rows)


def current_by_key(connection: Connection, tables: Tables) -> Parts:
    """The current rows, by key."""
    return read(connection, f"SELECT * FROM {tables.name} ORDER BY {tables.ordered()}")


def versions_by_key(connection: Connection, tables: Tables) -> Parts:
    """All versions, by key and time."""
    versions = f"SELECT * FROM v_{tables.name}_version"
    return read(connection, f"{versions} ORDER BY {tables.ordered()}, valid_from")


def _equal(column: str) -> str:
    return f"lost.{column} IS NOT DISTINCT FROM won.{column}"


# An event that the one that counts says again is not told: nothing is lost with it.
_SUPERSEDED = """
WITH pair AS (
    SELECT
        lost.source_file,
        won.source_file AS winner,
        {equal} AS is_equal,
        ROW_NUMBER() OVER (
            PARTITION BY lost.source_file, lost.source_row ORDER BY won.source_file DESC, won.source_row DESC
        ) AS place
    FROM {name}_event AS lost
    INNER JOIN {name}_event AS won
        ON {key}
        AND lost.updated_at = won.updated_at{sequence}
        AND lost.source_file < won.source_file
    WHERE lost.source_file IN ({names})
)

SELECT source_file, winner, COUNT(*)
FROM pair
WHERE place = 1 AND NOT is_equal
GROUP BY source_file, winner
ORDER BY source_file, winner
"""
