"""When the generator's feed begins: for ever the same, once something of it has landed.

Its first slot brings all customers, and is over soon. So a start of which nothing has come is worth nothing: a stack
that was rolled back, or a generator that was not switched on, must not use it up (decision 0017).
"""

from datetime import datetime, timedelta

from customertrack.sqltext.identifiers import qualify
from customertrack.warehouse import Connection
from lambdas.migrate import pipe

# A file that was written within it may be on its way still.
_ON_ITS_WAY = timedelta(hours=1)
_TABLES = ("CUSTOMER_RAW", "CUSTOMER_EVENT", "CUSTOMER_REJECT")


def feed_start(
    connection: Connection, database: str, known: datetime | None, now: datetime, *, is_new: bool
) -> datetime:
    """The start from now on (UTC): `known`, or `now` if it is none or has not begun.

    `is_new`: the stack is, so nothing of it is under way; the feed has begun if its first slot has landed. Otherwise it
    has if anything has landed or may be under way.
    """
    if known is None:
        return now
    # To the second, as the task definition has it.
    if is_new:
        return known if _landed(connection, database, f"customer_{known:%Y%m%dT%H%M%S}Z_") else now
    waits = now - known < _ON_ITS_WAY or pipe.pending(connection, database) > 0
    return known if waits or _landed(connection, database, "") else now


def _landed(connection: Connection, database: str, name: str) -> bool:
    """Whether a row has landed from a file with `name` in its name."""
    cursor = connection.cursor()
    for table in _TABLES:
        cursor.execute(
            f"SELECT 1 FROM {qualify(database, pipe.SCHEMA, table)} WHERE CONTAINS(source_file, ?) LIMIT 1", (name,)
        )
        if cursor.fetchone():
            return True
    return False
