"""How many threads DuckDB works with: handing small work from one to another costs more than it saves.

Threads share a table by row groups. So one is faster as long as a statement reads no table that has many of them, and
no more rows have just been written than a row group holds. An INSERT of a few thousand rows takes several times as long
with two threads as with one.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Lock

import duckdb

# Rows of a row group.
_GROUP = 122_880
# A question is answered faster by all threads from here on.
_LARGE = 4 * _GROUP
# A refresh is not: it looks for few rows in many. With a million customers it took 0.8 of the CPU time with one thread,
# and less time than with two, between which it would change ten times.
_LARGE_TO_WRITE = 16 * _GROUP
# About the bytes of a row group.
_LARGE_FILE = 16 << 20
# What is loaded in one transaction is read in the next, or in one soon after: a refresh has two.
_LOOKED_BACK = 4
# What each thread may need at once to read a part of a file, or to sort rows that do not fit into memory: with 128 MB
# DuckDB 2.0 fails to sort with eight of them, and to read some files with two.
_OF_A_THREAD = 96 << 20
_LARGE_TABLES = """
SELECT lower(schema_name || '.' || table_name), estimated_size FROM duckdb_tables()
WHERE database_name <> 'temp' AND estimated_size >= ?
"""


class Threads:
    """The threads of one DuckDB instance, which `fit` sets to what is to be done next."""

    def __init__(self, duck: duckdb.DuckDBPyConnection, memory: int | None = None) -> None:
        """`duck`: with its file attached, and with as many threads as the machine suggests. `memory`: its limit."""
        self._duck = duck
        self._now = int(duck.execute("SELECT current_setting('threads')").fetchall()[0][0])
        self._most = self._now if memory is None else min(self._now, max(1, memory // _OF_A_THREAD))
        self._written = self._since_looked = self._bulk = 0
        self._lately = deque([0], maxlen=_LOOKED_BACK)
        self._readers = 0
        self._guard = Lock()
        self._large = self._look()
        self.fit(())

    @property
    def most(self) -> int:
        """How many there may be."""
        return self._most

    @property
    def has_bulk(self) -> bool:
        """Whether many rows have just been written, which the next statements work on."""
        return max(self._lately) >= _GROUP

    @property
    def has_large(self) -> bool:
        """Whether there is a table that all threads had better share."""
        return bool(self._large)

    @property
    def has_settled(self) -> bool:
        """Whether much was written in bulk since the file was attached, and nothing is any more."""
        return self._bulk >= _LARGE and not self.has_bulk

    def attached(self) -> None:
        """Note that the file was attached anew."""
        self._bulk = 0

    def wrote(self, rows: int) -> None:
        """Note rows that were written, which one of the next transactions may have to read."""
        self._written += rows

    def begin(self) -> None:
        """Note that a transaction begins. Which tables are large is looked up only when enough was written."""
        self._since_looked += self._written
        self._lately.append(self._written)
        self._bulk += self._written if self._written >= _GROUP else 0
        self._written = 0
        if self._since_looked >= _GROUP:
            self._large, self._since_looked = self._look(), 0

    def fit(self, read: Iterable[str], *, size: int = 0, is_asked: bool = False) -> None:
        """Choose for a statement that reads, or looks for rows in, these tables: `schema.name`, in lower case.

        `is_asked`: it is a question of its own. `size`: bytes of the file that it loads. A file is read by one thread,
        but with several DuckDB writes the rows while it reads, and not when it commits: 0.8 of the time. A setting
        costs as much as a small statement, so it is made if it changes. DuckDB has fewer threads only when the last has
        done what it is doing, which may be a long question of a reader's: then they stay.
        """
        is_much = self.has_bulk or size >= _LARGE_FILE or self._has(read, _LARGE if is_asked else _LARGE_TO_WRITE)
        self._set(self._most if is_much else 1)

    def fit_bulk(self) -> None:
        """Have all threads, for a statement that reads several large files, or parts of one."""
        self._set(self._most)

    def _set(self, wanted: int) -> None:
        with self._guard:
            if wanted > self._now or (wanted < self._now and not self._readers):
                self._duck.execute(f"SET GLOBAL threads = {wanted}")
                self._now = wanted

    def fit_reader(self, read: Iterable[str], duck: duckdb.DuckDBPyConnection) -> None:
        """Have all threads for a reader's statement that reads a large table. `duck`: the reader's connection."""
        with self._guard:
            if self._now < self._most and self._has(read, _LARGE):
                duck.execute(f"SET GLOBAL threads = {self._most}")
                self._now = self._most

    @contextmanager
    def reader_works(self) -> Iterator[None]:
        """While DuckDB works for a reader."""
        with self._guard:
            self._readers += 1
        try:
            yield
        finally:
            with self._guard:
                self._readers -= 1

    def _has(self, read: Iterable[str], rows: int) -> bool:
        """Whether there is one of so many rows among the tables."""
        return any(self._large.get(name, 0) >= rows for name in read)

    def _look(self) -> dict[str, int]:
        return {str(name): int(rows) for name, rows in self._duck.execute(_LARGE_TABLES, [_LARGE]).fetchall()}
