"""The watch: EventBridge Scheduler calls it, CloudWatch makes metrics of what it prints, the alarms look at those."""

import os
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas import environment
from lambdas.connection import connect
from lambdas.dimension import Dimension
from lambdas.environment import required
from lambdas.watch import invariants, trust
from lambdas.watch.event import questions
from lambdas.watch.feed import landing
from lambdas.watch.files import Landing
from lambdas.watch.publish import Publisher
from lambdas.watch.watch import Source, parts, use, watch

logger = Logger()
# Beside lambdas/, in the package as in a checkout.
SQL, DEFINITIONS = (Path(__file__).parents[2] / name for name in ("sql", "dimensions"))


@dataclass(frozen=True)
class Watched:
    """What only this function is told: where its metrics go, the database, where files of each dimension land, and what
    the roles were made to trust."""

    namespace: str
    database: str
    landings: tuple[Landing, ...]
    trusts: tuple[trust.RoleTrust, ...]


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Publishes what `event` asks for (lambdas.watch.event).

    Raises UserError if anything could not be read, after the rest was published.
    """
    now = datetime.now(UTC)
    asked = questions(event, now)
    settings, watched = environment.read(os.environ), _watched(os.environ)
    queries = {each.dimension: invariants.queries(SQL, each.dimension) for each in watched.landings}
    # Without a warehouse, so that nothing wakes one that does not ask for it.
    with closing(connect(replace(settings, warehouse=""))) as connection:
        use(connection, watched.database)
        source = Source(connection, settings.warehouse, watched.landings)
        skipped = watch(
            parts(source, asked, trusts=watched.trusts, queries=queries, now=now),
            Publisher(settings.stage, watched.namespace),
        )
    logger.info("watched", extra={"left to a watch with a warehouse": skipped})


def _watched(environ: Mapping[str, str]) -> Watched:
    root = required(environ, "LANDING_ROOT")
    dimensions = map(Dimension, required(environ, "DIMENSIONS").split(","))
    return Watched(
        namespace=required(environ, "POWERTOOLS_METRICS_NAMESPACE"),
        database=required(environ, "SNOWFLAKE_DATABASE"),
        landings=tuple(landing(DEFINITIONS, dimension, root) for dimension in dimensions),
        trusts=(
            trust.storage(
                required(environ, "STORAGE_INTEGRATION"),
                required(environ, "STORAGE_USER_ARN"),
                required(environ, "STORAGE_EXTERNAL_ID"),
            ),
            trust.notification(
                required(environ, "ERROR_INTEGRATION"),
                required(environ, "ERROR_USER_ARN"),
                required(environ, "ERROR_EXTERNAL_ID"),
            ),
        ),
    )
