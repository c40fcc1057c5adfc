"""What a file holds, by its first bytes: no rows yet, something else than CSV, or what may be CSV."""

import gzip
import os
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from customertrack.dimension.definition import Feed, Format
from customertrack.dimension.reading_feed import FILES

_BLOCK = 64 * 1024
_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
_LINE_ENDS = b"\r\n"
_LINE_END = re.compile(b"[\r\n]")

_BZIP2 = b"BZh"
_BZIP2_BLOCKS = (b"1AY&SY", b"\x17rE8P\x90")
_COMPRESSED = {
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"PK\x07\x08": "zip",
    b"\x28\xb5\x2f\xfd": "zstd",
    _BZIP2: "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"\x04\x22\x4d\x18": "lz4",
    b"Rar!\x1a\x07": "rar",
    b"\x1f\x9d": "compress",
    b"\xff\x06\x00\x00sNaPpY": "snappy",
    _GZIP: "gzip, twice",
}
_PARQUET = b"PAR1"
_OTHERS = {
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an Excel workbook (xls)",
    _PARQUET: "Parquet",
    b"Obj\x01": "Avro",
    b"ARROW1": "Arrow",
    b"%PDF-": "PDF",
    b"SQLite format 3\x00": "an SQLite database",
    b"\x00\x00\xfe\xff": "UTF-32 text",
}
USUAL = Feed("changes", "csv", None, FILES["csv"])
"""How files are written of which nothing else is said."""

_UNPACK = "unpack it, or use gzip"
_SAVE: dict[Format, str] = {
    "csv": "save it as CSV in UTF-8",
    "json": "save it as JSON lines in UTF-8",
    "parquet": "save it as Parquet",
}
_AGAIN = "it is tried again when it has rows"
# The mark twice, and between them at least the length of a footer.
_LEAST_PARQUET = 12
_TAR = slice(257, 262)  # where the mark of an archive stands


@dataclass(frozen=True)
class Unfit:
    """Why a file is not landed. `reason`: a clause about "it". `next_step`: what to do about it, a clause.

    `is_empty`: it has no rows, which may come yet; else it is no CSV.
    """

    reason: str
    next_step: str
    is_empty: bool = False


def unfit(path: Path, feed: Feed = USUAL) -> Unfit | None:
    """Why the file at `path`, plain or gzip, has nothing to land. None: it has, or whoever loads it says what is wrong.

    A snapshot without rows says that nothing is there, which is for its guard to judge. Raises OSError if it cannot be
    read.
    """
    found = _unfit(path, feed)
    return None if found and found.is_empty and feed.kind == "snapshots" else found


def has_no_rows(path: Path, feed: Feed) -> bool:
    """Whether there are none in the file yet. Raises OSError if it cannot be read."""
    found = _unfit(path, feed)
    return found is not None and found.is_empty


def _unfit(path: Path, feed: Feed) -> Unfit | None:
    form, has_header = feed.format, feed.format == "csv" and not feed.columns
    with path.open("rb") as file:
        begin = file.read(_BLOCK)
        if form == "parquet":
            return _no_parquet(begin, file)
        if begin[:2] != _GZIP:
            found = _other_format(begin, form) or _other_text(begin, feed)
            return found or _without_rows(_blocks(begin, file), has_header)
    try:
        with gzip.open(path) as unpacked:
            begin = unpacked.read(_BLOCK)
            return _other_format(begin, form) or _without_rows(_blocks(begin, unpacked), has_header)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        return None


def other_format(path: Path, form: Format = "csv") -> Unfit | None:
    """Of a file that is none of the format by its name: what it is by its first bytes, if that is known.

    Raises OSError.
    """
    with path.open("rb") as file:
        return _other_format(file.read(_BLOCK), form)


def _no_parquet(begin: bytes, file: IO[bytes]) -> Unfit | None:
    """A Parquet file has its mark at both ends."""
    if not begin:
        return Unfit("it is empty", _AGAIN, is_empty=True)
    if not begin.startswith(_PARQUET):
        return _other_format(begin, "parquet") or Unfit("it is no Parquet", _SAVE["parquet"])
    file.seek(-min(len(_PARQUET), len(begin)), os.SEEK_END)
    if file.read() != _PARQUET or len(begin) < _LEAST_PARQUET:
        return Unfit("it is cut: a Parquet file has its mark at both ends", "copy it again, whole")
    return None


def _other_text(begin: bytes, feed: Feed) -> Unfit | None:
    """No header begins with the brace that a line of JSON begins with."""
    is_json = begin.removeprefix(_BOM).lstrip().startswith((b'{"', b'[{"'))
    if feed.format == "csv" and not feed.columns and is_json:
        return Unfit("it is JSON", 'save it as CSV, or have a dimension with format = "json"')
    return None


def _other_format(begin: bytes, form: Format) -> Unfit | None:
    if begin.startswith(b"PK") and (b"[Content_Types].xml" in begin[:2048] or b"xl/" in begin[:2048]):
        return Unfit("it is an Excel workbook (xlsx)", _SAVE[form])
    for mark, name in _COMPRESSED.items():
        # A text may begin with the letters of bzip2's mark.
        if begin.startswith(mark) and (mark != _BZIP2 or begin[4:10] in _BZIP2_BLOCKS):
            return Unfit(f"it is compressed ({name})", _UNPACK)
    for mark, name in _OTHERS.items():
        if begin.startswith(mark):
            instead = ', or have a dimension with format = "parquet"' if mark == _PARQUET else ""
            return Unfit(f"it is {name}", f"{_SAVE[form]}{instead}")
    if begin[_TAR] == b"ustar":
        return Unfit("it is a tar archive", _UNPACK)
    return None


def _blocks(begin: bytes, file: IO[bytes] | gzip.GzipFile) -> Iterator[bytes]:
    while begin:
        yield begin
        begin = file.read(_BLOCK)


def _without_rows(blocks: Iterator[bytes], has_header: bool) -> Unfit | None:
    """None if there is text, behind the first line if that is a header. Line ends in quotes are taken for line ends."""
    seen = "nothing"
    for block in blocks:
        if seen == "nothing":
            block, seen = block.removeprefix(_BOM), "line ends"
        if seen == "line ends":
            block = block.lstrip(_LINE_ENDS)
            seen = "a line" if block else seen
            if block and not has_header:
                return None
        if seen == "a line":
            end = _LINE_END.search(block)
            block, seen = (block[end.start() :], "its end") if end else (b"", seen)
        if block.strip(_LINE_ENDS):
            return None
    match seen:
        case "nothing":
            reason = "it is empty"
        case "line ends":
            reason = "it holds no line of text"
        case _:
            reason = "it holds one line alone, which is taken for the names of the columns"
    return Unfit(reason, _AGAIN, is_empty=True)
