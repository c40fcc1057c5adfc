"""How a CSV file is written: what parts its fields, what they may stand in, what comes first, and in which encoding."""

import codecs
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from snowglobe.loading.rows import FileError

POSITIONS = "positions"
"""Beside the options as written: how many columns are asked of a file without a header."""

_BLOCK = 256 * 1024
_NONE = "NONE"

# Snowflake's names of those that Python decodes: the table of ENCODING in
# https://docs.snowflake.com/en/sql-reference/sql/copy-into-table.
CODECS = {
    **{f"ISO8859{part}": f"iso8859-{part}" for part in (1, 2, 5, 6, 7, 8, 9, 15)},
    **{f"WINDOWS125{part}": f"cp125{part}" for part in range(7)},
    **{name: name.lower() for name in ("BIG5", "EUCJP", "EUCKR", "GB18030", "SHIFTJIS")},
    **{name: name.lower() for name in ("ISO2022JP", "ISO2022KR")},
    "KOI8R": "koi8-r",
    **{
        f"UTF{bits}{order}": f"utf-{bits}{'-' * bool(order)}{order.lower()}"
        for bits in (16, 32)
        for order in ("", "BE", "LE")
    },
    "UTF8": "utf-8",
}


@dataclass(frozen=True)
class CsvDialect:
    """`delimiter`: "" if a line is one field. `quote`: "" if fields are never in quotes. `header`: whether the first
    record has the names; else `skip` lines stand before the first record, and `positions` columns are wanted: None, as
    many as that one has.
    """

    delimiter: str = ","
    quote: str = '"'
    header: bool = True
    skip: int = 0
    positions: int | None = None

    @property
    def for_reader(self) -> dict[str, Any]:
        """The arguments of csv.reader, if there is a delimiter."""
        quoting = {"quotechar": self.quote} if self.quote else {"quoting": 3}
        return {"delimiter": self.delimiter, "strict": True, **quoting}


USUAL = CsvDialect()
"""Commas, double quotes, a header."""


def dialect_of(options: Mapping[str, Any]) -> CsvDialect:
    """What the options of a file format come to."""
    delimiter, quote = options.get("FIELD_DELIMITER", ","), options.get("FIELD_OPTIONALLY_ENCLOSED_BY", _NONE)
    return CsvDialect(
        delimiter="" if delimiter == _NONE else delimiter,
        quote="" if quote == _NONE else quote,
        header=options.get("PARSE_HEADER", False),
        skip=options.get("SKIP_HEADER", 0),
        positions=options.get(POSITIONS),
    )


def conflict(options: Mapping[str, Any]) -> str | None:
    """Why no file can be read by these options together; None if it can."""
    dialect = dialect_of(options)
    if dialect.header and dialect.skip:
        return "PARSE_HEADER = TRUE has no SKIP_HEADER"
    if not dialect.delimiter and (dialect.quote or dialect.header):
        return "FIELD_DELIMITER = NONE has no FIELD_OPTIONALLY_ENCLOSED_BY and no PARSE_HEADER = TRUE"
    if dialect.delimiter and dialect.delimiter == dialect.quote:
        return "FIELD_DELIMITER and FIELD_OPTIONALLY_ENCLOSED_BY are the same"
    if any(set(word) & {dialect.delimiter, dialect.quote} for word in options.get("NULL_IF", ()) if word):
        return "a word of NULL_IF has the delimiter or the quote in it"
    return None


def is_delimiter(value: object) -> bool:
    """Whether it is one character that can part fields, or none does."""
    if not isinstance(value, str) or value == _NONE:
        return value == _NONE
    return len(value) == 1 and value.isascii() and not value.isalnum() and value not in "\r\n\0"


def decode(source: Path, target: Path, encoding: str) -> None:
    """Write the text of `source` to `target` in UTF-8; U+FFFD for what is none.

    `encoding`: a key of CODECS. Raises FileError if `source` cannot be read, OSError if `target` cannot be written.
    """
    decoder = codecs.getincrementaldecoder(CODECS[encoding])(errors="replace")
    try:
        file = source.open("rb")
    except OSError as error:
        raise FileError(f"the file cannot be read: {error.strerror}") from error
    with file, target.open("wb") as out:
        while block := file.read(_BLOCK):
            out.write(decoder.decode(block).encode(errors="replace"))
        out.write(decoder.decode(b"", final=True).encode(errors="replace"))
