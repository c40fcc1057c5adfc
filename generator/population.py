"""Who exists at a batch and looks how: a pure function of (seed, customer, batch), in numpy, for many at once.

Each attribute group of a customer has a version number, ``floor(batch * rate + phase)``, with the phase drawn from the
customer; what a version looks like is drawn from customer and version. Whether a customer is there follows a cycle of
``1 / delete_rate`` batches present and ``1 / reinsert_rate`` batches away, entered somewhere in its present part.
All of it is integer arithmetic, because floats may round differently on another machine.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from generator.hashing import Ints, UInts, below, draw
from generator.pools import DOMAINS, FIRST_NAMES, LAST_NAMES, PLACES, STREETS, USER_NAMES
from generator.settings import GROUPS, Settings

Bools = NDArray[np.bool_]

BLOCK = 2**16
# Rates and phases are counted in parts of this; with at most 2**30 slots their product stays within 63 bits.
WHOLE = 2**32
# A batch in the cycle of presence, finer than a batch so that 1 / rate need not be whole.
TICKS = 2**10
LONGEST_STAY = 2**60
# One in so many e-mail versions of a customer is no e-mail at all.
NO_EMAIL_EVERY = 16


@dataclass(frozen=True)
class Looks:
    """Positions in the pools of ``generator.pools``, one int64 per customer; no e-mail where ``has_email`` is False."""

    first_name: Ints
    last_name: Ints
    user_name: Ints
    domain: Ints
    has_email: Bools
    street: Ints
    place: Ints


def known(settings: Settings, k: int) -> int:
    """How many customer ids (1, 2, ...) there have been up to and including batch k; 0 before batch 0."""
    return settings.customers + k * settings.growth if k >= 0 else 0


def blocks(first: int, last: int, size: int = BLOCK) -> Iterator[range]:
    """The customer ids first..last in ranges of at most ``size``, which keeps memory bounded and caches warm."""
    for begin in range(first, last + 1, size):
        yield range(begin, min(begin + size, last + 1))


class Cohort:
    """Some customers, by id. ``k`` is a batch for all of them, or an int64 array with a batch for each."""

    def __init__(self, settings: Settings, ids: Ints) -> None:
        self.settings = settings
        self.ids = ids

    @cached_property
    def born(self) -> Ints:
        """The batch in which each customer first appears."""
        later = self.ids - self.settings.customers
        if self.settings.growth == 0 or later.max(initial=0) <= 0:
            return np.zeros_like(later)
        return np.maximum((later - 1) // self.settings.growth + 1, 0)

    @cached_property
    def _phases(self) -> dict[str, Ints]:
        return {group: (self._draw(f"phase of {group}") >> np.uint64(32)).astype(np.int64) for group in GROUPS}

    @cached_property
    def _entry(self) -> Ints:
        """Where in the present part of its cycle each customer is born, in ticks."""
        return (self._draw("entry") % np.uint64(self._present_ticks)).astype(np.int64)

    @cached_property
    def _present_ticks(self) -> int:
        return _ticks(self.settings.delete_rate)

    def present(self, k: Ints | int) -> Bools:
        """Whether each customer is there at batch k: born, and not deleted without a return."""
        born = self.born <= k
        if self.settings.delete_rate == 0:
            return born
        age = self._entry + (k - self.born) * TICKS
        cycle = self._present_ticks + _ticks(self.settings.reinsert_rate)
        return born & (age % cycle < self._present_ticks)

    def version(self, group: str, k: Ints | int) -> Ints:
        """The version number of an attribute group (one of GROUPS) at batch k; it grows whether present or not."""
        return (k * round(self.settings.rate(group) * WHOLE) + self._phases[group]) >> 32

    def moment(self, k: Ints | int) -> Ints:
        """When, in slot k, something happens to each customer: milliseconds since 1970-01-01 UTC."""
        within = below(self._draw("moment", k), self.settings.interval_ms)
        return within + (self.settings.start_ms + k * self.settings.interval_ms)

    def looks(self, k: Ints | int) -> Looks:
        """The attributes of each customer at batch k, as positions in the pools."""
        name, email, address = (self.version(group, k) for group in GROUPS)
        names, emails, addresses = (self._draw(f"value of {group}") for group in GROUPS)
        return Looks(
            # A surname changes with every version, a first name seldom.
            first_name=_step(names >> np.uint64(32), name >> 2, FIRST_NAMES),
            last_name=_step(names, name, LAST_NAMES),
            user_name=_step(emails, email, USER_NAMES),
            domain=_step(emails >> np.uint64(32), email >> 1, len(DOMAINS)),
            has_email=_step(emails >> np.uint64(40), email, NO_EMAIL_EVERY) > 0,
            street=_step(addresses, address, STREETS),
            place=_step(addresses >> np.uint64(32), address >> 1, PLACES),
        )

    def _draw(self, purpose: str, k: Ints | int = 0) -> UInts:
        return draw(self.settings.seed, purpose, self.ids, k)


def _step(bits: UInts, version: Ints, size: int) -> Ints:
    """The position of a version in a pool: an odd step per version, so that the next one always differs."""
    begin = bits & np.uint64(0xFFFF)
    stride = (bits >> np.uint64(16)) & np.uint64(0xFFFF) | np.uint64(1)
    return ((begin + version.astype(np.uint64) * stride) & np.uint64(size - 1)).astype(np.int64)


def _ticks(rate: float) -> int:
    """How long a state lasts that is left at that rate per batch."""
    return round(min(TICKS / rate, LONGEST_STAY)) if rate > 0 else LONGEST_STAY
