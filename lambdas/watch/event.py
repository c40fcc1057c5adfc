"""What a schedule asks of the watch."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from customertrack.errors import UserError
from lambdas.watch.window import Window

_A_DAY = 24 * 60


@dataclass(frozen=True)
class Questions:
    """`window`: what to count, None for nothing. `invariants`: whether to check them. `landing`: whether to list it."""

    window: Window | None
    invariants: bool
    landing: bool

    @property
    def need_a_warehouse(self) -> bool:
        """Whether anything is asked for that does not come out of the cloud services layer."""
        return self.window is not None or self.invariants or self.landing


def questions(event: Mapping[str, Any], now: datetime) -> Questions:
    """The event `{"invariants": false, "landing": false, "counted_minutes": 5, "time": "2026-01-31T12:00:00Z"}`, whose
    keys all may be left out: so it is without the first three, and `time`, for which it was scheduled, is `now`.

    Raises UserError if a value is none that could be meant.
    """
    length = event.get("counted_minutes", 5)
    if type(length) is not int or not 0 <= length <= _A_DAY:
        raise UserError(f"counted_minutes is {length!r}; give whole minutes from 0 to {_A_DAY}")
    time = _time(event["time"]) if "time" in event else now
    window = Window.before(time, timedelta(minutes=length)) if length else None
    return Questions(window, invariants=_truth(event, "invariants"), landing=_truth(event, "landing"))


def _truth(event: Mapping[str, Any], name: str) -> bool:
    value = event.get(name, False)
    if type(value) is not bool:
        raise UserError(f"{name} is {value!r}; give true or false")
    return value


def _time(text: Any) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise UserError(f"time is {text!r}; give one such as 2026-01-31T12:00:00Z") from error
    return time if time.tzinfo else time.replace(tzinfo=UTC)
