"""Runs what the plan says, statement by statement, and records it."""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from customertrack.migrations.files import Folder, Migration, read_folder
from customertrack.migrations.history import History, read_history
from customertrack.migrations.lease import DEFAULT_PATIENCE, Lease, Patience, since_boot, take_in_turn
from customertrack.migrations.planning import FAILED, SUCCESS, HistoryRow, plan
from customertrack.migrations.problems import of_dimension, of_dimensions
from customertrack.migrations.report import Applied, MigrationFailed, Notice, Report, Stopped, succeeded
from customertrack.migrations.tables import DEFAULT_SCHEMA, Tables, make
from customertrack.sqltext.identifiers import quote
from customertrack.sqltext.statements import Statement
from customertrack.warehouse import Connection, WarehouseError, message_of, tolerated

# A lease that was renewed within this share of its length is not looked at again: nobody else can have it yet, and a
# statement that begins now ends before it does (lambdas.connection).
_SURE = 0.05


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
    clock: Callable[[], float] = since_boot,
    time_is_up: Callable[[], bool] = lambda: False,
    tell: Callable[[Notice], None] = lambda notice: None,
) -> Report:
    """Run the migrations of `folder` that are pending in `database`, one run at a time, and record them there.

    `dimensions`: only those of these, and of none; all if not given.

    The records (CHANGE_HISTORY and LEASE) are in `schema` of `database`; all four are made if missing. Each file starts
    with `database` as the current one. With nothing pending, one query of the history is all that is sent.
    `installed_by` is recorded; `clock` (seconds) measures how long a file takes, how long to
    wait for another run, and when to renew the lease. Once `time_is_up`, no further file is begun.

    What stops the files of one dimension stops no other: all others are run, and then it is raised. What stops a file
    that all share stops everything.

    Raises UserError if the files or their history are not in order (nothing was run) or another run holds the lease for
    longer than `patience.wait`; MigrationFailed if the files of a dimension cannot be read, a statement fails, the
    lease is lost, or the warehouse refuses the records. A file that was stopped is run again from its start the next
    time, so its statements must be repeatable.
    """
    found = read_folder(folder, variables, dimensions)
    tables = Tables(database, schema)
    holder = f"{installed_by} {uuid.uuid4()}"
    run = _Run(
        connection,
        tables,
        History(connection, tables, holder, installed_by),
        Lease(connection, tables, holder, patience.lease),
        clock,
        time_is_up,
        tell,
        [*dimensions] if dimensions is not None else None,
        found,
    )
    try:
        run.everything(patience)
    except Exception as error:
        if not isinstance(error, WarehouseError):
            raise
        # A connection that broke in a statement breaks whatever comes after it.
        run.raise_stopped()
        raise MigrationFailed(
            f"the migrations cannot be run or recorded in {database}: {message_of(error)}; "
            f"{succeeded(run.report, run.begun)}; "
            f"see that the role may create and use the schema {schema} there, then run the migrations again",
            run.report,
        ) from error
    run.raise_stopped()
    return run.report


class _StatementFailed(Exception):  # noqa: N818  what happened is its name
    """The warehouse's error is its cause."""

    def __init__(self, statement: Statement, message: str) -> None:
        super().__init__(message)
        self.statement, self.message = statement, message


@dataclass
class _Run:
    connection: Connection
    tables: Tables
    history: History
    lease: Lease
    clock: Callable[[], float]
    time_is_up: Callable[[], bool]
    tell: Callable[[Notice], None]
    dimensions: Collection[str] | None
    found: Folder
    report: Report = field(default_factory=Report)
    begun: str = ""
    renewed_at: float = float("-inf")
    cause: BaseException | None = None

    def everything(self, patience: Patience) -> None:
        history = read_history(self.connection, self.tables)
        if not self._pending(history):
            return
        if not history:
            make(self.connection, self.tables)
        take_in_turn(self.lease, patience, self.clock, self.tell)
        try:
            self.history.close_interrupted()
            # What was pending may have been applied by the run that held the lease until now.
            for migration in self._pending(read_history(self.connection, self.tables)):
                if migration.name.folder in [each.dimension for each in self.report.stopped]:
                    continue
                if self.time_is_up():
                    self._note(
                        migration, "there was no time left for it; run the migrations again, which go on with it"
                    )
                else:
                    self._file(migration)
        finally:
            # What ended the run is what has to be told, and a lease that cannot be released expires.
            with tolerated():
                self.lease.release()

    def raise_stopped(self) -> None:
        """Raise MigrationFailed if something has stopped the files of a dimension."""
        if stopped := self.report.stopped:
            sentences = [(each.dimension, each.sentence) for each in stopped]
            raise MigrationFailed(of_dimensions(sentences), self.report) from self.cause

    def _pending(self, history: Sequence[HistoryRow]) -> list[Migration]:
        planned = plan(self.found.migrations, history, self._folders(history))
        pending = [each.migration for each in planned.pending]
        self.report = Report(
            remaining=tuple(migration.script for migration in pending),
            warnings=planned.warnings,
            stopped=tuple(Stopped(name, "", of_dimension(said)) for name, said in self.found.problems.items()),
        )
        return pending

    def _folders(self, history: Sequence[HistoryRow]) -> set[str]:
        """Those of which it is told what they have no more: not of dimensions that nobody asked for or could read."""
        asked_for = self.dimensions
        if asked_for is None:
            asked_for = {row.script.rpartition("/")[0] for row in history}
        return set(asked_for) - set(self.found.problems)

    def _file(self, migration: Migration) -> None:
        started = self.clock()
        total = len(migration.statements)
        self.begun = migration.script
        self.report = replace(self.report, statements=0)
        if not self.history.start(migration):
            raise self._lost(migration.statements[0])
        self.tell(Notice("file", migration.script, 0, total))
        # CREATE SCHEMA, and a USE in an earlier file, move the session; a file means the same wherever a run begins.
        self.connection.cursor().execute(f"USE DATABASE {quote(self.tables.database)}")
        try:
            for done, statement in enumerate(migration.statements, start=1):
                self._statement(statement)
                self.report = replace(self.report, statements=done)
                self.tell(Notice("statement", migration.script, done, total))
        except _StatementFailed as failed:
            self._stop(migration, failed, self._seconds_since(started))
            return
        seconds = self._seconds_since(started)
        if not self.history.end(SUCCESS, seconds, total):
            raise self._lost(migration.statements[-1])
        applied = (*self.report.applied, Applied(migration.script, total, seconds))
        remaining = tuple(script for script in self.report.remaining if script != migration.script)
        self.report = replace(self.report, applied=applied, remaining=remaining, statements=0)
        self.tell(Notice("applied", migration.script, total, total))

    def _statement(self, statement: Statement) -> None:
        self._keep_lease(statement)
        try:
            self.connection.cursor().execute(statement.text)
        except Exception as error:
            if not isinstance(error, WarehouseError):
                raise
            raise _StatementFailed(statement, message_of(error)) from error

    def _keep_lease(self, statement: Statement) -> None:
        """Renew the lease, unless next to nothing of it is over. Raises MigrationFailed if it is another's by now."""
        now = self.clock()
        if now - self.renewed_at < self.lease.seconds * _SURE:
            return
        if not self.lease.renew():
            raise self._lost(statement)
        self.renewed_at = now

    def _stop(self, migration: Migration, failed: _StatementFailed, seconds: int) -> None:
        """Note that a file failed. Raises MigrationFailed if no other can be run after it."""
        recorded = False
        # The row that cannot be completed, say because the connection broke, counts as interrupted.
        with tolerated():
            error = f"line {failed.statement.line}: {failed.message}"
            recorded = self.history.end(FAILED, seconds, self.report.statements, error)
        sentence = (
            f'{failed.statement.path}:{failed.statement.line}: "{failed.statement.head}" failed: {failed.message}; '
            f"{succeeded(self.report, migration.script)}; "
            "correct the cause and run the migrations again, which starts with this file from its beginning"
        )
        self.cause = self.cause or failed.__cause__
        self._note(migration, sentence)
        if not recorded:
            self.raise_stopped()

    def _note(self, migration: Migration, sentence: str) -> None:
        """Note why a file stops its dimension. Raises MigrationFailed if it is one that all share."""
        stopped = Stopped(migration.name.folder, migration.script, sentence)
        self.report = replace(self.report, stopped=(*self.report.stopped, stopped))
        if not migration.name.folder:
            raise MigrationFailed(sentence, self.report) from self.cause

    def _lost(self, statement: Statement) -> MigrationFailed:
        return MigrationFailed(
            f"{statement.path}:{statement.line}: stopped here, because another run took over the lease on migrations; "
            f"{succeeded(self.report, self.begun)}; wait for the other run to end, then run the migrations again",
            self.report,
        )

    def _seconds_since(self, started: float) -> int:
        return round(self.clock() - started)
