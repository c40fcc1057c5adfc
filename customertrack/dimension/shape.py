"""A definition as the templates see it: its columns, with their names, their types, and how text becomes a value."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from hashlib import sha256
from typing import Any

from customertrack.dimension import typing_sql
from customertrack.dimension.definition import Attribute, ColumnTime, Definition, FileTime, Guard, KeyPart, Op
from customertrack.dimension.names import written, written_in_feed
from customertrack.dimension.reading_feed import in_any_case
from customertrack.dimension.sql_text import literal, pattern, timestamp
from customertrack.dimension.types import INTEGER, TIMESTAMP, Text, Type

# What the refresh fills of tables that have more than the key and the attributes, in their order.
_WORK_KEY = ("horizon", "last_event_at", "events", "is_late", "signature", "valid_from", "source_file", "source_row")
_STATE = ("last_event_at", "signature", "valid_from", "source_file", "source_row")
_TIMELINE = ("valid_from", "valid_to", "is_first", "signature", "source_file", "source_row")
_LASTING = ("correct", "keep")
_FRACTION, _EXACT_FRACTION = "[0-9]{1,9}", "[0-9]{1,6}0{0,3}"


@dataclass(frozen=True)
class Column:
    """`name`: in the tables. `type`: there. `kind`: of the definition. `feed`: its name among the landed columns.

    `text`: its name in the view while it is text. `reason`: what a reject calls it, and who reads the tables. `change`,
    `since` and `before`: of an attribute. `formerly`: what landed columns of it were called before.
    """

    name: str
    type: str
    kind: Type
    feed: str
    text: str
    reason: str = ""
    change: str = ""
    null: str | None = None
    since: int = 1
    before: str = "null"
    formerly: tuple[str, ...] = ()

    @property
    def previous(self) -> str:
        """Its value in the event before."""
        return f"{self.reason}_before"

    @property
    def shown(self) -> "Column":
        """As who reads the tables calls it."""
        return replace(self, name=written(self.reason))

    @property
    def landed(self) -> str:
        """Its landed text, NULL if it is empty, as SQL. Files may still call it as it was called before."""
        texts = [f"NULLIF({name}, '')" for name in (self.feed, *self.formerly)]
        return texts[0] if len(texts) == 1 else f"COALESCE({', '.join(texts)})"

    @property
    def is_carried(self) -> bool:
        """Whether the first value that is said is shown by the versions before it."""
        return self.since > 1 and self.before == "first" and self.change not in _LASTING

    @property
    def stored(self) -> str:
        """A part of the key as the view selects it, with its stand-in for NULL."""
        return self.name if self.null is None else f"COALESCE({self.name}, {self.stand_in}) AS {self.name}"

    @property
    def stand_in(self) -> str:
        """What NULL is stored as, as SQL."""
        return typing_sql.constant(self.kind, self.null or "")


@dataclass(frozen=True)
class Moment:
    """A column of times in ISO 8601: typed step by step, as each step is needed several times."""

    name: str
    feed: str
    text: str
    fraction: str
    initial: bool = False


def shape(definition: Definition) -> dict[str, Any]:
    """The names that a template may use, by name."""
    time, snapshots = definition.feed.time, definition.feed.kind == "snapshots"
    assert time is not None
    alone = len(definition.key) == 1
    key = [_part(part, alone=alone) for part in definition.key]
    # In the tables are all that there ever were; what lands and is derived is what is shown.
    stored = [_attribute(attribute, definition) for attribute in definition.attributes]
    attributes = [_attribute(attribute, definition) for attribute in definition.shown]
    sequence = [_sequence(name) for name in definition.feed.sequence]
    lasting = [one for one in attributes if one.change in _LASTING]
    updated = [one for one in attributes if one.change == "update"]
    versioned = [one for one in attributes if one.change == "version"]
    added = sorted({one.since for one in attributes if one.since > 1})
    # What a version shows of these may be said after it: only from where a life begins on is it known what was said.
    from_begin = any(one.is_carried or (one.since > 1 and one.change == "update") for one in attributes)
    anchored = definition.history and not updated and not from_begin
    merged = definition.storage == "merge_on_read"
    op = definition.feed.op
    time_feed = written_in_feed(time.column) if isinstance(time, ColumnTime) else ""
    told = ["is_told"] if lasting else []
    columns = [*key, *sequence, *attributes]
    # Attributes last: what is added later stands at the end.
    texts = [(part.feed, part.text) for part in key]
    texts += [(time_feed, "updated_at_text")] if time_feed else []
    texts += [(written_in_feed(op.column), "op_text")] if op else []
    texts += [(column.feed, column.text) for column in (*sequence, *attributes)]
    told_by = [one.since for one in attributes if one.since > 1 and (one.is_carried or one.change == "keep")]
    told += ["definition"] if told_by else []
    work_key = [*_WORK_KEY, *told] if anchored else [_WORK_KEY[0], "first_at", *_WORK_KEY[1:], *told]
    feed_names = [feed for feed, _ in texts]
    formerly = [name for one in attributes for name in one.formerly]
    return {
        "name": definition.name,
        "key": key,
        "attributes": attributes,
        "stored": stored,
        "shown": [one.shown for one in attributes],
        "number": definition.number,
        "derivation": derivation(definition),
        "same_derivations": same_derivations(definition),
        "added": added,
        "of_number": {since: [one for one in attributes if one.since == since] for since in added},
        "from_begin": from_begin,
        "told_by": max(told_by, default=0),
        "carried": [one for one in attributes if one.is_carried],
        "fills": any(one.since > 1 for one in attributes if one not in lasting),
        "event": _event(key, sequence, stored, snapshots=snapshots),
        "snapshots": snapshots,
        "guard": definition.feed.guard and _guard(definition.feed.guard),
        # Where every attribute begins versions, what snapshots are compared by is what versions are.
        "content_is_signature": len(versioned) == len(attributes) and not told_by,
        "sequence": sequence,
        "lasting": lasting,
        "updated": updated,
        "versioned": versioned,
        "own": [one for one in attributes if one not in lasting],
        "versioned_texts": any(isinstance(one.kind, Text) for one in versioned),
        "all_versioned": len(versioned) == len(attributes),
        "history": definition.history,
        "anchored": anchored,
        "storage": definition.storage,
        "merged": merged,
        "states": f"v_{definition.name}_state" if merged else f"{definition.name}_state",
        "states_written": f"{definition.name}_recent" if merged else f"{definition.name}_state",
        "closed": f"v_{definition.name}_closed" if merged else f"{definition.name}_closed",
        "closed_written": f"{definition.name}_recent_closed" if merged else f"{definition.name}_closed",
        "stamp": ["batch_id"] * merged,
        "stamped": [":batch_id"] * merged,
        "op": op and {"feed": written_in_feed(op.column)},
        "delete": _is_delete(op),
        "unknown": _is_unknown(op),
        "time": _time(time, time_feed),
        "begin_initial": _begin_initial(definition),
        "end_initial": ")" if definition.feed.initial else "",
        "moments": _moments(definition, columns, time_feed),
        "typed": [one for one in columns if one.text != one.name and one.kind != TIMESTAMP],
        "feed": feed_names,
        "landed": [*feed_names, *formerly],
        "raw": list(dict.fromkeys([*feed_names, *formerly, *(one.feed for one in stored)])),
        "raw_added": list(dict.fromkeys([*(one.feed for one in stored if one.since > 1 or one.formerly), *formerly])),
        "texts": [text for _, text in texts],
        "landed_texts": [text for _, text in texts if text not in {one.name for one in attributes}],
        "work_key": work_key,
        "state": [*_STATE, *told],
        "timeline": list(_TIMELINE),
        "null": definition.feed.null,
        "null_words": ", ".join(map(literal, dict.fromkeys(["", definition.feed.null or ""]))),
        "pattern": pattern(definition.feed.files, in_any_case=in_any_case(definition.feed.files)),
    }


def _part(part: KeyPart, *, alone: bool) -> Column:
    return Column(
        written(part.name),
        part.type.column,
        part.type,
        written_in_feed(part.feed_name),
        f"{part.name}_text",
        "key" if alone else part.name,
        null=part.null,
    )


def _time(time: ColumnTime | FileTime, feed: str) -> dict[str, Any]:
    if isinstance(time, FileTime):
        return {"column": "", "feed": "", "unit": None, "file": literal(time.pattern)}
    return {"column": time.column, "feed": feed, "unit": typing_sql.UNITS.get(time.format), "file": ""}


def _guard(guard: Guard) -> dict[str, str]:
    """Its numbers as SQL has them."""
    return {"max_deleted": f"{Decimal(repr(guard.max_deleted)):f}", "min_rows": f"{guard.min_rows}"}


def _event(
    key: Sequence[Column], sequence: Sequence[Column], stored: Sequence[Column], *, snapshots: bool
) -> list[str]:
    """The columns of the log that its views have, in their order."""
    first = [*(one.name for one in key), "updated_at", *(one.name for one in sequence), "is_delete"]
    of_row = ["source_file", "source_row", "file_modified_at", "loaded_at", "batch_id"]
    of_row += ["content_hash"] * snapshots
    return [*first, *of_row, "part", "definition", "unsaid", *(one.name for one in stored)]


def derivation(definition: Definition) -> str:
    """A short text that is another one where the tables follow from the log in another way."""
    # What an attribute does that is not shown makes no difference.
    said = [
        f"{one.column} retired" if one.retired else f"{one.column} {one.change} {one.since} {one.before}"
        for one in definition.attributes
    ]
    return sha256("\n".join([f"{definition.history}", *said]).encode()).hexdigest()[:12]


def same_derivations(definition: Definition) -> list[str]:
    """Those of the definition under its earlier numbers: what nobody has said yet changes no table."""
    earlier = range(1, definition.number)
    return [derivation(replace(definition, attributes=_until(definition, number))) for number in earlier]


def _until(definition: Definition, number: int) -> tuple[Attribute, ...]:
    return tuple(attribute for attribute in definition.attributes if attribute.since <= number)


def _attribute(attribute: Attribute, definition: Definition) -> Column:
    name = written(attribute.column)
    read = {column.feed_name.lower() for column in (*definition.key, *definition.shown)}
    return Column(
        name,
        attribute.type.column,
        attribute.type,
        written_in_feed(attribute.feed_name),
        name if isinstance(attribute.type, Text) else f"{attribute.column}_text",
        attribute.name,
        attribute.change,
        since=attribute.since,
        before=attribute.before,
        formerly=tuple(written_in_feed(was) for was in attribute.was if was not in read),
    )


def _sequence(name: str) -> Column:
    return Column(written(name), INTEGER.column, INTEGER, written_in_feed(name), f"{name}_text", name)


def _is_delete(op: Op | None) -> str:
    words = [word for word in op.delete if word] if op else []
    conditions = ["op_text IS NULL"] * bool(op and "" in op.delete)
    if len(words) == 1:
        conditions.append(f"UPPER(op_text) IS NOT DISTINCT FROM {literal(words[0])}")
    elif words:
        conditions.append(f"COALESCE(UPPER(op_text) IN ({', '.join(map(literal, words))}), FALSE)")
    return " OR ".join(conditions) or "FALSE"


def _is_unknown(op: Op | None) -> str:
    if op is None:
        return ""
    known = [*op.upsert, *op.delete]
    words = ", ".join(literal(word) for word in known if word)
    conditions = [f"UPPER(op_text) NOT IN ({words})"] if words else ["op_text IS NOT NULL"]
    return " OR ".join(["op_text IS NULL"] * ("" not in known) + conditions)


def _begin_initial(definition: Definition) -> str:
    """A full load is true since ever, whenever it was transferred."""
    initial = definition.feed.initial
    if initial is None:
        return ""
    return f"IFF(REGEXP_LIKE(SPLIT_PART(source_file, '/', -1), {literal(initial.files)}), {timestamp(initial.time)}, "


def _moments(definition: Definition, columns: Sequence[Column], time_feed: str) -> list[Moment]:
    of_columns = [
        Moment(one.name, one.landed if one.formerly else one.feed, one.text, _EXACT_FRACTION)
        for one in columns
        if one.kind == TIMESTAMP
    ]
    time = definition.feed.time
    if isinstance(time, ColumnTime) and time.format == "iso":
        return [
            Moment("updated_at", time_feed, "updated_at_text", _FRACTION, definition.feed.initial is not None),
            *of_columns,
        ]
    return of_columns
