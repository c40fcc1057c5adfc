"""Names and addresses that are known before what they name is made, so that the steps can be put in order.

Everything here is text; the parts may be tokens of CDK.
"""

# Where in the bucket files land, in a folder for each dimension.
LANDING_ROOT = "landing/"


def landing_prefix(dimension: str) -> str:
    """Where files of a dimension land: announced on the topic, read by Snowflake."""
    return f"{LANDING_ROOT}{dimension}/"


def prefix(stage: str) -> str:
    """What a stage's names in AWS begin with, and the name of its stack."""
    return f"customertrack-{stage}"


def warehouse_name(stage: str) -> str:
    """What a stage's names in Snowflake begin with; also the name of its database, role, user and warehouse."""
    return f"CUSTOMERTRACK_{stage.upper()}"


def watch_name(stage: str) -> str:
    """The name of the watch's user and role in Snowflake."""
    return f"{warehouse_name(stage)}_WATCH"


def console_name(stage: str) -> str:
    """The name of the role in Snowflake that owns the console."""
    return f"{warehouse_name(stage)}_CONSOLE"


def warehouse_role(stage: str) -> str:
    """The role of the handshake and the migrations, which the stage's user in Snowflake names."""
    return f"{prefix(stage)}-warehouse"


def watch_role(stage: str) -> str:
    """The role of the watch, which its user in Snowflake names."""
    return f"{prefix(stage)}-watch"


def bucket_arn(name: str, partition: str) -> str:
    """The ARN of a bucket."""
    return f"arn:{partition}:s3:::{name}"


def role_arn(name: str, account_id: str, partition: str) -> str:
    """The ARN of a role without a path."""
    return f"arn:{partition}:iam::{account_id}:role/{name}"
