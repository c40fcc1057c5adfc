"""Runs what the plan says, statement by statement, and records it."""

import time
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from customertrack.migrations.files import Migration, discover
from customertrack.migrations.history import History, read_history
from customertrack.migrations.lease import DEFAULT_PATIENCE, Lease, Patience, take_in_turn
from customertrack.migrations.planning import FAILED, SUCCESS, HistoryRow, plan
from customertrack.migrations.report import Applied, MigrationFailed, Notice, Report, succeeded
from customertrack.migrations.tables import DEFAULT_SCHEMA, Tables, make
from customertrack.sqltext.identifiers import quote
from customertrack.sqltext.statements import Statement
from customertrack.warehouse import Connection, WarehouseError, message_of, tolerated


def apply(
    connection: Connection,
    folder: Path,
    variables: Mapping[str, str],
    *,
    database: str,
    installed_by: str,
    dimensions: Collection[str] | None = None,
    schema: str = DEFAULT_SCHEMA,
    patience: Patience = DEFAULT_PATIENCE,
    clock: Callable[[], float] = time.monotonic,
    tell: Callable[[Notice], None] = lambda notice: None,
) -> Report:
    """Run the migrations of `folder` that are pending in `database`, one run at a time, and record them there.

    `dimensions`: only those of these, and of none; all if not given.

    The records (CHANGE_HISTORY and LEASE) are in `schema` of `database`; all four are made if missing. Each file starts
    with `database` as the current one. With nothing pending, one query of the history is all that is sent.
    `installed_by` is recorded; `clock` (seconds) measures how long a file takes and how long to wait for another run.

    Raises UserError if the files or their history are not in order (nothing was run) or another run holds the lease for
    longer than `patience.wait`; MigrationFailed if a statement fails, the lease is lost, or the warehouse refuses the
    records. A file that was stopped is run again from its start the next time, so its statements must be repeatable.
    """
    found = discover(folder, variables, dimensions)
    tables = Tables(database, schema)
    holder = f"{installed_by} {uuid.uuid4()}"
    run = _Run(
        connection,
        tables,
        History(connection, tables, holder, installed_by),
        Lease(connection, tables, holder, patience.lease),
        clock,
        tell,
    )
    try:
        run.everything(found, patience)
    except Exception as error:
        if not isinstance(error, WarehouseError):
            raise
        raise MigrationFailed(
            f"the migrations cannot be run or recorded in {database}: {message_of(error)}; {succeeded(run.report)}; "
            f"see that the role may create and use the schema {schema} there, then run the migrations again",
            run.report,
        ) from error
    return run.report


@dataclass
class _Run:
    connection: Connection
    tables: Tables
    history: History
    lease: Lease
    clock: Callable[[], float]
    tell: Callable[[Notice], None]
    report: Report = field(default_factory=Report)

    def everything(self, found: Sequence[Migration], patience: Patience) -> None:
        history = read_history(self.connection, self.tables)
        if not self._pending(found, history):
            return
        if not history:
            make(self.connection, self.tables)
        take_in_turn(self.lease, patience, self.clock, self.tell)
        try:
            self.history.close_interrupted()
            # What was pending may have been applied by the run that held the lease until now.
            for migration in self._pending(found, read_history(self.connection, self.tables)):
                self._file(migration)
        finally:
            # What ended the run is what has to be told, and a lease that cannot be released expires.
            with tolerated():
                self.lease.release()

    def _pending(self, found: Sequence[Migration], history: Sequence[HistoryRow]) -> list[Migration]:
        planned = plan(found, history)
        pending = [each.migration for each in planned.pending]
        self.report = Report(remaining=tuple(migration.script for migration in pending), warnings=planned.warnings)
        return pending

    def _file(self, migration: Migration) -> None:
        begun = self.clock()
        total = len(migration.statements)
        if not self.history.start(migration):
            raise self._lost(migration.statements[0])
        self.tell(Notice("file", migration.script, 0, total))
        # CREATE SCHEMA, and a USE in an earlier file, move the session; a file means the same wherever a run begins.
        self.connection.cursor().execute(f"USE DATABASE {quote(self.tables.database)}")
        for done, statement in enumerate(migration.statements, start=1):
            self._statement(statement, begun)
            self.report = replace(self.report, statements=done)
            self.tell(Notice("statement", migration.script, done, total))
        seconds = self._seconds_since(begun)
        if not self.history.end(SUCCESS, seconds, total):
            raise self._lost(migration.statements[-1])
        applied = (*self.report.applied, Applied(migration.script, total, seconds))
        self.report = replace(self.report, applied=applied, remaining=self.report.remaining[1:], statements=0)
        self.tell(Notice("applied", migration.script, total, total))

    def _statement(self, statement: Statement, begun: float) -> None:
        if not self.lease.renew():
            raise self._lost(statement)
        try:
            self.connection.cursor().execute(statement.text)
        except Exception as error:
            if not isinstance(error, WarehouseError):
                raise
            raise self._failed(statement, message_of(error), begun) from error

    def _failed(self, statement: Statement, message: str, begun: float) -> MigrationFailed:
        # The row that cannot be completed, say because the connection broke, counts as interrupted.
        with tolerated():
            error = f"line {statement.line}: {message}"
            self.history.end(FAILED, self._seconds_since(begun), self.report.statements, error)
        return MigrationFailed(
            f'{statement.path}:{statement.line}: "{statement.head}" failed: {message}; {succeeded(self.report)}; '
            "correct the cause and run the migrations again, which starts with this file from its beginning",
            self.report,
        )

    def _lost(self, statement: Statement) -> MigrationFailed:
        return MigrationFailed(
            f"{statement.path}:{statement.line}: stopped here, because another run took over the lease on migrations; "
            f"{succeeded(self.report)}; wait for the other run to end, then run the migrations again",
            self.report,
        )

    def _seconds_since(self, begun: float) -> int:
        return round(self.clock() - begun)
