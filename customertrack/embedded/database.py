"""One open database file: shared by all connections of the process, closed to every other process."""

import fcntl
import shutil
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import IO

import duckdb

from customertrack.embedded.catalog import Catalog
from customertrack.embedded.errors import OperationalError
from customertrack.embedded.storage import Bucket

_open: dict[Path, "Database"] = {}
_guard = Lock()

_LONGEST_WAIT = 60

# A checkpoint rewrites whole row groups; with DuckDB's default of 16 MB it was over half of a refresh's time on a million customers.
_SETTINGS = "SET checkpoint_threshold = '256MB'; SET TimeZone = 'UTC'; SET preserve_insertion_order = true; SET autoinstall_known_extensions = false"


class Database:
    """The DuckDB instance behind one path, its catalog, and the buckets that stages may name."""

    def __init__(self, path: Path, name: str, buckets: Mapping[str, Bucket], lock_file: IO[str]) -> None:
        self.path = path
        self.name = name
        self.buckets = dict(buckets)
        self.scratch = path.with_suffix(".scratch")
        self.connections = 0
        self.loaded_names: dict[str, set[str]] = {}
        self.table_columns: dict[tuple[int, str], dict[str, str]] = {}
        self._lock_file = lock_file
        self._turn = Lock()
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.scratch.mkdir(parents=True)
        self.duck = duckdb.connect(":memory:")
        self.duck.execute(_SETTINGS)
        self.duck.execute(f"SET temp_directory = '{str(self.scratch).replace(chr(39), chr(39) * 2)}'")
        self.duck.execute(f"ATTACH '{str(path).replace(chr(39), chr(39) * 2)}' AS {name}")
        self.duck.execute(f"USE {name}")
        self.catalog = Catalog(self.duck)

    def wait_for_turn(self) -> None:
        """Wait until no other session has a transaction open: a writer waits for the one before it, as in Snowflake, where DuckDB would fail."""
        if not self._turn.acquire(timeout=_LONGEST_WAIT):
            raise OperationalError(f"Another session's transaction has been open for {_LONGEST_WAIT} seconds: commit it or roll it back", 625, "57014")

    def end_turn(self) -> None:
        """Let the next session have its transaction."""
        self._turn.release()

    def close(self) -> None:
        """Close the file and let other processes have it."""
        self.duck.close()
        shutil.rmtree(self.scratch, ignore_errors=True)
        self._lock_file.close()


def acquire(path: Path, name: str, buckets: Mapping[str, Bucket]) -> Database:
    """The open database of `path`, opened now if no connection of this process has it.

    Raises OperationalError if another process has it, or if it cannot be opened.
    """
    path = path.resolve()
    with _guard:
        if path not in _open:
            lock_file = _lock(path)
            try:
                _open[path] = Database(path, name, buckets, lock_file)
            except (duckdb.Error, OSError) as error:
                lock_file.close()
                raise OperationalError(f"The warehouse file {path} cannot be opened: {str(error).splitlines()[0]}", 250001, "08001") from error
        database = _open[path]
        database.connections += 1
        return database


def release(database: Database) -> None:
    """Give a connection's share back; the last one closes the file."""
    with _guard:
        database.connections -= 1
        if database.connections == 0:
            del _open[database.path]
            database.close()


def _lock(path: Path) -> IO[str]:
    """Hold the lock beside the file for as long as the process has it open; the system lets go of it whatever ends the process."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock_file = path.with_suffix(".lock").open("a+")
    except OSError as error:
        raise OperationalError(f"The folder {path.parent} cannot be written: {error.strerror}. Choose another one or change its permissions", 250001, "08001") from error
    try:
        fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock_file.close()
        raise OperationalError(f"Another process has {path} open. Wait until it has ended, or give this one a home of its own", 250001, "08001") from error
    return lock_file
