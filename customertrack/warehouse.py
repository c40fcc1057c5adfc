"""The part of snowflake.connector's interface that is used; Snowflake and the embedded warehouse both have it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, runtime_checkable


class Cursor(Protocol):
    """Runs one statement at a time; autocommit is on, binds are `?` (the connector's paramstyle `qmark`)."""

    @property
    def rowcount(self) -> int | None:
        """Rows that the last DML inserted, updated or deleted, or the last query returned."""
        ...

    @property
    def description(self) -> Sequence[Any] | None:
        """One entry per column of the last result, its name first."""
        ...

    def execute(self, command: str, params: Sequence[Any] | None = None, /) -> Any:
        """Run `command`, its `?` bound to `params` in order. Without `params` a `?` is not special."""
        ...

    def fetchone(self) -> Any:
        """The next row as a tuple, or None."""
        ...

    def fetchall(self) -> list[Any]:
        """All rows that are left, as tuples."""
        ...


class Connection(Protocol):
    """A session with a warehouse."""

    def cursor(self) -> Cursor:
        """A new cursor of this session."""
        ...


@runtime_checkable
class WarehouseError(Protocol):
    """What every error of a driver carries: a shape, so that no driver is imported to recognise its errors."""

    errno: Any
    sqlstate: Any
    msg: Any


def message_of(error: WarehouseError) -> str:
    """The driver's message on one line."""
    return " ".join(str(error.msg or error).split())


def sentence_of(error: WarehouseError) -> str:
    """The driver's message as a sentence, with the error's numbers where it has some."""
    message = message_of(error).rstrip(".")
    return f"{message} (error {error.errno:06}, {error.sqlstate})." if error.errno not in (None, -1) else f"{message}."


@contextmanager
def tolerated() -> Iterator[None]:
    """Go on after a driver's error. Only for what is tried while something worse is being told."""
    try:
        yield
    except Exception as error:
        if not isinstance(error, WarehouseError):
            raise
