"""The slow way through a CSV file: any file that can be read at all is rewritten as one that DuckDB cannot misread."""

import csv
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from pathlib import Path
from typing import TextIO

from snowglobe.loading.csv_dialect import USUAL, CsvDialect
from snowglobe.loading.nulls import Nulls
from snowglobe.loading.rows import MOST_SAMPLES, FileError, Oddities

FIELD_LIMIT = 16 * 1024 * 1024
"""Bytes in one field: Snowflake's default length of VARCHAR."""

LINE_LIMIT = 256 * 1024 * 1024
"""Characters up to one line end. Only so that a file without any line end cannot take all memory."""

_MOST_BYTES = 4  # of one character in UTF-8
_NOT_UTF8 = re.compile("[\udc80-\udcff]+")  # what "surrogateescape" makes of such bytes
_EMPTY = frozenset({""})


@dataclass(frozen=True)
class Normalised:
    """The names in the header, which `normalise` does not write, and the characters in the longest record it wrote.

    `nulls`: what is NULL in what it wrote. `ragged`: the line of the first record with another number of fields than
    the header, 0 if there is none.
    """

    header: tuple[str, ...]
    longest: int
    nulls: Nulls
    ragged: int = 0
    oddities: Oddities = field(default_factory=Oddities)


def normalise(source: Path, target: Path, nulls: Nulls, dialect: CsvDialect = USUAL) -> Normalised:
    """Write the data records of `source` to `target`: UTF-8, LF, commas, every field quoted, all as wide as the header.

    A record of empty fields comes first, in place of the header, which may itself contain line ends.
    Invalid bytes become U+FFFD, a byte order mark and blank lines go, missing fields become empty, surplus fields go.
    Memory holds one record. A field that is NULL by `nulls` is written as an empty one, without quotes if a quoted one
    is not NULL. Raises FileError if `source` is not CSV, OSError if `target` cannot be written.
    """
    with (
        _field_limit(),
        source.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as text,
        target.open("w", encoding="utf-8", newline="") as out,
    ):
        odd = Oddities()
        lines = _Lines(text, odd, kept=nulls.ask_for_quotes)
        for _ in range(dialect.skip):
            text.readline(LINE_LIMIT)
        records = _records(lines, dialect)
        header, records = _header(records, dialect)
        lines.of_record()
        write = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerow
        width, longest, ragged = len(header), 0, 0
        write([""] * width)
        for row, (line, record) in enumerate(records, start=1):
            if not lines.are_utf8:
                odd.not_utf8.add(row)
            written = lines.of_record()
            if len(record) != width:
                _note_width(record, width, row, odd)
                record = (record + [""] * width)[:width]
                ragged = ragged or line
            if nulls.ask_for_quotes:
                length = out.write(_with_nulls(record, nulls, _quoted(record, nulls, written, dialect)))
            else:
                length = write(["" if field in nulls.bare else field for field in record])
            longest = max(longest, length)
            if length > FIELD_LIMIT // _MOST_BYTES:
                _check_fields(record, line)
    written_nulls = Nulls(_EMPTY, frozenset() if nulls.ask_for_quotes else _EMPTY)
    return Normalised(tuple(header), longest, written_nulls, ragged, odd)


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


def _with_nulls(record: Sequence[str], nulls: Nulls, quoted: Collection[int]) -> str:
    """The record with every field quoted but those that are NULL, which are empty. `quoted`: places in its text."""
    fields = (
        "" if field in (nulls.quoted if place in quoted else nulls.bare) else '"' + field.replace('"', '""') + '"'
        for place, field in enumerate(record)
    )
    return ",".join(fields) + "\n"


def _quoted(record: Sequence[str], nulls: Nulls, written: str, dialect: CsvDialect) -> Collection[int]:
    """The places of the quoted fields in the text of one record; none if none of its fields could be NULL."""
    if not dialect.quote or dialect.quote not in written or nulls.bare.isdisjoint(record):
        return ()
    found = enumerate(_field(dialect).finditer(written.rstrip("\r\n")))
    return {place for place, field in found if field[0].startswith(dialect.quote)}


@cache
def _field(dialect: CsvDialect) -> re.Pattern[str]:
    quote, delimiter = re.escape(dialect.quote), re.escape(dialect.delimiter)
    return re.compile(rf"({quote}[^{quote}]*(?:{quote}{quote}[^{quote}]*)*{quote}|[^{delimiter}]*)(?:{delimiter}|\Z)")


def _header(
    records: Iterator[tuple[int, list[str]]], dialect: CsvDialect
) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """The names, '' for each column if the file has none, and the records that follow."""
    if dialect.header:
        return next(records, (0, []))[1], records
    first = next(records, None)
    if first is None:
        return [], records
    return [""] * (dialect.positions or len(first[1])), chain([first], records)


def _records(lines: "_Lines", dialect: CsvDialect) -> Iterator[tuple[int, list[str]]]:
    """Each record that is not a blank line, with the number of the line on which it begins."""
    if not dialect.delimiter:
        yield from _whole_lines(lines, dialect.skip + 1)
        return
    reader = csv.reader(lines, **dialect.for_reader)
    while True:
        line = dialect.skip + reader.line_num + 1
        lines.are_utf8 = True
        try:
            record = next(reader, None)
        except csv.Error as error:
            if lines.ended:
                raise FileError(f"line {line}: a quoted field begins in this record and is never closed") from error
            raise FileError(f"line {dialect.skip + reader.line_num} is not valid CSV: {error}") from error
        if record is None:
            return
        if record:
            yield line, record


def _whole_lines(lines: "_Lines", first: int) -> Iterator[tuple[int, list[str]]]:
    """The same of a file whose lines are one field each."""
    numbered = enumerate(lines, first)
    while True:
        lines.are_utf8 = True
        number, line = next(numbered, (0, ""))
        if not line:
            return
        if text := line.rstrip("\r\n"):
            yield number, [text]


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
