"""What the tests of readers share."""

import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

import snowglobe
from snowglobe.connection import Connection
from snowglobe.errors import Error
from snowglobe.storage.bucket import FolderBucket
from tests.snowglobe.support import run, value

# Longer than any test.
ENDLESS = "SELECT COUNT(*) FROM many AS a, many AS b, many AS c, many AS d WHERE SQRT(a.n * b.n) < c.n - d.n"
_PATIENCE = 60


def many(warehouse: Connection) -> None:
    """A table of 4,096 rows."""
    run(warehouse, "CREATE TABLE many (n NUMBER)", "INSERT INTO many VALUES (1)")
    run(warehouse, *["INSERT INTO many SELECT n + 1 FROM many"] * 12)


def read(folder: Path, seconds: float = 0) -> Connection:
    """A reader of the warehouse of a folder."""
    buckets = {"bucket": FolderBucket(folder / "bucket")}
    patience = snowglobe.Patience(seconds)
    return snowglobe.read(folder / "warehouse.duckdb", schema="dimension", buckets=buckets, patience=patience)


class Asked(threading.Thread):
    """A statement of a reader's, in a thread of its own: what it raised."""

    def __init__(self, reader: Connection, sql: str) -> None:
        super().__init__(daemon=True)
        self._reader, self._sql = reader, sql
        self.error: Error | None = None
        self.start()

    def run(self) -> None:
        try:
            value(self._reader, self._sql)
        except Error as error:
            self.error = error

    def ended(self) -> Error | None:
        """What it raised, once it has ended."""
        self.join(_PATIENCE)
        assert not self.is_alive()
        return self.error


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    end = monotonic() + _PATIENCE
    while not holds():
        assert monotonic() < end
        sleep(0.01)


def answered() -> int:
    """How many readers this process answers."""
    return sum(thread.name == "snowglobe answers a reader" for thread in threading.enumerate())


def works(warehouse: Connection) -> bool:
    """Whether DuckDB works for a reader of this process."""
    return warehouse._session.database.threads._readers > 0
