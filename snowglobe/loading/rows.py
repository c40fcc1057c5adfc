"""What every reader makes of a landed file: rows of a DuckDB table expression, or the reason why there are none."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

# Bytes that are no UTF-8 are kept as a sample of so many stretches.
MOST_SAMPLES = 1000


@dataclass
class Some:
    """Some rows of a file: how many, and the number of the first (0: there is none)."""

    rows: int = 0
    first: int = 0

    def add(self, row: int) -> None:
        """One more."""
        self.rows += 1
        self.first = self.first or row


@dataclass
class Oddities:
    """What is odd about a file that can be loaded all the same.

    `surplus`: rows with more fields than the header has, of which one that is over is not empty. `short`: rows with
    fewer. `not_utf8`: rows with bytes that are no UTF-8; `bytes_not_utf8`: stretches of such bytes, the first of them.
    `is_cut`: the last row has no line end.
    """

    surplus: Some = field(default_factory=Some)
    short: Some = field(default_factory=Some)
    not_utf8: Some = field(default_factory=Some)
    bytes_not_utf8: list[bytes] = field(default_factory=list)
    is_cut: bool = False


@dataclass(frozen=True)
class Rows:
    """The rows of one file: `SELECT row_number, c0, c3 FROM {table}`, with `params` bound.

    `header`: the names as in the file, in its order; '' for a column without one. No name is there twice, in any case.
    `table`: columns `row_number` BIGINT (1 is the first record after the header; blank lines are not counted) and
    c0 to cN VARCHAR, one for each name of the header.
    `oddities`: what else was seen. `count`: how many rows; None if nobody knows before they are read. `in_parts`: the
    same rows in at most so many parts that can be read at once, each with its count, until the context ends; None if
    that is no gain.
    """

    header: tuple[str, ...]
    table: str
    params: tuple[str | int | list[str], ...]
    oddities: Oddities = field(default_factory=Oddities)
    count: int | None = None
    in_parts: "Callable[[int], AbstractContextManager[list[Rows]]] | None" = None


class FileError(Exception):
    """The file as a whole cannot be loaded. `reason` is a clause without the file's name, with the line if known."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnreadableError(FileError):
    """The system does not let the file be read now; there may be nothing wrong with it."""
