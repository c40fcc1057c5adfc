"""Custom::SnowflakeHandshake: before the roles exist, makes the integrations and tells whom the roles must trust."""

import os
from contextlib import closing
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas import environment
from lambdas.connection import connect
from lambdas.custom_resource import Request, answer
from lambdas.handshake.handshake import Terms, Trust, shake_hands
from lambdas.reason import told

logger = Logger()


# Never the event: its ResponseURL lets its holder answer CloudFormation.
@logger.inject_lambda_context(log_event=False, clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answers the five values of Trust in `Data`. Delete leaves the integrations: a later deploy alters them.

    Raises lambdas.reason.Failed with the reason that CloudFormation shows.
    """
    request = Request.of(event)
    if request.kind == "Delete":
        logger.info("the integrations are left in place")
        return answer(request.physical_id)
    with told(request.administrator_statements):
        settings = environment.read(os.environ)
        terms = _terms(request)
        with closing(connect(settings)) as connection:
            trust = shake_hands(connection, terms)
        logger.info("shaken hands", extra={"trust": _data(trust)})
        # The same for ever: another one would have CloudFormation delete the old resource.
        return answer(f"customertrack-{settings.stage}-handshake", _data(trust))


def _terms(request: Request) -> Terms:
    return Terms(
        storage_integration=request.text("StorageIntegration"),
        error_integration=request.text("ErrorIntegration"),
        landing_urls=request.names("LandingUrls"),
        read_role_arn=request.text("ReadRoleArn"),
        error_role_arn=request.text("ErrorRoleArn"),
        landing_topic_arn=request.text("LandingTopicArn"),
        error_topic_arn=request.text("ErrorTopicArn"),
        external_id=request.text("ExternalId"),
        subscriber_arn=request.text("SubscriberArn") if "SubscriberArn" in request.properties else "",
    )


def _data(trust: Trust) -> dict[str, str]:
    return {
        "StorageUserArn": trust.storage_user_arn,
        "StorageExternalId": trust.storage_external_id,
        "ErrorUserArn": trust.error_user_arn,
        "ErrorExternalId": trust.error_external_id,
        "SubscriberArn": trust.subscriber_arn,
    }
