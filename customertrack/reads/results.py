"""Results of statements: whole, in parts, and with lists of binds. The one way a question is put to a warehouse."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

from customertrack.sqltext.identifiers import is_folded
from customertrack.warehouse import Connection, Cursor

Row = tuple[Any, ...]
_PART = 1_000
_LONGEST_LIST = 500


class _CursorInParts(Cursor, Protocol):
    """What both drivers' cursors can besides."""

    def fetchmany(self, size: int, /) -> list[Any]: ...


@dataclass(frozen=True)
class Table:
    """A result: column names, in lower case if they need no quotes, rows as tuples."""

    columns: tuple[str, ...]
    rows: list[Row]


@dataclass(frozen=True)
class Parts:
    """A result that is read while it is used: column names as in Table, rows as tuples, some at a time."""

    columns: tuple[str, ...]
    parts: Iterator[list[Row]]


def read(connection: Connection, sql: str, params: Sequence[object] = ()) -> Parts:
    """Any statement's result, however long. Only until the next statement is it read in parts."""
    cursor = cast(_CursorInParts, connection.cursor())
    cursor.execute(sql, params or None)
    names = (str(column[0]) for column in cursor.description or ())
    columns = tuple(name.lower() if is_folded(name) else name for name in names)
    return Parts(columns, iter(lambda: cursor.fetchmany(_PART), []))


def query(connection: Connection, sql: str, params: Sequence[object] = ()) -> Table:
    """Any statement's result, whole."""
    return whole(read(connection, sql, params))


def whole(result: Parts) -> Table:
    """A result with all its rows at hand."""
    return Table(result.columns, [tuple(row) for part in result.parts for row in part])


def in_parts(table: Table) -> Parts:
    """A result that is at hand, for those who read in parts."""
    return Parts(table.columns, iter([table.rows]))


def in_lists(names: Sequence[str]) -> Iterator[Sequence[str]]:
    """The names in lists that a statement can hold."""
    for start in range(0, len(names), _LONGEST_LIST):
        yield names[start : start + _LONGEST_LIST]


def binds(values: Sequence[object]) -> str:
    """A `?` for each value, to stand in the brackets of IN."""
    return ", ".join("?" * len(values))
