"""Rows as lines of CSV, thousands at a time.

Every cell is looked up, encoded and quoted beforehand, in a table of fixed-width bytes; a block of rows is these
tables' entries side by side, and the padding (NUL, which no value contains) is squeezed out of the whole block at once.
The attributes of a group lie side by side, so they are one entry.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from generator.csv_text import NULL_CELL, cell
from generator.definition import Attribute, Definition
from generator.events import DELETE, NO_FLAW, Rows
from generator.flaws import GROUP, KEY, OP, SEQUENCE, TIME, flaws
from generator.hashing import Ints, UInts, below, draw
from generator.keys import prefix, written
from generator.pools import Pool
from generator.population import Cohort, Population
from generator.values import Value, text_of

Bytes = NDArray[np.uint8]

# Small enough that a block of lines stays in the processor's cache.
LINES_AT_ONCE = 2**13
DAY = 86_400_000
LINE_END = b"\n"


class Renderer:
    """Writes the rows of one population."""

    def __init__(self, population: Population) -> None:
        self._population = population
        definition = population.definition
        self.header = _header(definition)
        self._flaws = flaws(definition)
        self._groups = [_GroupCells.of(population.pools[group.name], definition.null) for group in definition.groups]
        self._ops = _Words.of(definition)
        self._null = np.frombuffer((definition.null or "").encode(), np.uint8)

    def lines(self, rows: Rows) -> bytes:
        """The rows in the header's order, a line each, UTF-8; fastest with about LINES_AT_ONCE rows."""
        if len(rows) == 0:
            return b""
        whole = self._lines(rows, {})
        if not (rows.flaws != NO_FLAW).any():
            return whole
        lines = whole.split(LINE_END)
        for number in np.unique(rows.flaws[rows.flaws != NO_FLAW]).tolist():
            which = np.flatnonzero(rows.flaws == number)
            spoiled = self._lines(rows.pick(which), self._flaws[number].cells).split(LINE_END)
            for at, line in zip(which.tolist(), spoiled, strict=False):
                lines[at] = line
        return LINE_END.join(lines)

    def _lines(self, rows: Rows, instead: Mapping[str, bytes]) -> bytes:
        """The rows, with some cells overwritten."""
        cells: list[Bytes] = []
        for name, parts in self._cells(rows):
            cells += [_column(instead[name], len(rows))] if name in instead else parts
        # The first cell has no comma before it.
        cells[0] = cells[0][:, 1:]
        padded = np.concatenate([*cells, _column(LINE_END, len(rows))], axis=1).reshape(-1)
        return padded[padded != 0].tobytes()

    def _cells(self, rows: Rows) -> Iterator[tuple[str, list[Bytes]]]:
        """The cells of a line by name, in order; each in parts, arrays of (rows, width)."""
        cohort = Cohort(self._population, rows.ids)
        gone = rows.ops == DELETE
        for at in range(len(self._population.definition.key)):
            yield f"{KEY} {at}", self._key(at, rows.ids)
        for number, group in enumerate(self._groups):
            positions = cohort.positions(group.pool.group, rows.batches, rows.turns)
            yield f"{GROUP} {number}", group.cells(np.where(gone, len(group.pool.rows), positions), rows.ids)
        moments = cohort.moment(rows.batches)
        for at in range(len(self._population.definition.sequence)):
            yield f"{SEQUENCE} {at}", self._sequence(at, rows, moments)
        if self._ops:
            yield OP, [self._ops.cells(rows, draw(self._population.settings.seed, "op", rows.ids, rows.batches))]
        yield TIME, self._time(moments)

    def _key(self, at: int, ids: Ints) -> list[Bytes]:
        part = self._population.definition.key[at]
        numbers, is_null = self._population.keys.numbers(at, ids)
        before = prefix(part)
        if before is None:
            parts = [written(part, numbers).astype(bytes).view(np.uint8).reshape(len(ids), -1)]
        else:
            parts = [_column(before.encode(), len(ids)), _digits(numbers + 1)]
        if is_null.any():
            parts = [each * ~is_null[:, np.newaxis] for each in parts]
            parts.append(self._null * is_null[:, np.newaxis])
        return [_column(NULL_CELL, len(ids)), *parts]

    def _sequence(self, at: int, rows: Rows, moments: Ints) -> list[Bytes]:
        """Numbers that rise with time. A forerunner's are lower, or missing, in one column, whatever is behind that."""
        turns = len(self._population.definition.sequence)
        bits = draw(self._population.settings.seed, "sequence", rows.ids, rows.batches)
        decides, nudge = below(bits << np.uint64(8), turns), below(bits << np.uint64(20), 4)
        is_first = rows.turns == 1
        away = np.where(decides == at, -1 - nudge, np.where(decides < at, nudge, 0)) * is_first
        missing = is_first & (decides == at) & (nudge == 0)
        numbers = _digits(np.abs(moments) * 10 + 5 + away)
        return [_column(NULL_CELL, len(rows)), numbers * ~missing[:, np.newaxis]]

    def _time(self, moments: Ints) -> list[Bytes]:
        comma = _column(NULL_CELL, len(moments))
        match self._population.definition.time_format:
            case "iso":
                return [comma, *_times(moments)]
            case "epoch_s":
                return [comma, _digits(moments // 1000)]
            case "epoch_ms":
                return [comma, _digits(moments)]
        return [comma, _digits(moments), _column(b"000", len(moments))]


@dataclass(frozen=True)
class _GroupCells:
    """The cells of a group's pool. The last entry is that of a delete. `ends`: what follows the number of the key."""

    pool: Pool
    begins: Bytes
    ends: Bytes | None

    @classmethod
    def of(cls, pool: Pool, null: str | None) -> "_GroupCells":
        attributes = pool.group.attributes
        entries = [_entry(attributes, row, turn, null) for turn, row in enumerate(pool.rows)]
        entries.append(NULL_CELL * len(attributes))
        if not pool.is_numbered:
            return cls(pool, _table(entries), None)
        halves = [entry.partition(b"@") for entry in entries]
        return cls(
            pool,
            _table(begin + b"." * bool(at) for begin, at, _ in halves),
            _table(at + end for _, at, end in halves),
        )

    def cells(self, positions: Ints, ids: Ints) -> list[Bytes]:
        """The cells of keys of these numbers at these positions."""
        begins = self.begins.take(positions, axis=0)
        if self.ends is None:
            return [begins]
        ends = self.ends.take(positions, axis=0)
        return [begins, _digits(ids) * (ends[:, :1] != 0), ends]


def _entry(attributes: tuple[Attribute, ...], row: tuple[Value, ...], turn: int, null: str | None) -> bytes:
    return b"".join(_cell(attribute, value, turn, null) for attribute, value in zip(attributes, row, strict=True))


def _cell(attribute: Attribute, value: Value, turn: int, null: str | None) -> bytes:
    if value is not None:
        return cell(text_of(value, attribute.type, turn), null)
    # In turn an empty field and the word for it, if there is one.
    return NULL_CELL + null.encode() if null and turn % 2 else NULL_CELL


@dataclass(frozen=True)
class _Words:
    """The words of the op, upserts first, and how many of those there are."""

    words: Bytes
    upserts: int
    deletes: int

    @classmethod
    def of(cls, definition: Definition) -> "_Words | None":
        if definition.op is None:
            return None
        upserts, deletes = definition.op.upsert, definition.op.delete
        words = [cell(word or None, definition.null) for word in (*upserts, *deletes)]
        return cls(_table(words), len(upserts), len(deletes))

    def cells(self, rows: Rows, bits: UInts) -> Bytes:
        gone = rows.ops == DELETE
        return self.words.take(
            np.where(gone, self.upserts + below(bits, self.deletes), below(bits, self.upserts)), axis=0
        )


def _header(definition: Definition) -> bytes:
    names = [part.column for part in definition.key]
    names += [attribute.column for attribute in definition.attributes]
    names += [*definition.sequence, *([definition.op.column] if definition.op else []), definition.time]
    return b"".join(map(cell, names))[1:] + LINE_END


def _table(entries: Iterable[bytes]) -> Bytes:
    """The entries one below the other, padded with NUL."""
    padded = np.array(list(entries))
    return padded.view(np.uint8).reshape(len(padded), -1)


def _column(text: bytes, rows: int) -> Bytes:
    """The same text in all rows."""
    return np.broadcast_to(np.frombuffer(text, np.uint8), (rows, len(text)))


@cache
def _four_digits() -> Bytes:
    """0..9999 without leading zeros (0 itself is nothing), then 0..9999 with them."""
    return _table([b"", *(b"%d" % n for n in range(1, 10_000)), *(b"%04d" % n for n in range(10_000))])


def _digits(numbers: Ints) -> Bytes:
    """Whole numbers above 0 in decimal."""
    groups: list[Bytes] = []
    rest = numbers
    while not groups or rest.any():
        rest, low = np.divmod(rest, 10_000)
        groups.append(_four_digits().take(low + 10_000 * (rest > 0), axis=0))
    return np.concatenate(groups[::-1], axis=1)


@cache
def _times_of_day() -> Bytes:
    """The 86,400 seconds of a day, `` HH:MM:SS``."""
    moments = np.arange(86_400).astype("datetime64[s]")
    clock = _table(np.datetime_as_string(moments).astype("S19"))[:, -9:]
    clock[:, 0] = ord(" ")
    return np.ascontiguousarray(clock)


@cache
def _milliseconds() -> Bytes:
    return _table(b".%03d" % n for n in range(1000))


def _times(moments: Ints) -> list[Bytes]:
    """Milliseconds since 1970-01-01 as day, time of day and milliseconds."""
    days, within = np.divmod(moments, DAY)
    seconds, milliseconds = np.divmod(within, 1000)
    first = days.min()
    calendar = _table(np.arange(first, days.max() + 1).astype("datetime64[D]").astype("S10"))
    return [
        calendar.take(days - first, axis=0),
        _times_of_day().take(seconds, axis=0),
        _milliseconds().take(milliseconds, axis=0),
    ]
