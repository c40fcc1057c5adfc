"""What a deploy does to the warehouse: the migrations, then pipes that listen, reach the bucket and run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from customertrack.errors import UserError
from customertrack.migrations import MigrationFailed, Notice, Patience, Report, apply, discover
from customertrack.reads import stream
from customertrack.sqltext.identifiers import qualify
from customertrack.warehouse import Connection
from lambdas.dimension import SCHEMA, Dimension, of_pipe
from lambdas.migrate import grants, pipe, record, standstill, storage
from lambdas.migrate.failures import Failures
from lambdas.migrate.feed_start import feed_start
from lambdas.migrate.outcome import Outcome
from lambdas.migrate.pipe import Pipe, pipes
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
    """What is deployed: `variables` are those of sql/, without `tasks`; `generated`: the names of the dimensions whose
    files the generator makes; `installed_by` is recorded; `is_new`: a stack that was not there before.
    """

    database: str
    dimensions: tuple[Dimension, ...]
    generated: tuple[str, ...]
    variables: Mapping[str, str]
    storage_integration: str
    installed_by: str
    is_new: bool = False

    @property
    def names(self) -> list[str]:
        """Of its dimensions."""
        return [dimension.name for dimension in self.dimensions]

    @property
    def landing_root(self) -> str:
        """The folder that has a landing folder for each dimension. Raises UserError if it is not given."""
        return self._variable("landing_root")

    def place(self, dimension: Dimension) -> pipe.Place:
        """Of which bucket and topic a pipe is to be. Raises UserError if the variables do not say so."""
        return pipe.Place(dimension.landing(self.landing_root), self._variable("topic_arn"))

    def values(self, held: frozenset[str]) -> dict[str, str]:
        """The variables of sql/. While somebody holds a task, sql/ resumes none; the others are resumed at the end."""
        holds_a_task = any(of_pipe(name) is None for name in held)
        return {**self.variables, "tasks": "SUSPEND" if holds_a_task else "RESUME"}

    def _variable(self, name: str) -> str:
        if name not in self.variables:
            raise UserError(f"the property Variables lacks {name}; deploy a stack made by `make synth`")
        return self.variables[name]


def migrate(
    connection: Connection,
    deployment: Deployment,
    seconds_left: Callable[[], float],
    tell: Callable[[Notice], None],
    waiting: Callable[[float], Waiting] = Waiting,
) -> Outcome:
    """Apply sql/, see that the pipes are of this bucket and topic and the streams can be read, and start what may run.

    `seconds_left` is how long the function may still run; `tell` hears what the migrations do; `waiting` makes
    what bounds the waits. A bucket that is not reached in time is in the outcome, not an error; so is what failed of
    one dimension, which holds up no other.
    Raises UserError, as `apply` does, if what all dimensions share failed; the driver's errors pass through.
    """
    database = deployment.database
    failures = Failures()
    before = standstill.begin(connection, database)
    there = {each.dimension.name for each in pipes(connection, database)}
    own = [Pipe(connection, database, dimension) for dimension in deployment.dimensions]
    _check_sql(deployment, failures)
    failures.each(own, lambda pipe: _move_stage(pipe, deployment))
    report = _applied(connection, deployment, before.held, seconds_left, tell, waiting, failures)
    if record.read(connection, database) is None:
        record.make(connection, database)
    made = {pipe.dimension.name for pipe in own} - there
    made |= failures.each(own, lambda pipe: _listen(pipe, deployment, before.held))
    taken_up: dict[str, str] = {}
    failures.each(_lost(connection, own), lambda pipe: taken_up.update({pipe.dimension.name: _renewed(pipe)}))
    validations = storage.validate(
        connection,
        deployment.storage_integration,
        {dimension.name: dimension.landing(deployment.landing_root) for dimension in deployment.dimensions},
        waiting(min(_BUCKET, seconds_left() - _CLOSING)),
    )
    made |= failures.each(
        own,
        lambda each: standstill.go_on(
            each, before.held, lambda: _statements(deployment, each.dimension, before.held, pipe.SCRIPT)
        ),
    )
    sound = [name for name in deployment.names if name not in failures.found]
    standstill.start_tasks(connection, database, sound, before.held, failures)
    standstill.leave(connection, database, deployment.names)
    # The last of what may have been made anew is there now.
    failures.each(
        own,
        lambda each: grants.grant(connection, _statements(deployment, each.dimension, before.held, grants.SCRIPT)),
    )
    # Of what landed in the bucket of a new stack before its pipe was there, nobody has told it.
    due = {name for name in deployment.names if name in made or before.refresh_due or deployment.is_new}
    # It lists the bucket, and would fail for the same reason.
    reached = {name for name, answer in validations.items() if answer == storage.SUCCESS}
    failures.each([pipe for pipe in own if pipe.dimension.name in due & reached], Pipe.refresh)
    now = _now(connection)
    sound_pipes = [pipe for pipe in own if pipe.dimension.name not in failures.found]
    after = Record(
        stands_still=False,
        refresh_due=bool(due - reached),
        feed_start=feed_start(
            [pipe for pipe in sound_pipes if pipe.dimension.name in deployment.generated],
            before.feed_start,
            now,
            is_new=deployment.is_new,
        ),
        dimensions=frozenset(deployment.names),
    )
    # After one that failed the next deploy has to know what this one has stopped.
    if not failures.found:
        record.write(connection, database, after)
    return Outcome(
        report=report,
        validations=validations,
        pipe_states={pipe.dimension.name: pipe.state() for pipe in sound_pipes},
        feed_start=after.feed_start or now,
        before=before,
        landing_root=deployment.landing_root,
        taken_up=taken_up,
        now=now,
        failures=failures,
    )


def _check_sql(deployment: Deployment, failures: Failures) -> None:
    for name in deployment.names:
        if not (SQL / name).is_dir():
            failures.add(name, UserError(f"the package has no folder sql/{name}; deploy a stack made by `make synth`"))


def _move_stage(pipe: Pipe, deployment: Deployment) -> None:
    """Before the pipe is made on it. With the same URL it is left alone."""
    url, wanted = pipe.stage_url(), pipe.dimension.landing(deployment.landing_root)
    if url is not None and url.rstrip("/") != wanted.rstrip("/"):
        pipe.move_stage(wanted, deployment.storage_integration)


def _listen(own: Pipe, deployment: Deployment, held: frozenset[str]) -> bool:
    """See that the pipe is there, of this bucket and topic, and not stopped for good; whether it was made anew for it.

    A pipe of another topic is left from an earlier life of the stack, whose topic is gone. No ALTER moves it.
    """
    if own.place() == deployment.place(own.dimension) and not own.is_stopped_for_good():
        return False
    own.make_anew(_statements(deployment, own.dimension, held, pipe.SCRIPT))
    if own.dimension.pipe in held:
        own.pause()
    return True


def _statements(deployment: Deployment, dimension: Dimension, held: frozenset[str], file: str) -> list[str]:
    """Those of one file of a dimension, with the variables filled in."""
    script = dimension.script(file)
    migrations = discover(SQL, deployment.values(held), [dimension.name])
    (found,) = (each for each in migrations if each.script == script)
    return [statement.text for statement in found.statements]


def _lost(connection: Connection, own: list[Pipe]) -> list[Pipe]:
    """Those whose streams cannot be read any more, into which they load."""
    names = [pipe.dimension.name for pipe in own]
    lost = stream.lost(connection, own[0].database, SCHEMA, _now(connection), names)
    return [pipe for pipe in own if pipe.dimension.name in lost]


def _renewed(pipe: Pipe) -> str:
    """Make the streams of a dimension anew; returns what came of it.

    A task that is triggered by the stream has to be suspended and resumed for it to see another one.
    """
    connection, database, name = pipe.connection, pipe.database, pipe.dimension.name
    for task in tasks(connection, database):
        if task.started and task.dimension == name:
            suspend(connection, database, task.name)
    cursor = connection.cursor()
    cursor.execute(f"USE SCHEMA {qualify(database, SCHEMA)}")
    cursor.execute(f"CALL renew_{name}_stream()")
    return str(cursor.fetchone()[0])


def _applied(
    connection: Connection,
    deployment: Deployment,
    held: frozenset[str],
    seconds_left: Callable[[], float],
    tell: Callable[[Notice], None],
    waiting: Callable[[float], Waiting],
    failures: Failures,
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
                dimensions=deployment.names,
                patience=Patience(lease=_LEASE, wait=seconds_left() - _WORK),
                # A run that is cut off holds the lease on, and nobody is told why.
                time_is_up=lambda: seconds_left() < _WORK,
                tell=tell,
            )
        except MigrationFailed as failed:
            report = failed.report
            if not report.by_dimension:
                raise
            applied += report.applied
            if last or not any(each.script == _pipe_script(each.dimension) for each in report.stopped):
                for stopped in report.stopped:
                    error = grants.explained(stopped)
                    error.__cause__ = failed.__cause__
                    failures.add(stopped.dimension, error)
                return replace(report, applied=applied)
        else:
            return replace(report, applied=applied + report.applied)
    raise AssertionError("the last try returns or raises")


def _pipe_script(name: str) -> str:
    return Dimension(name).script(pipe.SCRIPT)


def _now(connection: Connection) -> datetime:
    """The warehouse's time, UTC."""
    cursor = connection.cursor()
    cursor.execute("SELECT SYSDATE()")
    return cursor.fetchone()[0]
