"""Files of a layout, rewritten as the rows that lie in them, so that a definition can be guessed from those."""

import csv
import gzip
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from customertrack.dimension.definition import Format
from customertrack.dimension.guess_layout import LayoutGuess, doubts_of, layout_of, row_of

# Of a JSON text in a field of CSV.
_LONGEST_FIELD = 2**24
# Among so many documents one tells the layout; before it there may be tombstones.
_FIRST = 100


@contextmanager
def unwrapped(files: Sequence[Path], form: Format) -> Iterator[tuple[LayoutGuess | None, Sequence[Path], Format]]:
    """The layout of the files, and files with their rows as JSON lines, until the context ends; of no layout as given.

    Parquet is looked at by its columns alone, and stays as it is.
    """
    found = None if form == "parquet" else _layout(files, form)
    if found is None:
        yield None, files, form
        return
    doubts: dict[str, str] = {}
    with TemporaryDirectory(prefix="customertrack-") as folder:
        rows = Path(folder) / "rows.jsonl"
        with rows.open("w", encoding="utf-8") as out:
            for document in _documents(files, form):
                if row := row_of(found, document):
                    out.write(f"{json.dumps(row)}\n")
                    doubts.update(doubts_of(document))
        yield replace(found, doubts=doubts), [rows], "json"


def _layout(files: Sequence[Path], form: Format) -> LayoutGuess | None:
    first = (document for document, _ in zip(_documents(files, form), range(_FIRST), strict=False))
    return next((guess for document in first if (guess := layout_of(document))), None)


def _documents(files: Sequence[Path], form: Format) -> Iterator[Any]:
    """Those that can be read; who guesses from the files says what cannot."""
    for file in files:
        opens = gzip.open if file.suffix == ".gz" else open
        try:
            with opens(file, "rt", encoding="utf-8", errors="replace", newline="") as lines:
                yield from _of_csv(lines) if form == "csv" else _of_json(lines)
        except (OSError, EOFError, csv.Error):
            return


def _of_csv(lines: Iterator[str]) -> Iterator[Any]:
    csv.field_size_limit(_LONGEST_FIELD)
    rows = csv.DictReader(lines)
    if "_airbyte_data" in (rows.fieldnames or ()):
        yield from rows


def _of_json(lines: Iterator[str]) -> Iterator[Any]:
    for line in lines:
        try:
            yield json.loads(line)
        except ValueError:
            continue
