"""The lines of a landed file in which a row stands, as the file has them now."""

import csv
import gzip
import io
import re
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

from customertrack.dimension.definition import Feed
from customertrack.local.home import Home

_GZIP = b"\x1f\x8b"
_PYTHON_CALLS = {"UTF8": "utf-8-sig", "UTF16": "utf-16", "UTF32": "utf-32", "SHIFTJIS": "shift_jis"}
# A field of a landed row may be as long as a text of the warehouse.
_LONGEST = 128 << 20


def landed_line(home: Home, feed: Feed, file: str, row: int) -> str | None:
    """Row number `row` of the file with the key `file`: from 1, behind the header; blank lines do not count.

    None if the file is gone or cannot be read, if it has no such row, or if it has no lines: Parquet.
    """
    if feed.format == "parquet":
        return None
    records = _records if feed.format == "csv" else _lines
    skipped = 1 if feed.format == "csv" and not feed.columns else 0
    try:
        with ExitStack() as stack:
            found = records(_opened(stack, home.path(file), feed), feed)
            return next(islice(found, row - 1 + skipped, None), None)
    except (OSError, EOFError, LookupError, csv.Error):
        return None


def _opened(stack: ExitStack, path: Path, feed: Feed) -> io.TextIOBase:
    plain = stack.enter_context(path.open("rb"))
    is_packed = plain.read(len(_GZIP)) == _GZIP
    plain.seek(0)
    content = stack.enter_context(gzip.GzipFile(fileobj=plain)) if is_packed else plain
    encoding = _python_calls(feed.encoding) if feed.format == "csv" else "utf-8-sig"
    return stack.enter_context(io.TextIOWrapper(content, encoding=encoding, errors="replace", newline=""))


def _python_calls(encoding: str) -> str:
    """ISO88591, WINDOWS1252 and others by the names that Python knows."""
    known = re.sub(r"^ISO8859", "iso8859-", re.sub(r"^WINDOWS", "cp", encoding))
    return _PYTHON_CALLS.get(encoding, known)


def _records(lines: io.TextIOBase, feed: Feed) -> Iterator[str]:
    """The text of each record. One with a line end in quotes has several lines."""
    taken: list[str] = []

    def noted() -> Iterator[str]:
        for line in lines:
            taken.append(line)
            yield line

    csv.field_size_limit(_LONGEST)
    quoting = csv.QUOTE_MINIMAL if feed.quote else csv.QUOTE_NONE
    reader = csv.reader(noted(), delimiter=feed.delimiter, quotechar=feed.quote or None, quoting=quoting)
    for fields in reader:
        if fields:
            yield "".join(taken).rstrip("\r\n")
        taken.clear()


def _lines(lines: io.TextIOBase, feed: Feed) -> Iterator[str]:
    """Each line that is not blank, of JSON."""
    yield from (line.rstrip("\r\n") for line in lines if line.strip())
