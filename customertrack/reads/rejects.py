"""The landed rows that are no valid events: for which reasons, of which files, and the rows themselves."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from customertrack.reads.buckets import Period, begin_sql
from customertrack.reads.results import Table, binds, in_lists, query
from customertrack.reads.tables import Tables
from customertrack.warehouse import Connection

# Where a landed row was, and what became of it.
_PLACE = ("reject_reasons", "source_file", "source_row", "file_modified_at", "loaded_at", "batch_id")
# What stands between the reasons of a row.
_AND = ", "


@dataclass(frozen=True)
class Which:
    """Those that have the reason, among others or alone, and are of the file; None: whatever it is."""

    reason: str | None = None
    file: str | None = None

    @property
    def condition(self) -> str:
        """As SQL, with binds."""
        conditions = ["CONTAINS(', ' || reject_reasons || ',', ?)"] if self.reason is not None else []
        conditions += ["source_file = ?"] if self.file is not None else []
        return " AND ".join(conditions) or "TRUE"

    @property
    def values(self) -> list[str]:
        """What is bound."""
        reason = [] if self.reason is None else [f", {self.reason},"]
        return reason + ([] if self.file is None else [self.file])


ALL = Which()


@dataclass(frozen=True)
class File:
    """A file that has rejects. `rows`: all that landed of it; None if that is not known any more."""

    name: str
    rejects: int
    rows: int | None
    loaded_at: datetime


def span(connection: Connection, tables: Tables) -> tuple[datetime, datetime] | None:
    """When the first and the last reject reached the warehouse; None: there is none."""
    ((first, last),) = query(connection, f"SELECT MIN(loaded_at), MAX(loaded_at) FROM {tables.name}_reject").rows
    return None if first is None else (first, last)


def count(connection: Connection, tables: Tables, which: Which = ALL) -> int:
    """How many there are."""
    asked = f"SELECT COUNT(*) FROM {tables.name}_reject WHERE {which.condition}"
    return int(query(connection, asked, which.values).rows[0][0])


def reasons(connection: Connection, tables: Tables, period: Period) -> dict[str, Counter[datetime]]:
    """How many rejects have each reason, by the bucket in which they reached the warehouse; the most frequent first.

    A row that has several counts with each.
    """
    asked = (
        "SELECT reject_reasons, begun_at, COUNT(*) "
        f"FROM (SELECT reject_reasons, {begin_sql(period.bucket, 'loaded_at')} AS begun_at FROM {tables.name}_reject "
        "WHERE loaded_at >= ? AND loaded_at < ?) AS reject GROUP BY reject_reasons, begun_at"
    )
    found: dict[str, Counter[datetime]] = {}
    for together, begin, rejects in query(connection, asked, [period.begin, period.end]).rows:
        for reason in together.split(_AND):
            found.setdefault(reason, Counter())[begin] += int(rejects)
    return dict(sorted(found.items(), key=lambda of: (-of[1].total(), of[0])))


def files(connection: Connection, tables: Tables, limit: int) -> tuple[list[File], int]:
    """The files with most rejects, these first, at most `limit`; and how many have any."""
    table = f"{tables.name}_reject"
    asked = f"SELECT source_file, COUNT(*) AS rejects, MAX(loaded_at) FROM {table} GROUP BY source_file"
    found = query(connection, f"{asked} ORDER BY rejects DESC, source_file LIMIT ?", [limit]).rows
    of_files = _rows(connection, tables, [name for name, _, _ in found])
    number = query(connection, f"SELECT COUNT(DISTINCT source_file) FROM {table}").rows[0][0]
    return [File(name, rejects, of_files.get(name), at) for name, rejects, at in found], int(number)


def rejects(connection: Connection, tables: Tables, limit: int = 100, which: Which = ALL, *, offset: int = 0) -> Table:
    """Rejected rows as they landed, with their reasons and places, newest first, at most `limit` after `offset`."""
    named = [f"{column} AS {name}" for column, name in zip(tables.landed, tables.called, strict=False)]
    columns = ", ".join([*(named or tables.landed), *_PLACE])
    wanted = (
        f"SELECT {columns} FROM {tables.name}_reject WHERE {which.condition} "
        "ORDER BY batch_id DESC, source_file, source_row LIMIT ? OFFSET ?"
    )
    return query(connection, wanted, [*which.values, limit, offset])


def ignored(connection: Connection, tables: Tables) -> dict[str, int]:
    """How many landed rows say nothing of any key and are no fault, by what they are. Few feeds have such."""
    if "ignored" not in tables.logs:
        return {}
    asked = f"SELECT what, COUNT(*) FROM {tables.name}_ignored GROUP BY what ORDER BY what"
    return {str(what): int(rows) for what, rows in query(connection, asked).rows}


def _rows(connection: Connection, tables: Tables, names: Sequence[str]) -> dict[str, int]:
    """How many rows landed of each of the named files, as far as that is known.

    A row may have made two events. Of a snapshot the log keeps only what it changes.
    """
    found: Counter[str] = Counter()
    for some in in_lists(names):
        which = f"WHERE source_file IN ({binds(some)})"
        if tables.has_snapshots:
            snapshots = (
                f"SELECT source_file, rows_landed FROM {tables.name}_snapshot {which} AND rows_landed IS NOT NULL"
            )
            found.update(dict(query(connection, snapshots, some).rows))
            continue
        for log in tables.logs:
            counted = f"SELECT source_file, COUNT(DISTINCT source_row) FROM {tables.name}_{log} {which}"
            found.update(dict(query(connection, f"{counted} GROUP BY source_file", some).rows))
    return found
