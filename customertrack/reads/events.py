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
