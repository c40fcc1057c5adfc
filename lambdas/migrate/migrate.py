"""What a deploy does to the warehouse: the migrations, then a pipe that listens, reaches the bucket and runs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from customertrack.errors import UserError
from customertrack.migrations import MigrationFailed, Notice, Patience, Report, apply, discover
from customertrack.reads import stream
from customertrack.sqltext.identifiers import qualify
from customertrack.warehouse import Connection
from lambdas.migrate import grants, pipe, record, standstill, storage
from lambdas.migrate.feed_start import feed_start
from lambdas.migrate.outcome import Outcome
from lambdas.migrate.record import Record
from lambdas.migrate.tasks import suspend, tasks
from lambdas.migrate.waiting import Waiting

# Beside lambdas/, in the checkout as in the package.
SQL = Path(__file__).parents[2] / "sql"

# Seconds. The lease lasts longer than any statement may (lambdas.connection), and a run waits for it longer than it
# lasts, so that a run outlives the lease of one that was killed.
_LEASE = 600
# Seconds kept for the work itself, however long a run has waited for its turn; and for what comes after a wait.
_WORK = 180
_CLOSING = 60
# Seconds: how long IAM may take. A function has 14 minutes.
_TOPIC, _BUCKET = 120, 300


@dataclass(frozen=True)
class Deployment:
    """What is deployed: `variables` are those of sql/, without `tasks`; `installed_by` is recorded; `is_new`: a stack
    that was not there before.
    """

    database: str
    variables: Mapping[str, str]
    storage_integration: str
    landing_url: str
    installed_by: str
    is_new: bool = False

    @property
    def topic_arn(self) -> str:
        """The topic on which the bucket announces files. Raises UserError if it is not given."""
        if "topic_arn" not in self.variables:
            raise UserError("the property Variables lacks topic_arn; deploy a stack made by `make synth`")
        return self.variables["topic_arn"]

    @property
    def place(self) -> pipe.Place:
        """Of which bucket and topic the pipe is to be. Raises UserError as `topic_arn`."""
        return pipe.Place(self.landing_url, self.topic_arn)

    def values(self, held: frozenset[str]) -> dict[str, str]:
        """The variables of sql/. While somebody holds a task, sql/ resumes none; the others are resumed at the end."""
        return {**self.variables, "tasks": "SUSPEND" if held - {pipe.PIPE} else "RESUME"}


def migrate(
    connection: Connection,
    deployment: Deployment,
    seconds_left: Callable[[], float],
    tell: Callable[[Notice], None],
    waiting: Callable[[float], Waiting] = Waiting,
) -> Outcome:
    """Apply sql/, see that the pipe is of this bucket and topic and the stream can be read, and start what may run.

    `seconds_left` is how long the function may still run; `tell` hears what the migrations do; `waiting` makes
    what bounds the waits. A bucket that is not reached in time is in the outcome, not an error.
    Raises UserError, as `apply` does, if the migrations did not come to their end; the driver's errors pass through.
    """
    database = deployment.database
    before = standstill.begin(connection, database)
    was_there = pipe.exists(connection, database)
    _move_stage(connection, deployment)
    report = _applied(connection, deployment, before.held, seconds_left, tell, waiting)
    if record.read(connection, database) is None:
        record.make(connection, database)
    made = _listen(connection, deployment, before.held) or not was_there
    taken_up = _renew_stream(connection, database)
    validation = storage.validate(
        connection,
        deployment.storage_integration,
        deployment.landing_url,
        waiting(min(_BUCKET, seconds_left() - _CLOSING)),
    )
    made |= standstill.go_on(connection, database, before.held, _statements(deployment, before.held, pipe.SCRIPT))
    # The last of what may have been made anew is there now.
    grants.grant(connection, _statements(deployment, before.held, grants.SCRIPT))
    # Of what landed in the bucket of a new stack before its pipe was there, nobody has told it.
    due = made or before.refresh_due or deployment.is_new
    reached = validation == storage.SUCCESS
    # It lists the bucket, and would fail for the same reason.
    if reached and due:
        pipe.refresh(connection, database)
    now = _now(connection)
    after = Record(
        stands_still=False,
        refresh_due=due and not reached,
        feed_start=feed_start(connection, database, before.feed_start, now, is_new=deployment.is_new),
    )
    record.write(connection, database, after)
    return Outcome(
        report=report,
        validation=validation,
        pipe_status=pipe.state(connection, database),
        feed_start=after.feed_start or now,
        before=before,
        landing_url=deployment.landing_url,
        taken_up=taken_up,
        now=now,
    )


def _move_stage(connection: Connection, deployment: Deployment) -> None:
    """Before the pipe is made on it. With the same URL it is left alone."""
    url = pipe.stage_url(connection, deployment.database)
    if url is not None and url.rstrip("/") != deployment.landing_url.rstrip("/"):
        pipe.move_stage(connection, deployment.database, deployment.landing_url, deployment.storage_integration)


def _listen(connection: Connection, deployment: Deployment, held: frozenset[str]) -> bool:
    """See that the pipe is there, of this bucket and topic, and not stopped for good; whether it was made anew for it.

    A pipe of another topic is left from an earlier life of the stack, whose topic is gone. No ALTER moves it.
    """
    database = deployment.database
    if pipe.place(connection, database) == deployment.place and not pipe.is_stopped_for_good(connection, database):
        return False
    pipe.make_anew(connection, database, _statements(deployment, held, pipe.SCRIPT))
    if pipe.PIPE in held:
        pipe.pause(connection, database)
    return True


def _statements(deployment: Deployment, held: frozenset[str], script: str) -> list[str]:
    """Those of one file of sql/, with the variables filled in."""
    (found,) = (each for each in discover(SQL, deployment.values(held)) if each.script == script)
    return [statement.text for statement in found.statements]


def _renew_stream(connection: Connection, database: str) -> str:
    """Make the stream anew if it cannot be read any more; returns what came of it, or nothing.

    A task that is triggered by the stream has to be suspended and resumed for it to see another one.
    """
    if not stream.is_lost(connection, database, pipe.SCHEMA, _now(connection)):
        return ""
    for task in tasks(connection, database):
        if task.started:
            suspend(connection, database, task.name)
    cursor = connection.cursor()
    cursor.execute(f"USE SCHEMA {qualify(database, pipe.SCHEMA)}")
    cursor.execute("CALL renew_customer_stream()")
    return str(cursor.fetchone()[0])


def _applied(
    connection: Connection,
    deployment: Deployment,
    held: frozenset[str],
    seconds_left: Callable[[], float],
    tell: Callable[[Notice], None],
    waiting: Callable[[float], Waiting],
) -> Report:
    """CREATE PIPE has Snowflake subscribe to the topic, whose policy may be seconds old: that file is tried again."""
    applied = Report().applied
    for last in waiting(min(_TOPIC, seconds_left() - _WORK)).tries():
        try:
            report = apply(
                connection,
                SQL,
                deployment.values(held),
                database=deployment.database,
                installed_by=deployment.installed_by,
                patience=Patience(lease=_LEASE, wait=seconds_left() - _WORK),
                tell=tell,
            )
        except MigrationFailed as failed:
            if last or failed.report.remaining[:1] != (pipe.SCRIPT,):
                raise grants.explained(failed) from failed.__cause__
            applied += failed.report.applied
        else:
            return replace(report, applied=applied + report.applied)
    raise AssertionError("the last try returns or raises")


def _now(connection: Connection) -> datetime:
    """The warehouse's time, UTC."""
    cursor = connection.cursor()
    cursor.execute("SELECT SYSDATE()")
    return cursor.fetchone()[0]
