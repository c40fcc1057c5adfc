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
    """`window`: what to count, None for nothing, which spares a warehouse. `invariants`: whether to check them."""

    window: Window | None
    invariants: bool


def questions(event: Mapping[str, Any], now: datetime) -> Questions:
    """The event `{"invariants": false, "counted_minutes": 5, "time": "2026-01-31T12:00:00Z"}`, whose keys all may be
    left out: so it is without the first two, and `time`, for which the watch was scheduled, is `now`.

    Raises UserError if a value is none that could be meant.
    """
    length = event.get("counted_minutes", 5)
    if type(length) is not int or not 0 <= length <= _A_DAY:
        raise UserError(f"counted_minutes is {length!r}; give whole minutes from 0 to {_A_DAY}")
    invariants = event.get("invariants", False)
    if type(invariants) is not bool:
        raise UserError(f"invariants is {invariants!r}; give true or false")
    time = _time(event["time"]) if "time" in event else now
    return Questions(Window.before(time, timedelta(minutes=length)) if length else None, invariants)


def _time(text: Any) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise UserError(f"time is {text!r}; give one such as 2026-01-31T12:00:00Z") from error
    return time if time.tzinfo else time.replace(tzinfo=UTC)
