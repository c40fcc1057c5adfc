"""One landed Parquet file as rows of one VARIANT each: what COPY INTO makes of it with USE_LOGICAL_TYPE = TRUE.

DuckDB reads the file. A VARIANT is kept as its JSON text, so dates and times are the texts that they are cast to, bytes
are their hexadecimal digits, and a decimal with more digits than every DOUBLE has is a string of them.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
from duckdb.sqltypes import DuckDBPyType

from snowglobe.loading.plain_file import plain_file
from snowglobe.loading.reader import describe, look
from snowglobe.loading.rows import FileError, Rows
from snowglobe.names import literal, quoted
from snowglobe.open_questions import OpenQuestion, Otherwise

_READ = "read_parquet(?, hive_partitioning = false, binary_as_string = false, file_row_number = false)"
_PLAIN = {
    *("boolean", "tinyint", "smallint", "integer", "bigint", "hugeint", "utinyint", "usmallint", "uinteger", "ubigint"),
    *("float", "double", "decimal", "varchar", "uuid", "null"),
    *("date", "time", "time_ns", "time with time zone"),
    *("timestamp", "timestamp_s", "timestamp_ms", "timestamp_ns", "timestamp with time zone", "timestamptz_ns"),
}
_NESTED = {"struct", "list", "array", "map", "decimal"}
_EXACT = 15  # digits that every DOUBLE has


@contextmanager
def open_parquet(path: Path, scratch: Path, otherwise: Otherwise, options: Mapping[str, Any]) -> Iterator[Rows]:
    """The rows of the file at `path`, readable from any DuckDB connection until the context ends.

    The one column is DuckDB's JSON. Raises FileError if the file as a whole cannot be loaded.
    """
    with plain_file(path, scratch, "NONE") as plain:
        name = str(plain.absolute())
        columns = _columns(name)
        pairs = ", ".join(f"{literal(column)}, {_top(column, kind)}" for column, kind in columns)
        document = f"json_object({pairs})"
        if OpenQuestion.PARQUET_NULL in otherwise:
            document = f"json_strip_nulls({document})"
        yield Rows(("",), f"(SELECT row_number() OVER () AS row_number, {document} AS c0 FROM {_READ})", (name,))


def names_in_parquet(path: Path, scratch: Path, otherwise: Otherwise, options: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of its columns. Raises FileError as `open_parquet`."""
    with plain_file(path, scratch, "NONE") as plain:
        return tuple(name for name, _ in _columns(str(plain.absolute())))


def _columns(file: str) -> list[tuple[str, DuckDBPyType]]:
    """Names and types of the columns, after a look at every value: an error of DuckDB's would come too late."""
    try:
        described = describe(f"SELECT * FROM {_READ}", [file])
        hashes = ", ".join(f"hash({quoted(name)})" for name, _ in described)
        look(f"SELECT MAX(GREATEST({hashes})) FROM {_READ}", [file])
    except duckdb.Error as error:
        raise unreadable(error, file) from error
    return described


def unreadable(error: duckdb.Error, file: str) -> FileError:
    """What DuckDB says of a file, in one line; who reads it knows the file's name."""
    text = str(error).partition("\n\nLINE ")[0].rpartition("Error: ")[2]
    said = " ".join(re.sub(f"""(?i:file )?['"]{re.escape(file)}['"]""", "it", text).split())
    return FileError(f"it is no Parquet file that can be read: {said}")


def _top(column: str, kind: DuckDBPyType) -> str:
    """`_value` of a column of the file. Raises FileError with its name, as one type is enough to leave the file out."""
    try:
        return _value(quoted(column), kind)
    except _NoValueError as error:
        raise FileError(f"its column {column} has the type {error.kind}, of which nothing is loaded") from error


class _NoValueError(Exception):
    """A type whose values are none of JSON's, and of which nobody knows what Snowflake makes."""

    def __init__(self, kind: DuckDBPyType) -> None:
        super().__init__(str(kind))
        self.kind = kind


def _value(value: str, kind: DuckDBPyType) -> str:
    """A value of a Parquet file as DuckDB's SQL for what json_object makes of it."""
    if str(kind) == "JSON":
        # No document within the document, but its text.
        return f"CAST({value} AS VARCHAR)"
    inner: Any = kind.children if kind.id in _NESTED else []
    match kind.id:
        case "struct":
            pairs = ", ".join(f"{literal(name)}, {_value(f'{value}.{quoted(name)}', within)}" for name, within in inner)
            return f"CASE WHEN {value} IS NOT NULL THEN json_object({pairs}) END"
        case "list" | "array":
            # One name is enough: the innermost is the one that is meant.
            return f"list_transform({value}, lambda element: {_value('element', inner[0][1])})"
        case "map" if inner[0][1].id in _PLAIN:
            # The names of an object are texts, also of a map whose keys are numbers.
            pair = f"{{'key': CAST(element.key AS VARCHAR), 'value': {_value('element.value', inner[1][1])}}}"
            return f"to_json(map_from_entries(list_transform(map_entries({value}), lambda element: {pair})))"
        case "blob":
            return f"hex({value})"
        case "decimal" if inner[0][1] > _EXACT and inner[1][1] > 0:
            return f"rtrim(rtrim(CAST({value} AS VARCHAR), '0'), '.')"
        case name if name in _PLAIN:
            return value
        case _:
            raise _NoValueError(kind)
