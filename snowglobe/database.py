"""One open database file: shared by all connections of the process, and by no other process that writes."""

import glob
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import IO
from uuid import uuid4

import duckdb

from snowglobe.catalog import Catalog
from snowglobe.duck_errors import translated
from snowglobe.errors import InterfaceError, OperationalError
from snowglobe.later import Later
from snowglobe.lock import Held, hold, is_wanted, let_go
from snowglobe.names import literal, quoted
from snowglobe.storage.bucket import Bucket, Cloud
from snowglobe.storage.buckets import Buckets
from snowglobe.threads import Threads

_open: dict[Path, "Database"] = {}
_guard = Lock()

_LONGEST_WAIT = 60

# GLOBAL: of all sessions. A checkpoint rewrites whole row groups; with DuckDB's default of 16 MB it was over half of a
# refresh's time on a million customers. A name that is no table must never mean a variable of Python's. As in
# Snowflake, a division by zero, and a logarithm or root of what has none, is an error.
# Row groups that are not full become one when the file is written, three at a time: four times at most, and not with
# all that many files have left (docs/decisions/0045).
_SETTINGS = """
SET GLOBAL checkpoint_threshold = '256MB';
SET GLOBAL max_vacuum_tasks = 4;
SET GLOBAL TimeZone = 'UTC';
SET GLOBAL preserve_insertion_order = true;
SET GLOBAL autoinstall_known_extensions = false;
SET GLOBAL python_enable_replacements = false;
SET GLOBAL ieee_floating_point_ops = false;
SET GLOBAL error_on_division_by_zero = true;
"""


@dataclass(frozen=True)
class Opening:
    """How a file is opened, by its first connection: all others of the process must open it likewise."""

    name: str
    buckets: Mapping[str, Bucket]
    cloud: Cloud | None
    work_tables: frozenset[str]
    memory_limit: int | None
    read_only: bool


class Database:
    """The DuckDB instance behind one path, its catalog, and the buckets that stages may name."""

    def __init__(self, path: Path, opening: Opening, lock_file: IO[str] | None) -> None:
        self.path = path
        self.name = opening.name
        self.opening = opening
        self.work_tables = opening.work_tables
        self.scratch = _scratch(path, opening.read_only)
        self.connections = 0
        self.loaded_names: dict[str, set[str]] = {}
        self.streams_reached_at: dict[str, datetime] = {}
        self.table_columns: dict[tuple[int, str], dict[str, str]] = {}
        self.before_close: list[Callable[[], object]] = []
        self.later = Later()
        self._lock_file = lock_file
        self._turn = Lock()
        self._readers = 0
        self._readers_come = Lock()
        try:
            self._open()
        except BaseException:
            shutil.rmtree(self.scratch, ignore_errors=True)
            raise

    def _open(self) -> None:
        path, opening = self.path, self.opening
        self.duck = duckdb.connect(":memory:")
        self.duck.execute(_SETTINGS)
        self.duck.execute(f"SET temp_directory = {literal(str(self.scratch))}")
        if opening.memory_limit:
            self.duck.execute(f"SET GLOBAL memory_limit = '{opening.memory_limit // 1024}KiB'")
        if not path.exists() and not opening.read_only:
            self._make()
        self._attach()
        self._confine()
        self.views_of_duckdb = frozenset(
            str(view) for (view,) in self.duck.execute("SELECT view_name FROM duckdb_views() WHERE internal").fetchall()
        )
        self.catalog = Catalog(self.duck, read_only=opening.read_only)
        self.threads = Threads(self.duck, opening.memory_limit)
        self.buckets = Buckets(opening.buckets, opening.cloud, self.catalog)

    def _make(self) -> None:
        """Make the file under another name first: half a file, of a full disk, could never be opened again."""
        begun = self.path.with_suffix(".begun")
        begun.unlink(missing_ok=True)
        try:
            self.duck.execute(f"ATTACH {literal(str(begun))} AS begun")
            self.duck.execute("DETACH begun")
            begun.rename(self.path)
        finally:
            begun.unlink(missing_ok=True)

    def _confine(self) -> None:
        """From now on DuckDB opens no file but the warehouse's own, temporary ones, and those of the buckets."""
        buckets, cloud = self.opening.buckets, self.opening.cloud
        folders = [self.scratch, *(bucket.root for bucket in buckets.values())]
        folders += [cloud.root] if cloud else []
        allowed = ", ".join(literal(f"{folder}/") for folder in folders)
        self.duck.execute(f"SET allowed_directories = [{allowed}]; SET enable_external_access = false")

    def seen_by(self, duck: duckdb.DuckDBPyConnection) -> "Database":
        """The file as one reader's open transaction sees it: with the catalog of then, and nothing to be changed."""
        seen = copy(self)
        seen.opening = replace(self.opening, read_only=True)
        seen.catalog = Catalog(duck, read_only=True)
        seen.buckets = Buckets(self.opening.buckets, self.opening.cloud, seen.catalog)
        seen.loaded_names, seen.streams_reached_at, seen.table_columns = {}, {}, {}
        return seen

    def reader_comes(self) -> None:
        """Note a session that only reads, and that the file has to stay attached for."""
        self.settle()
        with self._readers_come:
            self._readers += 1

    def reader_goes(self) -> None:
        """Note that such a session has ended."""
        with self._readers_come:
            self._readers -= 1

    @contextmanager
    def unordered(self) -> Iterator[None]:
        """While a statement may write what several queries give as it comes, and not one after the other."""
        self.duck.execute("SET GLOBAL preserve_insertion_order = false")
        try:
            yield
        finally:
            self.duck.execute("SET GLOBAL preserve_insertion_order = true")

    def _attach(self) -> None:
        read_only = " (READ_ONLY)" if self.opening.read_only else ""
        self.duck.execute(f"ATTACH {literal(str(self.path))} AS {quoted(self.name)}{read_only}")
        self.duck.execute(f"USE {quoted(self.name)}")

    def attach_anew(self, of_session: duckdb.DuckDBPyConnection) -> bool:
        """Close the file and open it again, unless another connection of this process, or a reader, has it open too.

        What one process wrote in bulk, DuckDB 2.0 reads at half the speed until then (docs/decisions/0045). The session
        has to say again which schema it uses.
        """
        with _guard, self._readers_come:
            if self.connections > 1 or self._readers:
                return False
            for duck in (self.duck, of_session):
                duck.execute("USE memory")
            self.duck.execute(f"DETACH {quoted(self.name)}")
            self._attach()
            self.threads.attached()
        return True

    def wait_for_turn(self) -> None:
        """Wait until no other session has a transaction open.

        A writer waits for the one before it, as in Snowflake, where DuckDB would fail.
        """
        if not self._turn.acquire(timeout=_LONGEST_WAIT):
            message = (
                f"Another session's transaction has been open for {_LONGEST_WAIT} seconds: commit it or roll it back"
            )
            raise OperationalError(message, 625, "57014")

    def end_turn(self) -> None:
        """Let the next session have its transaction."""
        self._turn.release()

    def settle(self) -> None:
        """Write what was put off, because somebody may ask for it; unless a transaction is open, which will."""
        if not self.later or not self._turn.acquire(blocking=False):
            return
        try:
            # What cannot be written now is tried again with the next commit.
            with suppress(duckdb.Error), self.duck.cursor() as duck:
                duck.execute(f"USE {quoted(self.name)}; BEGIN")
                written = self.later.write(duck.execute)
                duck.execute("COMMIT")
                self.later.forget(written)
        finally:
            self._turn.release()

    def close(self) -> None:
        """Close the file and let other processes have it."""
        for end in self.before_close:
            end()
        self.settle()
        self.duck.close()
        shutil.rmtree(self.scratch, ignore_errors=True)
        if self._lock_file:
            let_go(self._lock_file)


def _scratch(path: Path, read_only: bool) -> Path:
    """A folder for what does not fit into memory: beside the file, where nobody else may be in the way.

    That of a reader is not there before DuckDB needs it, so that one who is killed leaves none; DuckDB removes it.
    """
    own = path.with_suffix(".scratch")
    if read_only and os.access(path.parent, os.W_OK):
        return path.with_name(f"{own.name}-{uuid4().hex}")
    if read_only:
        return Path(tempfile.mkdtemp(prefix=f"{own.name}-"))
    for left in path.parent.glob(f"{glob.escape(own.name)}*"):
        shutil.rmtree(left, ignore_errors=True)
    own.mkdir(parents=True)
    return own


def acquire(path: Path, opening: Opening) -> Database:
    """The open database of `path`, opened now if no connection of this process has it.

    Raises Held if another process has it, or this one for reading alone or not so, OperationalError if it cannot be
    opened, and InterfaceError if this process has it open otherwise, as under another name.
    """
    path = path.resolve()
    with _guard:
        if path not in _open:
            lock_file = hold(path, read_only=opening.read_only)
            try:
                _open[path] = Database(path, opening, lock_file)
            except (duckdb.Error, OSError) as error:
                if lock_file:
                    let_go(lock_file)
                reason = translated(error).msg if isinstance(error, duckdb.Error) else error.strerror
                raise OperationalError(
                    f"The warehouse file {path} cannot be opened: {reason}", 250001, "08001"
                ) from error
        elif opening.read_only and is_wanted(path):
            raise Held(path, 0)
        database = _open[path]
        if database.opening.read_only != opening.read_only:
            raise Held(path, os.getpid())
        if database.opening != opening:
            message = f"{path} is open already, with another name, other buckets, other work tables, or otherwise"
            raise InterfaceError(message, 250001, "08001")
        database.connections += 1
        return database


def release(database: Database) -> None:
    """Give a connection's share back; the last one closes the file."""
    with _guard:
        database.connections -= 1
        if database.connections == 0:
            del _open[database.path]
            database.close()
