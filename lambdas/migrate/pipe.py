"""The pipe and its task, from outside: which topic it listens on, whether it runs, and stopping and starting it.

docs.snowflake.com: "ALTER PIPE", "DROP PIPE", "ALTER TASK", "SYSTEM$PIPE_STATUS", "PIPES view" of INFORMATION_SCHEMA.
"""

import json
import re
from collections.abc import Sequence

from customertrack.sqltext.identifiers import qualify, quote
from customertrack.sqltext.literals import literal
from customertrack.warehouse import Connection

SCHEMA, PIPE, TASK = "DIMENSION", "CUSTOMER_S3_PIPE", "CUSTOMER_REFRESH_TASK"
# The file of sql/ that makes the pipe and writes into its comment which topic it listens on.
SCRIPT = "R__20_customer_s3_pipe.sql"
_ANNOUNCED = re.compile(r"announced on (\S+)$")


def listen(connection: Connection, database: str, topic_arn: str, make: Sequence[str]) -> None:
    """See that the pipe is there and listens on the topic.

    A pipe of another topic is left from an earlier life of the stack, whose topic is gone. No ALTER moves it, so it is
    dropped and made anew by the statements `make`. Several runs at once do no harm: each makes what it dropped. A file
    that the dropped pipe had loaded may be loaded again, which the refresh takes for the duplicates that they are.
    """
    if _topic(connection, database) == topic_arn:
        return
    connection.cursor().execute(f"DROP PIPE IF EXISTS {qualify(database, SCHEMA, PIPE)}")
    for statement in make:
        connection.cursor().execute(statement)


def start(connection: Connection, database: str) -> None:
    """Let the pipe load and the task run, which the end of an earlier life of the stack may have stopped."""
    connection.cursor().execute(f"ALTER PIPE {qualify(database, SCHEMA, PIPE)} SET PIPE_EXECUTION_PAUSED = FALSE")
    connection.cursor().execute(f"ALTER TASK {qualify(database, SCHEMA, TASK)} RESUME")


def stop(connection: Connection, database: str) -> None:
    """Stop both, the task even if the pipe cannot be stopped. The data stays. Raises the driver's error of the pipe."""
    try:
        connection.cursor().execute(
            f"ALTER PIPE IF EXISTS {qualify(database, SCHEMA, PIPE)} SET PIPE_EXECUTION_PAUSED = TRUE"
        )
    finally:
        connection.cursor().execute(f"ALTER TASK IF EXISTS {qualify(database, SCHEMA, TASK)} SUSPEND")


def status(connection: Connection, database: str) -> str:
    """The execution state by SYSTEM$PIPE_STATUS: RUNNING if all is well."""
    cursor = connection.cursor()
    name = f"{database}.{SCHEMA}.{PIPE}".upper()
    cursor.execute(f"SELECT SYSTEM$PIPE_STATUS({literal(name)})")
    return str(json.loads(cursor.fetchone()[0]).get("executionState", "unknown"))


def refresh(connection: Connection, database: str) -> None:
    """Have the pipe load what landed in the last 7 days before it was there."""
    connection.cursor().execute(f"ALTER PIPE {qualify(database, SCHEMA, PIPE)} REFRESH")


def _topic(connection: Connection, database: str) -> str | None:
    cursor = connection.cursor()
    cursor.execute(
        f"SELECT COMMENT FROM {quote(database)}.INFORMATION_SCHEMA.PIPES"
        f" WHERE PIPE_SCHEMA = {literal(SCHEMA)} AND PIPE_NAME = {literal(PIPE)}"
    )
    row = cursor.fetchone()
    announced = _ANNOUNCED.search(str(row[0])) if row else None
    return announced[1] if announced else None
