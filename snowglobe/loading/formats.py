"""The types of file that COPY reads, by the TYPE of their file format. A further one is an entry here and its reader.

The options of each are "Format type options" in https://docs.snowflake.com/en/sql-reference/sql/create-file-format.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from snowglobe.loading.csv import open_csv
from snowglobe.loading.csv_dialect import CODECS, conflict, dialect_of, is_delimiter
from snowglobe.loading.json import names_in_json, open_json
from snowglobe.loading.parquet import names_in_parquet, open_parquet
from snowglobe.loading.plain_file import PACKINGS
from snowglobe.loading.rows import Rows
from snowglobe.open_questions import Otherwise

_NO_WORD = set(',"\r\n')

Open = Callable[[Path, Path, Otherwise, Mapping[str, Any]], AbstractContextManager[Rows]]


@dataclass(frozen=True)
class AnyOf:
    """Several values that an option may have."""

    values: tuple[object, ...]

    def __str__(self) -> str:
        return " or ".join(map(str, self.values))

    def __contains__(self, value: object) -> bool:
        return any(type(value) is type(each) and value == each for each in self.values)


@dataclass(frozen=True)
class Such:
    """Any value for which `holds`, in words `said`."""

    holds: Callable[[object], bool]
    said: str

    def __str__(self) -> str:
        return self.said


@dataclass(frozen=True)
class FormatType:
    """One type of file, and the one way in which it is read.

    `options`: the value that each option must have, or AnyOf them; None: any, because it does not change how a file is
    read. `required`: the options whose default on Snowflake is another value, so that they have to be written.
    `open_rows`: from a file, a folder for scratch files, the open questions answered otherwise and the options as
    written to its rows, readable until the context ends. It raises FileError if the file as a whole cannot be loaded.
    `lists`: the options that may list further words beside those that they must. `is_variant`: a row is one VARIANT,
    `$1`. `names`: the names of a file's columns, likewise; None: they are those in the header. `conflict`: why options
    do not go together.
    """

    options: Mapping[str, object]
    required: tuple[str, ...]
    open_rows: Open
    lists: tuple[str, ...] = ()
    is_variant: bool = False
    names: Callable[[Path, Path, Otherwise, Mapping[str, Any]], tuple[str, ...]] | None = None
    conflict: Callable[[Mapping[str, Any]], str | None] = lambda options: None

    @property
    def examples(self) -> dict[str, object]:
        """For each option a value of the type that it takes; None: of any."""
        return {option: None if isinstance(must, (AnyOf, Such)) else must for option, must in self.options.items()}

    def reads(self, option: str, value: Any) -> bool:
        """Whether files can be read with this value of one of its options."""
        must = self.options[option]
        if isinstance(must, AnyOf):
            return value in must
        if isinstance(must, Such):
            return must.holds(value)
        if option in self.lists and isinstance(must, tuple) and isinstance(value, tuple):
            return set(must) <= set(value) and all(map(_is_word, value))
        return must is None or value == must


def _is_word(value: object) -> bool:
    """Whether it can stand in a field without quotes, and DuckDB takes it for NULL."""
    return isinstance(value, str) and not _NO_WORD & set(value)


def open_rows(
    options: Mapping[str, Any], path: Path, scratch: Path, otherwise: Otherwise
) -> AbstractContextManager[Rows]:
    """The rows of a file by the options of its file format; see FormatType."""
    return FORMATS[options["TYPE"]].open_rows(path, scratch, otherwise, options)


def names_in(options: Mapping[str, Any], path: Path, scratch: Path, otherwise: Otherwise) -> tuple[str, ...]:
    """The names of a file's columns, as it has them, in its order. Raises FileError as `open_rows` does."""
    if names := FORMATS[options["TYPE"]].names:
        return names(path, scratch, otherwise, options)
    with open_rows(options, path, scratch, otherwise) as rows:
        return rows.header


def loads_by_name(options: Mapping[str, Any]) -> bool:
    """Whether the columns of its files are found by their names."""
    format_type = FORMATS[options["TYPE"]]
    has_header = options.get("PARSE_HEADER", False) or "PARSE_HEADER" not in format_type.options
    return has_header and not format_type.is_variant


def header_rows(options: Mapping[str, Any]) -> int:
    """How many rows of a file are no data."""
    return 1 if loads_by_name(options) else options.get("SKIP_HEADER", 0)


@contextmanager
def _open_csv(path: Path, scratch: Path, otherwise: Otherwise, options: Mapping[str, Any]) -> Iterator[Rows]:
    with open_csv(
        path,
        scratch,
        otherwise,
        null_if=options["NULL_IF"],
        dialect=dialect_of(options),
        encoding=options.get("ENCODING", "UTF8"),
        compression=options.get("COMPRESSION", "AUTO"),
    ) as rows:
        yield rows


def _names_in_csv(path: Path, scratch: Path, otherwise: Otherwise, options: Mapping[str, Any]) -> tuple[str, ...]:
    """Without a header Snowflake calls them c1, c2 ..."""
    with _open_csv(path, scratch, otherwise, options) as rows:
        return rows.header if loads_by_name(options) else tuple(f"c{n}" for n, _ in enumerate(rows.header, 1))


def _is_count(value: object) -> bool:
    return type(value) is int and value >= 0


_EITHER = AnyOf((True, False))
_PACKED = AnyOf(("AUTO", *PACKINGS, "NONE"))
_CSV = FormatType(
    options={
        "PARSE_HEADER": _EITHER,
        "SKIP_HEADER": Such(_is_count, "a number of lines"),
        "ERROR_ON_COLUMN_COUNT_MISMATCH": False,
        "FIELD_OPTIONALLY_ENCLOSED_BY": AnyOf(('"', "'", "NONE")),
        "ESCAPE": "NONE",
        "ESCAPE_UNENCLOSED_FIELD": "NONE",
        "NULL_IF": ("",),
        "EMPTY_FIELD_AS_NULL": True,
        "SKIP_BLANK_LINES": True,
        "REPLACE_INVALID_CHARACTERS": True,
        "TRIM_SPACE": False,
        "MULTI_LINE": True,
        "SKIP_BYTE_ORDER_MARK": True,
        "FIELD_DELIMITER": Such(is_delimiter, "NONE, or one character that is no letter, digit or line end"),
        "ENCODING": AnyOf(tuple(CODECS)),
        "COMPRESSION": _PACKED,
        "COMMENT": None,
    },
    required=(
        "ERROR_ON_COLUMN_COUNT_MISMATCH",
        "ESCAPE_UNENCLOSED_FIELD",
        "NULL_IF",
        "SKIP_BLANK_LINES",
        "REPLACE_INVALID_CHARACTERS",
    ),
    open_rows=_open_csv,
    lists=("NULL_IF",),
    names=_names_in_csv,
    conflict=conflict,
)
_JSON = FormatType(
    options={
        "STRIP_OUTER_ARRAY": _EITHER,
        "REPLACE_INVALID_CHARACTERS": _EITHER,
        "IGNORE_UTF8_ERRORS": _EITHER,
        "MULTI_LINE": _EITHER,
        "ALLOW_DUPLICATE": False,
        "STRIP_NULL_VALUES": False,
        "ENABLE_OCTAL": False,
        "TRIM_SPACE": False,
        "SKIP_BYTE_ORDER_MARK": True,
        "COMPRESSION": _PACKED,
        "COMMENT": None,
    },
    required=(),
    open_rows=open_json,
    is_variant=True,
    names=names_in_json,
)
_PARQUET = FormatType(
    options={
        "USE_LOGICAL_TYPE": True,
        "BINARY_AS_TEXT": False,
        "TRIM_SPACE": False,
        "REPLACE_INVALID_CHARACTERS": False,
        "COMPRESSION": "AUTO",
        "COMMENT": None,
    },
    required=("USE_LOGICAL_TYPE", "BINARY_AS_TEXT"),
    open_rows=open_parquet,
    is_variant=True,
    names=names_in_parquet,
)
FORMATS: dict[str, FormatType] = {"CSV": _CSV, "JSON": _JSON, "PARQUET": _PARQUET}
