"""What is generated of a dimension, as one record that checks itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import isfinite

from generator.errors import SettingsError

LONGEST_INTERVAL = 30 * 86_400
LAST_SLOT = 2**30
MOST_CUSTOMERS = 2**40
# Above any slot there must be room for a valid_to of 9999-12-31, the open end.
END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)

# Enough to be seen in a few batches, where a feed has words for it: keys that move, and truncates.
USUAL_MOVE_RATE, USUAL_TRUNCATE_RATE = 0.002, 0.05


@dataclass(frozen=True, kw_only=True)
class Settings:
    """A population and its pace. Equal settings give equal rows on every machine.

    Slot k covers the event times ``start + k * interval <= t < start + (k + 1) * interval``; batch k holds what changed
    in it. Batch 0 inserts the first ``customers`` keys, every later batch inserts ``growth`` more. Times are UTC, to
    the millisecond; a start without an offset is taken as UTC.

    The rates are shares per batch, 0 to 1. A group of attributes changes once in ``1 / rate`` batches, by its
    definition or, where its name is in ``rates``, by that. A present key is deleted after ``1 / delete_rate`` batches
    and comes back ``1 / reinsert_rate`` batches later (never, if that rate is 0). A present key becomes another one
    after ``1 / move_rate`` batches. In the share ``truncate_rate`` of the batches nothing happens but that all keys end
    at once; in the few after it those come back that were to be there. Where a feed has no word for one of these, its
    rate counts for nothing.

    Raises SettingsError for a value that cannot be.
    """

    seed: int = 42
    customers: int = 10_000
    growth: int = 20
    rates: Mapping[str, float] = field(default_factory=dict)
    delete_rate: float = 0.002
    reinsert_rate: float = 0.05
    move_rate: float = 0.0
    truncate_rate: float = 0.0
    interval: float = 150.0
    start: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    def __post_init__(self) -> None:
        check_whole("seed", self.seed, most=2**63 - 1)
        check_whole("customers", self.customers, most=MOST_CUSTOMERS)
        check_whole("growth", self.growth, most=MOST_CUSTOMERS)
        for name, rate in self.rates.items():
            check_rate(f"the rate of {name}", rate)
        for name in ("delete_rate", "reinsert_rate", "move_rate", "truncate_rate"):
            check_rate(name, getattr(self, name))
        if not isfinite(self.interval) or not 0.001 <= self.interval <= LONGEST_INTERVAL:
            raise SettingsError(
                f"interval is {self.interval}: give seconds between 0.001 and {LONGEST_INTERVAL} (30 days)"
            )
        object.__setattr__(self, "start", to_utc(self.start))

    @property
    def interval_ms(self) -> int:
        """The length of a slot in milliseconds."""
        return round(self.interval * 1000)

    @property
    def start_ms(self) -> int:
        """The start of slot 0 in milliseconds since 1970-01-01 UTC."""
        return (self.start - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)

    def slot_start(self, k: int) -> datetime:
        """The first moment of slot k, UTC. Raises SettingsError if there is no such slot."""
        check_whole("slot", k, most=LAST_SLOT)
        try:
            begin = self.start + timedelta(milliseconds=k * self.interval_ms)
        except OverflowError:
            begin = END_OF_TIME
        if begin + timedelta(milliseconds=self.interval_ms) > END_OF_TIME:
            raise SettingsError(f"slot {k} lies after the year 9998: give an earlier start, a shorter interval or slot")
        return begin

    def slot_at(self, moment: datetime) -> int:
        """The slot that covers a moment (no offset: UTC). Raises SettingsError if the moment lies before slot 0."""
        since = to_utc(moment) - self.start
        if since < timedelta(0):
            raise SettingsError(
                f"{moment.isoformat()} lies before the first slot, {self.start.isoformat()}: give a later time "
                "or an earlier start"
            )
        return since // timedelta(milliseconds=self.interval_ms)


def check_whole(name: str, value: int, *, most: int) -> None:
    """Raises SettingsError unless value is a whole number in 0..most."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise SettingsError(f"{name} is {value}: give a whole number from 0 to {most}")


def check_rate(name: str, value: float) -> None:
    """Raises SettingsError unless value lies in 0..1."""
    if not 0 <= value <= 1:
        raise SettingsError(f"{name} is {value}: give a share from 0 to 1")


def to_utc(moment: datetime) -> datetime:
    """The moment in UTC, cut to milliseconds; without an offset it is taken as UTC."""
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return aware.replace(microsecond=aware.microsecond // 1000 * 1000)
