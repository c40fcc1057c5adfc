"""Texts of many rows as bytes of fixed width, padded with NUL, which no text contains: built side by side, and the
padding squeezed out of all of them at once."""

from collections.abc import Iterable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from generator.hashing import Ints

Bytes = NDArray[np.uint8]
Mask = NDArray[np.bool_]

DAY = 86_400_000


def table(entries: Iterable[bytes]) -> Bytes:
    """The entries one below the other, padded."""
    padded = np.array(list(entries))
    return padded.view(np.uint8).reshape(len(padded), -1)


def column(text: bytes, rows: int) -> Bytes:
    """The same text in all rows."""
    return np.broadcast_to(np.frombuffer(text, np.uint8), (rows, len(text)))


def only(parts: Iterable[Bytes], where: Mask) -> list[Bytes]:
    """The parts, empty in the other rows."""
    return [part * where[:, np.newaxis] for part in parts]


def squeezed(parts: list[Bytes]) -> bytes:
    """All rows one behind the other, each with its parts side by side."""
    padded = np.concatenate(parts, axis=1).reshape(-1)
    return padded[padded != 0].tobytes()


@cache
def _four_digits() -> Bytes:
    """0..9999 without leading zeros (0 itself is nothing), then 0..9999 with them."""
    return table([b"", *(b"%d" % n for n in range(1, 10_000)), *(b"%04d" % n for n in range(10_000))])


def digits(numbers: Ints) -> Bytes:
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
    clock = table(np.datetime_as_string(moments).astype("S19"))[:, -9:]
    clock[:, 0] = ord(" ")
    return np.ascontiguousarray(clock)


@cache
def _milliseconds() -> Bytes:
    return table(b".%03d" % n for n in range(1000))


def times(moments: Ints) -> list[Bytes]:
    """Milliseconds since 1970-01-01 as day, time of day and milliseconds."""
    days, within = np.divmod(moments, DAY)
    seconds, milliseconds = np.divmod(within, 1000)
    first = days.min()
    calendar = table(np.arange(first, days.max() + 1).astype("datetime64[D]").astype("S10"))
    return [
        calendar.take(days - first, axis=0),
        _times_of_day().take(seconds, axis=0),
        _milliseconds().take(milliseconds, axis=0),
    ]
