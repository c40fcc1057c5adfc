"""What one connection is doing: its schema, its transaction, and the streams that the transaction has consumed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import duckdb

from customertrack.embedded.catalog import Catalog, Stream
from customertrack.embedded.database import Database
from customertrack.embedded.errors import DatabaseError, OperationalError, ProgrammingError

_COLUMNS = """
SELECT column_name, data_type FROM duckdb_columns()
WHERE database_name IN (?, 'temp') AND lower(schema_name) IN (?, 'main') AND lower(table_name) = ? ORDER BY column_index
"""

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The time now, UTC, without a zone."""
    return datetime.now(UTC).replace(tzinfo=None)


class Session:
    """One DuckDB connection, with Snowflake's rules about names and transactions around it."""

    def __init__(self, database: Database, schema: str, clock: Clock = utc_now) -> None:
        self.database = database
        self.catalog: Catalog = database.catalog
        self.clock = clock
        self.duck = database.duck.cursor()
        self.duck.execute(f"USE {database.name}")
        self.schema = "main"
        self.in_transaction = False
        self._consumed: dict[str, int] = {}
        if schema and self.schema_exists(schema):
            self.use_schema(schema)

    def run(self, sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> duckdb.DuckDBPyConnection:
        """Execute DuckDB SQL; its errors become those of the connection."""
        try:
            return self.duck.execute(sql, params) if params else self.duck.execute(sql)
        except duckdb.Error as error:
            raise translated(error) from error

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a DuckDB query."""
        return self.run(sql, params).fetchall()

    def qualify(self, name: str) -> str:
        """`schema.name` in lower case. Only one database exists; another one's name is an error."""
        parts = name.lower().split(".")
        if len(parts) == 3:
            self.check_database(parts.pop(0))
        return ".".join(parts) if len(parts) == 2 else f"{self.schema}.{parts[0]}"

    def check_database(self, name: str) -> None:
        """Raise unless `name` is the warehouse's own database."""
        if name.lower() != self.database.name.lower():
            raise ProgrammingError(f"Database '{name.upper()}' does not exist: this warehouse holds {self.database.name.upper()} alone", 2003, "02000")

    def schema_exists(self, name: str) -> bool:
        """Whether the schema is there."""
        found = "SELECT 1 FROM duckdb_schemas() WHERE database_name = ? AND lower(schema_name) = ?"
        return bool(self.rows(found, [self.database.name, name.lower()]))

    def use_schema(self, name: str) -> None:
        """Make it the schema of unqualified names."""
        if not self.schema_exists(name):
            raise ProgrammingError(f"Schema '{name.upper()}' does not exist or not authorized", 2043, "02000")
        self.run(f"USE {self.database.name}.{quoted(name)}")
        self.schema = name.lower()

    def table_columns(self, table: str) -> dict[str, str]:
        """The columns of a qualified table or view with their DuckDB types, in order; empty if there is none."""
        known, at = self.database.table_columns, (self.catalog.version, table)
        if at not in known:
            found = self.rows(_COLUMNS, [self.database.name, *table.split(".")])
            known[at] = {str(column): str(kind) for column, kind in found}
        return known[at]

    def begin(self) -> None:
        """Open a transaction; inside one it changes nothing, as in Snowflake."""
        if not self.in_transaction:
            self.database.wait_for_turn()
            try:
                self.run("BEGIN")
            except BaseException:
                self.database.end_turn()
                raise
            self.in_transaction = True

    def commit(self) -> None:
        """Commit what is open, and move the streams that it consumed."""
        if not self.in_transaction:
            return
        try:
            for stream, position in self._consumed.items():
                self.run("UPDATE embedded.stream_position SET position = ? WHERE stream = ?", [position, stream])
            self.run("COMMIT")
        except DatabaseError:
            self.rollback()
            raise
        self._consumed.clear()
        self.in_transaction = False
        self.database.end_turn()

    def rollback(self) -> None:
        """Undo what is open; its streams stay where they were."""
        if self.in_transaction:
            self._consumed.clear()
            self.in_transaction = False
            try:
                self.run("ROLLBACK")
            finally:
                self.database.end_turn()

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """Several DuckDB statements as one: within the open transaction, or in one of their own."""
        if self.in_transaction:
            yield
            return
        self.begin()
        try:
            yield
        except BaseException:
            self.rollback()
            raise
        self.commit()

    @contextmanager
    def ddl(self) -> Iterator[None]:
        """A DDL statement: commits the open transaction first and is one of its own, as in Snowflake."""
        self.commit()
        try:
            with self.atomic():
                yield
        except BaseException:
            self.catalog.read(self.duck)
            raise
        self.catalog.version += 1

    def consume(self, streams: Sequence[Stream]) -> None:
        """Note that the open transaction's DML has read `streams`: at COMMIT they move past what it saw."""
        for stream in streams:
            if stream.name not in self._consumed:
                self._consumed[stream.name] = self.rows(f"SELECT COUNT(*) FROM {quoted_name(stream.table)}")[0][0]

    def has_consumed(self, stream: Stream) -> bool:
        """Whether the open transaction has read it by DML."""
        return stream.name in self._consumed


def quoted(name: str) -> str:
    """A DuckDB identifier for one part of a name."""
    return '"' + name.replace('"', '""') + '"'


def quoted_name(name: str) -> str:
    """A DuckDB identifier for a dotted name."""
    return ".".join(quoted(part) for part in name.split("."))


# Snowflake's numbers for what DuckDB tells apart by class: errno, sqlstate.
_NUMBERS: list[tuple[type[duckdb.Error], int, str]] = [
    (duckdb.CatalogException, 2003, "42S02"),
    (duckdb.ParserException, 1003, "42000"),
    (duckdb.BinderException, 904, "42000"),
    (duckdb.ConstraintException, 100072, "22000"),
    (duckdb.ConversionException, 100038, "22018"),
    (duckdb.OutOfRangeException, 100132, "22003"),
    (duckdb.TransactionException, 625, "57014"),
]


def translated(error: duckdb.Error) -> DatabaseError:
    """DuckDB's error as the connection's: OperationalError if the machine is at fault (disk, memory), else ProgrammingError."""
    message = str(error).strip()
    if isinstance(error, (duckdb.IOException, duckdb.OutOfMemoryException, duckdb.FatalException)):
        return OperationalError(message, 604, "57014")
    for kind, errno, sqlstate in _NUMBERS:
        if isinstance(error, kind):
            return ProgrammingError(message, errno, sqlstate)
    return ProgrammingError(message, 1003, "42000")
