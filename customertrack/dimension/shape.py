"""A definition as the templates see it: its columns, with their names, their types, and how text becomes a value."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

from customertrack.dimension import layout_sql, typing_sql
from customertrack.dimension.column import LASTING, Column, Moment
from customertrack.dimension.definition import Attribute, ColumnTime, Definition, Feed, KeyPart, Op
from customertrack.dimension.landed_sql import (
    NO_VALUE,
    landed_name,
    landed_op,
    landed_text,
    places,
    record,
    sequence_column,
)
from customertrack.dimension.names import written
from customertrack.dimension.reading_feed import in_any_case
from customertrack.dimension.sql_text import literal, pattern, timestamp
from customertrack.dimension.types import INTEGER, TIMESTAMP, Text

# What the refresh fills of tables that have more than the key and the attributes, in their order.
_WORK_KEY = ("horizon", "last_event_at", "events", "is_late", "signature", "valid_from", "source_file", "source_row")
_STATE = ("last_event_at", "signature", "valid_from", "source_file", "source_row")
_TIMELINE = ("valid_from", "valid_to", "is_first", "signature", "source_file", "source_row")
_FRACTION, _EXACT_FRACTION = "[0-9]{1,9}", "[0-9]{1,6}0{0,3}"


def shape(definition: Definition) -> dict[str, Any]:
    """The names that a template may use, by name."""
    form = definition.feed.format
    definition = replace(definition, feed=layout_sql.by_paths(definition.feed))
    time = definition.feed.time
    assert isinstance(time, ColumnTime)
    alone = len(definition.key) == 1
    key = [_part(part, definition, alone=alone) for part in definition.key]
    # In the tables are all that there ever were; what lands and is derived is what is shown.
    stored = [_attribute(attribute, definition) for attribute in definition.attributes]
    attributes = [one for one in stored if not one.is_retired]
    sequence = [_sequence(name, definition) for name in definition.feed.sequence]
    lasting = [one for one in attributes if one.change in LASTING]
    updated = [one for one in attributes if one.change == "update"]
    versioned = [one for one in attributes if one.change == "version"]
    added = sorted({one.since for one in attributes if one.since > 1})
    # What a version shows of these may be said after it: only from where a life begins on is it known what was said.
    from_begin = any(one.is_carried or (one.is_filled and one.change == "update") for one in attributes)
    anchored = definition.history and not updated and not from_begin
    merged = definition.storage == "merge_on_read"
    op = definition.feed.op
    feed = definition.feed
    time_feed = landed_name(feed, time.column)
    told = ["is_told"] if lasting else []
    changing = [part for part in key if part.earlier]
    earlier = [part.earlier for part in key if part.earlier]
    columns = [*key, *earlier, *sequence, *attributes]
    # Attributes last: what is added later stands at the end.
    texts = [(part.feed, part.text) for part in (*key, *earlier)] + [(time_feed, "updated_at_text")]
    texts += [(landed_name(feed, op.column), "op_text")] if op else []
    texts += [(column.feed, column.text) for column in (*sequence, *attributes)]
    partial = definition.feed.missing == "keep"
    told_first = [one for one in attributes if one.is_carried or one.change == "keep"]
    # Of partial rows it is seen in each value whether it has been said.
    told_by = [one.since for one in told_first if one.since > 1 and not partial]
    told += ["definition"] if told_by else []
    work_key = [*_WORK_KEY, *told] if anchored else [_WORK_KEY[0], "first_at", *_WORK_KEY[1:], *told]
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
        "told_first": told_first if partial else [],
        "carried": [one for one in attributes if one.is_carried],
        "fills": any(one.is_filled for one in attributes if one not in lasting),
        "event": _event(key, sequence, stored),
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
        "format": form,
        "by_name": form == "csv" and not feed.columns,
        "csv": _csv(feed),
        "partial": partial,
        "layout": layout_sql.described(feed),
        "ignores": layout_sql.is_envelope(feed),
        "op": op and {"landed": layout_sql.own_text(feed, definition.name, op.column) or landed_op(feed, op.column)},
        "changing": changing,
        "earlier_key": [part.earlier or part for part in key],
        "truncates": bool(op and op.truncate),
        "applied": f"v_{definition.name}_{'input' if op and op.truncate else 'event'}_applied",
        "delete": _is_one_of(op.delete if op else ()),
        "truncate": _is_one_of(op.truncate if op else ()),
        "unknown": _is_unknown(op),
        "time": {
            "column": time.column,
            "landed": layout_sql.own_text(feed, definition.name, time.column)
            or landed_text(feed, time.column, TIMESTAMP if time.format == "iso" else None),
            "unit": typing_sql.UNITS.get(time.format),
        },
        "begin_initial": _begin_initial(definition),
        "end_initial": ")" if definition.feed.initial else "",
        "moments": _moments(definition, columns),
        "typed": [one for one in columns if one.text != one.name and one.kind != TIMESTAMP],
        **(layout_sql.landed(feed, form) or _raw(feed, texts, attributes, [*earlier, *stored])),
        "work_key": work_key,
        "state": [*_STATE, *told],
        "timeline": list(_TIMELINE),
        "null": feed.null,
        "quote": literal(feed.quote) if feed.quote else "NONE",
        "null_words": ", ".join(map(literal, dict.fromkeys(["", definition.feed.null or ""]))),
        "pattern": pattern(definition.feed.files, in_any_case=in_any_case(definition.feed.files)),
    }


def _csv(feed: Feed) -> dict[str, str]:
    """The options of the file format that are not the usual ones."""
    options = {
        "FIELD_DELIMITER": literal(feed.delimiter) if feed.delimiter != "," else "",
        "ENCODING": literal(feed.encoding) if feed.encoding != "UTF8" else "",
    }
    return {option: value for option, value in options.items() if value}


def _raw(
    feed: Feed, texts: Sequence[tuple[str, str]], attributes: Sequence[Column], stored: Sequence[Column]
) -> dict[str, Any]:
    """The columns of what lands. `texts`: each that is read, with its name in the view.

    `stored`: what there may be room for only since a later definition, as a key's value before.
    """
    if feed.format != "csv":
        return record(feed.format)
    read = [name for name, _ in texts]
    called = {"texts": [text for _, text in texts]}
    called["landed_texts"] = [text for text in called["texts"] if text not in {one.name for one in attributes}]
    if feed.columns:
        every = places(feed)
        return {**called, "feed": read, "landed": every, "raw": every, "raw_added": [], "raw_type": "VARCHAR"}
    formerly = [name for one in attributes for name in one.formerly]
    later = [one.feed for one in stored if one.since > 1 or one.formerly or not one.change]
    return {
        **called,
        "feed": read,
        "landed": [*read, *formerly],
        "raw": list(dict.fromkeys([*read, *formerly, *(one.feed for one in stored)])),
        "raw_added": list(dict.fromkeys([*later, *formerly])),
        "raw_type": "VARCHAR",
    }


def _part(part: KeyPart, definition: Definition, *, alone: bool) -> Column:
    def column(name: str, feed_name: str, earlier: Column | None) -> Column:
        return Column(
            written(name),
            part.type.column,
            part.type,
            landed_name(definition.feed, feed_name),
            layout_sql.row_text(definition, feed_name, part.type, "NULL"),
            f"{name}_text",
            "key" if alone else part.name,
            null=part.null,
            earlier=earlier,
        )

    earlier = column(f"{part.name}_before", part.before, None) if part.before else None
    return column(part.name, part.feed_name, earlier)


def _event(key: Sequence[Column], sequence: Sequence[Column], stored: Sequence[Column]) -> list[str]:
    """All columns of the log, in their order."""
    first = [*(one.name for one in key), "updated_at", *(one.name for one in sequence), "is_delete"]
    of_row = ["source_file", "source_row", "file_modified_at", "loaded_at", "batch_id"]
    return [*first, *of_row, "part", "definition", "unsaid", *(one.name for one in stored)]


def derivation(definition: Definition) -> str:
    """A short text that is another one where the tables follow from the log in another way."""
    # What an attribute does that is not shown makes no difference.
    said = [
        f"{one.column} retired" if one.retired else f"{one.column} {one.change} {one.since} {one.before}"
        for one in definition.attributes
    ]
    partial = ["partial"] if definition.feed.missing == "keep" else []
    return sha256("\n".join([f"{definition.history}", *partial, *said]).encode()).hexdigest()[:12]


def same_derivations(definition: Definition) -> list[str]:
    """Those of the definition under its earlier numbers: what nobody has said yet changes no table."""
    earlier = range(1, definition.number)
    return [derivation(replace(definition, attributes=_until(definition, number))) for number in earlier]


def _until(definition: Definition, number: int) -> tuple[Attribute, ...]:
    return tuple(attribute for attribute in definition.attributes if attribute.since <= number)


def _attribute(attribute: Attribute, definition: Definition) -> Column:
    name = written(attribute.column)
    feed = definition.feed
    columns = [name.casefold() for name in feed.columns]
    read = {column.feed_name.lower() for column in (*definition.key, *definition.shown)}
    # Files may still call it as it was called before.
    formerly = [was for was in attribute.was if was not in read and (was in columns or not columns)]
    unavailable = "NULL" if feed.missing == "keep" else NO_VALUE
    paths = [attribute.feed_name, *formerly]
    texts = [layout_sql.row_text(definition, each, attribute.type, unavailable) for each in paths]
    return Column(
        name,
        attribute.type.column,
        attribute.type,
        landed_name(feed, attribute.feed_name) if attribute.feed_name.casefold() in columns or not columns else "",
        texts[0] if len(texts) == 1 else f"COALESCE({', '.join(texts)})",
        name if isinstance(attribute.type, Text) else f"{attribute.column}_text",
        attribute.name,
        attribute.change,
        since=attribute.since,
        before=attribute.before,
        is_retired=attribute.retired,
        formerly=tuple(landed_name(feed, was) for was in formerly),
        absent=tuple(layout_sql.absent(feed, definition.name, each) for each in paths),
        place=definition.attributes.index(attribute) + 1 if feed.missing == "keep" else 0,
    )


def _sequence(name: str, definition: Definition) -> Column:
    of = definition.feed
    column = sequence_column(of, name)
    text, feed = layout_sql.own_text(of, definition.name, name) or landed_text(of, name, INTEGER), landed_name(of, name)
    return Column(column, INTEGER.column, INTEGER, feed, text, column.strip('"') + "_text", name)


def _is_one_of(said: Sequence[str]) -> str:
    words = [word for word in said if word]
    conditions = ["op_text IS NULL"] * ("" in said)
    if len(words) == 1:
        conditions.append(f"UPPER(op_text) IS NOT DISTINCT FROM {literal(words[0])}")
    elif words:
        conditions.append(f"COALESCE(UPPER(op_text) IN ({', '.join(map(literal, words))}), FALSE)")
    return " OR ".join(conditions) or "FALSE"


def _is_unknown(op: Op | None) -> str:
    if op is None:
        return ""
    known = [*op.upsert, *op.delete, *op.truncate]
    words = ", ".join(literal(word) for word in known if word)
    conditions = [f"UPPER(op_text) NOT IN ({words})"] if words else ["op_text IS NOT NULL"]
    return " OR ".join(["op_text IS NULL"] * ("" not in known) + conditions)


def _begin_initial(definition: Definition) -> str:
    """A full load is true since ever, whenever it was transferred."""
    initial = definition.feed.initial
    if initial is None:
        return ""
    return f"IFF(REGEXP_LIKE(SPLIT_PART(source_file, '/', -1), {literal(initial.files)}), {timestamp(initial.time)}, "


def _moments(definition: Definition, columns: Sequence[Column]) -> list[Moment]:
    of_columns = [
        Moment(one.name, one.landed if one.formerly else one.feed, one.text, _EXACT_FRACTION)
        for one in columns
        if one.kind == TIMESTAMP
    ]
    time = definition.feed.time
    if isinstance(time, ColumnTime) and time.format == "iso":
        return [
            Moment(
                "updated_at",
                landed_name(definition.feed, time.column),
                "updated_at_text",
                _FRACTION,
                definition.feed.initial is not None,
            ),
            *of_columns,
        ]
    return of_columns
