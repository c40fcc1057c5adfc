"""The semantics once more, plainly: landed rows in, whole tables out. Tests compare the warehouse with it.

It shares nothing with the product: no SQL, no windows, no state between refreshes, every key from the beginning.
Slow is fine.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

ATTRIBUTES = {
    "first_name": 256,
    "last_name": 256,
    "email": 320,
    "street": 512,
    "city": 256,
    "state": 256,
    "country": 256,
}
"""Each attribute and its length."""

KEY_DIGITS = 38
# A second's fraction has at most nine digits.
_TOO_FINE = re.compile(r"[.][0-9]{10}")
OPEN_END = datetime(9999, 12, 31)
CLOCK_SKEW = timedelta(days=1)

Place = tuple[str, int]
"""Where a row stands: source_file, source_row (from 1)."""

State = tuple[str | None, ...]
"""The attributes, in the order of ATTRIBUTES."""


class LandedRow(NamedTuple):
    """One row of one landed file. `fields`: text by column of the file, None for an empty field."""

    place: Place
    fields: dict[str, str | None]
    loaded_at: datetime


class Event(NamedTuple):
    """An accepted row. `state`: None for a delete."""

    key: int
    updated_at: datetime
    state: State | None
    place: Place
    loaded_at: datetime


class Version(NamedTuple):
    """One row of customer_history. `place`: of the event that began it."""

    key: int
    state: State
    valid_from: datetime
    valid_to: datetime
    place: Place

    @property
    def is_current(self) -> bool:
        return self.valid_to == OPEN_END


@dataclass(frozen=True)
class Tables:
    """What the warehouse must hold. `rejects`: reasons by place. `history`: by key and valid_from."""

    events: list[Event]
    rejects: dict[Place, frozenset[str]]
    history: list[Version]

    @property
    def customer(self) -> list[Version]:
        """The open versions."""
        return [version for version in self.history if version.is_current]


def replay(landed: Iterable[LandedRow]) -> Tables:
    """The tables after all of `landed`, in whatever order it is given."""
    keys: dict[int, list[Event]] = {}
    rejects: dict[Place, frozenset[str]] = {}
    for row in landed:
        judged = judge(row)
        if isinstance(judged, Event):
            keys.setdefault(judged.key, []).append(judged)
        else:
            rejects[row.place] = judged
    events = [event for key in keys for event in keys[key]]
    history = [version for key in sorted(keys) for version in versions(keys[key])]
    return Tables(sorted(events, key=lambda event: event.place), rejects, history)


def versions(events: Iterable[Event]) -> list[Version]:
    """The history of one key: "The one rule", steps 1 to 4."""
    counting: dict[datetime, Event] = {}
    for event in sorted(events, key=lambda event: event.place):
        counting[event.updated_at] = event
    found: list[Version] = []
    began: Event | None = None
    for updated_at in sorted(counting):
        event = counting[updated_at]
        if event.state == (began.state if began else None):
            continue
        if began and began.state is not None:
            found.append(Version(began.key, began.state, began.updated_at, updated_at, began.place))
        began = event
    if began and began.state is not None:
        found.append(Version(began.key, began.state, began.updated_at, OPEN_END, began.place))
    return found


def believed(events: Iterable[Event], time: datetime, known: datetime) -> list[Event]:
    """What was known at `known` about `time`, by key: "Two times"."""
    last: dict[int, Event] = {}
    for event in sorted(events, key=lambda event: (event.updated_at, event.place)):
        if event.updated_at <= time and event.loaded_at <= known:
            last[event.key] = event
    return [last[key] for key in sorted(last) if last[key].state is not None]


def judge(row: LandedRow) -> Event | frozenset[str]:
    """The event that a row is, or all the reasons why it is none: "Valid events"."""
    reasons: set[str] = set()
    key = _key(row.fields.get("customer_id"), reasons)
    updated_at = _updated_at(row.fields.get("updated_at"), row.loaded_at, reasons)
    op = (row.fields.get("op") or "U").upper()
    if op not in ("I", "U", "C", "R", "D"):
        reasons.add("invalid_op")
    state = None
    if op != "D":
        state = tuple(row.fields.get(attribute) for attribute in ATTRIBUTES)
        reasons |= {
            f"invalid_{name}"
            for name, value in zip(ATTRIBUTES, state, strict=True)
            if value and len(value) > ATTRIBUTES[name]
        }
    if reasons or key is None or updated_at is None:
        return frozenset(reasons)
    return Event(key, updated_at, state, row.place, row.loaded_at)


def _key(text: str | None, reasons: set[str]) -> int | None:
    if text is None:
        reasons.add("missing_key")
        return None
    try:
        key = int(text)
    except ValueError:
        key = None
    if key is None or len(text.lstrip("+-")) > KEY_DIGITS:
        reasons.add("invalid_key")
        return None
    return key


def _updated_at(text: str | None, loaded_at: datetime, reasons: set[str]) -> datetime | None:
    if text is None:
        reasons.add("missing_updated_at")
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        time = None
    if time is None or _TOO_FINE.search(text):
        reasons.add("invalid_updated_at")
        return None
    if time.tzinfo:
        time = time.astimezone(UTC).replace(tzinfo=None)
    if time > loaded_at + CLOCK_SKEW:
        reasons.add("future_updated_at")
    return time
