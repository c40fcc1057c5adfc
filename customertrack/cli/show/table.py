"""Results on stdout: as a table, as CSV, as JSON; written while they are read, however long they are."""

import csv
import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain
from typing import Any, TextIO

from customertrack.cli.show.value import json_ready, printable, text
from customertrack.reads.results import Parts, Row

_GAP = "  "
# A value that takes more moves the rest of its own row. It does not fill every other row with blanks.
_WIDEST = 100


def write(result: Parts, form: str, out: TextIO) -> int:
    """Write a result in one of three forms; returns how many rows it had.

    table: aligned, but for what follows a very long value, and nothing is cut; on a terminal that is too narrow for it,
    one line per value. csv: a header, then rows quoted as in RFC 4180, with line feeds; NULL is an empty field. json: a
    list with an object per row.
    """
    match form:
        case "csv":
            return _csv(result, out)
        case "json":
            return _json(result, out)
    return _table(result, out)


def terminal_width(out: TextIO) -> int | None:
    """How many characters a line of `out` has; None if it is no terminal, where a line may have any number."""
    return shutil.get_terminal_size().columns if out.isatty() else None


def _csv(result: Parts, out: TextIO) -> int:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(result.columns)
    count = 0
    for part in result.parts:
        writer.writerows([text(value) for value in row] for row in part)
        count += len(part)
    return count


def _json(result: Parts, out: TextIO) -> int:
    names = _distinct(result.columns)
    count = 0
    for part in result.parts:
        for row in part:
            one = {name: json_ready(value) for name, value in zip(names, row, strict=True)}
            out.write("[\n " if count == 0 else ",\n ")
            out.write(json.dumps(one, ensure_ascii=False))
            count += 1
    out.write("\n]\n" if count else "[]\n")
    return count


def _distinct(names: Sequence[str]) -> list[str]:
    """The names, numbered where one occurs again: an object would keep only the last of them."""
    distinct: list[str] = []
    for name in names:
        number, candidate = 1, name
        while candidate in distinct:
            number += 1
            candidate = f"{name}_{number}"
        distinct.append(candidate)
    return distinct


def _table(result: Parts, out: TextIO) -> int:
    parts = iter(result.parts)
    first = next(parts, [])
    head = [printable(name) for name in result.columns]
    lines = [[printable(value) for value in row] for row in first]
    needed = [list(map(_cells, column)) for column in zip(head, *lines, strict=True)]
    every = chain(lines, _printable_rows(parts))
    room = terminal_width(out)
    if room is not None and sum(map(max, needed)) + len(_GAP) * (len(head) - 1) > room:
        return _records(head, every, out)
    widths = [max([name, *(cells for cells in values if cells <= _WIDEST)]) for name, *values in needed]
    # A number is read from its end; whether a column holds numbers is seen in its first rows.
    right = [_is_numeric(column) for column in zip(*first, strict=True)] or [False] * len(head)
    print(_aligned(head, widths, right), file=out)
    print(_GAP.join("-" * width for width in widths), file=out)
    count = 0
    for line in every:
        print(_aligned(line, widths, right), file=out)
        count += 1
    return count


def _records(head: Sequence[str], rows: Iterable[Sequence[str]], out: TextIO) -> int:
    wide = max(map(_cells, head))
    count = 0
    for count, row in enumerate(rows, start=1):
        print(f"-- row {count} --", file=out)
        for name, value in zip(head, row, strict=True):
            print(f"{_padded(name, wide)}{_GAP}{value}", file=out)
    return count


def _printable_rows(parts: Iterable[Sequence[Row]]) -> Iterator[list[str]]:
    for part in parts:
        yield from ([printable(value) for value in row] for row in part)


def _aligned(values: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    return _GAP.join(map(_padded, values, widths, right)).rstrip()


def _padded(value: str, width: int, to_the_right: bool = False) -> str:
    blanks = " " * (width - _cells(value))
    return blanks + value if to_the_right else value + blanks


def _cells(value: str) -> int:
    """How many columns of a terminal the text takes: some characters take two."""
    if value.isascii():
        return len(value)
    from rich.cells import cell_len  # only here, as most results need none of it

    return cell_len(value)


def _is_numeric(column: Sequence[Any]) -> bool:
    kinds = {type(value) for value in column if value is not None}
    return bool(kinds) and kinds <= {int, float, Decimal}
