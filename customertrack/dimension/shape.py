"""A definition as the templates see it: its columns, with their names, their types, and how text becomes a value.

What each word means, templates.md says.
"""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

from customertrack.dimension import feed_shape, layout_sql
from customertrack.dimension.column import LASTING, Column, Moment
from customertrack.dimension.definition import (
    Attribute,
    ColumnTime,
    Definition,
    KeyPart,
)
from customertrack.dimension.derivation import derivation, same_derivations
from customertrack.dimension.landed_sql import (
    NO_VALUE,
    landed_name,
    landed_op,
    landed_text,
    sequence_column,
)
from customertrack.dimension.names import written
from customertrack.dimension.reading_feed import in_any_case
from customertrack.dimension.sql_text import literal, pattern
from customertrack.dimension.types import INTEGER, TIMESTAMP, Text

# What the refresh fills of tables that have more than the key and the attributes, in their order.
_WORK_KEY = ("horizon", "last_event_at", "events", "is_late", "signature", "valid_from", "source_file", "source_row")
_STATE = ("last_event_at", "signature", "valid_from", "source_file", "source_row")
_TIMELINE = ("valid_from", "valid_to", "is_first", "signature", "source_file", "source_row")
_FRACTION, _EXACT_FRACTION = "[0-9]{1,9}", "[0-9]{1,6}0{0,3}"


def shape(definition: Definition) -> dict[str, Any]:
    """The names that a template may use, by name."""
    form, snapshots = definition.feed.format, definition.feed.kind == "snapshots"
    definition = replace(definition, feed=layout_sql.by_paths(definition.feed))
    time = definition.feed.time
    assert time is not None
    alone = len(definition.key) == 1
    key = [_part(part, definition, alone=alone) for part in definition.key]
    # In the tables are all that there ever were; what lands and is derived is what is shown.
    stored = [_attribute(attribute, definition) for attribute in definition.attributes]
    attributes = [one for one in stored if not one.is_retired]
    sequence = [_sequence(name, definition) for name in definition.feed.sequence]
    lasting = [one for one in attributes if one.change in LASTING]
    updated = [one for one in attributes if one.change == "update"]
    versioned = [one for one in attributes if one.change == "version"]
    # Of what is retired too: it may come back, and rows that land until then say NULL of it.
    added = sorted({one.since for one in stored if one.since > 1})
    # What a version shows of these may be said after it: only from where a life begins on is it known what was said.
    from_begin = any(one.is_carried or (one.is_filled and one.change == "update") for one in attributes)
    anchored = definition.history and not updated and not from_begin
    merged = definition.storage == "merge_on_read"
    op = definition.feed.op
    feed = definition.feed
    time_feed = landed_name(feed, time.column) if isinstance(time, ColumnTime) else ""
    told = ["is_told"] if lasting else []
    changing = [part for part in key if part.earlier]
    earlier = [part.earlier for part in key if part.earlier]
    columns = [*key, *earlier, *sequence, *attributes]
    # Attributes last: what is added later stands at the end.
    texts = [(part.feed, part.text) for part in (*key, *earlier)]
    texts += [(time_feed, "updated_at_text")] if time_feed else []
    texts += [(landed_name(feed, op.column), "op_text")] if op else []
    texts += [(column.feed, column.text) for column in sequence]
    texts += [(column.feed, column.text if snapshots else column.landed_text) for column in attributes]
    partial = definition.feed.missing == "keep"
    told_first = [one for one in attributes if one.is_carried or one.change == "keep"]
    # Of partial rows it is seen in each value whether it has been said.
    told_by = [one.since for one in told_first if one.since > 1 and not partial]
    told += ["definition"] if told_by else []
    landed = layout_sql.landed(feed, form) or feed_shape.raw(feed, texts, attributes, [*earlier, *stored])
    work_key = [*_WORK_KEY, *told] if anchored else [_WORK_KEY[0], "first_at", *_WORK_KEY[1:], *told]
    return {
        "name": definition.name,
        "key": key,
        "attributes": attributes,
        "stored": stored,
        "shown": [one.shown for one in attributes],
        "derivation": derivation(definition),
        "same_derivations": same_derivations(definition),
        "added": added,
        "of_number": {since: [one for one in attributes if one.since == since] for since in added},
        "from_begin": from_begin,
        "told_by": max(told_by, default=0),
        "told_first": told_first if partial else [],
        "carried": [one for one in attributes if one.is_carried],
        "fills": any(one.is_filled for one in attributes if one not in lasting),
        "event": _event(key, sequence, stored, snapshots=snapshots),
        "snapshots": snapshots,
        "guard": definition.feed.guard and feed_shape.guard(definition.feed.guard),
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
        "format": form,
        "by_name": form == "csv" and not feed.columns,
        "csv": feed_shape.csv_options(feed),
        "partial": partial,
        "layout": layout_sql.described(feed),
        "ignores": layout_sql.is_envelope(feed),
        "op": op and {"landed": layout_sql.own_text(feed, definition.name, op.column) or landed_op(feed, op.column)},
        "changing": changing,
        "earlier_key": [part.earlier or part for part in key],
        "truncates": bool(op and op.truncate),
        "applied": f"v_{definition.name}_{'input' if op and op.truncate else 'event'}_applied",
        "delete": feed_shape.is_one_of(op.delete if op else ()),
        "truncate": feed_shape.is_one_of(op.truncate if op else ()),
        "unknown": feed_shape.is_unknown(op),
        "time": feed_shape.time(definition),
        "begin_initial": feed_shape.begin_initial(definition),
        "end_initial": ")" if definition.feed.initial else "",
        "moments": _moments(definition, columns),
        "typed": [one for one in columns if one.text != one.name and one.kind != TIMESTAMP],
        **landed,
        "texts_compared": _texts_compared(form, landed["texts"], [*key, *attributes], has_time=bool(time_feed)),
        "work_key": work_key,
        "state": [*_STATE, *told],
        "timeline": list(_TIMELINE),
        "null": feed.null,
        "quote": literal(feed.quote) if feed.quote else "NONE",
        "null_words": ", ".join(map(literal, dict.fromkeys(["", definition.feed.null or ""]))),
        "pattern": pattern(definition.feed.files, in_any_case=in_any_case(definition.feed.files)),
    }


def _texts_compared(form: str, texts: Sequence[str], columns: Sequence[Column], *, has_time: bool) -> list[str]:
    """What is equal in two rows of which one says no more than the other, as SQL: all texts that are read but the time,
    and what reads them. Nothing where the time is within the text: each night has another one.
    """
    if form != "csv" and has_time:
        return []
    reading = sha256(repr(columns).encode()).hexdigest()[:12]
    added = ["definition"] if any(one.since > 1 for one in columns) else []
    return [literal(reading), *added, *(text for text in texts if text != "updated_at_text")]


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


def _event(
    key: Sequence[Column], sequence: Sequence[Column], stored: Sequence[Column], *, snapshots: bool
) -> list[str]:
    """The columns of the log that its views have, in their order."""
    first = [*(one.name for one in key), "updated_at", *(one.name for one in sequence), "is_delete"]
    of_row = ["source_file", "source_row", "file_modified_at", "loaded_at", "batch_id"]
    of_row += ["content_hash"] * snapshots
    return [*first, *of_row, "part", "definition", "unsaid", *(one.name for one in stored)]


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
