"""The pipe, from outside: of which bucket and topic it is, whether it runs, and making it anew.

docs.snowflake.com: "ALTER PIPE", "DROP PIPE", "ALTER STAGE", "SYSTEM$PIPE_STATUS", "Manage Snowpipe"; "PIPES view" and
"STAGES view" of INFORMATION_SCHEMA.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from customertrack.sqltext.identifiers import qualify, quote
from customertrack.sqltext.literals import literal
from customertrack.warehouse import Connection, WarehouseError

SCHEMA, PIPE, STAGE = "DIMENSION", "CUSTOMER_S3_PIPE", "CUSTOMER_EXT_STAGE"
# The file of sql/ that makes the pipe and writes into its comment of which bucket and topic it is.
SCRIPT = "customer/R__25_pipe.sql"
_COMMENT = re.compile(r"From (\S+) to customer_raw, announced on (\S+)")
# States that no ALTER ends. A stalled one, or one whose table is missing, goes on once its cause is gone.
_FOR_GOOD = {
    "STOPPED_CLONED",
    "STOPPED_FILE_FORMAT_DROPPED",
    "STOPPED_NOTIFICATION_INTEGRATION_DROPPED",
    "STOPPED_STAGE_ALTERED",
    "STOPPED_STAGE_DROPPED",
}


@dataclass(frozen=True)
class Place:
    """Where files land, as an s3:// URL, and the ARN of the topic that announces them."""

    url: str
    topic_arn: str


def place(connection: Connection, database: str) -> Place | None:
    """Of which place the pipe is by its comment; None if there is no pipe, or none that a deploy has made."""
    comment = _information(connection, database, "PIPE", PIPE, "COMMENT")
    found = _COMMENT.fullmatch(comment or "")
    return Place(*found.groups()) if found else None


def exists(connection: Connection, database: str) -> bool:
    """Whether there is a pipe, whoever has made it."""
    return _information(connection, database, "PIPE", PIPE, "PIPE_NAME") is not None


def stage_url(connection: Connection, database: str) -> str | None:
    """The URL of the stage, or None if there is none."""
    return _information(connection, database, "STAGE", STAGE, "STAGE_URL")


def move_stage(connection: Connection, database: str, url: str, storage_integration: str) -> None:
    """Have the stage read another place; that stops the pipes that read it, until they are made anew."""
    connection.cursor().execute(
        f"ALTER STAGE {qualify(database, SCHEMA, STAGE)} SET URL = {literal(url)}"
        f" STORAGE_INTEGRATION = {quote(storage_integration)}"
    )


def is_stopped_for_good(connection: Connection, database: str) -> bool:
    """Whether only a new pipe loads again."""
    return state(connection, database) in _FOR_GOOD


def make_anew(connection: Connection, database: str, make: Sequence[str]) -> None:
    """Drop the pipe and make it by the statements `make`.

    Several runs at once do no harm: each makes what it dropped. A file that the dropped pipe had loaded may be loaded
    again, which the refresh takes for the duplicates that they are.
    """
    connection.cursor().execute(f"DROP PIPE IF EXISTS {qualify(database, SCHEMA, PIPE)}")
    for statement in make:
        connection.cursor().execute(statement)


def resume(connection: Connection, database: str) -> bool:
    """Let the pipe load if it is paused; False if it still is.

    After 14 days, or with another owner, this does not resume it ("Manage Snowpipe"); whether it is an error then, the
    page does not say.
    """
    if state(connection, database) != "PAUSED":
        return True
    try:
        connection.cursor().execute(f"ALTER PIPE {qualify(database, SCHEMA, PIPE)} SET PIPE_EXECUTION_PAUSED = FALSE")
    except Exception as error:
        if not isinstance(error, WarehouseError):
            raise
        return False
    return state(connection, database) != "PAUSED"


def pause(connection: Connection, database: str) -> None:
    """Have it load no more; what it is told of waits, for 14 days."""
    connection.cursor().execute(
        f"ALTER PIPE IF EXISTS {qualify(database, SCHEMA, PIPE)} SET PIPE_EXECUTION_PAUSED = TRUE"
    )


def state(connection: Connection, database: str) -> str:
    """The execution state by SYSTEM$PIPE_STATUS: RUNNING if all is well."""
    return str(_status(connection, database).get("executionState", "unknown"))


def pending(connection: Connection, database: str) -> int:
    """How many files wait to be loaded, by SYSTEM$PIPE_STATUS."""
    return int(_status(connection, database).get("pendingFileCount", 0))


def refresh(connection: Connection, database: str) -> None:
    """Have the pipe look for what landed in the last 7 days and it was not told of."""
    connection.cursor().execute(f"ALTER PIPE {qualify(database, SCHEMA, PIPE)} REFRESH")


def _status(connection: Connection, database: str) -> dict[str, Any]:
    cursor = connection.cursor()
    cursor.execute(f"SELECT SYSTEM$PIPE_STATUS({literal(f'{database}.{SCHEMA}.{PIPE}'.upper())})")
    try:
        found = json.loads(cursor.fetchone()[0])
    except (TypeError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _information(connection: Connection, database: str, kind: str, name: str, column: str) -> str | None:
    """A column of an object in INFORMATION_SCHEMA; None also of a database that is not there."""
    cursor = connection.cursor()
    try:
        cursor.execute(
            f"SELECT {column} FROM {quote(database)}.INFORMATION_SCHEMA.{kind}S"
            f" WHERE {kind}_SCHEMA = {literal(SCHEMA)} AND {kind}_NAME = {literal(name)}"
        )
    except Exception as error:
        if isinstance(error, WarehouseError) and error.errno in (2003, 2043):
            return None
        raise
    row = cursor.fetchone()
    return None if row is None or row[0] is None else str(row[0])
