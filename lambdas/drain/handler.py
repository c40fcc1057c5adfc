"""Custom::DrainedCluster: stops what still runs in the generator's cluster, before CloudFormation deletes it."""

from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import BotoCoreError, ClientError

from lambdas.custom_resource import Request, answer
from lambdas.drain.drain import drain
from lambdas.migrate.waiting import Waiting

logger = Logger()

# Seconds: between two looks, and kept for the answer.
_PAUSE = 5
_CLOSING = 30


# Never the event: its ResponseURL lets its holder answer CloudFormation.
@logger.inject_lambda_context(log_event=False, clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Create and Update answer the cluster as the resource's id, so that another cluster has the old one drained.

    Delete never fails the stack: if a task could not be stopped, deleting the cluster says so.
    """
    request = Request.of(event)
    if request.kind == "Delete":
        _drain(request.physical_id, context.get_remaining_time_in_millis() / 1000 - _CLOSING)
        return answer(request.physical_id)
    return answer(request.text("Cluster"))


def _drain(cluster: str, seconds: float) -> None:
    try:
        alive = drain(boto3.client("ecs"), cluster, Waiting(seconds, pause=_PAUSE))
    except (BotoCoreError, ClientError):
        logger.exception("the tasks could not be stopped; stop them by hand if the cluster cannot be deleted")
    else:
        if alive:
            logger.warning("tasks still run; delete the stack again when they have stopped", extra={"tasks": alive})
        else:
            logger.info("no task runs in the cluster", extra={"cluster": cluster})
