"""What the templates ask of [feed]: how a file is read, where the time stands, and what the words of op mean."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from customertrack.dimension import layout_sql, typing_sql
from customertrack.dimension.column import Column
from customertrack.dimension.definition import Definition, Feed, FileTime, Guard, Op
from customertrack.dimension.landed_sql import landed_name, landed_text, places, record
from customertrack.dimension.sql_text import literal, timestamp
from customertrack.dimension.types import TIMESTAMP


def csv_options(feed: Feed) -> dict[str, str]:
    """The options of the file format that are not the usual ones."""
    options = {
        "FIELD_DELIMITER": literal(feed.delimiter) if feed.delimiter != "," else "",
        "ENCODING": literal(feed.encoding) if feed.encoding != "UTF8" else "",
    }
    return {option: value for option, value in options.items() if value}


def raw(
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
    # One that is retired is read no more, under none of its names, and its columns stay.
    every_name = [name for one in stored for name in one.formerly]
    later = [one.feed for one in stored if one.since > 1 or one.formerly or not one.change]
    return {
        **called,
        "feed": read,
        "landed": [*read, *formerly],
        "raw": list(dict.fromkeys([*read, *every_name, *(one.feed for one in stored)])),
        "raw_added": list(dict.fromkeys([*later, *every_name])),
        "raw_type": "VARCHAR",
    }


def time(definition: Definition) -> dict[str, Any]:
    """Where the time of an event stands: in a column, or in the file's name."""
    time = definition.feed.time
    assert time is not None
    if isinstance(time, FileTime):
        return {"column": "", "landed": "", "feed": "", "unit": None, "file": literal(time.pattern)}
    feed, iso = definition.feed, TIMESTAMP if time.format == "iso" else None
    return {
        "column": time.column,
        "landed": layout_sql.own_text(feed, definition.name, time.column) or landed_text(feed, time.column, iso),
        "feed": landed_name(feed, time.column) if feed.format == "csv" else "",
        "unit": typing_sql.UNITS.get(time.format),
        "file": "",
    }


def guard(guard: Guard) -> dict[str, str]:
    """Its numbers as SQL has them."""
    return {"max_deleted": f"{Decimal(repr(guard.max_deleted)):f}", "min_rows": f"{guard.min_rows}"}


def is_one_of(said: Sequence[str]) -> str:
    """Whether the word of op is one of these, as SQL."""
    words = [word for word in said if word]
    conditions = ["op_text IS NULL"] * ("" in said)
    if len(words) == 1:
        conditions.append(f"UPPER(op_text) IS NOT DISTINCT FROM {literal(words[0])}")
    elif words:
        conditions.append(f"COALESCE(UPPER(op_text) IN ({', '.join(map(literal, words))}), FALSE)")
    return " OR ".join(conditions) or "FALSE"


def is_unknown(op: Op | None) -> str:
    """Whether the word of op is none of a feed, as SQL; nothing for a feed without op."""
    if op is None:
        return ""
    known = [*op.upsert, *op.delete, *op.truncate]
    words = [word for word in known if word]
    conditions = [f"UPPER(op_text) NOT IN ({', '.join(map(literal, words))})"] if words else ["op_text IS NOT NULL"]
    # Letters are those of ASCII: to UPPER a dotless i is an I, and a long s an S. To LOWER they stay what they are.
    if "".join(words).isascii() and any(letter in word for word in words for letter in "IS"):
        conditions.append(f"LOWER(op_text) NOT IN ({', '.join(literal(word.lower()) for word in words)})")
    return " OR ".join(["op_text IS NULL"] * ("" not in known) + conditions)


def begin_initial(definition: Definition) -> str:
    """A full load is true since ever, whenever it was transferred."""
    initial = definition.feed.initial
    if initial is None:
        return ""
    return f"IFF(REGEXP_LIKE(SPLIT_PART(source_file, '/', -1), {literal(initial.files)}), {timestamp(initial.time)}, "
