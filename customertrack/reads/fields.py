"""Which fields landed records have: those that no definition names, and those that it names and that are not there."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from customertrack.reads.results import binds, in_lists, query
from customertrack.reads.tables import Tables
from customertrack.warehouse import Connection

# The first row of each file, and one of so many; of these the newest.
_EACH, _MOST = 1000, 100
# Of files that are looked at one by one, so many of the first rows.
_FIRST = 100
_TEXT = {"line": "line", "record": "TO_JSON(record)"}


@dataclass(frozen=True)
class Fields:
    """What a sample of the newest landed records shows, by name. `gone`: in none of them."""

    unknown: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


def fields(connection: Connection, tables: Tables, known: Collection[str], wanted: Sequence[str]) -> Fields:
    """Of a dimension whose rows land as JSON or Parquet. `known`, `wanted`: paths that its definition names, and reads.

    An unknown field within a known object is not told.
    """
    (column,) = tables.landed
    texts = query(
        connection,
        f"SELECT {_TEXT[column]} FROM {tables.name}_raw WHERE MOD(source_row, {_EACH}) = 1 "
        f"ORDER BY loaded_at DESC, source_file DESC, source_row DESC LIMIT {_MOST}",
    ).rows
    return _found([text for (text,) in texts], known, wanted)


def fields_of_files(
    connection: Connection, tables: Tables, files: Sequence[str], known: Collection[str], wanted: Sequence[str]
) -> dict[str, Fields]:
    """The same of each of these files, by their names: of their first rows, and one of each thousand."""
    (column,) = tables.landed
    texts: dict[str, list[str]] = {}
    for some in in_lists(files):
        sample = query(
            connection,
            f"SELECT source_file, {_TEXT[column]} FROM {tables.name}_raw WHERE source_file IN ({binds(some)}) "
            f"AND (source_row <= {_FIRST} OR MOD(source_row, {_EACH}) = 1) ORDER BY source_file, source_row",
            some,
        )
        for file, text in sample.rows:
            texts.setdefault(file, []).append(text)
    return {file: _found(some, known, wanted) for file, some in texts.items()}


def _found(texts: Sequence[str], known: Collection[str], wanted: Sequence[str]) -> Fields:
    records = list(_records(texts))
    there = dict.fromkeys(name for record in records for name in record)
    tops = {path.partition(".")[0] for path in known}
    gone = [path for path in wanted if not any(_has(record, path) for record in records)] if records else []
    return Fields(tuple(name for name in there if name not in tops), tuple(gone))


def _records(texts: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Those that are objects; the others are rejects."""
    for text in texts:
        try:
            record = json.loads(text)
        except (ValueError, RecursionError):
            continue
        if isinstance(record, dict):
            yield record


def _has(record: dict[str, Any], path: str) -> bool:
    value: Any = record
    for name in path.split("."):
        if not isinstance(value, dict) or name not in value:
            return False
        value = value[name]
    return True
