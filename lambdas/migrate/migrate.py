"""What a deploy does to the warehouse: the migrations, then a pipe that listens, reaches the bucket and runs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from customertrack.errors import UserError
from customertrack.migrations import MigrationFailed, Notice, Patience, Report, Tables, apply, discover
from customertrack.warehouse import Connection
from lambdas.migrate import grants, pipe, storage
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
    """What is deployed: `variables` are those of sql/; `installed_by` is recorded."""

    database: str
    variables: Mapping[str, str]
    storage_integration: str
    landing_url: str
    installed_by: str

    @property
    def topic_arn(self) -> str:
        """The topic on which the bucket announces files. Raises UserError if it is not given."""
        if "topic_arn" not in self.variables:
            raise UserError("the property Variables lacks topic_arn; deploy a stack made by `make synth`")
        return self.variables["topic_arn"]


@dataclass(frozen=True)
class Outcome:
    """What came of it: `validation` is `success` or what is wrong; `first_applied_at` is UTC."""

    report: Report
    validation: str
    pipe_status: str
    first_applied_at: datetime

    @property
    def reached(self) -> bool:
        """Whether Snowflake reaches the bucket."""
        return self.validation == storage.SUCCESS

    @property
    def warnings(self) -> list[str]:
        """What did not fail and is not right, in sentences."""
        found = list(self.report.warnings)
        if not self.reached:
            found.append(f"Snowflake does not reach the bucket: {self.validation}")
        if self.pipe_status != "RUNNING":
            found.append(f"the pipe does not run: {self.pipe_status}")
        return found


def migrate(
    connection: Connection,
    deployment: Deployment,
    seconds_left: Callable[[], float],
    tell: Callable[[Notice], None],
    waiting: Callable[[float], Waiting] = Waiting,
) -> Outcome:
    """Apply sql/, see that the pipe listens on the topic, start it, and have it load what is there already.

    `seconds_left` is how long the function may still run; `tell` hears what the migrations do; `waiting` makes
    what bounds the waits. A bucket that is not reached in time is in the outcome, not an error.
    Raises UserError, as `apply` does, if the migrations did not come to their end; the driver's errors pass through.
    """
    report = _applied(connection, deployment, seconds_left, tell, waiting)
    pipe.listen(connection, deployment.database, deployment.topic_arn, _statements(deployment, pipe.SCRIPT))
    grants.grant(connection, _statements(deployment, grants.SCRIPT))
    pipe.start(connection, deployment.database)
    validation = storage.validate(
        connection,
        deployment.storage_integration,
        deployment.landing_url,
        waiting(min(_BUCKET, seconds_left() - _CLOSING)),
    )
    # It lists the bucket, and would fail for the same reason.
    if validation == storage.SUCCESS:
        pipe.refresh(connection, deployment.database)
    return Outcome(
        report,
        validation,
        pipe.status(connection, deployment.database),
        _first_applied_at(connection, deployment.database),
    )


def _applied(
    connection: Connection,
    deployment: Deployment,
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
                deployment.variables,
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


def _statements(deployment: Deployment, script: str) -> list[str]:
    """Those of one file of sql/, with the variables filled in."""
    (found,) = (each for each in discover(SQL, deployment.variables) if each.script == script)
    return [statement.text for statement in found.statements]


def _first_applied_at(connection: Connection, database: str) -> datetime:
    cursor = connection.cursor()
    cursor.execute(f"SELECT MIN(INSTALLED_ON) FROM {Tables(database).history}")
    return cursor.fetchone()[0]
