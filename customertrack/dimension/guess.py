"""Which columns of some files are the time, the op and the key. What is unsure says so."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from customertrack.dimension.guess_types import KEY, NEARLY, Guessed
from customertrack.dimension.sample import Sample
from customertrack.dimension.types import BOOLEAN, DATE, INTEGER, UUID, Text

# From the likeliest on: what names say of times.
_TIMES = tuple(
    map(
        re.compile,
        (
            "update|chang|modif",
            "commit|event|effective|occur|record|measured|valid",
            "(^|_)(at|ts|time|timestamp|datetime)$",
            "(^|_)date$|^date_",
        ),
    )
)
_OP = re.compile(
    "_*(op|operation|op_type|optype|cdc_op|cdc_operation|dml|dml_type|change_type|row_op|action|change_op)_*"
)
_DELETED = re.compile("_*(is_)?(deleted?|removed)(_flag)?_*")
_DELETES = {"D", "DEL", "DELETE", "DELETED", "REMOVE", "REMOVED"}
_UPSERTS = {"I", "INS", "INSERT", "INSERTED", "U", "UPD", "UPDATE", "UPDATED", "C", "CREATE", "R", "READ"} | {
    "A", "ADD", "M", "MERGE", "UPSERT", "N", "NEW", "SET",
}  # fmt: skip
# Under such a name, times in so many rows are enough.
_NAMED_SO = 0.5
# Keys are looked for among so many columns, so many together, and may fail to tell apart so many of the rows.
_MOST_COLUMNS, _MOST_PARTS, _ALIKE = 8, 3, 0.01
_LONGEST_KEY = 200
STAND_IN = "*"


@dataclass(frozen=True)
class TimeGuess:
    """The column, its format, and why it may be another."""

    column: Guessed
    format: str
    unsure: str


@dataclass(frozen=True)
class OpGuess:
    """The column, the words in it, and why they may be others."""

    column: Guessed
    upsert: Sequence[str]
    delete: Sequence[str]
    unsure: str


@dataclass(frozen=True)
class KeyGuess:
    """Its parts, and why they may be others."""

    parts: Sequence[Guessed]
    unsure: str

    def stand_in(self, part: Guessed, rows: int) -> str | None:
        """What its NULL is stored as, if it has any. The first part has none: without it there is no key."""
        return STAND_IN if part is not self.parts[0] and part.filled < rows else None


def guess_time(columns: Sequence[Guessed], rows: int) -> TimeGuess | None:
    """The likeliest column by its name, of those that have a time in nearly each row."""
    times = [(_likely(column), column) for column in columns if _holds_times(column, rows)]
    if not times:
        return None
    best, column = min(times, key=lambda each: each[0])
    others = [other.feed_name for place, other in times if other is not column and (place == best or best > 1)]
    unsure = [f"{', '.join(others)} may be it too"] if others else []
    form = column.epoch or "iso"
    if missing := rows - column.facts.matching["timestamp" if form == "iso" else form]:
        unsure.append(f"{_rows(missing)} no time in it, to be rejects")
    return TimeGuess(column, form, "; ".join(unsure))


def _likely(column: Guessed) -> int:
    place = next((place for place, name in enumerate(_TIMES) if name.search(column.called)), len(_TIMES))
    return place + (len(_TIMES) if column.type == DATE else 0)


def _holds_times(column: Guessed, rows: int) -> bool:
    named = any(name.search(column.called) for name in _TIMES)
    if named and column.epoch and column.filled >= NEARLY * rows:
        return True
    return column.facts.matching["timestamp"] >= (_NAMED_SO if named else NEARLY) * rows


def _rows(count: int) -> str:
    return "1 row has" if count == 1 else f"{count:,} rows have"


def guess_op(columns: Sequence[Guessed]) -> OpGuess | None:
    """A column whose name and words say what happened, or whose name and truth value say that it was deleted."""
    for column in columns:
        words = sorted({word.upper() for word in column.facts.values})
        if _OP.fullmatch(column.called) and not (_DELETES | _UPSERTS).isdisjoint(words):
            return _op_by_words(column, words)
        if _DELETED.fullmatch(column.called) and column.type == BOOLEAN:
            return OpGuess(column, ["", "false"], ["true"], "")
    return None


def _op_by_words(column: Guessed, words: Sequence[str]) -> OpGuess:
    upserts, deletes = ([word for word in words if word in known] for known in (_UPSERTS, _DELETES))
    usual = "D" if all(len(word) == 1 for word in upserts) else "DELETE"
    unsure = [] if deletes else ["there is no delete among the rows"]
    if others := [word for word in words if word not in _UPSERTS | _DELETES]:
        unsure.append(f"rows with {', '.join(others)} will be rejects")
    return OpGuess(column, ["", *upserts], deletes or [usual], "; ".join(unsure))


def guess_key(
    sample: Sample, columns: Sequence[Guessed], time: TimeGuess, dimension: str, sequence: Sequence[Guessed] = ()
) -> KeyGuess:
    """The fewest columns that tell rows of one time apart; those that are called like keys go first.

    `sequence`: what orders those of one time.
    """
    # The same row twice is no sign against a key.
    rows = sample.distinct_rows(sample.names)
    at = [time.column.feed_name, *(column.feed_name for column in sequence)]
    usable = sorted((column for column in columns if _may_be_key(column)), key=lambda each: _is_called(each, dimension))
    named = [column for column in usable if _is_called(column, dimension) < 2]
    for parts in _candidates(named, usable[:_MOST_COLUMNS], sample.rows):
        alike = rows - sample.distinct_rows([*(part.feed_name for part in parts), *at])
        if alike <= (_ALIKE * rows if parts[0] in named else 0):
            return KeyGuess(parts, _doubt(parts, alike, sample.rows, bool(named)))
    fallback = named[:1] or usable[:1] or list(columns[:1])
    return KeyGuess(fallback, "no columns tell all rows of one time apart")


def _doubt(parts: Sequence[Guessed], alike: int, rows: int, has_named: bool) -> str:
    doubts = []
    if parts[0].filled < rows:
        doubts.append(f"{_rows(rows - parts[0].filled)} none, to be rejects")
    if alike:
        doubts.append(f"{_rows(alike)} the key and the time of another; the last of them counts")
    if not has_named:
        doubts.append("nothing is called like a key")
    return "; ".join(doubts)


def _candidates(named: Sequence[Guessed], usable: Sequence[Guessed], rows: int) -> Iterator[Sequence[Guessed]]:
    full = [column for column in usable if column.filled == rows]
    first = [column for column in named if column.filled >= NEARLY * rows]
    yield from ([column] for column in first)
    for size in range(2, _MOST_PARTS + 1):
        yield from (parts for parts in combinations(usable, size) if parts[0] in first)
    for size in range(1, _MOST_PARTS + 1):
        yield from combinations(full, size)


def _may_be_key(column: Guessed) -> bool:
    if isinstance(column.type, Text):
        is_free = column.facts.longest <= _LONGEST_KEY and STAND_IN not in column.facts.values
        return is_free and column.filled > 0
    return column.type in (INTEGER, UUID, DATE)


def _is_called(column: Guessed, dimension: str) -> int:
    if column.called in ("id", "key", "uuid", *(f"{dimension}{end}" for end in ("_id", "_key", "_no", "id"))):
        return 0
    return 1 if KEY.search(column.called) else 2
