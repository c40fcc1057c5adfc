"""The table [feed] of a definition."""

import re
from dataclasses import replace
from typing import get_args

from customertrack.dimension.definition import (
    ENCODINGS,
    ColumnTime,
    Connector,
    Feed,
    FeedLayout,
    FileTime,
    Format,
    Guard,
    Initial,
    Kind,
    Missing,
    Op,
    Quote,
    TimeFormat,
)
from customertrack.dimension.layouts import own_op, own_sequence, own_time
from customertrack.dimension.section import Section
from customertrack.dimension.words import did_you_mean

# Which names a feed's files have, where nothing else is said.
FILES = {
    "csv": ".*[.]csv([.]gz)?",
    "json": ".*[.](json|jsonl|ndjson)([.]gz)?",
    "parquet": ".*[.]parquet",
}


def in_any_case(files: str) -> bool:
    """Whether a pattern for names of files is meant in any case, as those are that no definition writes."""
    return files in FILES.values()


def read_feed(feed: Section) -> Feed:
    """What [feed] says; a word that is missing or wrong is told, and is as if its usual value stood there."""
    layout = feed.choice("layout", get_args(FeedLayout)) or "plain"
    feed.need("kind", "changes or snapshots")
    feed.need("format", "csv, json or parquet")
    if layout == "plain":
        feed.need("time", "the column that says when a row became true")
    kind: Kind = feed.choice("kind", get_args(Kind)) or "changes"
    form: Format = feed.choice("format", get_args(Format)) or "csv"
    read = Feed(
        kind,
        form,
        _time(feed),
        feed.text("files") or FILES[form],
        _op(feed.section("op")),
        feed.texts("sequence") or (),
        feed.text("null"),
        _initial(feed.section("initial")),
        feed.choice("missing", get_args(Missing)) or "null",
        layout,
        _guard(feed.section("guard")),
        feed.text("delimiter") or ",",
        _quote(feed),
        _encoding(feed),
        feed.texts("columns") or (),
        feed.choice("connector", get_args(Connector)),
    )
    feed.end()
    return read if layout == "plain" else _with_own(feed, read)


def _with_own(feed: Section, read: Feed) -> Feed:
    """With what the layout has of its own. Rows of Airbyte's have another time where it copies by a cursor."""
    by_cursor = read.layout == "airbyte" and feed.has("time")
    for word in ("op", *(() if by_cursor else ("time", "sequence"))):
        if feed.has(word):
            feed.wrong(word, f'is not needed: layout = "{read.layout}" has its own')
    if by_cursor:
        return replace(read, op=own_op(read.layout))
    own = own_time(read.layout), own_sequence(read.connector)
    return replace(read, op=own_op(read.layout), time=own[0], sequence=own[1])


def _quote(feed: Section) -> str:
    quote = feed.choice("quote", get_args(Quote)) or '"'
    return "" if quote == "none" else quote


def _encoding(feed: Section) -> str:
    """As Snowflake writes it; in a definition it may have its usual dashes."""
    written = feed.text("encoding") or ENCODINGS[0]
    name = re.sub("[-_ ]", "", written).upper()
    if name in ENCODINGS:
        return name
    feed.wrong("encoding", f'cannot be "{written}"{did_you_mean(name.lower(), map(str.lower, ENCODINGS))}')
    return ENCODINGS[0]


def _time(feed: Section) -> ColumnTime | FileTime | None:
    written = feed.either("time", "the name of a column")
    if isinstance(written, str):
        return ColumnTime(written) if written else feed.wrong("time", "is empty")
    if written is None:
        return None
    column, pattern = written.text("column"), written.text("file")
    form = written.choice("format", get_args(TimeFormat))
    if written.has("column") == written.has("file"):
        feed.wrong("time", "has either a column or a file, as a regular expression for its name")
    elif written.has("file") and written.has("format"):
        written.wrong("format", "is of a column; in a file's name the time is ISO 8601")
    written.end()
    if column:
        return ColumnTime(column, form or "iso")
    return FileTime(pattern) if pattern else None


def _op(op: Section | None) -> Op | None:
    if op is None:
        return None
    op.need("column", "where the word stands")
    op.need("upsert", 'the words for it, as ["", "I", "U"]; "" is an empty field')
    op.need("delete", 'the words for it, as ["D"]')
    column = op.text("column")
    upsert, delete, truncate = (_words(op, word) for word in ("upsert", "delete", "truncate"))
    op.end()
    return Op(column, upsert, delete, truncate) if column else None


def _words(op: Section, word: str) -> tuple[str, ...]:
    words = op.texts(word, may_be_empty=True)
    if words == ():
        op.wrong(word, "has no word in it")
    return tuple(each.upper() for each in words or ())


def _initial(initial: Section | None) -> Initial | None:
    if initial is None:
        return None
    initial.need("files", "a regular expression for the names of the files")
    initial.need("time", 'since when their rows are true, as "1900-01-01"')
    files, time = initial.text("files"), initial.text("time")
    initial.end()
    return Initial(files, time) if files and time else None


def _guard(guard: Section | None) -> Guard | None:
    if guard is None:
        return None
    guard.need("max_deleted", "the share of the keys that a snapshot may end; 1.0 lets it end all")
    max_deleted, min_rows = guard.share("max_deleted"), guard.whole("min_rows", 0)
    guard.end()
    return Guard(1.0 if max_deleted is None else max_deleted, min_rows or 0)
