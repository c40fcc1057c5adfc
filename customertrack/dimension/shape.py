"""A definition as the templates see it: its columns, with their names, their types, and how text becomes a value."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from customertrack.dimension import typing_sql
from customertrack.dimension.definition import Attribute, ColumnTime, Definition, KeyPart, Op
from customertrack.dimension.names import written, written_in_feed
from customertrack.dimension.reading_feed import in_any_case
from customertrack.dimension.sql_text import literal, pattern, timestamp
from customertrack.dimension.types import INTEGER, TIMESTAMP, Text, Type

# The columns of tables that have more than the key and the attributes, in their order.
_WORK_KEY = ("horizon", "last_event_at", "events", "is_late", "signature", "valid_from", "source_file", "source_row")
_STATE = ("last_event_at", "signature", "valid_from", "source_file", "source_row")
_TIMELINE = ("valid_from", "valid_to", "is_first", "signature", "source_file", "source_row")
_FRACTION, _EXACT_FRACTION = "[0-9]{1,9}", "[0-9]{1,6}0{0,3}"


@dataclass(frozen=True)
class Column:
    """`name`: in the tables. `type`: there. `kind`: of the definition. `feed`: its name among the landed columns.

    `text`: its name in the view while it is text. `reason`: what a reject calls it. `change`: of an attribute.
    """

    name: str
    type: str
    kind: Type
    feed: str
    text: str
    reason: str = ""
    change: str = ""
    null: str | None = None

    @property
    def before(self) -> str:
        """Its value in the event before."""
        return f"{self.reason}_before"

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
    time = definition.feed.time
    assert isinstance(time, ColumnTime)
    alone = len(definition.key) == 1
    key = [_part(part, alone=alone) for part in definition.key]
    attributes = [_attribute(attribute) for attribute in definition.attributes]
    sequence = [_sequence(name) for name in definition.feed.sequence]
    lasting = [one for one in attributes if one.change in ("correct", "keep")]
    updated = [one for one in attributes if one.change == "update"]
    versioned = [one for one in attributes if one.change == "version"]
    anchored = definition.history and not updated
    merged = definition.storage == "merge_on_read"
    op = definition.feed.op
    time_feed = written_in_feed(time.column)
    told = ["is_told"] if lasting else []
    columns = [*key, *sequence, *attributes]
    # Attributes last: what is added later stands at the end.
    texts = [(part.feed, part.text) for part in key] + [(time_feed, "updated_at_text")]
    texts += [(written_in_feed(op.column), "op_text")] if op else []
    texts += [(column.feed, column.text) for column in (*sequence, *attributes)]
    work_key = [*_WORK_KEY, *told] if anchored else [_WORK_KEY[0], "first_at", *_WORK_KEY[1:], *told]
    return {
        "name": definition.name,
        "key": key,
        "attributes": attributes,
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
        "time": {"column": time.column, "feed": time_feed, "unit": typing_sql.UNITS.get(time.format)},
        "begin_initial": _begin_initial(definition),
        "end_initial": ")" if definition.feed.initial else "",
        "moments": _moments(definition, columns, time_feed),
        "typed": [one for one in columns if one.text != one.name and one.kind != TIMESTAMP],
        "feed": [feed for feed, _ in texts],
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


def _attribute(attribute: Attribute) -> Column:
    name = written(attribute.name)
    return Column(
        name,
        attribute.type.column,
        attribute.type,
        written_in_feed(attribute.feed_name),
        name if isinstance(attribute.type, Text) else f"{attribute.name}_text",
        attribute.name,
        attribute.change,
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
    of_columns = [Moment(one.name, one.feed, one.text, _EXACT_FRACTION) for one in columns if one.kind == TIMESTAMP]
    time = definition.feed.time
    if isinstance(time, ColumnTime) and time.format == "iso":
        return [
            Moment("updated_at", time_feed, "updated_at_text", _FRACTION, definition.feed.initial is not None),
            *of_columns,
        ]
    return of_columns
