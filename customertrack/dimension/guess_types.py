"""A type for a column from all of its values: the narrowest that takes them, with room for those to come."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from customertrack.dimension import types
from customertrack.dimension.names import STEPS, faults_of_column
from customertrack.dimension.sample import Column, Sample
from customertrack.dimension.types import Number, Text, Type

# NULL as databases write it into text.
NULL_WORDS = {"NULL": "NULL", "\\N": r"\\N"}

_DAY = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?"
_COUNTED = {
    **NULL_WORDS,
    "null of JSON": "null",
    # A leading zero is a code's, and would be lost.
    "integer": "[+-]?(0|[1-9][0-9]{0,37})",
    "leading zero": "[+-]?0[0-9]+",
    "number": "[+-]?(0|[1-9][0-9]*)([.][0-9]+)?",
    "uuid": "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
    "boolean": "(?i)true|false",
    "date": _DAY,
    "timestamp": f"{_DAY}([ T]{_CLOCK}( ?(Z|z|UTC|[+-][0-9]{{2}}(:?[0-9]{{2}})?))?)?",
    "other date": "[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2,4}.*",
    # What DMS numbers changes with.
    "change sequence": "[0-9]{35}",
    # From 2001 to 2100, so that no usual number is taken for a time.
    "epoch_s": "(9[89]|[1-3][0-9]|40)[0-9]{8}",
    "epoch_ms": "(9[89]|[1-3][0-9]|40)[0-9]{11}",
    "epoch_us": "(9[89]|[1-3][0-9]|40)[0-9]{14}",
    "days since 1970": "-?[0-9]{4,5}",
}
_MEASURED = {"digits": "[+-]?([0-9]+)(?:[.][0-9]+)?", "scale": "[+-]?[0-9]+[.]([0-9]+)"}
# Truth values that the type does not take.
_TRUTHS = (("0", "1"), ("N", "Y"), ("NO", "YES"), ("F", "T"))
# What columns are called that name something.
KEY = re.compile("(^|_)(id|key|no|nr|num|number|code|uuid|guid|sku|ean|isbn|iban|vin|serial)$")
# What columns are called that say when.
_WHEN = re.compile(
    "(^|_)(date|day|birthday|dob|born|since|until|at|on|ts|time|timestamp|datetime|expiry|expires)$|(^|_)date_"
)
_LENGTHS = (10, 20, 40, 80, 120, 160, 200, 320, 500, 1000, 2000, 4000)
# A share of the rows that is enough to tell what a column is meant to be.
NEARLY = 0.9


@dataclass(frozen=True)
class Guessed:
    """A column of the files. `feed_name`: as they call it; `called`: the same as plain words; `name`: what it may be.

    `unsure`: why.
    """

    feed_name: str
    called: str
    name: str
    type: Type
    facts: Column
    unsure: str = ""

    @property
    def filled(self) -> int:
        """How many values there are."""
        return self.facts.filled

    def all_match(self, pattern: str) -> bool:
        """Whether there are values, and each fits."""
        return 0 < self.filled == self.facts.matching[pattern]

    @property
    def epoch(self) -> str | None:
        """The format of time that all values may be, if they are whole numbers."""
        return next((form for form in ("epoch_s", "epoch_ms", "epoch_us") if self.all_match(form)), None)


def is_time(text: str) -> bool:
    """Whether a text is a time, and so no name of a column."""
    return re.fullmatch(_COUNTED["timestamp"], text) is not None


def null_word(sample: Sample) -> str | None:
    """The word that means NULL, if there is one among the values."""
    facts = [sample.column(name, _COUNTED, _MEASURED) for name in sample.names]
    words = (word for word in NULL_WORDS if any(_is_null_in(column, word) for column in facts))
    return next(words, None)


def columns_of(sample: Sample, dimension: str) -> list[Guessed]:
    """All columns with their types."""
    taken: set[str] = set()
    steps = {f"{_plain(feed_name)}_{step}" for feed_name in sample.names for step in STEPS}
    found = []
    for feed_name in sample.names:
        column = sample.column(feed_name, _COUNTED, _MEASURED)
        called = _plain(feed_name)
        name = _free(_usable(called, dimension, steps), taken)
        taken.add(name)
        guessed = Guessed(feed_name, called, name, Text(100), column)
        kind, unsure = _type(guessed)
        found.append(replace(guessed, type=kind, unsure=unsure))
    return found


def _is_null_in(column: Column, word: str) -> bool:
    """Whether a word in a column is no value, because all others are of a type that it does not have."""
    others = column.filled - column.matching[word]
    typed = ("integer", "number", "uuid", "boolean", "timestamp")
    is_typed = column.nested == others or any(column.matching[kind] == others for kind in typed)
    return column.matching[word] > 0 < others and is_typed


def _type(column: Guessed) -> tuple[Type, str]:
    facts = column.facts
    if not column.filled:
        return Text(100), "there is no value of it"
    if 0 < facts.nested == column.filled - facts.matching["null of JSON"]:
        return types.VARIANT, ""
    for word, kind in (("uuid", types.UUID), ("boolean", types.BOOLEAN), ("integer", types.INTEGER)):
        if column.all_match(word):
            return kind, _alone(column) or _when(column) if word == "integer" else ""
    if column.all_match("number"):
        return _number(facts)
    for word, kind in (("date", types.DATE), ("timestamp", types.TIMESTAMP)):
        if column.all_match(word):
            return kind, ""
    if (
        KEY.search(column.called)
        and facts.matching["integer"] >= NEARLY * column.filled
        and not facts.matching["leading zero"]
    ):
        return (
            types.INTEGER,
            _others(column, "integer", "whole numbers, to be rejects"),
        )
    return Text(_length(facts.longest)), _nearly(column)


def _number(facts: Column) -> tuple[Type, str]:
    digits, scale = facts.longest_part["digits"], facts.longest_part["scale"]
    if digits + scale > types.MOST_DIGITS or scale > types.MOST_SCALE:
        return Text(_length(facts.longest)), f"numbers of more than {types.MOST_DIGITS} digits"
    scale = max(2, scale)
    return Number(min(types.MOST_DIGITS, scale + max(10, digits + 2)), scale), ""


def _alone(column: Guessed) -> str:
    words = {word.upper() for word in column.facts.values}
    return next((f"{no} and {yes} alone; a boolean is true or false" for no, yes in _TRUTHS if words == {no, yes}), "")


def _when(column: Guessed) -> str:
    """Of whole numbers whether they may be dates or times, which no value tells for sure."""
    if not _WHEN.search(column.called):
        return ""
    if column.epoch:
        return f"may be times, as {column.epoch}; as an attribute a timestamp is read of text alone"
    if column.facts.matching["days since 1970"] >= NEARLY * column.filled:
        return "may be days since 1970; of Debezium a date is read of them, else of text alone"
    return ""


def _nearly(column: Guessed) -> str:
    if alone := _alone(column):
        return alone
    if word := next((word for word in NULL_WORDS if column.facts.matching[word]), None):
        return f"{word} is among its texts; if that is none, CSV has null = '{word}' for it"
    if column.all_match("other date"):
        return "dates, but not as 2026-12-31"
    for pattern, what in (("number", "numbers"), ("timestamp", "times")):
        matching = column.facts.matching[pattern]
        if NEARLY * column.filled <= matching < column.filled:
            return _others(column, pattern, what)
    return ""


def _others(column: Guessed, pattern: str, what: str) -> str:
    return f"{column.filled - column.facts.matching[pattern]:,} of {column.filled:,} values are no {what}"


def _length(longest: int) -> int:
    with_room = min(2 * longest, types.MOST_TEXT)
    return next((length for length in _LENGTHS if length >= with_room), with_room)


def _plain(feed_name: str) -> str:
    """`order_id` for `Order ID` and `OrderId`."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+", "_", feed_name)
    return re.sub("_+", "_", apart).strip("_").lower()


def _usable(name: str, dimension: str, steps: set[str]) -> str:
    """A name that a column may have: the dimension's before it, if it may not be called so.

    `steps`: what others are called on their way to a value.
    """
    is_usable = name and name not in steps and not any(faults_of_column(name))
    return name if is_usable else f"{dimension}_{name or 'column'}"[:100]


def _free(name: str, taken: set[str]) -> str:
    return next(free for free in _numbered(name) if free not in taken)


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}_{number}"
        number += 1
