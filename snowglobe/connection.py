"""The part of snowflake.connector's Connection and Cursor that the project uses, in front of the embedded warehouse.

Binds are `?` (the connector's paramstyle `qmark`), autocommit is on. Several threads need a connection each.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from threading import Event, Lock
from types import TracebackType
from typing import Any
from uuid import uuid4

from snowglobe import database, execute
from snowglobe.answering.server import Answering
from snowglobe.catalog import E
from snowglobe.clock import Clock, utc_now
from snowglobe.database import Opening
from snowglobe.errors import ConnectionLost, InterfaceError, ProgrammingError
from snowglobe.loading.copy import FILES_AT_ONCE, FileLoad
from snowglobe.loading.metadata import LoadMetadata
from snowglobe.lock import AT_ONCE, Patience, patiently
from snowglobe.objects import pipe, table, task
from snowglobe.objects.session_parameters import check as check_parameter
from snowglobe.objects.task import TaskRun
from snowglobe.open_questions import Otherwise
from snowglobe.reading import ReadingSession
from snowglobe.results import Result, ResultColumn, Row
from snowglobe.session import PUBLIC, Session
from snowglobe.storage.bucket import Bucket, Cloud
from snowglobe.tokens import SYNTAX_ERROR, head

_FETCH_SIZE = 10_000


def connect(
    path: Path,
    *,
    database_name: str = "snowglobe",
    schema: str = PUBLIC,
    role: str = "",
    session_parameters: Mapping[str, object] | None = None,
    buckets: Mapping[str, Bucket] | None = None,
    cloud: Cloud | None = None,
    work_tables: Collection[str] = (),
    clock: Clock = utc_now,
    memory_limit: int | None = None,
    read_only: bool = False,
    otherwise: Otherwise = (),
    patience: Patience = AT_ONCE,
) -> "Connection":
    """Open the warehouse file at `path`, made if it is not there.

    `database_name`: the one database that the file holds; a file keeps it through all its openings. `schema`: that of
    unqualified names, PUBLIC as long as there is none of the name. `role`: may only read what was granted to it;
    without one everything is allowed, as to the owner. `session_parameters`: as of ALTER SESSION SET.
    `buckets`: what stands behind the host names of s3:// URLs; `cloud`: what reaches all others, through the roles of
    storage integrations. `work_tables`: transient tables, by schema and name, that are made from now on and whose rows
    are worth nothing once a session has ended; each session has them for itself, in memory. `memory_limit`: bytes that
    DuckDB may hold before it writes to disk what it is working on; without one it takes 0.8 of the machine's.
    `read_only`: open a file that is there, write nothing beside it, and refuse what would change it. These five are the
    same for all connections of a process. `clock`: the time now, UTC and naive. `otherwise`: the open questions to
    which this session gets the other answer. `patience`: with other processes that have the file open.

    Raises OperationalError if another process has the file open or the file cannot be opened, InterfaceError if this
    process has it open otherwise, and NotSupportedError for a session parameter that it does not work by.
    """
    for name, value in (session_parameters or {}).items():
        check_parameter(name, value, "session_parameters")
    opening = Opening(
        database_name, dict(buckets or {}), cloud, frozenset(work_tables), memory_limit, read_only=read_only
    )
    opened = patiently(lambda: database.acquire(path, opening), path, patience, for_itself=not read_only)
    try:
        if read_only:
            session = ReadingSession(opened, schema, execute.execute, clock)
        else:
            session = Session(opened, schema, execute.execute, clock, otherwise)
            table.make_work_tables(session)
        session.role = role.lower()
        return Connection(opened, session)
    except BaseException:
        database.release(opened)
        raise


class Cursor:
    """Runs statements and holds the result of the last one."""

    def __init__(self, connection: "Connection") -> None:
        self.connection = connection
        self.sfqid: str | None = None
        self._result = Result([])

    @property
    def description(self) -> list[ResultColumn] | None:
        """One entry per column of the last result, or None before the first statement."""
        return list(self._result.columns) or None

    @property
    def rowcount(self) -> int | None:
        """Rows that the last DML wrote; of a query, rows if all are at hand, else None."""
        if self._result.rowcount is None and self._result.fetch is None:
            return len(self._result.rows)
        return self._result.rowcount

    def execute(self, command: str, params: Sequence[Any] | None = None) -> "Cursor":
        """Run one Snowflake statement. Raises the errors of snowglobe.errors."""
        self.sfqid = str(uuid4())
        self._result = self.connection.run(self, command, params or ())
        return self

    def fetchone(self) -> Row | None:
        """The next row, or None."""
        rows = self.fetchmany(1)
        return rows[0] if rows else None

    def fetchmany(self, size: int = 1) -> list[Row]:
        """Up to `size` rows more."""
        result = self._result
        while result.fetch and len(result.rows) < size:
            result.read(max(size, _FETCH_SIZE))
        rows, result.rows = result.rows[:size], result.rows[size:]
        return rows

    def fetchall(self) -> list[Row]:
        """All rows that are left."""
        self.materialise()
        rows, self._result.rows = self._result.rows, []
        return rows

    def materialise(self) -> None:
        """Have all rows at hand, because another statement is about to run on the connection."""
        self._result.all_rows()

    def close(self) -> None:
        """Let go of the result."""
        self._result = Result([])

    def __iter__(self) -> Iterator[Row]:
        while (row := self.fetchone()) is not None:
            yield row

    def __enter__(self) -> "Cursor":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Connection:
    """A session with the embedded warehouse.

    `announce`, `refresh_pipe` and `run_task` are what Snowflake's services do by themselves. `answered_by`: the number
    of the process that has the file open, if that is another one.
    """

    answered_by: int | None = None

    def __init__(self, opened: database.Database, session: Session) -> None:
        self._database: database.Database | None = opened
        self._session = session
        self._fetching: Cursor | None = None
        self._closing = Lock()
        self._closed = Event()
        self._why_let_go = ""

    def cursor(self) -> Cursor:
        """A new cursor."""
        return Cursor(self)

    def run(self, cursor: Cursor, command: str, params: Sequence[Any]) -> Result:
        """Execute for `cursor`; a result that another cursor is still fetching is read to its end first."""
        for text in (command, *params):
            check_text(text)
        result = self._ready().execute(command, params)
        self._fetching = cursor if result.fetch else None
        return result

    def commit(self) -> None:
        """Commit the open transaction, if there is one."""
        self._ready().commit()

    def rollback(self) -> None:
        """Roll the open transaction back, if there is one."""
        self._ready().rollback()

    def announce(self, pipe_name: str, files: Sequence[str], most: int = FILES_AT_ONCE) -> Iterator[FileLoad]:
        """Have a pipe load the named files, as after S3's notification; yields each when it is committed.

        Up to `most` small files are committed together.
        """
        return pipe.announce(self._ready(), pipe_name, files, most)

    def refresh_pipe(self, pipe_name: str, most: int = FILES_AT_ONCE) -> Iterator[FileLoad]:
        """Have a pipe load what lies in its stage and was not taken yet; yields as `announce` does."""
        return pipe.refresh(self._ready(), pipe_name, most)

    def names_taken(self, pipe_name: str) -> frozenset[str]:
        """The names that a pipe will not load again: those it has loaded, or has tried to."""
        return pipe.names_taken(self._ready(), pipe_name)

    def load_metadata(self, pipe_name: str, files: Sequence[str] | None = None) -> list[LoadMetadata]:
        """What is kept of each file, or of `files` alone, that a pipe has loaded or tried to, by name."""
        return pipe.metadata_of(self._ready(), pipe_name, files)

    def run_task(self, task_name: str) -> TaskRun:
        """What the task's schedule, or the streams that trigger it, would do now."""
        return task.run_scheduled(self._ready(), task_name)

    def entries(self, kind: type[E]) -> list[E]:
        """What the catalog has of one kind, by name."""
        return self._ready().catalog.all(kind)

    def answer_readers(self) -> None:
        """Answer other processes that ask about the file, as long as this one has it open (snowglobe.answering)."""
        self._ready()
        if self._database is not None:
            Answering.begin(self._database, execute.execute, self._session.clock)

    def close(self) -> None:
        """Roll back what is open and let go of the file."""
        with self._closing:
            opened, self._database = self._database, None
        self._closed.set()
        if opened is not None:
            try:
                self._session.close()
            finally:
                database.release(opened)

    def let_go(self, why: str) -> None:
        """Close one that only reads, while another thread uses it: there everything raises ConnectionLost now."""
        if isinstance(self._session, ReadingSession):
            self._why_let_go = why
            self._session.let_go(why)
            self.close()

    def wait_until_closed(self, seconds: float) -> bool:
        """Whether it is closed, waiting up to so many seconds for another thread to do it."""
        return self._closed.wait(seconds)

    def is_closed(self) -> bool:
        """Whether close was called."""
        return self._database is None

    def __enter__(self) -> "Connection":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ready(self) -> Session:
        if self._why_let_go:
            raise ConnectionLost(self._why_let_go)
        if self._database is None:
            raise InterfaceError("The connection is closed", 250002, "08003")
        if self._fetching is not None:
            self._fetching.materialise()
            self._fetching = None
        return self._session


def check_text(value: object) -> None:
    """Raise ProgrammingError if a text has half a character, as which Python keeps a byte that was no UTF-8."""
    if isinstance(value, str) and not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            shown = value.encode(errors="backslashreplace").decode()
            message = f"The text is not UTF-8 at character {error.start + 1}: {head(shown)}"
            raise ProgrammingError(message, SYNTAX_ERROR, "42000") from error
