"""Which fields landed records have: those that no definition names, and those that it names and that are not there."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from customertrack.reads.results import query
from customertrack.reads.tables import Tables
from customertrack.warehouse import Connection

# The first row of each file, and one of so many; of these the newest.
_EACH, _MOST = 1000, 100
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
    records = list(_records(text for (text,) in texts))
    there = dict.fromkeys(name for record in records for name in record)
    tops = {path.partition(".")[0] for path in known}
    gone = [path for path in wanted if not any(_has(record, path) for record in records)] if records else []
    return Fields(tuple(name for name in there if name not in tops), tuple(gone))


def _records(texts: Iterator[str]) -> Iterator[dict[str, Any]]:
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
