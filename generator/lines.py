"""What writers have in common, and those that write a line for each row."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Protocol

import numpy as np

from generator.events import NO_FLAW, Rows
from generator.flaws import Wrong, flaws
from generator.hashing import Ints
from generator.padded import Bytes, digits, table
from generator.pools import Pool
from generator.population import Population

# Small enough that a block of lines stays in the processor's cache.
LINES_AT_ONCE = 2**13
LINE_END = b"\n"
# To encode all values of a pool takes longer than to write a small file: of so many the texts are kept.
MOST_ENTRIES = 64
NOTHING_WRONG: Mapping[str, Wrong] = {}


class Writer(Protocol):
    """Writes the rows of one population, as files of one format."""

    def chunks(self, rows: Rows) -> Iterator[bytes]:
        """A file of these rows, in pieces."""
        ...


class LineWriter(ABC):
    """One whose files are a header, which may be empty, and lines. What a line is, `_lines` says."""

    header = b""

    def __init__(self, population: Population) -> None:
        self.population = population
        self.definition = population.definition
        self._flaws = flaws(self.definition)

    def chunks(self, rows: Rows) -> Iterator[bytes]:
        """A few thousand lines at a time, so that no file need fit into memory."""
        yield self.header
        for begin in range(0, len(rows), LINES_AT_ONCE):
            yield self.lines(rows.pick(slice(begin, begin + LINES_AT_ONCE)))

    def lines(self, rows: Rows) -> bytes:
        """A line for each row, UTF-8; fastest with about LINES_AT_ONCE rows."""
        if len(rows) == 0:
            return b""
        whole = self._lines(rows, NOTHING_WRONG)
        if not (rows.flaws != NO_FLAW).any():
            return whole
        lines = whole.split(LINE_END)
        for number in np.unique(rows.flaws[rows.flaws != NO_FLAW]).tolist():
            which = np.flatnonzero(rows.flaws == number)
            for at, line in zip(which.tolist(), self._spoiled(rows.pick(which), number), strict=False):
                lines[at] = line
        return LINE_END.join(lines)

    def _spoiled(self, rows: Rows, number: int) -> list[bytes]:
        """The lines of rows that are all spoiled in the same way."""
        flaw = self._flaws[number]
        if flaw.record is not None:
            return [flaw.record.encode()] * len(rows)
        return self._lines(rows, flaw.fields).split(LINE_END)

    @abstractmethod
    def _lines(self, rows: Rows, wrong: Mapping[str, Wrong]) -> bytes:
        """The rows, at least one, with something else in the fields that are wrong."""


class Entries:
    """The texts of a pool's entries, and behind them one for a row that says nothing. `texts`: of each, encoded."""

    def __init__(self, pool: Pool, texts: list[bytes]) -> None:
        halves = [text.partition(b"@") if pool.is_numbered else (text, b"", b"") for text in texts]
        self._begins = table(begin + b"." * bool(at) for begin, at, _ in halves)
        # What follows the number of the key.
        self._ends = table(at + end for _, at, end in halves) if pool.is_numbered else None

    def of(self, positions: Ints, ids: Ints) -> list[Bytes]:
        """Those of keys of these numbers at these positions."""
        begins = self._begins.take(positions, axis=0)
        if self._ends is None:
            return [begins]
        ends = self._ends.take(positions, axis=0)
        return [begins, digits(ids) * (ends[:, :1] != 0), ends]
