"""What an administrator of Snowflake runs once for a stage. `make administrator` prints it, filled in."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from infra.context import chosen_values
from infra.errors import SettingsError
from infra.names import console_name, role_arn, warehouse_name, warehouse_role, watch_name, watch_role
from infra.partition import PARTITION

CDK_JSON = Path(__file__).parents[1] / "cdk.json"

# The warehouse: what Snowflake would choose by itself differs by region and year, and some of it is billed at another
# rate (docs.snowflake.com, "CREATE WAREHOUSE": GENERATION, ENABLE_QUERY_ACCELERATION). An hour is more than any
# statement of the functions takes; without a limit one that hangs would run for two days.
BLOCK = """\
-- CustomerTrack, stage {stage}. Run it once in Snowflake; to run it again does no harm.
USE ROLE ACCOUNTADMIN;

CREATE ROLE IF NOT EXISTS {name};
CREATE WAREHOUSE IF NOT EXISTS {name}
    WAREHOUSE_SIZE = XSMALL GENERATION = '1' ENABLE_QUERY_ACCELERATION = FALSE
    AUTO_SUSPEND = 60 AUTO_RESUME = TRUE INITIALLY_SUSPENDED = TRUE STATEMENT_TIMEOUT_IN_SECONDS = 3600;
CREATE USER IF NOT EXISTS {name} TYPE = SERVICE DEFAULT_ROLE = {name} DEFAULT_WAREHOUSE = {name};
ALTER USER {name} SET {credential};

GRANT CREATE DATABASE ON ACCOUNT TO ROLE {name};
GRANT CREATE INTEGRATION ON ACCOUNT TO ROLE {name};
GRANT EXECUTE TASK ON ACCOUNT TO ROLE {name};
GRANT EXECUTE MANAGED TASK ON ACCOUNT TO ROLE {name};
GRANT USAGE, OPERATE ON WAREHOUSE {name} TO ROLE {name};
GRANT ROLE {name} TO USER {name};
GRANT ROLE {name} TO ROLE SYSADMIN;

-- The watch: no warehouse by default, so that what it reads every few minutes wakes none.
CREATE ROLE IF NOT EXISTS {watch};
CREATE USER IF NOT EXISTS {watch} TYPE = SERVICE DEFAULT_ROLE = {watch};
ALTER USER {watch} SET {watch_credential};
GRANT USAGE ON WAREHOUSE {name} TO ROLE {watch};
GRANT ROLE {watch} TO USER {watch};
GRANT ROLE {watch} TO ROLE SYSADMIN;
"""
# The app of the console does what its owner may, so its owner may only read. The deploy makes it in this role's name.
CONSOLE = """\
-- The console of CustomerTrack, stage {stage}. Run it once in Snowflake; to run it again does no harm.
USE ROLE ACCOUNTADMIN;
CREATE ROLE IF NOT EXISTS {console};
GRANT USAGE ON WAREHOUSE {name} TO ROLE {console};
GRANT ROLE {console} TO USER {name};
GRANT ROLE {console} TO ROLE {name};
"""
# Set apart from CREATE USER, so that the block also mends a user that is there with another credential.
CREDENTIAL = {
    "workload_identity": "WORKLOAD_IDENTITY = (TYPE = AWS ARN = '{role}')",
    "aws_jwt": (
        "WORKLOAD_IDENTITY = (TYPE = AWS ARN = '{role}'\n"
        "    ISSUER = '<what `aws iam get-outbound-web-identity-federation-info` prints as IssuerIdentifier>')"
    ),
    "key_pair": "RSA_PUBLIC_KEY = '<the public key{whose}, in one line, without BEGIN and END>'",
}


def statements(stage: str, account_id: str, partition: str = "aws", sign_in: str = "workload_identity") -> str:
    """The statements for a stage in an AWS account, which may be tokens of CDK."""
    deploys, watches = (role_arn(role, account_id, partition) for role in (warehouse_role(stage), watch_role(stage)))
    return BLOCK.format(
        stage=stage,
        name=warehouse_name(stage),
        watch=watch_name(stage),
        credential=CREDENTIAL[sign_in].format(role=deploys, whose=""),
        watch_credential=CREDENTIAL[sign_in].format(role=watches, whose=" of the watch"),
    )


def console_statements(stage: str) -> str:
    """Those that a stage with a console needs besides."""
    return CONSOLE.format(stage=stage, name=warehouse_name(stage), console=console_name(stage))


def main(argv: Sequence[str]) -> int:
    """Prints the statements; returns the exit code."""
    parser = ArgumentParser(prog="make administrator", description=__doc__)
    parser.add_argument("-c", "--context", action="append", default=[], metavar="NAME=VALUE", help="as for cdk")
    parser.add_argument(
        "--aws-account", metavar="ID", help="twelve digits; else that of the stage, else that of your AWS credentials"
    )
    args = parser.parse_args(argv)
    try:
        context = _context_of_cdk_json() | _pairs(args.context)
        values = chosen_values(context)
        account_id = _account(args.aws_account, values["aws_account"])
    except SettingsError as error:
        print(f"customertrack: {error}", file=sys.stderr)
        return 1
    print(statements(values["stage"], account_id, sign_in=values["sign_in"]), end="")
    if values["console"]:
        print(f"\n{console_statements(values['stage'])}", end="")
    return 0


def _context_of_cdk_json() -> dict[str, Any]:
    """The context that stands in cdk.json. Raises SettingsError if it cannot be read."""
    try:
        written = json.loads(CDK_JSON.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"cdk.json cannot be read ({error}): correct it") from None
    context = written.get("context") if isinstance(written, dict) else None
    if not isinstance(context, dict):
        raise SettingsError('cdk.json is not of the form {"context": {"stages": ...}}: correct it')
    return context


def _pairs(given: Sequence[str]) -> dict[str, Any]:
    pairs = [pair.partition("=") for pair in given]
    for name, equals, _ in pairs:
        if not equals:
            raise SettingsError(f"-c {name} has no value: write -c {name}=VALUE")
    return {name: value for name, _, value in pairs}


def _account(given: str | None, of_stage: str) -> str:
    """The id of the AWS account. Raises SettingsError if nothing says which, or two things say another."""
    if given is None:
        return of_stage or _account_of_credentials()
    if len(given) != 12 or not given.isdecimal():
        raise SettingsError(f"--aws-account is '{given}': give the twelve digits of the account")
    if of_stage and given != of_stage:
        raise SettingsError(
            f"--aws-account is {given}, but the stage has aws_account {of_stage}: leave one of them out, or correct it"
        )
    return given


def _account_of_credentials() -> str:
    # Only here: with --aws-account nothing of AWS is needed.
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        caller = boto3.client("sts", region_name="us-east-1").get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        raise SettingsError(
            f"AWS does not say which account this is ({error}): sign in to AWS, or give the account with "
            "ARGS='--aws-account 123456789012'"
        ) from None
    partition = caller["Arn"].split(":")[1]
    if partition != PARTITION:
        raise SettingsError(
            f"your credentials are for the partition {partition} of AWS, which is not supported: sign in elsewhere, or "
            "give the account with ARGS='--aws-account 123456789012'"
        )
    return caller["Account"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
