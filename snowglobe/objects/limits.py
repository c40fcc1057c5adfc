"""What a column's declared type demands of its values, as a CHECK: DuckDB's text has no length, its integers no digits.

A CHECK sees the value that would be stored, so INSERT, UPDATE, MERGE and COPY are all held to it. It is bound anew for
each statement and asked of each value, therefore it calls little: value_errors.py makes Snowflake's sentence of it.
"""

import re
from dataclasses import dataclass

from sqlglot import exp

from snowglobe.names import quoted
from snowglobe.query import types

# In a CHECK as DuckDB has it.
_MOST = re.compile(r"(?:strlen|octet_length|abs)\(.+?\) (?:>|<=) (\d+)", re.DOTALL)


@dataclass(frozen=True)
class Limit:
    """`condition`: what a column's CHECK asks, in DuckDB's SQL. `most`: the greatest length, or number, it lets in."""

    condition: str
    most: int


def limit(name: str, kind: exp.DataType) -> Limit | None:
    """What the column must hold to besides its type in DuckDB; None if to nothing. `kind`: as declared."""
    column = quoted(name)
    if (length := types.length(kind)) is not None:
        if kind.this is exp.DType.BINARY:
            return Limit(_unless(f"OCTET_LENGTH({column}) > {length}", f"ERROR(HEX({column}))"), length)
        if types.declared_length(kind) is None:
            return Limit(f"STRLEN({column}) <= {length}", length)
        # DuckDB knows the bytes of a text, and would have to count its characters: only of one with more bytes.
        too_long = _unless(f"LENGTH({column}) > {length}", f"ERROR({column})")
        return Limit(_unless(f"STRLEN({column}) > {length}", too_long), length)
    if (number := types.digits(kind)) and number[1] == 0:
        most = 10 ** number[0] - 1
        return Limit(f"ABS({column}) <= {most}", most)
    return None


def most_of(condition: str) -> int | None:
    """The greatest length, or number, that a CHECK of `limit` lets in; None if it is another's."""
    found = _MOST.search(condition)
    return int(found[1]) if found else None


def _unless(condition: str, then: str) -> str:
    """TRUE if the condition does not hold, `then` if it does."""
    return f"CASE WHEN {condition} THEN {then} ELSE TRUE END"
