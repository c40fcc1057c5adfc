"""A landed row: the inputs that it is, or all the reasons why it is none."""

import re
from datetime import datetime, timedelta
from typing import NamedTuple

from tests.dimension.definition import Definition, Part, Type
from tests.dimension.landed import Fields, LandedFile
from tests.dimension.values import Misfit, Value, event_time, typed

CLOCK_SKEW = timedelta(days=1)
_WHOLE = Type("integer", ())

Key = tuple[Value, ...]
Place = tuple[str, int]
"""Where a row stands: file, row (from 1)."""


class Input(NamedTuple):
    """What the fold applies. `kind`: upsert, delete, or barrier, which has no key and ends all but those it `spares`.

    `said`: the attributes that an upsert authors. `sequence`: None where it was empty.
    """

    time: datetime
    sequence: tuple[int | None, ...]
    place: Place
    part: int
    kind: str
    key: Key | None
    said: dict[str, Value]
    spares: frozenset[Key] = frozenset()

    @property
    def order(self) -> tuple[object, ...]:
        """(time, sequence, file, row, part), where an empty sequence sorts first."""
        sequence = tuple((number is not None, number or 0) for number in self.sequence)
        return self.time, sequence, *self.place, self.part


def judge(definition: Definition, file: LandedFile, number: int, fields: Fields) -> list[Input] | frozenset[str]:
    """The inputs that a row of a feed of changes is, or the reasons why it is none."""
    row = Row(definition, fields)
    time = row.time(file)
    sequence = tuple(row.sequence())
    kind = row.kind()
    keys = [None] if kind == "barrier" else row.keys(kind)
    said = row.said() if kind == "upsert" else {}
    if row.reasons or time is None:
        return frozenset(row.reasons)
    *old, key = keys
    place = (file.name, number)
    ended = [Input(time, sequence, place, part, "delete", gone, {}) for part, gone in enumerate(old)]
    return [*ended, Input(time, sequence, place, len(old), kind, key, said)]


class Row:
    """A row under examination. `reasons`: what has been found at fault so far."""

    def __init__(self, definition: Definition, fields: Fields) -> None:
        self._definition = definition
        self._fields = fields
        self.reasons: set[str] = set()

    def key(self) -> Key:
        """The key, with None for a part that is at fault."""
        return tuple(self._part(part, self._field(part.column)) for part in self._definition.key)

    def keys(self, kind: str) -> list[Key | None]:
        """The key, behind the one that an upsert's row had before if that is another."""
        key = self.key()
        old = tuple(self._before(part, now) for part, now in zip(self._definition.key, key, strict=True))
        return [old, key] if kind == "upsert" and old != key else [key]

    def said(self) -> dict[str, Value]:
        """The attributes that the row authors: a whole row all of them, those it has no column for as NULL."""
        partial = self._definition.feed.keeps_missing
        return {
            attribute.name: self._value(attribute.column, attribute.type, f"invalid_{attribute.name}")
            for attribute in self._definition.attributes
            if not partial or attribute.column.lower() in self._fields
        }

    def kind(self) -> str:
        """Upsert, delete or barrier. A row whose word is unknown is looked at as an upsert."""
        feed = self._definition.feed
        if feed.ops is None:
            return "upsert"
        kind = feed.ops.get((self._field(feed.op_column) or "").upper())
        if kind is None:
            self.reasons.add("invalid_op")
        return "barrier" if kind == "truncate" else kind or "upsert"

    def sequence(self) -> list[int | None]:
        """The sequence columns; None where one is empty."""
        columns = self._definition.feed.sequence
        found = [self._value(column, _WHOLE, f"invalid_{column}") for column in columns]
        return [number if isinstance(number, int) else None for number in found]

    def time(self, file: LandedFile) -> datetime | None:
        """The time of the event: the initial one for a file of a full load, whatever the row says."""
        feed = self._definition.feed
        if feed.initial_files and re.fullmatch(feed.initial_files, file.name):
            return event_time(feed.initial_time, "iso")
        text = self._field(feed.time_column)
        if text is None:
            self.reasons.add(f"missing_{feed.time_column}")
            return None
        try:
            time = event_time(text, feed.time_format)
        except Misfit:
            self.reasons.add(f"invalid_{feed.time_column}")
            return None
        if time > file.loaded_at + CLOCK_SKEW:
            self.reasons.add(f"future_{feed.time_column}")
        return time

    def _field(self, column: str) -> str | None:
        return self._fields.get(column.lower())

    def _part(self, part: Part, text: str | None) -> Value:
        name = "key" if len(self._definition.key) == 1 else part.name
        stand_in = None if part.null is None else typed(part.null, part.type)
        if text is None:
            if stand_in is None:
                self.reasons.add(f"missing_{name}")
            return stand_in
        value = self._typed(text, part.type, f"invalid_{name}")
        if value == stand_in:
            self.reasons.add(f"invalid_{name}")
        return value

    def _before(self, part: Part, now: Value) -> Value:
        text = self._field(part.before) if part.before else None
        return now if text is None else self._part(part, text)

    def _value(self, column: str, of: Type, reason: str) -> Value:
        text = self._field(column)
        return None if text is None else self._typed(text, of, reason)

    def _typed(self, text: str, of: Type, reason: str) -> Value:
        try:
            return typed(text, of)
        except Misfit:
            self.reasons.add(reason)
            return None
