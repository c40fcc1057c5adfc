"""The rule a second time, without a running state: each instant asks the whole set of inputs what holds then.

Tests compare the fold with it, so that neither is right by its own word alone.
"""

from collections.abc import Iterable
from datetime import datetime

from tests.dimension.definition import Attribute, Definition
from tests.dimension.fold import OPEN_END, Said
from tests.dimension.judge import Input, Key
from tests.dimension.values import Value

Stretch = tuple[datetime, datetime, Said]
"""valid_from, valid_to, the attributes."""


class Instants:
    """One key, asked about instants. `times`: all that any input names."""

    def __init__(self, definition: Definition, key: Key, inputs: Iterable[Input]) -> None:
        given = list(inputs)
        self.times = sorted({one.time for one in given})
        self._definition = definition
        self._upserts = [one for one in given if one.kind == "upsert" and one.key == key]
        self._ends = [
            one
            for one in given
            if (one.kind == "delete" and one.key == key) or (one.kind == "barrier" and key not in one.spares)
        ]

    def stretches(self) -> list[Stretch]:
        """The history of the key."""
        begins = [time for at, time in enumerate(self.times) if self.present(time) and self._is_begin(at)]
        return [self._stretch(begin) for begin in begins]

    def present(self, time: datetime) -> bool:
        """Whether any upsert stands behind the last end."""
        return any(self._counts(one, time) for one in self._upserts)

    def value(self, attribute: Attribute, time: datetime) -> Value:
        """What was said last, or is carried back; NULL if nobody has said it."""
        upsert = self._that_says(attribute, time)
        return upsert.said[attribute.name] if upsert else None

    def _stretch(self, begin: datetime) -> Stretch:
        later = [time for time in self.times if time > begin]
        until = next((time for time in later if not self.present(time) or not self._alike(begin, time)), OPEN_END)
        last = max(time for time in self.times if begin <= time < until)
        return begin, until, {one.name: self._shown(one, last) for one in self._definition.attributes}

    def _shown(self, attribute: Attribute, last: datetime) -> Value:
        if attribute.change in ("version", "update"):
            return self.value(attribute, last)
        saying = [time for time in self.times if self.present(time) and self._that_says(attribute, time)]
        if not saying:
            return None
        return self.value(attribute, min(saying) if attribute.change == "keep" else max(saying))

    def _is_begin(self, at: int) -> bool:
        return at == 0 or not self.present(self.times[at - 1]) or not self._alike(self.times[at - 1], self.times[at])

    def _alike(self, one: datetime, other: datetime) -> bool:
        versioned = [attribute for attribute in self._definition.attributes if attribute.change == "version"]
        return all(self.value(attribute, one) == self.value(attribute, other) for attribute in versioned)

    def _end(self, time: datetime) -> Input | None:
        return max((one for one in self._ends if one.time <= time), key=lambda one: one.order, default=None)

    def _counts(self, upsert: Input, time: datetime) -> bool:
        end = self._end(time)
        return upsert.time <= time and (end is None or upsert.order > end.order)

    def _that_says(self, attribute: Attribute, time: datetime) -> Input | None:
        """The last upsert that has said it by then in this life; if none has, and it is carried back, the first to."""
        later = [then for then in self.times if then > time and self._end(then) == self._end(time)]
        for then in [time, *later] if attribute.before == "first" else [time]:
            saying = [one for one in self._upserts if attribute.name in one.said and self._counts(one, then)]
            if saying:
                return max(saying, key=lambda one: one.order)
        return None
