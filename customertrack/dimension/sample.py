"""What a guess is made from: facts of files, by whoever can read them."""

from collections.abc import Mapping, Sequence
from typing import Protocol


class Column(Protocol):
    """The values of a column that are not NULL. `values`: all different ones, if they are few.

    `matching`: how many fit a pattern as a whole; `longest_part`: characters of the longest first group.
    """

    @property
    def nested(self) -> int:
        """How many of them are objects or lists."""
        ...

    @property
    def filled(self) -> int:
        """How many there are."""
        ...

    @property
    def longest(self) -> int:
        """Characters of the longest."""
        ...

    @property
    def values(self) -> tuple[str, ...]:
        """All different ones, in order."""
        ...

    @property
    def matching(self) -> Mapping[str, int]:
        """By the pattern's name."""
        ...

    @property
    def longest_part(self) -> Mapping[str, int]:
        """By the pattern's name."""
        ...


class Sample(Protocol):
    """Files as one table."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of the columns, in order."""
        ...

    @property
    def rows(self) -> int:
        """How many."""
        ...

    def with_null(self, word: str, /) -> "Sample":
        """The same, with a word that means NULL."""
        ...

    def column(self, name: str, counted: Mapping[str, str], measured: Mapping[str, str], /) -> Column:
        """The facts of a column, by regular expressions for its values."""
        ...

    def distinct_rows(self, names: Sequence[str], /) -> int:
        """How many rows differ in one of these columns."""
        ...
