"""What the template gives the custom resources of stage dev, and the environment it gives their functions."""

from collections.abc import Callable
from typing import Any, cast

from aws_lambda_powertools.utilities.typing import LambdaContext

GUID = "11112222-3333-4444-5555-666677778888"
BLOCK = "-- CustomerTrack\nCREATE USER IF NOT EXISTS CUSTOMERTRACK_DEV\n  TYPE = SERVICE;\n"
LANDING_TOPIC = "arn:aws:sns:us-east-1:123456789012:customertrack-dev-Landing-abc"
LANDING_ROOT = "s3://customertrack-dev-landing-11112222-666677778888/landing/"
LANDING_URL = f"{LANDING_ROOT}customer/"

HANDSHAKE: dict[str, Any] = {
    "StorageIntegration": "CUSTOMERTRACK_DEV_STORAGE",
    "ErrorIntegration": "CUSTOMERTRACK_DEV_ERRORS",
    "LandingUrls": [LANDING_URL],
    "ReadRoleArn": "arn:aws:iam::123456789012:role/customertrack-dev-snowflake-read",
    "ErrorRoleArn": "arn:aws:iam::123456789012:role/customertrack-dev-snowflake-errors",
    "LandingTopicArn": LANDING_TOPIC,
    "ErrorTopicArn": "arn:aws:sns:us-east-1:123456789012:customertrack-dev-Errors-abc",
    "ExternalId": f"customertrack-dev-{GUID}",
    "AdministratorStatements": BLOCK,
    "Revision": "1",
}
MIGRATIONS: dict[str, Any] = {
    "Database": "CUSTOMERTRACK_DEV",
    "Variables": {
        "database": "CUSTOMERTRACK_DEV",
        "landing_root": LANDING_ROOT,
        "topic_arn": LANDING_TOPIC,
        "storage_integration": "CUSTOMERTRACK_DEV_STORAGE",
        "error_integration": "CUSTOMERTRACK_DEV_ERRORS",
        "watch_role": "CUSTOMERTRACK_DEV_WATCH",
        "clock_skew_hours": "24",
    },
    "Dimensions": ["customer"],
    "Generated": ["customer"],
    "SqlHash": "abc",
    "StorageIntegration": "CUSTOMERTRACK_DEV_STORAGE",
    "AdministratorStatements": BLOCK,
    "Revision": "1",
}
ENVIRONMENT = {
    "STAGE": "dev",
    "POWERTOOLS_SERVICE_NAME": "customertrack-dev-handshake",
    "POWERTOOLS_METRICS_NAMESPACE": "CustomerTrack",
    "SNOWFLAKE_ACCOUNT": "myorg-account1",
    "SNOWFLAKE_USER": "CUSTOMERTRACK_DEV",
    "SNOWFLAKE_ROLE": "CUSTOMERTRACK_DEV",
    "SNOWFLAKE_WAREHOUSE": "CUSTOMERTRACK_DEV",
    "SNOWFLAKE_SIGN_IN": "workload_identity",
}


def event(kind: str, properties: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """A request of CloudFormation as the Provider framework passes it on."""
    known = {} if kind == "Create" else {"PhysicalResourceId": "customertrack-dev-known"}
    return {
        "RequestType": kind,
        "ResponseURL": "https://cloudformation-custom-resource-response.example/secret?Signature=hush",
        "StackId": f"arn:aws:cloudformation:us-east-1:123456789012:stack/customertrack-dev/{GUID}",
        "RequestId": GUID,
        "LogicalResourceId": "Handshake",
        "ResourceProperties": {"ServiceToken": "arn:aws:lambda:::function:x", **properties, **changed},
        **known,
    }


class _Context:
    function_name = "customertrack-dev-function"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:customertrack-dev-function"
    aws_request_id = GUID

    def __init__(self, seconds: float, passed: Callable[[], float]) -> None:
        self._seconds, self._passed = seconds, passed

    def get_remaining_time_in_millis(self) -> int:
        return round((self._seconds - self._passed()) * 1000)


def context(seconds: float = 840, passed: Callable[[], float] = lambda: 0) -> LambdaContext:
    """What Lambda hands to a handler that may run for `seconds`, of which some have passed."""
    return cast("LambdaContext", _Context(seconds, passed))
