"""What one connection is doing: its schema, its transaction, and the streams that the transaction has consumed."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from time import perf_counter
from typing import Any

import duckdb

from snowglobe.catalog import Catalog, E, Stream
from snowglobe.clock import Clock, utc_now
from snowglobe.database import Database
from snowglobe.duck_errors import translated
from snowglobe.errors import DatabaseError, NotSupportedError, OperationalError, ProgrammingError, does_not_exist
from snowglobe.executed import Executed
from snowglobe.names import quoted, quoted_name
from snowglobe.open_questions import Otherwise
from snowglobe.parsed import ParsedStatements
from snowglobe.results import Result, Row

_COLUMNS = """
SELECT column_name, data_type FROM duckdb_columns()
WHERE database_name IN (?, 'temp') AND lower(schema_name) IN (?, 'main') AND lower(table_name) = ? ORDER BY column_index
"""

# Schemas of DuckDB's, and the catalog's.
_HIDDEN = {"embedded", "information_schema", "pg_catalog"}

Execute = Callable[["Session", str, Sequence[object]], Result]

# The schema that every database has, and that USE DATABASE goes to.
PUBLIC = "public"


class Session:
    """One DuckDB connection, with Snowflake's rules about names and transactions around it."""

    def __init__(
        self, database: Database, schema: str, execute: Execute, clock: Clock = utc_now, otherwise: Otherwise = ()
    ) -> None:
        """`execute`: what runs a statement of Snowflake's, those of a procedure's body and a task's too."""
        self.database = database
        self.catalog: Catalog = database.catalog
        self.clock = clock
        self.otherwise = frozenset(otherwise)
        self._execute = execute
        self.duck = database.duck.cursor()
        self._parsed = ParsedStatements(self.duck)
        self.in_transaction = False
        # What the statements may do, by what it was granted (snowglobe.account.privileges); '' may do everything.
        self.role = ""
        # What USE ROLE named last. It owns what is made, where an owner is kept.
        self.used_role = ""
        self._executed: list[Executed] | None = None
        self._consumed: dict[Stream, int] = {}
        self._rewritten: set[str] = set()
        self.schema = PUBLIC
        self.use_schema(schema if schema and self.schema_exists(schema) else PUBLIC)

    def execute(self, sql: str, params: Sequence[object] = ()) -> Result:
        """Execute one Snowflake statement, its `?` bound to `params`. Raises the errors of snowglobe.errors."""
        return self._execute(self, sql, params)

    @contextmanager
    def task_run(self) -> Iterator[list[Executed]]:
        """A run of a task: the list gets its statements, each when it has ended."""
        before, self._executed = self._executed, []
        try:
            yield self._executed
        finally:
            self._executed = before

    @contextmanager
    def timed(self, sql: str) -> Iterator[None]:
        """A statement that a task executes, itself or by its procedure; others are noted nowhere."""
        if self._executed is None:
            yield
            return
        started_at, begun = self.clock(), perf_counter()
        try:
            yield
        finally:
            self._executed.append(Executed(sql, started_at, perf_counter() - begun))

    def run(self, sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> duckdb.DuckDBPyConnection:
        """Execute DuckDB SQL; its errors become those of the connection."""
        try:
            statement = self._parsed.of(sql)
            return self.duck.execute(statement, params) if params else self.duck.execute(statement)
        except duckdb.Error as error:
            raise translated(error) from error

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a DuckDB query."""
        return self.run(sql, params).fetchall()

    def fetching(self, cursor: duckdb.DuckDBPyConnection) -> Callable[[int], list[Row]]:
        """What fetches up to so many rows more of the last result."""
        return cursor.fetchmany

    def fit_threads(self, searched: Iterable[str], is_query: bool) -> None:
        """Have as many threads as a statement needs that looks for rows in these tables."""
        self.database.threads.fit(searched, is_asked=is_query and not self.in_transaction)

    def close(self) -> None:
        """Roll back what is open, and end."""
        try:
            self.rollback()
        finally:
            self.duck.close()

    def qualify(self, name: str) -> str:
        """`schema.name` in lower case. The name of another database, or one of DuckDB's own, is an error."""
        parts = name.lower().split(".")
        if len(parts) == 3:
            self.check_database(parts.pop(0))
        schema, own = parts if len(parts) == 2 else (self.schema, parts[0])
        if schema in _HIDDEN or own in self.database.views_of_duckdb:
            raise ProgrammingError(f"Object '{name.upper()}' does not exist or not authorized.", 2003, "42S02")
        return f"{schema}.{own}"

    def find(self, kind: type[E], name: str) -> E:
        """The object of that kind and name. Raises ProgrammingError if there is none."""
        entry = self.catalog.get(kind, self.qualify(name) if kind.in_schema else name)
        if entry is None:
            raise does_not_exist(kind.words, name)
        return entry

    def check_database(self, name: str) -> None:
        """Raise unless `name` is the warehouse's own database."""
        if name.lower() != self.database.name.lower():
            own = self.database.name.upper()
            message = f"Database '{name.upper()}' does not exist: this warehouse holds {own} alone"
            raise ProgrammingError(message, 2003, "02000")

    def schema_exists(self, name: str) -> bool:
        """Whether the schema is there; DuckDB's own are not."""
        if name.lower() in _HIDDEN:
            return False
        found = "SELECT 1 FROM duckdb_schemas() WHERE database_name = ? AND lower(schema_name) = ?"
        return bool(self.rows(found, [self.database.name, name.lower()]))

    def check_schema(self, name: str) -> None:
        """Raise unless the schema is there."""
        if not self.schema_exists(name):
            raise ProgrammingError(f"Schema '{name.upper()}' does not exist or not authorized", 2043, "02000")

    def use_schema(self, name: str) -> None:
        """Make it the schema of unqualified names."""
        self.check_schema(name)
        self.run(f"USE {quoted(self.database.name)}.{quoted(name)}")
        self.schema = name.lower()

    @contextmanager
    def names_of(self, owner: str) -> Iterator[None]:
        """Within it, unqualified names are of the schema of `owner`, a qualified name. It is for looking up alone."""
        before, self.schema = self.schema, owner.partition(".")[0]
        try:
            yield
        finally:
            self.schema = before

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
                self.database.threads.begin()
                self._attach_anew()
                self.run("BEGIN")
            except BaseException:
                self.database.end_turn()
                raise
            self.in_transaction = True

    def _attach_anew(self) -> None:
        """Have the file attached anew where that makes reading faster."""
        if not self.database.threads.has_settled:
            return
        try:
            attached = self.database.attach_anew(self.duck)
        except duckdb.Error as error:
            raise translated(error) from error
        if attached:
            self.run(f"USE {quoted(self.database.name)}.{quoted(self.schema)}")

    def commit(self) -> None:
        """Commit what is open, with the streams that it consumed moved. What cannot be committed is rolled back."""
        if not self.in_transaction:
            return
        try:
            for stream, position in self._consumed.items():
                at = self.database.streams_reached_at[stream.name] = self.clock()
                if stream.table in self._rewritten:
                    move = "UPDATE embedded.stream_position SET reached_at = ? WHERE stream = ?"
                    self.run(move, [at, stream.name])
                    continue
                move = "UPDATE embedded.stream_position SET position = ?, reached_at = ? WHERE stream = ?"
                self.run(move, [position, at, stream.name])
                self.run(f"DELETE FROM {stream.deleted_rows}")
            noted = self.database.later.write(self.run)
            self.run("COMMIT")
            self.database.later.forget(noted)
        except DatabaseError as error:
            self.rollback()
            # Every statement went through, so it is the machine that fails now: no space for the log, for example.
            raise OperationalError(error.msg, 604, "57014") from error
        except BaseException:
            self.rollback()
            raise
        self._end()

    def rollback(self) -> None:
        """Undo what is open; its streams stay where they were."""
        if self.in_transaction:
            # It may have loaded files.
            self.database.loaded_names.clear()
            self.database.streams_reached_at.clear()
            try:
                # None is open if Ctrl-C came just when the commit was done.
                with suppress(duckdb.TransactionException):
                    self.duck.execute("ROLLBACK")
            finally:
                self._end()

    def _end(self) -> None:
        self._consumed.clear()
        self._rewritten.clear()
        self.in_transaction = False
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
        self.catalog.changed()

    @contextmanager
    def consuming(self, streams: Sequence[Stream]) -> Iterator[None]:
        """A DML statement that reads `streams`: if it succeeds, they move past what it saw at COMMIT."""
        self.check_readable(streams)
        before = dict(self._consumed)
        unread = [stream for stream in streams if stream not in self._consumed]
        for stream in unread:
            self._consumed[stream] = self.rows(f"SELECT COUNT(*) FROM {quoted_name(stream.table)}")[0][0]
        try:
            yield
        except BaseException:
            self._consumed = before
            raise

    def consumes(self, stream: Stream) -> bool:
        """Whether the open transaction has read the stream by DML."""
        return stream in self._consumed

    def shown_from(self, stream: Stream) -> int:
        """The place in its table from which on the stream will show rows if the open transaction is committed."""
        if stream in self._consumed:
            return self._consumed[stream]
        return int(self.rows("SELECT position FROM embedded.stream_position WHERE stream = ?", [stream.name])[0][0])

    def rewritten(self, table: str) -> None:
        """Note that the transaction has written a watched table again, with its streams moved as they should be."""
        self._rewritten.add(table)

    def check_readable(self, streams: Sequence[Stream]) -> None:
        """Raise if a stream's table was written again in the open transaction: DuckDB numbers its rows at COMMIT."""
        for stream in streams:
            if stream.table in self._rewritten:
                deleted = f"the transaction that deleted rows of {stream.table}"
                message = f"The embedded warehouse cannot read {stream.name} in {deleted}: commit first"
                raise NotSupportedError(message, 2, "0A000")
