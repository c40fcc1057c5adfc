"""What the role of the watch may read, granted anew with each deploy: who drops a pipe drops its grants as well.

docs.snowflake.com: "GRANT <privileges> ... TO ROLE", "Access control privileges".
"""

from collections.abc import Sequence

from customertrack.migrations import MigrationFailed
from customertrack.warehouse import Connection
from lambdas.reason import NeedsAdministrator

# The file of sql/ that grants.
SCRIPT = "customer/R__70_watch_grants.sql"


def grant(connection: Connection, statements: Sequence[str]) -> None:
    """Run the statements of the file, each of which may be repeated. The driver's errors pass through."""
    for statement in statements:
        connection.cursor().execute(statement)


def explained(failed: MigrationFailed) -> MigrationFailed | NeedsAdministrator:
    """What to raise. If it was this file that failed, the role is likely not there, and an administrator makes it."""
    if failed.report.remaining[:1] != (SCRIPT,):
        return failed
    return NeedsAdministrator(
        f"{failed}; if the role of the watch does not exist yet, have an administrator of Snowflake run these "
        "statements, then deploy again"
    )
