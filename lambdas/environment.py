"""What a function is told by its environment, read once where a handler begins."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

from customertrack.errors import UserError

SignIn = Literal["workload_identity", "aws_jwt", "key_pair"]


@dataclass(frozen=True)
class Settings:
    """Who signs in to which account of Snowflake, and how; every function has these.

    `service` is the name of the function in logs, metrics and Snowflake's query history; `key_secret_arn` is the
    secret with the private key, empty unless `sign_in` is key_pair.
    """

    stage: str
    service: str
    account: str
    user: str
    role: str
    warehouse: str
    sign_in: SignIn
    key_secret_arn: str


def read(environ: Mapping[str, str]) -> Settings:
    """The settings in `environ`. Raises UserError naming the variable that is missing or wrong."""
    sign_in = required(environ, "SNOWFLAKE_SIGN_IN")
    if sign_in not in get_args(SignIn):
        raise UserError(
            f"SNOWFLAKE_SIGN_IN is {sign_in!r}; set the function's environment to one of {', '.join(get_args(SignIn))}"
        )
    return Settings(
        stage=required(environ, "STAGE"),
        service=required(environ, "POWERTOOLS_SERVICE_NAME"),
        account=required(environ, "SNOWFLAKE_ACCOUNT"),
        user=required(environ, "SNOWFLAKE_USER"),
        role=required(environ, "SNOWFLAKE_ROLE"),
        warehouse=required(environ, "SNOWFLAKE_WAREHOUSE"),
        sign_in=cast("SignIn", sign_in),
        key_secret_arn=required(environ, "SNOWFLAKE_KEY_SECRET_ARN") if sign_in == "key_pair" else "",
    )


def required(environ: Mapping[str, str], name: str) -> str:
    """The variable `name`. Raises UserError if it is missing or empty."""
    value = environ.get(name, "")
    if not value:
        raise UserError(f"the function's environment lacks {name}; deploy the stack again, which sets it")
    return value
