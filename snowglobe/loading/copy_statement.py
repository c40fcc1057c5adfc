"""What COPY INTO table FROM @stage says: where rows go, from which files, and which part of a row into which column.

https://docs.snowflake.com/en/sql-reference/sql/copy-into-table and .../user-guide/data-load-transform
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from snowglobe.catalog import FileFormat, Stage
from snowglobe.errors import NotSupportedError, ProgrammingError, does_not_exist
from snowglobe.loading.csv_dialect import POSITIONS
from snowglobe.loading.formats import FORMATS, loads_by_name
from snowglobe.open_questions import OpenQuestion
from snowglobe.session import Session
from snowglobe.tokens import Tokens, head

# DuckDB's type of it.
_VARIANT = "JSON"
_BY_NAME = "CASE_INSENSITIVE"
_OPTIONS: dict[str, Any] = {
    "FILE_FORMAT": {},
    "PATTERN": "",
    "ON_ERROR": "SKIP_FILE",
    "MATCH_BY_COLUMN_NAME": _BY_NAME,
    "INCLUDE_METADATA": {},
}
_OF_A_QUERY = ("FILE_FORMAT", "PATTERN", "ON_ERROR")
_METADATA = {"METADATA$FILENAME", "METADATA$FILE_ROW_NUMBER", "METADATA$FILE_LAST_MODIFIED", "METADATA$START_SCAN_TIME"}


@dataclass(frozen=True)
class Copy:
    """A COPY statement: `table` and `stage` qualified, `prefix` where the stage's names begin.

    `pattern`: a regular expression, or ""; for whole names, or `pattern_anywhere`. `options`: of the file
    format. `metadata`: from column to METADATA$ name. `positions`: from column to the n of `$n`; None: columns are
    found by the names in the file.
    """

    table: str
    stage: str
    prefix: str
    pattern: str
    pattern_anywhere: bool
    options: dict[str, Any]
    metadata: dict[str, str]
    positions: dict[str, int] | None = None


def parse_copy(session: Session, text: str, sql: str = "") -> Copy:
    """Read COPY INTO table FROM @stage options, or COPY INTO table (columns) FROM (SELECT $1, ... FROM @stage) options.

    Any other shape, or option that would load otherwise, is an error. `sql`: the whole statement, for errors, if the
    text is a part of one.
    """
    sql = sql or text
    tokens = Tokens(text, sql)
    tokens.expect("COPY", "INTO")
    table = session.qualify(tokens.name())
    columns = _names(tokens) if tokens.accept("(") else []
    tokens.expect("FROM")
    items: list[str] = []
    if columns:
        tokens.expect("(", "SELECT")
        items = _items(tokens)
        tokens.expect("FROM")
    tokens.expect("@")
    stage = session.find(Stage, tokens.name())
    if columns:
        tokens.expect(")")
    options = tokens.options({key: _OPTIONS[key] for key in _OF_A_QUERY} if columns else _OPTIONS)
    tokens.end()
    for key in _OF_A_QUERY[2:] if columns else ("ON_ERROR", "MATCH_BY_COLUMN_NAME"):
        if options.get(key) != _OPTIONS[key]:
            raise _refused(f"cannot load without {key} = {_OPTIONS[key]}", sql)
    of_format = _options_of_format(session, options, sql)
    pattern = _pattern(options, sql)
    anywhere = OpenQuestion.PATTERN in session.otherwise
    kinds = {column.lower(): kind for column, kind in session.table_columns(table).items()}
    if not kinds:
        raise does_not_exist("TABLE", table)
    if not columns:
        metadata = {str(column).lower(): str(name) for column, name in options.get("INCLUDE_METADATA", {}).items()}
        _check_metadata(metadata, kinds, sql)
        _check_by_name(of_format, kinds, metadata, sql)
        return Copy(table, stage.name, stage.prefix, pattern, anywhere, of_format, metadata)
    metadata, positions = _selected(columns, items, sql)
    _check_metadata(metadata | dict.fromkeys(positions, "METADATA$FILENAME"), kinds, sql)
    _check_positions(of_format, positions, kinds, sql)
    of_format |= {POSITIONS: max(positions.values(), default=1)}
    return Copy(table, stage.name, stage.prefix, pattern, anywhere, of_format, metadata, positions)


def _names(tokens: Tokens) -> list[str]:
    """The names up to the bracket that ends them."""
    names = [tokens.name()]
    while tokens.accept(","):
        names.append(tokens.name())
    tokens.expect(")")
    return names


def _items(tokens: Tokens) -> list[str]:
    """The items of the SELECT list: `$n`, or a METADATA$ name in upper case."""
    items: list[str] = []
    while not items or tokens.accept(","):
        if tokens.accept("$"):
            place = tokens.number()
            if place < 1:
                raise tokens.unexpected("the first column is $1")
            items.append(f"${place}")
        elif tokens.peek() in _METADATA:
            items.append(tokens.name().upper())
        else:
            raise tokens.unexpected("a COPY selects $1, $2 ... and METADATA$ columns here")
    return items


def _options_of_format(session: Session, options: Mapping[str, Any], sql: str) -> dict[str, Any]:
    file_format = options.get("FILE_FORMAT", {})
    if set(file_format) != {"FORMAT_NAME"}:
        raise _refused("wants FILE_FORMAT = (FORMAT_NAME = '...')", sql)
    return session.find(FileFormat, str(file_format["FORMAT_NAME"])).options


def _pattern(options: Mapping[str, Any], sql: str) -> str:
    pattern = options.get("PATTERN", "")
    try:
        re.compile(pattern)
    except re.error as error:
        raise _refused(f"cannot read this PATTERN ({error})", sql) from error
    return pattern


def _selected(columns: list[str], items: list[str], sql: str) -> tuple[dict[str, str], dict[str, int]]:
    """What each column gets: a METADATA$ name, or the n of `$n`."""
    if len(columns) != len(items):
        message = f"Insert value list does not match column list expecting {len(columns)} but got {len(items)}"
        raise ProgrammingError(f"{message} in: {head(sql)}", 2057, "42601")
    if len(set(columns)) < len(columns):
        raise ProgrammingError(f"Duplicate column in: {head(sql)}", 2025, "42S21")
    pairs = dict(zip(columns, items, strict=True))
    metadata = {column: item for column, item in pairs.items() if not item.startswith("$")}
    return metadata, {column: int(item[1:]) for column, item in pairs.items() if item.startswith("$")}


def _check_metadata(metadata: Mapping[str, str], kinds: Mapping[str, str], sql: str) -> None:
    if unknown := sorted(set(metadata.values()) - _METADATA):
        raise _refused(f"does not know {', '.join(unknown)}", sql)
    if missing := sorted(metadata.keys() - kinds.keys()):
        raise ProgrammingError(f"Invalid identifier {', '.join(missing)} in: {head(sql)}", 904, "42000")


def _check_by_name(
    of_format: Mapping[str, Any], kinds: Mapping[str, str], metadata: Mapping[str, str], sql: str
) -> None:
    if not loads_by_name(of_format):
        raise _refused("finds columns by name in CSV with PARSE_HEADER = TRUE alone, others by SELECT $1", sql)
    if variants := sorted(column for column, kind in kinds.items() if kind == _VARIANT and column not in metadata):
        raise _refused(f"loads no CSV into a VARIANT ({', '.join(variants)})", sql)


def _check_positions(
    of_format: Mapping[str, Any], positions: Mapping[str, int], kinds: Mapping[str, str], sql: str
) -> None:
    """A document goes into a VARIANT, a field of a CSV into anything else."""
    format_type = FORMATS[of_format["TYPE"]]
    if loads_by_name(of_format):
        raise _refused("selects no columns of a CSV with PARSE_HEADER = TRUE", sql)
    if format_type.is_variant and set(positions.values()) - {1}:
        raise _refused(f"has $1 alone of {of_format['TYPE']}", sql)
    if wrong := sorted(column for column in positions if (kinds[column] == _VARIANT) != format_type.is_variant):
        what = "into a VARIANT alone" if format_type.is_variant else "into no VARIANT"
        raise _refused(f"loads {of_format['TYPE']} {what} (not {', '.join(wrong)})", sql)


def _refused(what: str, sql: str) -> NotSupportedError:
    return NotSupportedError(f"The embedded warehouse {what}: {head(sql)}", 2, "0A000")
