"""One landed CSV file as rows of a DuckDB table expression: what COPY INTO makes of it.

The rules are those of COPY INTO <table>, "Format type options", for CSV without an escape character, with
EMPTY_FIELD_AS_NULL, NULL_IF of '' and any words, SKIP_BLANK_LINES,
REPLACE_INVALID_CHARACTERS, and no error on a column count mismatch.

DuckDB's CSV reader is fast, but it trims blanks beside quotes, takes a blank line of a one-column file for a row, and
its errors abort the caller's transaction. So it is given only what is proven regular beforehand by a few byte
operations: records of one width and with one kind of line end, each field either without quotes or quoted as a whole,
valid UTF-8. Any other file is normalised first.
"""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path

from snowglobe.loading.csv_dialect import USUAL, CsvDialect, decode
from snowglobe.loading.csv_normalise import normalise
from snowglobe.loading.csv_parts import cut_off, evenly
from snowglobe.loading.csv_regular import Regular, look_if_regular
from snowglobe.loading.nulls import Nulls, nulls_of
from snowglobe.loading.plain_file import plain_file, scratch_file
from snowglobe.loading.rows import FileError, Rows
from snowglobe.open_questions import OpenQuestion, Otherwise

_DUCKDB_LINE = 2_000_000  # what DuckDB takes unless it is told otherwise


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
        regular = look_if_regular(plain, dialect)
        if regular is not None:
            rows = _rows(regular.header, plain, _DUCKDB_LINE, nulls, dialect)
            in_parts = partial(_in_parts, plain, scratch, nulls, dialect, regular) if regular.cuts else None
            rows = replace(rows, count=regular.count, in_parts=in_parts)
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


@contextmanager
def _in_parts(
    plain: Path, scratch: Path, nulls: Nulls, dialect: CsvDialect, regular: Regular, number: int
) -> Iterator[list[Rows]]:
    """The rows of a regular file in at most so many parts. The first is where it was, and not read to its end."""
    cuts = evenly(regular.cuts, number)
    headed = replace(dialect, header=True)
    with cut_off(plain, scratch, cuts, regular.first_line) as copies:
        parts = [_rows(regular.header, plain, _DUCKDB_LINE, nulls, dialect, most=cuts[0].records)]
        for copy, cut in zip(copies, cuts, strict=True):
            parts.append(_rows(regular.header, copy, _DUCKDB_LINE, nulls, headed, first=cut.records))
        counts = [end - begin for begin, end in pairwise([0, *(cut.records for cut in cuts), regular.count])]
        yield [replace(rows, count=count) for rows, count in zip(parts, counts, strict=True)]


def _is_cut(plain: Path) -> bool:
    """Whether the last line has no end."""
    with plain.open("rb") as file:
        if not file.seek(0, os.SEEK_END):
            return False
        file.seek(-1, os.SEEK_END)
        return file.read() not in b"\r\n"


def _rows(
    header: tuple[str, ...],
    file: Path,
    longest: int,
    nulls: Nulls,
    dialect: CsvDialect,
    first: int = 0,
    most: int | None = None,
) -> Rows:
    """`first`: how many rows stand before these. `most`: how many are read, if not all."""
    names = Counter(name.casefold() for name in header if name)
    for name, times in names.items():
        if times > 1:
            raise FileError(f'the header names the column "{name}" {times} times')
    if not header:
        return Rows((), "(SELECT 0::BIGINT AS row_number LIMIT 0)", ())
    columns = ", ".join(f"c{i}: 'VARCHAR'" for i in range(len(header)))
    # Not in parallel: several threads guess where a record begins. row_number() keeps the order of the file:
    # DuckDB's "Order preservation" guarantees it for a window with an empty OVER.
    number = f"row_number() OVER () + {first}" if first else "row_number() OVER ()"
    limit = "" if most is None else f" LIMIT {most}"
    table = (
        f"(SELECT {number} AS row_number, {_fields(nulls)} "
        "FROM (FROM read_csv(?, max_line_size = ?, "
        f"columns = {{{columns}}}, "
        "auto_detect = false, header = false, skip = ?, delim = ?, quote = ?, escape = ?, nullstr = ?, "
        f"allow_quoted_nulls = {not nulls.ask_for_quotes}, strict_mode = true, null_padding = false, parallel = false, "
        f"encoding = 'utf-8', compression = 'none', hive_partitioning = false){limit}))"
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
