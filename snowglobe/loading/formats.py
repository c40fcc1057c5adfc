"""The types of file that COPY reads, by the TYPE of their file format. A further one is an entry here and its reader.

The options of each are "Format type options" in https://docs.snowflake.com/en/sql-reference/sql/create-file-format.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from snowglobe.loading.csv import open_csv
from snowglobe.loading.rows import Rows
from snowglobe.open_questions import Otherwise

_NO_WORD = set(',"\r\n')


@dataclass(frozen=True)
class FormatType:
    """One type of file, and the one way in which it is read.

    `options`: the value that each option must have; None: any, because it does not change how a file is read.
    `required`: the options whose default on Snowflake is another value, so that they have to be written.
    `open_rows`: from a file, a folder for scratch files, the open questions answered otherwise and the options as
    written to its rows, readable until the context ends. It raises FileError if the file as a whole cannot be loaded.
    `lists`: the options that may list further words beside those that they must.
    """

    options: Mapping[str, object]
    required: tuple[str, ...]
    open_rows: Callable[[Path, Path, Otherwise, Mapping[str, Any]], AbstractContextManager[Rows]]
    lists: tuple[str, ...] = ()

    def reads(self, option: str, value: Any) -> bool:
        """Whether files can be read with this value of one of its options."""
        must = self.options[option]
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


@contextmanager
def _open_csv(path: Path, scratch: Path, otherwise: Otherwise, options: Mapping[str, Any]) -> Iterator[Rows]:
    with open_csv(path, scratch, otherwise, null_if=options["NULL_IF"]) as rows:
        yield rows


FORMATS: dict[str, FormatType] = {
    "CSV": FormatType(
        options={
            "PARSE_HEADER": True,
            "ERROR_ON_COLUMN_COUNT_MISMATCH": False,
            "FIELD_OPTIONALLY_ENCLOSED_BY": '"',
            "ESCAPE": "NONE",
            "ESCAPE_UNENCLOSED_FIELD": "NONE",
            "NULL_IF": ("",),
            "EMPTY_FIELD_AS_NULL": True,
            "SKIP_BLANK_LINES": True,
            "REPLACE_INVALID_CHARACTERS": True,
            "TRIM_SPACE": False,
            "MULTI_LINE": True,
            "SKIP_BYTE_ORDER_MARK": True,
            "FIELD_DELIMITER": ",",
            "ENCODING": "UTF8",
            "COMPRESSION": "AUTO",
            "COMMENT": None,
        },
        required=(
            "PARSE_HEADER",
            "ERROR_ON_COLUMN_COUNT_MISMATCH",
            "FIELD_OPTIONALLY_ENCLOSED_BY",
            "ESCAPE_UNENCLOSED_FIELD",
            "NULL_IF",
            "SKIP_BLANK_LINES",
            "REPLACE_INVALID_CHARACTERS",
        ),
        open_rows=_open_csv,
        lists=("NULL_IF",),
    ),
}
