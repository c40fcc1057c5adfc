"""What a statement gives back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from snowglobe.errors import NotSupportedError
from snowglobe.names import is_folded
from snowglobe.tokens import head

Row = tuple[Any, ...]
_FETCH_SIZE = 10_000


class ResultColumn(NamedTuple):
    """One column, as in snowflake.connector's `description`: the name in upper case, Snowflake's type code."""

    name: str
    type_code: int
    display_size: int | None = None
    internal_size: int | None = None
    precision: int | None = None
    scale: int | None = None
    is_nullable: bool = True


@dataclass
class Result:
    """Rows, all at hand (`rows`) or still to be fetched (`fetch`: the next so many).

    `rowcount`: rows written by DML, or None.
    """

    columns: Sequence[ResultColumn]
    rows: list[Row] = field(default_factory=list)
    rowcount: int | None = None
    fetch: Callable[[int], list[Row]] | None = None

    def read(self, size: int) -> None:
        """Have up to `size` rows more at hand."""
        if self.fetch:
            more = self.fetch(size)
            self.rows += more
            if len(more) < size:
                self.fetch = None

    def all_rows(self) -> list[Row]:
        """Have all rows at hand."""
        while self.fetch:
            self.read(_FETCH_SIZE)
        return self.rows


# The connector's type codes by DuckDB's types. NUMBER is 0.
_CODES = {
    "BLOB": 11,
    "BOOLEAN": 13,
    "DATE": 3,
    "DOUBLE": 1,
    "FLOAT": 1,
    "JSON": 5,
    "TIMESTAMP": 8,
    "TIMESTAMP WITH TIME ZONE": 6,
    "VARCHAR": 2,
    '"NULL"': 2,
}
_STRANGE = -1
_NUMBERS = ("DECIMAL", "HUGEINT", "BIGINT", "INTEGER", "SMALLINT", "TINYINT", "UBIGINT", "UINTEGER")


def columns_of(description: Sequence[Any], sql: str) -> list[ResultColumn]:
    """DuckDB's description as the connector's. Raises NotSupportedError for a column of a type that only DuckDB has."""
    columns = [ResultColumn(_name(str(name)), _code(str(kind))) for name, kind, *_ in description]
    if strange := [column.name for column in columns if column.type_code == _STRANGE]:
        message = f"The embedded warehouse has no type for the column {strange[0]} of: {head(sql)}"
        raise NotSupportedError(message, 2, "0A000")
    return columns


def status(text: str) -> Result:
    """The one row with a sentence that DDL answers with."""
    return Result([ResultColumn("status", 2)], [(text,)])


def counted(what: str, count: int) -> Result:
    """The one row with a number that DML answers with."""
    return Result([ResultColumn(f"number of rows {what}", 0)], [(count,)], rowcount=count)


def counted_each(tables: Sequence[str], counts: Sequence[int]) -> Result:
    """The one row that an INSERT into several tables answers with: a number for each; one twice has one number."""
    sums: dict[str, int] = {}
    for table, count in zip(tables, counts, strict=True):
        sums[table.upper()] = sums.get(table.upper(), 0) + count
    columns = [ResultColumn(f"number of rows inserted into {table}", 0) for table in sums]
    return Result(columns, [tuple(sums.values())], rowcount=sum(counts))


def _name(name: str) -> str:
    return name.upper() if is_folded(name) else name


def _code(kind: str) -> int:
    if kind.endswith("]"):
        return 10
    if kind.startswith(_NUMBERS):
        return 0
    return _CODES.get(kind, _STRANGE)
