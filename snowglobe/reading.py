"""A session that only reads: one transaction of DuckDB's from its first to its last statement.

So all its answers are of one moment, whatever others write meanwhile, and it waits for nobody. Where the file is open
to be written, DuckDB refuses what would change it; the statements are looked at before that.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from threading import RLock
from typing import Any, NoReturn

import duckdb

from snowglobe.clock import Clock, utc_now
from snowglobe.database import Database
from snowglobe.duck_errors import translated
from snowglobe.errors import ConnectionLost, DatabaseError, OperationalError
from snowglobe.objects.table import make_work_tables
from snowglobe.results import Row
from snowglobe.session import Execute, Session

# Seconds until DuckDB is interrupted once more.
_AGAIN = 0.02


class ReadingSession(Session):
    """After an error DuckDB goes on with a new transaction alone: what is asked then is of that moment."""

    def __init__(self, database: Database, schema: str, execute: Execute, clock: Clock = utc_now) -> None:
        self._opened = database
        self._at_work = RLock()
        self._why_ended = ""
        database.reader_comes()
        try:
            super().__init__(database, schema, execute, clock)
            make_work_tables(self)
            self._look()
        except BaseException:
            database.reader_goes()
            raise

    def end(self, why: str) -> None:
        """Have what it is doing, and all that it is asked from now on, raise ConnectionLost. For other threads.

        DuckDB may have been just about to begin: call it again until the session is closed.
        """
        self._why_ended = why
        # It may be closed already.
        with suppress(duckdb.Error):
            self.duck.interrupt()

    def let_go(self, why: str) -> None:
        """The same, until it does nothing any more."""
        self.end(why)
        while not self._at_work.acquire(timeout=_AGAIN):
            self.end(why)
        self._at_work.release()

    def run(self, sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> duckdb.DuckDBPyConnection:
        """Execute DuckDB SQL; its errors become those of the connection."""
        with self._working():
            return super().run(sql, params)

    def fetching(self, cursor: duckdb.DuckDBPyConnection) -> Callable[[int], list[Row]]:
        """What fetches up to so many rows more of the last result."""

        def fetch(size: int) -> list[Row]:
            with self._working():
                try:
                    return cursor.fetchmany(size)
                except duckdb.Error as error:
                    raise translated(error) from error

        return fetch

    def fit_threads(self, searched: Iterable[str], is_query: bool) -> None:
        """Have as many threads as a statement needs that looks for rows in these tables."""
        self._opened.threads.fit_reader(searched, self.duck)

    def begin(self) -> None:
        """Nothing: its one transaction is open."""

    def commit(self) -> None:
        """Nothing: there is nothing to be kept."""

    def rollback(self) -> None:
        """Nothing: there is nothing to be undone."""

    def atomic(self) -> NoReturn:
        """Refuse what would change something."""
        raise OperationalError(f"The warehouse file {self.database.path} is open for reading only", 3001, "42501")

    def close(self) -> None:
        """End, once another thread has ended what it does with it."""
        with self._at_work:
            self.duck.close()
        self._opened.reader_goes()

    @contextmanager
    def _working(self) -> Iterator[None]:
        with self._at_work, self._opened.threads.reader_works():
            self._check()
            try:
                yield
            except DatabaseError as error:
                if self._why_ended:
                    raise ConnectionLost(self._why_ended) from error
                self._look()
                raise

    def _check(self) -> None:
        if self._why_ended:
            raise ConnectionLost(self._why_ended)

    def _look(self) -> None:
        """Begin a transaction, and see the file as it is now."""
        if self.database is not self._opened:
            self.duck.execute("ROLLBACK")
        self.duck.execute("BEGIN TRANSACTION READ ONLY")
        self.database = self._opened.seen_by(self.duck)
        self.catalog = self.database.catalog
