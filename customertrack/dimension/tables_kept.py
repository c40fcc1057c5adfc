"""What a change of a definition must not do to tables that are there: CREATE OR ALTER would drop what has gone."""

import re
from collections.abc import Collection, Iterable, Iterator

_TABLE = re.compile(r"^CREATE OR ALTER (?:TRANSIENT )?TABLE (\w+) \(\n(.*?)^\)", re.MULTILINE | re.DOTALL)
_COLUMN = re.compile(r'^    (\w+|"(?:[^"]|"")+") [A-Z]', re.MULTILINE)


_DROPPED = re.compile(r"^DROP TABLE IF EXISTS (\w+);$", re.MULTILINE)


def dropped(texts: Iterable[str]) -> frozenset[str]:
    """The tables that files of SQL drop: nobody has them once these have run, and nothing of them can be lost."""
    return frozenset(table for text in texts for table in _DROPPED.findall(text))


def losses(before: str, after: str, given_up: Collection[str] = ()) -> Iterator[str]:
    """A sentence for each table that would be gone, lose a column, or have one anywhere but at its end.

    Both are files of SQL. `given_up`: tables that do not count.
    """
    now = dict(_tables(after))
    for table, columns in _tables(before):
        if table in given_up:
            continue
        if table not in now:
            yield (
                f"{table} would be gone with all that is in it: put back into the definition what made it; if that was "
                'a layout, say layout = "small" in its place'
            )
            continue
        kept = now[table]
        gone = [column for column in columns if column not in kept]
        if gone:
            yield f"{table} would lose {', '.join(gone)} with all that is in it: put it back into the definition"
        elif kept[: len(columns)] != columns:
            yield f"{table} would have its columns in another order: add columns at the end, and leave the others"


def _tables(text: str) -> Iterator[tuple[str, list[str]]]:
    for table, columns in _TABLE.findall(text):
        yield table, _COLUMN.findall(columns)
