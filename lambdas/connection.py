"""The one owner of snowflake.connector: signs in, by workload identity or by key pair.

Workload identity needs no secret and no permission: the driver signs a request to AWS STS with the function's own
credentials, Snowflake has it answered, and so learns which role is calling
(docs.snowflake.com, "Workload identity federation").
"""

from typing import Any, Protocol, cast

from aws_lambda_powertools.utilities import parameters
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from snowflake import connector
from snowflake.connector.errors import Error

from customertrack.errors import UserError
from customertrack.warehouse import Connection
from lambdas.environment import Settings
from lambdas.reason import NeedsAdministrator

# Seconds. A request that hangs must not use up the function's time: by default the driver waits for ever.
_LOGIN_TIMEOUT = 45
_NETWORK_TIMEOUT = 120
# Seconds. Less than the lease on migrations lasts, so that no statement outlives it (lambdas.migrate.migrate).
STATEMENT_TIMEOUT = 540
# Answers of Snowflake to a sign-in have a number in this range; the driver's own are 250001 and the like.
_REFUSALS = range(390_000, 400_000)


class Session(Connection, Protocol):
    """A connection that its owner closes."""

    def close(self) -> None:
        """End the session."""
        ...


def connect(settings: Settings) -> Session:
    """A new session, in UTC, autocommit on, binds as `?`; the caller closes it.

    Raises NeedsAdministrator if Snowflake refuses the sign-in, UserError if it cannot be reached or the key is of no
    use.
    """
    identity = _key_pair(settings) if settings.sign_in == "key_pair" else _workload_identity()
    try:
        connected = connector.connect(
            account=settings.account,
            user=settings.user,
            role=settings.role,
            warehouse=settings.warehouse,
            application="CustomerTrack",
            paramstyle="qmark",
            autocommit=True,
            login_timeout=_LOGIN_TIMEOUT,
            network_timeout=_NETWORK_TIMEOUT,
            log_imported_packages_in_telemetry=False,
            # What the account may have set otherwise, and what would then cut a result short or move a time.
            session_parameters={
                "QUERY_TAG": settings.service,
                "ROWS_PER_RESULTSET": 0,
                "STATEMENT_TIMEOUT_IN_SECONDS": STATEMENT_TIMEOUT,
                "TIMEZONE": "UTC",
            },
            **identity,
        )
    except Error as error:
        raise _explained(error, settings) from error
    # Its cursor's execute() takes more than the protocol asks for, in overloads that a type checker cannot match.
    return cast("Session", connected)


def _workload_identity() -> dict[str, Any]:
    return {"authenticator": "WORKLOAD_IDENTITY", "workload_identity_provider": "AWS"}


def _key_pair(settings: Settings) -> dict[str, Any]:
    """The private key in the driver's form: DER, PKCS #8, not encrypted."""
    try:
        pem = str(parameters.get_secret(settings.key_secret_arn))
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


def _explained(error: Error, settings: Settings) -> UserError:
    said = " ".join(str(error.raw_msg or error).split())
    if error.errno in _REFUSALS:
        tie = "its public key" if settings.sign_in == "key_pair" else "its workload identity"
        return NeedsAdministrator(
            f"Snowflake refused to sign in {settings.user} with role {settings.role} to account {settings.account}: "
            f"{said} ({error.errno}); if the user does not exist yet, or {tie} is not that of this deployment, have an "
            "administrator of Snowflake run these statements, then deploy again"
        )
    return UserError(
        f"cannot sign in to the Snowflake account {settings.account}: {said}; see that the setting snowflake_account "
        "is the account identifier (organization-account) and that the function reaches it, then deploy again"
    )
