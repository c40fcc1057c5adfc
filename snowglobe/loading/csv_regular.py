"""Whether a CSV file is regular: records of one width and with one kind of line end, each field either without quotes
or quoted as a whole, valid UTF-8.

A few byte operations over blocks of the file say so, many times faster than a parser would. DuckDB reads such a file as
COPY INTO does (csv.py).
"""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from snowglobe.loading.csv_dialect import CsvDialect
from snowglobe.loading.csv_parts import SMALLEST, Cut
from snowglobe.loading.rows import FileError

_BLOCK = 256 * 1024
_LINE = 1024 * 1024  # a regular record is shorter than this and one block
_BOM = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # no UTF-8 begins so, and what Excel calls Unicode text does


@dataclass(frozen=True)
class Regular:
    """A file that is regular from end to end. `header`: '' for each column, if it has none. `cuts`: between rows."""

    first_line: bytes
    header: tuple[str, ...]
    count: int
    cuts: tuple[Cut, ...]


def look_if_regular(plain: Path, dialect: CsvDialect) -> Regular | None:
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
        shape = _Shape.of(dialect, len(header) - 1, newline)
        ends = _ends_of_regular_records(file, line, shape) if header else None
        if ends is not None:
            *cuts, end = (Cut(cut.at, cut.records - dialect.header) for cut in ends)
            between = tuple(cut for cut in cuts if 0 < cut.records < end.records)
            return Regular(line, tuple(header), end.records, between)
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


def _ends_of_regular_records(file: BinaryIO, block: bytes, shape: _Shape) -> list[Cut] | None:
    """Where records end, from `block` on: some bytes apart, and the last. None if not all of them are regular."""
    rest, now = b"", Cut(file.tell() - len(block), 0)
    ends = [now]
    while block:
        rest += block
        end = _end_of_records(rest, shape.quote)
        found = _count_if_regular(rest[:end], shape)
        if len(rest) - end >= _LINE or found is None:
            return None
        now = Cut(now.at + end, now.records + found)
        if now.at - ends[-1].at >= SMALLEST:
            ends.append(now)
        rest = rest[end:]
        block = file.read(_BLOCK)
    found = _count_if_regular(rest + shape.newline, shape) if rest else 0
    return None if found is None else [*ends[1:], Cut(now.at + len(rest), now.records + found)]


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
