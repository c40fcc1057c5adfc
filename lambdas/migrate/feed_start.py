"""When the generator's feed begins: for ever the same, once something of it has landed.

Its first slot brings all rows there are to begin with, and is over soon. So a start of which nothing has come is worth
nothing: a stack that was rolled back, or a generator that was not switched on, must not use it up (decision 0017).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from customertrack.sqltext.identifiers import qualify
from lambdas.dimension import SCHEMA
from lambdas.migrate.pipe import Pipe

# A file that was written within it may be on its way still.
_ON_ITS_WAY = timedelta(hours=1)
_TABLES = ("RAW", "EVENT", "REJECT")


def feed_start(generated: Sequence[Pipe], known: datetime | None, now: datetime, *, is_new: bool) -> datetime:
    """The start from now on (UTC): `known`, or `now` if it is none or has not begun.

    `generated`: the pipes of what the generator makes. `is_new`: the stack is, so nothing of it is under way; the feed
    has begun if its first slot has landed. Otherwise it has if anything has landed or may be under way.
    """
    if known is None:
        return now
    # To the second, as the task definition has it.
    if is_new:
        begun = any(_landed(pipe, f"{pipe.dimension.name}_{known:%Y%m%dT%H%M%S}Z_") for pipe in generated)
        return known if begun else now
    waits = now - known < _ON_ITS_WAY or any(pipe.pending() > 0 for pipe in generated)
    return known if waits or any(_landed(pipe, "") for pipe in generated) else now


def _landed(pipe: Pipe, name: str) -> bool:
    """Whether a row has landed from a file with `name` in its name."""
    cursor = pipe.connection.cursor()
    for kind in _TABLES:
        table = qualify(pipe.database, SCHEMA, f"{pipe.dimension.name}_{kind}")
        cursor.execute(f"SELECT 1 FROM {table} WHERE CONTAINS(source_file, ?) LIMIT 1", (name,))
        if cursor.fetchone():
            return True
    return False
