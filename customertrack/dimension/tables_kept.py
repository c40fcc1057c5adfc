"""What a change of a definition must not do to tables that are there: CREATE OR ALTER would drop what has gone."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
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
_DROPPED = re.compile(r"^DROP TABLE IF EXISTS (\w+);$", re.MULTILINE)


@dataclass(frozen=True)
class Column:
    """A column of a table as a file of SQL has it. `since`: the number of the definition that brought it."""

    name: str
    type: str
    since: int = 1
    comment: str = ""


def unquoted(name: str) -> str:
    """A column's name, whichever way SQL has it: those in quotes are in capitals, as Snowflake makes of the others."""
    return name.strip('"').lower()


def columns(text: str) -> Mapping[str, list[Column]]:
    """The columns of each table that a file of SQL makes, in their order."""
    return {table: list(_columns(body)) for _, table, body in _TABLE.findall(text)}


def dropped(texts: Iterable[str]) -> frozenset[str]:
    """The tables that files of SQL drop: nobody has them once these have run, and nothing of them can be lost."""
    return frozenset(table for text in texts for table in _DROPPED.findall(text))


def unmade(before: str, after: str) -> frozenset[str]:
    """The tables that a file of SQL made, and makes no longer."""
    return frozenset(columns(before).keys() - columns(after).keys())


def losses(before: str, after: str, given_up: Collection[str] = ()) -> Iterator[str]:
    """A sentence for each table that would be gone, lose a column, or have one anywhere but at its end.

    Both are files of SQL. `given_up`: tables that do not count.
    """
    now = columns(after)
    ordered = {table for or_alter, table, _ in _TABLE.findall(after) if or_alter}
    for table, there in columns(before).items():
        if table in given_up:
            continue
        if table not in now:
            yield (
                f"{table} would be gone with all that is in it: put back into the definition what made it; if that was "
                'a layout, say layout = "small" in its place'
            )
            continue
        names, kept = ([unquoted(column.name) for column in one] for one in (there, now[table]))
        gone = [name for name in names if name not in kept]
        if gone:
            yield f"{table} would lose {', '.join(gone)} with all that is in it: put it back into the definition"
        elif table in ordered and kept[: len(names)] != names:
            yield f"{table} would have its columns in another order: add columns at the end, and leave the others"


def _columns(body: str) -> Iterator[Column]:
    for found in _COLUMN.finditer(body):
        since = _SINCE.match(found["comment"] or "")
        yield Column(found["name"], found["type"], int(since[1]) if since else 1, found["comment"] or "")
