"""The types of file that COPY reads, by the TYPE of their file format. A further one is an entry here and its reader.

The options of each are "Format type options" in https://docs.snowflake.com/en/sql-reference/sql/create-file-format.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from snowglobe.loading.csv import open_csv
from snowglobe.loading.rows import Rows
from snowglobe.open_questions import Otherwise


@dataclass(frozen=True)
class FormatType:
    """One type of file, and the one way in which it is read.

    `options`: the value that each option must have; None: any, because it does not change how a file is read.
    `required`: the options whose default on Snowflake is another value, so that they have to be written.
    `open_rows`: from a file, a folder for scratch files and the open questions answered otherwise to its rows, readable
    until the context ends. It raises FileError if the file as a whole cannot be loaded.
    """

    options: Mapping[str, object]
    required: tuple[str, ...]
    open_rows: Callable[[Path, Path, Otherwise], AbstractContextManager[Rows]]


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
        open_rows=open_csv,
    ),
}
