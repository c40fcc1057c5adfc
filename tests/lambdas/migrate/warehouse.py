"""The embedded warehouse as the account that the migrate function signs in to, with a say in what it refuses."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from snowglobe import Connection, FolderBucket, OpenQuestion, Pipe, connect, utc_now


class Warehouse:
    """Sessions with one warehouse. What the sessions were sent is in `sent`, in order.

    `validations` are the next answers of SYSTEM$VALIDATE_STORAGE_INTEGRATION; without any it is `success`. `refuse` is
    asked before each statement and may raise.
    """

    def __init__(self, folder: Path, buckets: Sequence[str]) -> None:
        self.folder = folder
        self.buckets = {name: folder / name for name in buckets}
        for bucket in self.buckets.values():
            bucket.mkdir(parents=True, exist_ok=True)
        self.validations: list[str] = []
        self.refuse: Callable[[str], None] = lambda statement: None
        self.sent: list[str] = []
        self.sessions = 0
        self.later = timedelta()
        self.otherwise: Sequence[OpenQuestion] = ()
        self._kept = self._open()

    def sign_in(self, settings: object) -> "Session":
        """Stands for lambdas.connection.connect."""
        self.sessions += 1
        return Session(self, self._open())

    def rows(self, query: str) -> list[Any]:
        """A look from outside."""
        return self._kept.cursor().execute(query).fetchall()

    @property
    def comment(self) -> str | None:
        """The pipe's."""
        found = self.rows("SELECT COMMENT FROM CUSTOMERTRACK_DEV.INFORMATION_SCHEMA.PIPES")
        return found[0][0] if found else None

    @comment.setter
    def comment(self, comment: str) -> None:
        """As ALTER PIPE ... SET COMMENT."""
        session = self._kept._session
        (pipe,) = session.catalog.all(Pipe)
        with session.ddl():
            session.catalog.put(session.duck, replace(pipe, options={**pipe.options, "COMMENT": comment}))

    def run(self, *statements: str) -> None:
        """What somebody does in a worksheet."""
        for statement in ("USE SCHEMA CUSTOMERTRACK_DEV.DIMENSION", *statements):
            self._kept.cursor().execute(statement)

    def announce(self, name: str, dimension: str = "customer") -> int:
        """S3 tells the pipe of a file of the landing; how many files it loads."""
        pipe = f"CUSTOMERTRACK_DEV.DIMENSION.{dimension.upper()}_S3_PIPE"
        with closing(self._open()) as session:
            return len(list(session.announce(pipe, [f"landing/{dimension}/{name}"])))

    def look(self, query: str) -> list[Any]:
        """A look at what the embedded warehouse keeps, in DuckDB's SQL."""
        return self._kept._session.rows(query)

    def run_task(self, dimension: str = "customer") -> str:
        """What the task's schedule would do now: the state of the run, or its error."""
        with closing(self._open()) as session:
            run = session.run_task(f"CUSTOMERTRACK_DEV.DIMENSION.{dimension.upper()}_REFRESH_TASK")
        return str(run.error) if run.error else run.state

    def count(self, beginning: str) -> int:
        """How many statements with that beginning were sent."""
        return sum(statement.startswith(beginning) for statement in self.sent)

    def close(self) -> None:
        self._kept.close()

    def _open(self) -> Connection:
        buckets: Mapping[str, FolderBucket] = {name: FolderBucket(path) for name, path in self.buckets.items()}
        file = self.folder / "w.duckdb"
        return connect(
            file,
            database_name="customertrack_dev",
            schema="dimension",
            buckets=buckets,
            clock=self.now,
            otherwise=self.otherwise,
        )

    def now(self) -> datetime:
        """The account's time: `later` than it is."""
        return utc_now() + self.later


class Session:
    """A session that answers for itself what the embedded warehouse does not know."""

    def __init__(self, warehouse: Warehouse, inner: Connection) -> None:
        self.warehouse, self.inner = warehouse, inner

    def cursor(self) -> "Cursor":
        return Cursor(self)

    def close(self) -> None:
        self.inner.close()
        self.warehouse.sessions -= 1


class Cursor:
    """A cursor of such a session."""

    def __init__(self, session: Session) -> None:
        self._warehouse = session.warehouse
        self._inner = session.inner.cursor()
        self._rows: list[tuple[Any, ...]] | None = None

    @property
    def rowcount(self) -> int | None:
        return self._inner.rowcount

    @property
    def description(self) -> Sequence[Any] | None:
        return self._inner.description

    def execute(self, command: str, params: Sequence[Any] | None = None) -> None:
        warehouse = self._warehouse
        warehouse.sent.append(command)
        warehouse.refuse(command)
        self._rows = None
        if "SYSTEM$VALIDATE_STORAGE_INTEGRATION" in command:
            answer = warehouse.validations.pop(0) if warehouse.validations else json.dumps({"status": "success"})
            self._rows = [(answer,)]
        else:
            if command.endswith(" REFRESH"):
                # The embedded warehouse looks for the pipe's stage where the session is, Snowflake where the pipe is.
                self._inner.execute("USE SCHEMA CUSTOMERTRACK_DEV.DIMENSION")
            self._inner.execute(command, params)

    def fetchone(self) -> Any:
        return (self._rows.pop(0) if self._rows else None) if self._rows is not None else self._inner.fetchone()

    def fetchmany(self, size: int) -> list[Any]:
        return self._inner.fetchmany(size)

    def fetchall(self) -> list[Any]:
        return self._inner.fetchall()
