"""What is worth saying of files that were loaded: columns, fields and bytes that are not what they should be, rows that
do not count.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import PurePosixPath

from customertrack.described import Columns
from customertrack.dimension.definition import Feed
from customertrack.dimension.layout_sql import is_envelope, marker
from customertrack.local.content import USUAL
from customertrack.local.dimensions import Dimension
from customertrack.local.pipeline import Pipeline
from customertrack.reads import events
from customertrack.reads.events import RejectedFile
from customertrack.reads.fields import fields_of_files
from customertrack.reads.status import Batch
from customertrack.reads.superseded import Superseded, superseded
from snowglobe import Connection, FileLoad, Oddities, Some

_DELIMITERS = {";": "';'", "\t": "tabs", "|": "'|'", ":": "':'", ",": "commas"}
# Stretches of letters beyond ASCII are this short in the languages that Windows-1252 is for.
_SHORT = 2
_NOT_PRINTED = set(range(0x80, 0xA0)) - {0x80, 0x85, 0x91, 0x92, 0x93, 0x94, 0x96, 0x97}


@dataclass(frozen=True)
class Finding:
    """One kind of thing that is odd about a loaded file. `name`: its key. `text`: a sentence about it."""

    name: str
    text: str


def findings(pipeline: Pipeline, loads: Sequence[FileLoad], batches: Sequence[Batch]) -> list[Finding]:
    """What is odd about the files that were loaded, at most one of a kind for each. `batches`: what applied them."""
    connection, dimension = pipeline.connection, pipeline.dimension
    columns, tables = dimension.columns, dimension.tables
    loads = [load for load in loads if load.status == "LOADED"]
    feed = dimension.definition.feed
    found = [Finding(load.name, text) for load in loads for text in about_file(load, columns, feed)]
    by_name = {load.name: load for load in loads if load.rows}
    if dimension.has_records:
        found += _about_records(connection, dimension, list(by_name))
    if any(batch.rows_rejected for batch in batches):
        for file in events.rejected_files(connection, tables, list(by_name)):
            found += [Finding(file.name, text) for text in _about_rejects(file, by_name[file.name], columns, feed)]
    # Of snapshots it is told which are superseded, as a whole.
    if not dimension.has_snapshots and (len(by_name) > 1 or any(batch.keys_late for batch in batches)):
        lost = superseded(connection, tables, list(by_name), pipeline.home.memory_limit)
        found += [Finding(one.name, _superseded(one, columns)) for one in lost]
    return found


def about_file(load: FileLoad, columns: Columns, feed: Feed = USUAL) -> list[str]:
    """A sentence for each thing that the file alone shows. `columns`: those that a file can have."""
    cut = "the last row has no line end; if the file was cut there, that row is wrong"
    if not any(load.header):
        # Without names there is nothing to compare, and of JSON a line that was cut is a reject.
        return [*_about_bytes(load.oddities, feed)]
    return [
        *_about_header(load.header, columns, feed),
        *_about_fields(load.oddities),
        *_about_bytes(load.oddities, feed),
        *([cut] if load.oddities.is_cut else []),
    ]


def _about_header(header: Sequence[str], columns: Columns, feed: Feed) -> Iterator[str]:
    if len(header) == 1 and (delimiter := _delimiter(header[0], columns.all)):
        meant = _DELIMITERS.get(feed.delimiter, f"'{feed.delimiter}'")
        yield (
            f"its first line is one column that contains {_DELIMITERS[delimiter]}; fields are separated by {meant}, so "
            f"save it like that, or have delimiter = {json.dumps(delimiter)} in the definition"
        )
        return
    named = {columns.instead.get(name.lower()) or name.lower() for name in header}
    known = (*columns.all, *columns.before, *columns.instead)
    unknown = [name for name in header if name and name.lower() not in known]
    missing = [column for column in (*columns.all, *columns.before) if column not in named]
    yield from _unknown_and_missing(unknown, missing, columns)


def _unknown_and_missing(unknown: Sequence[str], missing: Sequence[str], columns: Columns) -> Iterator[str]:
    said = []
    if unknown:
        said.append(f"columns not known, and ignored: {', '.join(_with_nearest(name, missing) for name in unknown)}")
    if missing:
        said.append(f"columns missing: {'; '.join(_missing(missing, columns))}")
    if said:
        yield "; ".join(said)


def _about_records(connection: Connection, dimension: Dimension, names: Sequence[str]) -> Iterator[Finding]:
    """Of a record of JSON any field may be left out; of Parquet a column that is missing is so in all rows."""
    feed = dimension.definition.feed
    is_whole = feed.format == "parquet" and feed.missing != "keep"
    known, wanted = dimension.paths(all_known=True), dimension.columns_of_records
    for name, found in fields_of_files(connection, dimension.tables, names, known, wanted).items():
        if is_whole:
            texts = _unknown_and_missing(found.unknown, found.gone, dimension.columns)
        elif found.unknown:
            texts = [f"fields not known, and ignored: {', '.join(_with_nearest(one, ()) for one in found.unknown)}"]
        else:
            texts = []
        yield from (Finding(name, text) for text in texts)


def _delimiter(name: str, columns: Sequence[str]) -> str | None:
    for delimiter in _DELIMITERS:
        if {part.strip(' "').lower() for part in name.split(delimiter)} & set(columns) and delimiter in name:
            return delimiter
    return None


def _with_nearest(name: str, missing: Sequence[str]) -> str:
    shown = name if name.isprintable() and " " not in name else f'"{_escaped(name)}"'
    nearest = _nearest(name, missing)
    return f"{shown} (nearest: {nearest})" if nearest else shown


def _nearest(name: str, missing: Sequence[str]) -> str | None:
    """The missing column that may be meant; each word of a column's name, written out or cut short, will do."""
    plain = "_".join("".join(c if c.isalnum() else " " for c in name.casefold()).split())
    if plain in missing:
        return plain
    squeezed = {column.replace("_", ""): column for column in missing}
    for column in missing:
        if len(plain) > 1 and (plain.startswith(column) or column.startswith(plain) or column.endswith(f"_{plain}")):
            return column
    close = get_close_matches(plain.replace("_", ""), squeezed, n=1, cutoff=0.7)
    return squeezed[close[0]] if close else None


def _missing(missing: Sequence[str], columns: Columns) -> Iterator[str]:
    needed, op, before, others = [], [], [], []
    for column in missing:
        # In records their case counts, so they are told as they are written.
        called = column.lower()
        if called in columns.needed:
            needed.append(column)
        elif called == columns.op:
            op.append(column)
        else:
            (before if called in columns.before else others).append(column)
    if needed:
        yield f"{' and '.join(needed)} (every row is a reject)"
    if op:
        yield f"{op[0]} (every row is an upsert)"
    if others:
        yield f"{', '.join(others)} (NULL in every row)"
    if before:
        yield f"{', '.join(before)} (no change of key is seen)"


def _about_fields(odd: Oddities) -> Iterator[str]:
    if odd.surplus.rows:
        more = f"{_rows(odd.surplus, 'has', 'have')} more fields than the header, and what is over is ignored"
        yield f"{more}; see whether a comma should have been in quotes"
    if odd.short.rows:
        yield f"{_rows(odd.short, 'has', 'have')} fewer fields than the header, and those at the end are NULL"


def _about_bytes(odd: Oddities, feed: Feed) -> Iterator[str]:
    if odd.not_utf8.rows:
        is_1252 = _may_be_1252(odd.bytes_not_utf8)
        perhaps = ", perhaps Windows-1252" if is_1252 else ""
        said = ' = "windows-1252"' if is_1252 else ""
        instead = f", or have encoding{said} in the definition" if feed.format == "csv" else ""
        yield f"{_rows(odd.not_utf8, 'is', 'are')} not UTF-8{perhaps}; save the file as UTF-8{instead}"


def _may_be_1252(stretches: Sequence[bytes]) -> bool:
    """Whether every stretch is short and means letters or marks that people use."""
    return all(len(some) <= _SHORT and not _NOT_PRINTED & set(some) for some in stretches)


def _rows(some: Some, one: str, several: str) -> str:
    if some.rows == 1:
        return f"row {some.first:,} {one}"
    return f"{some.rows:,} rows, the first of them row {some.first:,}, {several}"


def _escaped(name: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in name)


def _about_rejects(file: RejectedFile, load: FileLoad, columns: Columns, feed: Feed) -> Iterator[str]:
    # Where all columns are known, a row without a value in any of them has none at all.
    named = any(load.header) and all(name.lower() in columns.all for name in load.header if name)
    empty = file.empty if named else 0
    if empty:
        rows = "1 row is" if empty == 1 else f"{empty:,} rows are"
        yield f"{rows} empty (commas alone); each is a reject, and nothing is lost with it"
    # Most often the header is not what it should be.
    if file.no_objects:
        yield _no_objects(file, load, feed)
    elif file.rejects == load.rows and empty < load.rows:
        yield _all_rejected(file, columns, feed)


def _no_objects(file: RejectedFile, load: FileLoad, feed: Feed) -> str:
    number = f"all {load.rows:,} lines are" if file.no_objects == load.rows else f"{file.no_objects:,} lines are"
    lines = "1 line is" if file.no_objects == 1 else number
    if is_envelope(feed):
        return (
            f"{lines} no JSON object that has {marker(feed)}, as each event of {feed.layout} does, and so a reject; "
            "see whether that is the layout of the file, and that each line is one object"
        )
    if file.no_objects < load.rows:
        return f"{lines} no JSON object, or more than one, and so a reject; write one object on each line"
    return (
        f"{lines} no JSON object, and so a reject; an object that is spread over lines, and a list of them, has to be "
        "written with one object on each line, as jq -c does"
    )


def _all_rejected(file: RejectedFile, columns: Columns, feed: Feed) -> str:
    rows = "its only row is a reject" if file.rejects == 1 else f"all {file.rejects:,} rows are rejects"
    # Of records it is not counted what they lack: they may lack it under another name each.
    without = zip(columns.needed, file.without, strict=True) if file.without else ()
    missing = " and ".join(column for column, count in without if count == file.rejects)
    if not missing:
        return rows
    named = f"the first line of a file names its columns, which are {', '.join(columns.all)}"
    placed = f"a line has, in this order, {', '.join(feed.columns)}"
    return f"{rows}, as there is no {missing}; {placed if feed.columns else named}"


def _superseded(one: Superseded, columns: Columns) -> str:
    same = " and ".join(dict.fromkeys([*columns.key, columns.time]))
    rows = "1 row is superseded" if one.events == 1 else f"{one.events:,} rows are superseded"
    return (
        f"{rows} by {PurePosixPath(one.by).name}, whose name sorts behind: of events with the same {same} "
        "the last by file name counts, so a correction wants a name that sorts last"
    )
