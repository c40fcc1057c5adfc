"""Values as a table of the browser and a file of CSV take them: as text or as numbers, exactly, never as markup."""

import csv
import io
from collections.abc import Sequence
from typing import Any

import pandas as pd

from customertrack.reads.results import Table
from customertrack.reads.text import text

# Up to here a browser's number holds each whole number.
_LARGEST = 2**53


def to_csv(table: Table) -> bytes:
    """A table as RFC 4180 has it, in UTF-8, each value as it is. NULL is an empty field, as the command writes it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.columns)
    writer.writerows([text(value) for value in row] for row in table.rows)
    return out.getvalue().encode()


def frame(table: Table) -> pd.DataFrame:
    """A table as the browser shows it: a column of numbers that a browser holds stays one, all else is text.

    NULL is None in either.
    """
    columns = list(zip(*table.rows, strict=True)) or [()] * len(table.columns)
    return pd.DataFrame({name: _series(values) for name, values in zip(_distinct(table.columns), columns, strict=True)})


def _series(values: Sequence[Any]) -> pd.Series:
    there = [value for value in values if value is not None]
    if there and all(isinstance(value, int) and not isinstance(value, bool) for value in there):
        if all(abs(value) < _LARGEST for value in there):
            return pd.Series(values, dtype="Int64")
    elif there and all(isinstance(value, float) for value in there):
        return pd.Series(values, dtype="Float64")
    return pd.Series([None if value is None else text(value) for value in values], dtype="object")


def _distinct(names: Sequence[str]) -> list[str]:
    """The names, numbered where one occurs again."""
    found: list[str] = []
    for name in names:
        again = sum(name == other.partition(" #")[0] for other in found)
        found.append(f"{name} #{again + 1}" if again else name)
    return found
