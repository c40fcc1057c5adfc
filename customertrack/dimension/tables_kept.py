"""What a change of a definition must not do to tables that are there: CREATE OR ALTER would drop what has gone."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_TABLE = re.compile(
    r"^CREATE (OR ALTER )?(?:TRANSIENT )?TABLE (?:IF NOT EXISTS )?(\w+) \(\n(.*?)^\)", re.MULTILINE | re.DOTALL
)
_COLUMN = re.compile(
    r"^    (?P<name>\w+|\"(?:[^\"]|\"\")+\") (?P<type>[A-Z_]+(?:\([0-9, ]+\))?)(?: NOT NULL)?"
    r"(?: COMMENT '(?P<comment>[^']*)')?",
    re.MULTILINE,
)
_SINCE = re.compile(r"Since definition ([0-9]+)")


@dataclass(frozen=True)
class Column:
    """A column of a table as a file of SQL has it. `since`: the number of the definition that brought it."""

    name: str
    type: str
    since: int = 1


def columns(text: str) -> Mapping[str, list[Column]]:
    """The columns of each table that a file of SQL makes, in their order."""
    return {table: list(_columns(body)) for _, table, body in _TABLE.findall(text)}


def losses(before: str, after: str) -> Iterator[str]:
    """A sentence for each table that would lose a column or have one anywhere but at its end. Both are files of SQL."""
    now = columns(after)
    ordered = {table for or_alter, table, _ in _TABLE.findall(after) if or_alter}
    for table, there in columns(before).items():
        names, kept = [column.name for column in there], [column.name for column in now.get(table, [])]
        gone = [name for name in names if name not in kept]
        if gone:
            yield f"{table} would lose {', '.join(gone)} with all that is in it: put it back into the definition"
        elif table in ordered and kept[: len(names)] != names:
            yield f"{table} would have its columns in another order: add columns at the end, and leave the others"


def _columns(body: str) -> Iterator[Column]:
    for found in _COLUMN.finditer(body):
        since = _SINCE.match(found["comment"] or "")
        yield Column(found["name"], found["type"], int(since[1]) if since else 1)
