"""What the role of the watch may read, granted anew with each deploy: who drops a pipe drops its grants as well.

docs.snowflake.com: "GRANT <privileges> ... TO ROLE", "Access control privileges".
"""

from collections.abc import Sequence

from customertrack.errors import UserError
from customertrack.migrations import Stopped
from customertrack.warehouse import Connection
from lambdas.dimension import Dimension
from lambdas.reason import NeedsAdministrator

# The file of a dimension that grants.
SCRIPT = "R__70_watch_grants.sql"


def grant(connection: Connection, statements: Sequence[str]) -> None:
    """Run the statements of the file, each of which may be repeated. The driver's errors pass through."""
    for statement in statements:
        connection.cursor().execute(statement)


def explained(stopped: Stopped) -> UserError:
    """Why a dimension's files stopped. If it was this one that failed, the role is likely not there, and an
    administrator makes it.
    """
    if stopped.script != Dimension(stopped.dimension).script(SCRIPT):
        return UserError(stopped.sentence)
    return NeedsAdministrator(
        f"{stopped.sentence}; if the role of the watch does not exist yet, have an administrator of Snowflake run "
        "these statements, then deploy again"
    )
