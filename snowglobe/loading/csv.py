"""One landed CSV file as rows of a DuckDB table expression: what COPY INTO makes of it.

The rules are those of COPY INTO <table>, "Format type options", for CSV without an escape character, with
EMPTY_FIELD_AS_NULL, NULL_IF of '' and any words, SKIP_BLANK_LINES,
REPLACE_INVALID_CHARACTERS, and no error on a column count mismatch.

DuckDB's CSV reader is fast, but it trims blanks beside quotes, takes a blank line of a one-column file for a row, and
its errors abort the caller's transaction. So it is given only what is proven regular beforehand by a few byte
operations: records of one width and with one kind of line end, each field either without quotes or quoted as a whole,
valid UTF-8. Any other file is normalised first.
"""

import csv
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from snowglobe.loading.csv_dialect import USUAL, CsvDialect, decode
from snowglobe.loading.csv_normalise import normalise
from snowglobe.loading.nulls import Nulls, nulls_of
from snowglobe.loading.plain_file import plain_file, scratch_file
from snowglobe.loading.rows import FileError, Rows
from snowglobe.open_questions import OpenQuestion, Otherwise

_BLOCK = 256 * 1024
_LINE = 1024 * 1024  # a regular record is shorter than this and one block
_DUCKDB_LINE = 2_000_000  # what DuckDB takes unless it is told otherwise
_BOM = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # no UTF-8 begins so, and what Excel calls Unicode text does


@contextmanager
def open_csv(
    path: Path,
    scratch: Path,
    otherwise: Otherwise = (),
    *,
    null_if: Sequence[str] = ("",),
    dialect: CsvDialect = USUAL,
    encoding: str = "UTF8",
    compression: str = "AUTO",
) -> Iterator[Rows]:
    """The rows of the file at `path`, plain or packed, readable from any DuckDB connection until the context ends.

    Temporary files are made in `scratch`, which must exist, and are gone afterwards. Memory is bounded by the longest
    record. `otherwise`: RAGGED_FILE, QUOTED_EMPTY_FIELD and QUOTED_NULL_WORD are looked for. `null_if`: what is NULL,
    '' among it, without delimiters, quotes and line ends. `encoding`: a key of CODECS. Raises FileError if the file as
    a whole cannot be loaded; no fault in it is left for the query to raise.
    """
    with ExitStack() as stack:
        plain = stack.enter_context(plain_file(path, scratch, compression))
        if encoding != "UTF8":
            packed, plain = plain, stack.enter_context(scratch_file(scratch))
            decode(packed, plain, encoding)
        nulls = nulls_of(null_if, otherwise)
        regular = _regular(plain, dialect)
        if regular is not None:
            rows = _rows(regular.header, plain, _DUCKDB_LINE, nulls, dialect)
            rows = replace(rows, count=regular.count)
        else:
            target = stack.enter_context(scratch_file(scratch))
            normalised = normalise(plain, target, nulls, dialect)
            if normalised.ragged and dialect.header and OpenQuestion.RAGGED_FILE in otherwise:
                raise FileError(f"line {normalised.ragged} has another number of fields than the header")
            longest = max(_DUCKDB_LINE, 4 * normalised.longest)
            rows = _rows(normalised.header, target, longest, normalised.nulls, USUAL)
            rows = replace(rows, oddities=normalised.oddities)
        rows.oddities.is_cut = _is_cut(plain)
        yield rows


def _is_cut(plain: Path) -> bool:
    """Whether the last line has no end."""
    with plain.open("rb") as file:
        if not file.seek(0, os.SEEK_END):
            return False
        file.seek(-1, os.SEEK_END)
        return file.read() not in b"\r\n"


def _rows(header: tuple[str, ...], file: Path, longest: int, nulls: Nulls, dialect: CsvDialect) -> Rows:
    names = Counter(name.casefold() for name in header if name)
    for name, times in names.items():
        if times > 1:
            raise FileError(f'the header names the column "{name}" {times} times')
    if not header:
        return Rows((), "(SELECT 0::BIGINT AS row_number LIMIT 0)", ())
    columns = ", ".join(f"c{i}: 'VARCHAR'" for i in range(len(header)))
    # Not in parallel: several threads guess where a record begins. row_number() keeps the order of the file:
    # DuckDB's "Order preservation" guarantees it for a window with an empty OVER.
    table = (
        f"(SELECT row_number() OVER () AS row_number, {_fields(nulls)} FROM read_csv(?, max_line_size = ?, "
        f"columns = {{{columns}}}, "
        "auto_detect = false, header = false, skip = ?, delim = ?, quote = ?, escape = ?, nullstr = ?, "
        f"allow_quoted_nulls = {not nulls.ask_for_quotes}, strict_mode = true, null_padding = false, parallel = false, "
        "encoding = 'utf-8', compression = 'none', hive_partitioning = false))"
    )
    mixed = (sorted(nulls.quoted),) if _is_mixed(nulls) else ()
    skip = 1 if dialect.header else dialect.skip
    written = (skip, dialect.delimiter, dialect.quote, dialect.quote)
    return Rows(header, table, (*mixed, str(file.absolute()), longest, *written, sorted(nulls.bare)))


def _fields(nulls: Nulls) -> str:
    """The columns of read_csv, whose quoted fields are either all NULL that could be, or none."""
    if not _is_mixed(nulls):
        return "*"
    return "CASE WHEN list_contains(?, COLUMNS(*)) THEN NULL ELSE COLUMNS(*) END"


def _is_mixed(nulls: Nulls) -> bool:
    return nulls.ask_for_quotes and bool(nulls.quoted)


@dataclass(frozen=True)
class _Regular:
    """A file that is regular from end to end. `header`: '' for each column, if it has none."""

    header: tuple[str, ...]
    count: int


def _regular(plain: Path, dialect: CsvDialect) -> _Regular | None:
    """What is known of a file that is regular, else None. Raises FileError for UTF-16."""
    quote = dialect.quote.encode()
    with plain.open("rb") as file:
        begin = file.read(len(_BOM))
        if begin.startswith(_UTF_16):
            raise FileError("it is UTF-16 text, such as Excel's 'Unicode text', and must be saved as UTF-8 CSV")
        marked = begin == _BOM
        if not marked:
            file.seek(0)
        skipped = [file.readline(_LINE) for _ in range(dialect.skip)]
        line = file.readline(_LINE)
        newline = b"\r\n" if line.endswith(b"\r\n") else b"\n"
        names = line.removesuffix(newline)
        try:
            header = _fields_of(names.decode(), dialect)
        except (csv.Error, UnicodeDecodeError):
            return None
        # DuckDB takes the first LF or CR for the line end of the whole file, even if it is quoted,
        # and does not know a quote that follows a byte order mark.
        if b"\r" in names or (marked and quote and quote in names):
            return None
        if not all(_is_bare(each, newline, quote) for each in skipped):
            return None
        if not dialect.header:
            header = [""] * len(header)
            if dialect.positions and len(header) > dialect.positions:
                return None
        records = _regular_records(file, line, _Shape.of(dialect, len(header) - 1, newline)) if header else None
        if records is not None:
            return _Regular(tuple(header), records - dialect.header)
    return None


def _fields_of(line: str, dialect: CsvDialect) -> list[str]:
    """The fields of a line; none of a blank one."""
    if not dialect.delimiter:
        return [line] if line else []
    return next(csv.reader([line], **dialect.for_reader), [])


def _is_bare(line: bytes, newline: bytes, quote: bytes) -> bool:
    """Whether a line that is skipped is one for DuckDB too."""
    return line.endswith(newline) and b"\r" not in line.removesuffix(newline) and not (quote and quote in line)


@dataclass(frozen=True)
class _Shape:
    """What every record of a regular file has. `flesh`: all bytes but those that part its fields."""

    delimiter: bytes
    quote: bytes
    commas: int
    newline: bytes
    flesh: bytes

    @classmethod
    def of(cls, dialect: CsvDialect, commas: int, newline: bytes) -> "_Shape":
        delimiter = dialect.delimiter.encode()
        flesh = bytes(set(range(256)) - set(delimiter + b"\r\n"))
        return cls(delimiter, dialect.quote.encode(), commas, newline, flesh)


def _regular_records(file: BinaryIO, block: bytes, shape: _Shape) -> int | None:
    """How many records there are from `block` on to the end of the file; None if not all of them are regular."""
    rest, count = b"", 0
    while block:
        rest += block
        end = _end_of_records(rest, shape.quote)
        found = _count_if_regular(rest[:end], shape)
        if len(rest) - end >= _LINE or found is None:
            return None
        count += found
        rest = rest[end:]
        block = file.read(_BLOCK)
    found = _count_if_regular(rest + shape.newline, shape) if rest else 0
    return None if found is None else count + found


def _end_of_records(block: bytes, quote: bytes) -> int:
    """Where the last line end outside quotes stops; 0 if there is none. `block` begins outside quotes."""
    end = block.rfind(b"\n") + 1
    quotes = block.count(quote, 0, end) if quote else 0
    while quotes % 2:
        before = block.rfind(b"\n", 0, end - 1) + 1
        quotes -= block.count(quote, before, end)
        end = before
    return end


def _count_if_regular(records: bytes, shape: _Shape) -> int | None:
    """How many they are, if every record has so many delimiters outside quotes, its line end, and quotes only whole
    fields; else None."""
    if not _is_utf8(records):
        return None
    commas, newline = shape.commas, shape.newline
    bare = _without_quoted(records, shape) if shape.quote else records
    if bare is None:
        return None
    record = shape.delimiter * commas + newline
    bones = bare.translate(None, shape.flesh)
    records_seen = len(bones) // len(record)
    if bones != record * records_seen or bare.count(newline) != records_seen:
        return None
    # A blank line looks like a record of one column.
    return records_seen if commas > 0 or newline * 2 not in newline + bare else None


def _is_utf8(records: bytes) -> bool:
    try:
        return records.isascii() or bool(records.decode())
    except UnicodeDecodeError:
        return False


def _without_quoted(records: bytes, shape: _Shape) -> bytes | None:
    """The records with a letter for each quoted stretch; None if anything but a whole field is quoted.

    Split at the quotes, every second part lies outside. Such a part is either empty, between the two quotes of a
    doubled one, or it parts two fields or records and so begins and ends with a delimiter or a line end.
    """
    delimiter = shape.delimiter
    parts = records.split(shape.quote)
    if len(parts) == 1:
        return records
    if len(parts) % 2 == 0:
        return None
    before, *between, after = parts[::2]
    if before[-1:] not in delimiter + b"\n" or after[:1] not in delimiter + b"\r\n":
        return None
    begins, ends = delimiter + b"\r\n", delimiter + b"\n"
    if any(part[:1] not in begins or part[-1:] not in ends for part in set(between)):
        return None
    return b"q".join((before, *between, after))
