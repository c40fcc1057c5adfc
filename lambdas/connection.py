"""The one owner of snowflake.connector: signs in, and says how long anything may take."""

from typing import Protocol, cast

from botocore.exceptions import BotoCoreError, ClientError
from snowflake import connector
from snowflake.connector.errorcode import ER_WIF_CREDENTIALS_NOT_FOUND
from snowflake.connector.errors import Error

from customertrack.errors import UserError
from customertrack.warehouse import Connection
from lambdas.environment import Settings
from lambdas.reason import NeedsAdministrator
from lambdas.sign_in import identity

# Seconds. Less than the lease on migrations lasts, so that no statement outlives it (lambdas.migrate.migrate).
STATEMENT_TIMEOUT = 540
# Seconds. A request that hangs must not use up the function's time: by default the driver waits for ever. At its
# network timeout the driver has any statement cancelled, so it comes after Snowflake's own, which says what happened.
LOGIN_TIMEOUT = 45
NETWORK_TIMEOUT = STATEMENT_TIMEOUT + 60
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
    proof = identity(settings)
    try:
        connected = connector.connect(
            account=settings.account,
            user=settings.user,
            role=settings.role,
            warehouse=settings.warehouse,
            application="CustomerTrack",
            paramstyle="qmark",
            autocommit=True,
            login_timeout=LOGIN_TIMEOUT,
            network_timeout=NETWORK_TIMEOUT,
            log_imported_packages_in_telemetry=False,
            # What the account may have set otherwise, and what would then cut a result short or move a time.
            session_parameters={
                "QUERY_TAG": settings.service,
                "ROWS_PER_RESULTSET": 0,
                "STATEMENT_TIMEOUT_IN_SECONDS": STATEMENT_TIMEOUT,
                "TIMEZONE": "UTC",
            },
            **proof,
        )
    except Error as error:
        raise _explained(error, settings) from error
    except (BotoCoreError, ClientError) as error:
        # The driver lets through what AWS says when it asks for the proof.
        raise _not_proven(error, settings) from error
    # Its cursor's execute() takes more than the protocol asks for, in overloads that a type checker cannot match.
    return cast("Session", connected)


def _explained(error: Error, settings: Settings) -> UserError:
    said = " ".join(str(error.raw_msg or error).split())
    if error.errno in _REFUSALS:
        tie = "its public key" if settings.sign_in == "key_pair" else "its workload identity"
        return NeedsAdministrator(
            f"Snowflake refused to sign in {settings.user} with role {settings.role} to account {settings.account}: "
            f"{said} ({error.errno}); if the user does not exist yet, or {tie} is not that of this deployment, have an "
            "administrator of Snowflake run these statements, then deploy again"
        )
    if error.errno == ER_WIF_CREDENTIALS_NOT_FOUND:
        return _not_proven(said, settings)
    return UserError(
        f"cannot sign in to the Snowflake account {settings.account}: {said}; see that the setting snowflake_account "
        "is the account identifier (organization-account) and that the function reaches it, then deploy again"
    )


def _not_proven(said: object, settings: Settings) -> UserError:
    advice = "see that the function has its role and reaches AWS STS, then deploy again"
    if settings.sign_in == "aws_jwt":
        advice = (
            "see that tokens are switched on in this account (aws iam enable-outbound-web-identity-federation), that "
            "the function's role may sts:GetWebIdentityToken and that the function reaches AWS STS, then deploy again"
        )
    return UserError(f"AWS does not vouch for the function to Snowflake: {said}; {advice}")
