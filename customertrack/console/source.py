"""Where the console reads: one machine's home, or an account. The pages know this shape alone."""

from contextlib import AbstractContextManager
from typing import Protocol

from customertrack.dimension.definition import Definition
from customertrack.errors import UserError
from customertrack.reads.last_check import LastCheck
from customertrack.warehouse import Connection


class NothingThereError(UserError):
    """There is nothing to look at yet. `command`: what a person types to begin."""

    def __init__(self, sentence: str, command: str) -> None:
        super().__init__(sentence)
        self.command = command


class AskAgainError(UserError):
    """What was asked got no whole answer, because the warehouse has changed hands. Asked again, from the beginning, it
    does."""


class Source(Protocol):
    """Each method may raise UserError, whose sentence says what to do."""

    @property
    def program(self) -> str:
        """What a person types to call the command for the same place, or "" where there is no such command."""
        ...

    def names(self) -> list[str]:
        """The dimensions that can be looked at, in order."""
        ...

    def definition(self, name: str) -> Definition:
        """A dimension's definition, without faults."""
        ...

    def text(self, name: str) -> str:
        """The definition as it is written, in TOML."""
        ...

    def files(self, name: str) -> list[tuple[str, str]]:
        """The SQL of a dimension, by file: its path below the dimension's folder, and its text."""
        ...

    def reading(self, name: str) -> AbstractContextManager[Connection]:
        """A connection that only reads, for one run of a page of a dimension. What is asked may raise AskAgainError."""
        ...

    def landed_line(self, file: str, row: int) -> str | None:
        """The line of a landed file in which a row stands, as it landed; None if it cannot be had.

        `file`, `row`: as `source_file` and `source_row` name them.
        """
        ...

    def last_check(self, name: str) -> LastCheck | None:
        """What the last check of a dimension found; None if there was none, or if others keep it."""
        ...
