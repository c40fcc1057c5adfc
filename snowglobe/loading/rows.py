"""What every reader makes of a landed file: rows of a DuckDB table expression, or the reason why there are none."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rows:
    """The rows of one file: `SELECT row_number, c0, c3 FROM {table}`, with `params` bound.

    `header`: the names as in the file, in its order; '' for a column without one. No name is there twice, in any case.
    `table`: columns `row_number` BIGINT (1 is the first record after the header; blank lines are not counted) and
    c0 to cN VARCHAR, one for each name of the header.
    """

    header: tuple[str, ...]
    table: str
    params: tuple[str | int, ...]


class FileError(Exception):
    """The file as a whole cannot be loaded. `reason` is a clause without the file's name, with the line if known."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnreadableError(FileError):
    """The system does not let the file be read now; there may be nothing wrong with it."""
