"""What a change of a definition must not do to tables that are there: CREATE OR ALTER would drop what has gone."""

import re
from collections.abc import Iterator

_TABLE = re.compile(r"^CREATE OR ALTER (?:TRANSIENT )?TABLE (\w+) \(\n(.*?)^\)", re.MULTILINE | re.DOTALL)
_COLUMN = re.compile(r'^    (\w+|"(?:[^"]|"")+") [A-Z]', re.MULTILINE)


def losses(before: str, after: str) -> Iterator[str]:
    """A sentence for each table that would lose a column or have one anywhere but at its end. Both are files of SQL."""
    now = dict(_tables(after))
    for table, columns in _tables(before):
        kept = now.get(table, [])
        gone = [column for column in columns if column not in kept]
        if gone:
            yield f"{table} would lose {', '.join(gone)} with all that is in it: put it back into the definition"
        elif kept[: len(columns)] != columns:
            yield f"{table} would have its columns in another order: add columns at the end, and leave the others"


def _tables(text: str) -> Iterator[tuple[str, list[str]]]:
    for table, columns in _TABLE.findall(text):
        yield table, _COLUMN.findall(columns)
