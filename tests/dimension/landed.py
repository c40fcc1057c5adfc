"""What landed, field by field, as the replay reads it: CSV with its quotes in sight, JSON lines, or Parquet."""

import gzip
import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from tempfile import NamedTemporaryFile
from typing import Any, NamedTuple

import duckdb

from tests.dimension.definition import Feed, Toml
from tests.dimension.values import canonical

Fields = dict[str, str | None]
"""The text by column in lower case, None for NULL. A column that the row does not have is not there."""


class LandedFile(NamedTuple):
    """`definition`: the one under which it was loaded, if that is not today's."""

    name: str
    content: bytes
    loaded_at: datetime
    definition: Toml | None = None


def rows(file: LandedFile, feed: Feed) -> list[Fields]:
    """The rows in their order."""
    if feed.format == "parquet":
        return _parquet_rows(file.content)
    content = gzip.decompress(file.content) if file.name.endswith(".gz") else file.content
    text = content.decode("utf-8", errors="replace")
    return _json_rows(text) if feed.format == "json" else _csv_rows(text, feed.null)


def _csv_rows(text: str, null: str | None) -> list[Fields]:
    records = list(_records(text))
    if not records:
        return []
    columns = [column.lower() for column, _ in records[0]]
    return [
        {
            column: None if field == "" or (field == null and not quoted) else field
            for column, (field, quoted) in zip(columns, [*record, *[("", False)] * len(columns)], strict=False)
        }
        for record in records[1:]
    ]


def _records(text: str) -> Iterator[list[tuple[str, bool]]]:
    """Each record that is no empty line: its fields, and whether they were quoted."""
    at, record = 0, []
    while at < len(text):
        field, quoted, at = _quoted(text, at) if text[at] == '"' else _plain(text, at)
        record.append((field, quoted))
        if text[at : at + 1] == ",":
            at += 1
            if at == len(text):
                record.append(("", False))
        else:
            at += 2 if text.startswith("\r\n", at) else 1
            if record != [("", False)]:
                yield record
            record = []
    if record:
        yield record


def _quoted(text: str, at: int) -> tuple[str, bool, int]:
    field, at = "", at + 1
    while True:
        end = text.index('"', at)
        field += text[at:end]
        at = end + 1
        if text[at : at + 1] != '"':
            return field, True, at
        field, at = field + '"', at + 1


def _plain(text: str, at: int) -> tuple[str, bool, int]:
    ends = [found for found in (text.find(end, at) for end in (",", "\n", "\r\n")) if found >= 0]
    end = min(ends, default=len(text))
    return text[at:end], False, end


def _json_rows(text: str) -> list[Fields]:
    found = [json.loads(line, parse_float=Decimal) for line in text.split("\n") if line.strip()]
    return [dict(_leaves("", row)) for row in found]


def _parquet_rows(content: bytes) -> list[Fields]:
    with NamedTemporaryFile(suffix=".parquet") as file, duckdb.connect() as duck:
        file.write(content)
        file.flush()
        cursor = duck.execute("SELECT * FROM read_parquet(?)", [file.name])
        names = [str(column[0]) for column in cursor.description or ()]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [dict(_leaves("", row)) for row in found]


def _leaves(above: str, row: dict[str, Any]) -> Iterator[tuple[str, str | None]]:
    """Every value by its path, objects too, because an attribute may be either."""
    for name, value in row.items():
        yield above + name.lower(), _as_text(value)
        if isinstance(value, dict):
            yield from _leaves(f"{above}{name.lower()}.", value)


def _as_text(value: Any) -> str | None:
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, str) else canonical(value)
