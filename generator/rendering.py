"""Rows as lines of CSV, thousands at a time.

Every cell is looked up, encoded and quoted beforehand, in a table of fixed-width bytes; a block of rows is these
tables' entries side by side, and the padding (NUL, which no value contains) is squeezed out of the whole block at once.
"""

import csv
import io
from collections.abc import Iterable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from generator.events import DELETE, NO_FLAW, OPS, Rows
from generator.faults import FLAWS, LONG_NAME, LONG_NAME_MARK
from generator.hashing import Ints
from generator.pools import DOMAINS, make_pools
from generator.population import Cohort
from generator.settings import Settings

Bytes = NDArray[np.uint8]

COLUMNS = (
    "customer_id",
    "first_name",
    "last_name",
    "email",
    "street",
    "city",
    "state",
    "country",
    "op",
    "updated_at",
)
HEADER = (",".join(COLUMNS) + "\n").encode()
# Small enough that a block of lines stays in the processor's cache.
LINES_AT_ONCE = 2**13
DAY = 86_400_000
NOTHING = b""


class Renderer:
    """Writes the rows of one population."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        pools = make_pools(settings.seed)
        # One entry more than the pool, at its end: what stands there when the attribute is NULL.
        self._first_names = _table([*(_cells(name) for name in pools.first_names), b","])
        self._last_names = _table([*(_cells(name) for name in pools.last_names), b","])
        self._user_names = _table([*(_cells(name) + b"." for name in pools.user_names), b","])
        self._domains = _table([*(b"@" + domain.encode() for domain in DOMAINS), NOTHING])
        self._streets = _table([*(_cells(street) for street in pools.streets), b","])
        self._places = _table([*(_cells(*place) for place in pools.places), b",,,"])
        self._ops = _table([f",{op},".encode() for op in OPS])

    def lines(self, rows: Rows) -> bytes:
        """The rows in COLUMNS' order, a line each, UTF-8; fastest with about LINES_AT_ONCE rows."""
        if len(rows) == 0:
            return NOTHING
        cells = self._cells_of(rows)
        block = np.concatenate(list(cells.values()), axis=1)
        spoiled = bool((rows.flaws != NO_FLAW).any())
        if spoiled:
            _spoil(block, rows.flaws, {name: table.shape[1] for name, table in cells.items()})
        padded = block.reshape(-1)
        lines = padded[padded != 0].tobytes()
        return lines.replace(LONG_NAME_MARK, LONG_NAME) if spoiled else lines

    def _cells_of(self, rows: Rows) -> dict[str, Bytes]:
        """The parts of a line by name, in order; each an array of (rows, width)."""
        cohort = Cohort(self._settings, rows.ids)
        looks = cohort.looks(rows.batches)
        gone = rows.ops == DELETE
        no_email = gone | ~looks.has_email
        key = _digits(rows.ids)
        day, time, millisecond = _times(cohort.moment(rows.batches))
        return {
            "key_prefix": np.zeros((len(rows), 1), np.uint8),
            "key": key,
            "first_name": _entries(self._first_names, looks.first_name, gone),
            "last_name": _entries(self._last_names, looks.last_name, gone),
            "user_name": _entries(self._user_names, looks.user_name, no_email),
            "user_number": key * ~no_email[:, np.newaxis],
            "domain": _entries(self._domains, looks.domain, no_email),
            "street": _entries(self._streets, looks.street, gone),
            "place": _entries(self._places, looks.place, gone),
            "op": self._ops.take(rows.ops, axis=0),
            "day": day,
            "time": time,
            "millisecond": millisecond,
            "end": np.full((len(rows), 1), ord("\n"), np.uint8),
        }


def _cells(*values: str | None) -> bytes:
    """The values as CSV cells, each after its comma; None is the empty cell."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(values)
    return b"," + line.getvalue().encode()


def _table(entries: Iterable[bytes]) -> Bytes:
    """The entries one below the other, padded with NUL."""
    padded = np.array(list(entries))
    return padded.view(np.uint8).reshape(len(padded), -1)


def _entries(table: Bytes, positions: Ints, missing: NDArray[np.bool_]) -> Bytes:
    """A table's entries at these positions, and its last one where a value is missing."""
    return table.take(np.where(missing, len(table) - 1, positions), axis=0)


def _spoil(block: Bytes, flaws: NDArray[np.int8], widths: dict[str, int]) -> None:
    """Overwrites, in place, the cells of the rows with a flaw, and their first names so that they stand out."""
    ends = dict(zip(widths, np.cumsum(list(widths.values())), strict=True))
    for number, flaw in enumerate(FLAWS):
        which = np.flatnonzero(flaws == number)
        for name, value in ({"first_name": b",Malformed"} | flaw.cells).items():
            text = np.frombuffer(value.ljust(widths[name], b"\0")[: widths[name]], np.uint8)
            block[which, ends[name] - widths[name] : ends[name]] = text


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


def _times(moments: Ints) -> tuple[Bytes, Bytes, Bytes]:
    """Milliseconds since 1970-01-01 as day, time of day and milliseconds."""
    days, within = np.divmod(moments, DAY)
    seconds, milliseconds = np.divmod(within, 1000)
    first = days.min()
    calendar = _table(np.arange(first, days.max() + 1).astype("datetime64[D]").astype("S10"))
    return (
        calendar.take(days - first, axis=0),
        _times_of_day().take(seconds, axis=0),
        _milliseconds().take(milliseconds, axis=0),
    )
