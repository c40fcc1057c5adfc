"""The way of a reader to a file: through the process that answers for it, else by opening it itself, to read alone."""

from collections.abc import Mapping
from pathlib import Path
from threading import Thread
from time import monotonic

from snowglobe.answering.client import ask
from snowglobe.connection import Connection, connect
from snowglobe.lock import AT_ONCE, Patience, is_wanted, patiently
from snowglobe.session import PUBLIC
from snowglobe.storage.bucket import Bucket

# Seconds: how long a writer waits for a reader, and between two looks whether one does.
_TO_END = 2
_LOOK = 0.2
_WANTED = "Another process has waited to write the warehouse file, and has it now"


def read(
    path: Path,
    *,
    database_name: str = "snowglobe",
    schema: str = PUBLIC,
    buckets: Mapping[str, Bucket] | None = None,
    memory_limit: int | None = None,
    patience: Patience = AT_ONCE,
) -> Connection:
    """A connection that only reads, whose answers are all of one moment, whether or not another process has the file.

    If nobody has it, this process opens it as `connect` does, with `read_only`, side by side with others that read. It
    lets go when a process has waited for two seconds to write: what is asked then raises ConnectionLost, as it does
    when the process that answers ends.

    Raises as `connect` does.
    """

    def attempt() -> Connection:
        if asking := ask(path, database_name, schema):
            return asking
        opened = connect(
            path,
            database_name=database_name,
            schema=schema,
            buckets=buckets,
            memory_limit=memory_limit,
            read_only=True,
        )
        Thread(target=_let_go_if_wanted, args=(path, opened), name="snowglobe lets go", daemon=True).start()
        return opened

    return patiently(attempt, path, patience, for_itself=False)


def _let_go_if_wanted(path: Path, opened: Connection) -> None:
    since = None
    while not opened.wait_until_closed(_LOOK):
        if not is_wanted(path):
            since = None
        elif since is None:
            since = monotonic()
        elif monotonic() - since >= _TO_END:
            opened.let_go(_WANTED)
