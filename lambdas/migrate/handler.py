"""Custom::SqlMigrations: when the roles and topics are there, applies sql/ and sees that the pipes run."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from customertrack.errors import UserError
from customertrack.migrations import Notice
from customertrack.warehouse import Connection, WarehouseError, tolerated
from lambdas import environment
from lambdas.connection import connect
from lambdas.custom_resource import Request, answer
from lambdas.dimension import Dimension
from lambdas.migrate import console, standstill
from lambdas.migrate.console import Console
from lambdas.migrate.migrate import Deployment, migrate
from lambdas.migrate.outcome import Outcome
from lambdas.migrate.waiting import Waiting
from lambdas.reason import told

logger = Logger()

# Seconds: how long the end of a stack waits for files to be loaded, and what is kept for the rest.
_EMPTY, _CLOSING = 240, 60


# Never the event: its ResponseURL lets its holder answer CloudFormation.
@logger.inject_lambda_context(log_event=False, clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Create and Update answer what came of it in `Data`; Delete stops the pipes and the tasks, and never fails.

    An Update may be the way back after one that failed: with nothing pending it is a success, and so is a bucket that
    is not reached, which then is a warning. What failed of one dimension is raised after the others were deployed.
    Raises lambdas.reason.Failed with the reason that CloudFormation shows.
    """
    request = Request.of(event)
    if request.kind == "Delete":
        _stop(request, context)
        return answer(request.physical_id)
    with told(request.administrator_statements):
        settings = environment.read(os.environ)
        deployment = _deployment(request, settings.user)
        with closing(connect(settings)) as connection, _halted_if_it_fails(connection, deployment):
            outcome = migrate(connection, deployment, lambda: _seconds_left(context), _log)
            _report(outcome, settings.stage)
            outcome.failures.raise_found()
            if deployment.is_new and not outcome.reached:
                raise UserError(
                    f"the migrations are applied, but Snowflake does not reach {deployment.landing_root}: "
                    f"{outcome.validation}; see that the read role trusts Snowflake's user with the external id of the "
                    "integration, then deploy again"
                )
            _see_to_the_console(connection, request, deployment, settings)
        # The same for ever: another one would have CloudFormation delete the old resource.
        return answer(f"customertrack-{settings.stage}-migrations", _data(outcome))


def _deployment(request: Request, user: str) -> Deployment:
    return Deployment(
        database=request.text("Database"),
        dimensions=tuple(map(Dimension, request.names("Dimensions"))),
        generated=request.names("Generated"),
        variables=request.texts("Variables"),
        storage_integration=request.text("StorageIntegration"),
        installed_by=user,
        is_new=request.kind == "Create",
    )


def _see_to_the_console(
    connection: Connection, request: Request, deployment: Deployment, settings: environment.Settings
) -> None:
    """Last, since it reads what the others have made."""
    if not request.has("ConsoleRole"):
        console.take_away(connection, deployment.database)
        return
    role, statements = request.text("ConsoleRole"), request.text("ConsoleStatements")
    own = Console(deployment.database, role, settings.role, settings.warehouse, deployment.dimensions)
    with told(statements):
        console.make(connection, own)


@contextmanager
def _halted_if_it_fails(connection: Connection, deployment: Deployment) -> Iterator[None]:
    """A stack that could not be made is rolled back, and nobody would stop what works for it. (After an Update that
    failed comes another one, which needs it.)
    """
    try:
        yield
    except Exception:
        if deployment.is_new:
            with tolerated():
                standstill.halt(connection, deployment.database)
        raise


def _seconds_left(context: LambdaContext) -> float:
    return context.get_remaining_time_in_millis() / 1000


def _waiting(seconds: float) -> Waiting:
    return Waiting(seconds)


def _stop(request: Request, context: LambdaContext) -> None:
    """What keeps a pipe from being stopped must not keep the stack from being deleted: it is logged."""
    try:
        with closing(connect(environment.read(os.environ))) as connection:
            waiting = _waiting(min(_EMPTY, _seconds_left(context) - _CLOSING))
            now = datetime.now(UTC).replace(tzinfo=None)
            root = request.texts("Variables").get("landing_root", "")
            remains = standstill.end(connection, request.text("Database"), root, waiting, now)
        logger.info("the pipes and the tasks are stopped, the data stays")
        _report_remains(remains)
    except Exception as error:
        if not isinstance(error, UserError | WarehouseError):
            raise
        logger.exception("a pipe or a task could not be stopped; stop them by hand if they are still there")


def _report_remains(remains: standstill.Remains) -> None:
    if remains.files is None:
        logger.warning("whether files that had landed were not loaded could not be asked")
    elif remains.files:
        logger.warning(
            f"{remains.files} files that had landed in {remains.url} were not loaded; "
            "see docs/operations.md, Files that were left behind"
        )


def _log(notice: Notice) -> None:
    logger.info(
        f"migrations: {notice.kind}", extra={"subject": notice.subject, "done": notice.done, "total": notice.total}
    )


def _report(outcome: Outcome, stage: str) -> None:
    logger.info("migrated", extra={"outcome": _data(outcome)})
    for warning in outcome.warnings:
        logger.warning(warning)
    # No service: it would be one more dimension, and whoever looks at the metric has to name them all.
    emf = Metrics(service="")
    emf.add_dimension(name="stage", value=stage)
    emf.add_metric(name="MigrationsApplied", unit=MetricUnit.Count, value=len(outcome.report.applied))
    emf.flush_metrics()


def _data(outcome: Outcome) -> dict[str, str]:
    return {
        "Applied": str(len(outcome.report.applied)),
        "Scripts": ", ".join(each.script for each in outcome.report.applied),
        "Warnings": "; ".join(outcome.warnings),
        "PipeStatus": outcome.pipe_status,
        "StorageValidation": outcome.validation,
        "FeedStart": f"{outcome.feed_start:%Y-%m-%dT%H:%M:%SZ}",
    }
