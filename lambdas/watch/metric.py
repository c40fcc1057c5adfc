"""What a watch finds out, before anybody publishes it."""

from dataclasses import dataclass
from enum import Enum


class Unit(Enum):
    """CloudWatch's name of a unit. It knows no minutes; theirs are in the metric's own name."""

    COUNT = "Count"
    NONE = "None"


@dataclass(frozen=True)
class Metric:
    """One value of one metric.

    `dimension`, `invariant`: which one it is about, where there is a value for each. `note`: what a person who looks
    into the log wants to see beside the value.
    """

    name: str
    value: float
    unit: Unit = Unit.COUNT
    dimension: str | None = None
    invariant: str | None = None
    note: str = ""


def minutes(name: str, seconds: float) -> Metric:
    """A time as a metric, never negative: two machines' clocks may differ by a little."""
    return Metric(name, round(max(seconds, 0.0) / 60, 2), Unit.NONE)
