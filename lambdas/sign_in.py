"""What a function shows Snowflake to prove who it is, as arguments of the driver: one function for each `sign_in`.

docs.snowflake.com: "Workload identity federation", "May 12, 2026: JWT-based authentication for AWS Workload Identity
Federation", "Key-pair authentication".
"""

from typing import Any, cast

from aws_lambda_powertools.utilities.parameters import SecretsProvider
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from botocore.config import Config
from botocore.session import get_session
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from customertrack.errors import UserError
from lambdas.environment import Settings

# Seconds, and tries. By default five of a minute each: where nothing answers, a function is left little time to say so.
CONNECT, READ, TRIES = 5, 10, 3


def identity(settings: Settings) -> dict[str, Any]:
    """The driver's arguments for the way to sign in that the settings name. Raises UserError if it cannot be gone."""
    return {"workload_identity": _signed_request, "aws_jwt": _token, "key_pair": _key_pair}[settings.sign_in](settings)


def _signed_request(_settings: Settings) -> dict[str, Any]:
    """Needs no secret and no permission: the driver signs a request to AWS STS with the function's own credentials,
    Snowflake has it answered, and so learns which role is calling."""
    return {"authenticator": "WORKLOAD_IDENTITY", "workload_identity_provider": "AWS"}


def _token(settings: Settings) -> dict[str, Any]:
    """The driver has STS issue a token that says which role is calling (sts:GetWebIdentityToken)."""
    # What boto3 the runtime has is not ours to say; without this, the driver ends in an AttributeError.
    known = cast("list[str]", get_session().get_service_model("sts").operation_names)
    if "GetWebIdentityToken" not in known:
        raise UserError(
            "the boto3 of the function's runtime is older than GetWebIdentityToken; set sign_in to workload_identity, "
            "then deploy again"
        )
    return {**_signed_request(settings), "workload_identity_aws_use_outbound_token": True}


def _key_pair(settings: Settings) -> dict[str, Any]:
    """The private key in the driver's form: DER, PKCS #8, not encrypted."""
    patience = Config(connect_timeout=CONNECT, read_timeout=READ, retries={"total_max_attempts": TRIES})
    try:
        pem = str(SecretsProvider(boto_config=patience).get(settings.key_secret_arn))
    except GetParameterError as error:
        raise UserError(
            f"the secret {settings.key_secret_arn} cannot be read: {error}; see that it exists in this region and that "
            "the setting key_secret_arn names it"
        ) from error
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (TypeError, ValueError, UnsupportedAlgorithm):
        # Without the cause: it might quote the key.
        raise UserError(
            f"the secret {settings.key_secret_arn} does not hold a private key in PEM form without a passphrase; store "
            "what `openssl genrsa 2048 | openssl pkcs8 -topk8 -nocrypt` prints"
        ) from None
    return {"private_key": key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())}
