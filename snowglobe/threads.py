"""How many threads DuckDB works with: handing small work from one to another costs more than it saves.

Threads share a table by row groups. So one is faster as long as no table has many of them, and no more rows have just
been written than a row group holds.
"""

from collections import deque

import duckdb

# Rows of a row group.
_GROUP = 122_880
# Measured on a whole refresh: with 300,000 customers one thread is still as fast as two.
_LARGE = 4 * _GROUP
# What is loaded in one transaction is read in a later one, and some notes are written between.
_LOOKED_BACK = 8
_LARGEST = "SELECT coalesce(max(estimated_size), 0) FROM duckdb_tables()"


class Threads:
    """The threads of one DuckDB instance, which `fit` sets to what is to be done next."""

    def __init__(self, duck: duckdb.DuckDBPyConnection) -> None:
        """`duck`: with its file attached, and with as many threads as the machine suggests."""
        self._duck = duck
        self._most = self._now = _first(duck, "SELECT current_setting('threads')")
        self._written = self._since_looked = 0
        self._lately = deque([0], maxlen=_LOOKED_BACK)
        self._largest = _first(duck, _LARGEST)
        self.fit()

    @property
    def are_one(self) -> bool:
        """Whether the work at hand is small enough for one thread."""
        return self._now == 1

    def wrote(self, rows: int) -> None:
        """Note rows that were written, which one of the next transactions may have to read."""
        self._written += rows

    def fit(self) -> None:
        """Choose for the next transaction. A setting costs as much as a small statement, so it is made if it changes.

        Which table is the largest is looked up only when enough was written to make a difference.
        """
        self._since_looked += self._written
        self._lately.append(self._written)
        if self._since_looked >= _GROUP:
            self._largest, self._since_looked = _first(self._duck, _LARGEST), 0
        wanted = self._most if max(self._lately) >= _GROUP or self._largest >= _LARGE else 1
        if wanted != self._now:
            self._duck.execute(f"SET GLOBAL threads = {wanted}")
            self._now = wanted
        self._written = 0


def _first(duck: duckdb.DuckDBPyConnection, query: str) -> int:
    rows = duck.execute(query).fetchall()
    return int(rows[0][0])
