"""The slow way through a CSV file: any file that can be read at all is rewritten as one that DuckDB cannot misread."""

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from snowglobe.loading.rows import MOST_SAMPLES, FileError, Oddities

FIELD_LIMIT = 16 * 1024 * 1024
"""Bytes in one field: Snowflake's default length of VARCHAR."""

LINE_LIMIT = 256 * 1024 * 1024
"""Characters up to one line end. Only so that a file without any line end cannot take all memory."""

_MOST_BYTES = 4  # of one character in UTF-8
_NOT_UTF8 = re.compile("[\udc80-\udcff]+")  # what "surrogateescape" makes of such bytes
_FIELD = re.compile(r'("(?:[^"]|"")*"|[^,]*)(?:,|\Z)')


@dataclass(frozen=True)
class Normalised:
    """The names in the header, which `normalise` does not write, and the characters in the longest record it wrote.

    `ragged`: the line of the first record with another number of fields than the header, 0 if there is none.
    """

    header: tuple[str, ...]
    longest: int
    ragged: int = 0
    oddities: Oddities = field(default_factory=Oddities)


def normalise(source: Path, target: Path, *, quoted_is_null: bool = True) -> Normalised:
    """Write the data records of `source` to `target`: UTF-8, LF, every field quoted, all as wide as the header.

    A record of empty fields comes first, in place of the header, which may itself contain line ends.
    Invalid bytes become U+FFFD, a byte order mark and blank lines go, missing fields become empty, surplus fields go.
    Memory holds one record. Unless `quoted_is_null`, an empty field is quoted only where it was. Raises FileError if
    `source` is not CSV, OSError if `target` cannot be written.
    """
    with (
        _field_limit(),
        source.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as text,
        target.open("w", encoding="utf-8", newline="") as out,
    ):
        odd = Oddities()
        lines = _Lines(text, odd, kept=not quoted_is_null)
        records = _records(lines)
        header = next(records, (0, []))[1]
        lines.of_record()
        write = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerow
        width, longest, ragged = len(header), 0, 0
        write([""] * width)
        for row, (line, record) in enumerate(records, start=1):
            if not lines.are_utf8:
                odd.not_utf8.add(row)
            quoted = () if quoted_is_null else _quoted_empty(lines.of_record())
            if len(record) != width:
                _note_width(record, width, row, odd)
                record = (record + [""] * width)[:width]
                ragged = ragged or line
            length = write(record) if quoted_is_null else out.write(_with_nulls(record, quoted))
            longest = max(longest, length)
            if length > FIELD_LIMIT // _MOST_BYTES:
                _check_fields(record, line)
    return Normalised(tuple(header), longest, ragged, odd)


@contextmanager
def _field_limit() -> Iterator[None]:
    """The csv module has one limit for the whole process; it is given back as it was."""
    before = csv.field_size_limit(FIELD_LIMIT)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _note_width(record: list[str], width: int, row: int, odd: Oddities) -> None:
    if len(record) < width:
        odd.short.add(row)
    elif any(record[width:]):
        odd.surplus.add(row)


def _quoted_empty(written: str) -> Sequence[int]:
    """The places of the fields that are written as two quotes, in the text of one record."""
    if '""' not in written:
        return ()
    return [place for place, found in enumerate(_FIELD.finditer(written.rstrip("\r\n"))) if found[1] == '""']


def _with_nulls(record: Sequence[str], quoted: Sequence[int]) -> str:
    """The record with every field quoted but the empty ones, of which only those at `quoted` are."""
    fields = (
        '"' + field.replace('"', '""') + '"' if field or place in quoted else "" for place, field in enumerate(record)
    )
    return ",".join(fields) + "\n"


def _records(lines: "_Lines") -> Iterator[tuple[int, list[str]]]:
    """Each record that is not a blank line, with the number of the line on which it begins."""
    reader = csv.reader(lines, strict=True)
    while True:
        line = reader.line_num + 1
        lines.are_utf8 = True
        try:
            record = next(reader, None)
        except csv.Error as error:
            if lines.ended:
                raise FileError(f"line {line}: a quoted field begins in this record and is never closed") from error
            raise FileError(f"line {reader.line_num} is not valid CSV: {error}") from error
        if record is None:
            return
        if record:
            yield line, record


class _Lines:
    """The lines of a text with their ends, and whether all have been read. LF, CRLF and a lone CR end a line."""

    def __init__(self, text: TextIO, odd: Oddities, *, kept: bool) -> None:
        """`odd`: where bytes that are no UTF-8 are noted; `kept`: whether `of_record` will be asked."""
        self._text = text
        self._odd = odd
        self._kept = kept
        self.are_utf8 = True
        self.ended = False
        self._since: list[str] = []

    def of_record(self) -> str:
        """What was read since the last call: the text of a record, and blank lines before it."""
        text, self._since = "".join(self._since).lstrip("\r\n"), []
        return text

    def __iter__(self) -> Iterator[str]:
        try:
            while line := self._text.readline(LINE_LIMIT):
                if len(line) == LINE_LIMIT:
                    raise FileError(f"a line is longer than {LINE_LIMIT:,} characters")
                if self._kept:
                    self._since.append(line)
                yield line if line.isascii() else self._replaced(line)
        except OSError as error:
            raise FileError(f"the file cannot be read: {error.strerror}") from error
        self.ended = True

    def _replaced(self, line: str) -> str:
        """The line with U+FFFD where its bytes are no UTF-8."""
        found = _NOT_UTF8.findall(line)
        if not found:
            return line
        self.are_utf8 = False
        room = MOST_SAMPLES - len(self._odd.bytes_not_utf8)
        self._odd.bytes_not_utf8 += [some.encode(errors="surrogateescape") for some in found[:room]]
        return line.encode(errors="surrogateescape").decode(errors="replace")


def _check_fields(record: list[str], line: int) -> None:
    if any(len(field.encode()) > FIELD_LIMIT for field in record):
        raise FileError(f"line {line}: a field is longer than {FIELD_LIMIT:,} bytes")
