"""INSERT OVERWRITE: a new table in the place of the old one, within the open transaction.

A table whose rows were deleted would keep their space, in DuckDB a temporary one for ever. What it is worth:
docs/decisions/0045. https://docs.snowflake.com/en/sql-reference/sql/insert
"""

from collections.abc import Mapping
from functools import lru_cache

import sqlglot
from sqlglot import exp

from snowglobe.catalog import Stream, View, WorkTable
from snowglobe.errors import NotSupportedError, does_not_exist
from snowglobe.names import quoted, quoted_name
from snowglobe.objects.rewrite import definition
from snowglobe.query.translate import Translation
from snowglobe.session import Session
from snowglobe.tokens import head


def insert(session: Session, table: str, translation: Translation, binds: Mapping[str, object], sql: str) -> int:
    """Have the query's rows in the table instead of its own; returns how many they are.

    Raises ProgrammingError if there is no such table, and NotSupportedError if a stream watches it.
    """
    if not session.table_columns(table) or any(session.catalog.get(kind, table) for kind in (View, Stream)):
        raise does_not_exist("TABLE", table)
    if session.catalog.streams_on(table):
        message = f"The embedded warehouse does not overwrite {table}, because a stream watches it: {head(sql)}"
        raise NotSupportedError(message, 2, "0A000")
    place, own_name = table.split(".")
    kind, columns = "TABLE", ""
    if work_table := session.catalog.get(WorkTable, table):
        place, kind, columns = "temp", "TEMPORARY TABLE", work_table.columns
    columns = columns or definition(session, table)
    old, new = quoted_name(f"{place}.{own_name}"), quoted_name(f"{place}.{own_name}$new")
    if table not in session.catalog.names_read([session.qualify(name) for name in translation.reads]):
        session.run(f"CREATE OR REPLACE {kind} {old} {columns}")
        return _run(session, translation.sql, binds)
    session.run(f"CREATE {kind} {new} {columns}")
    count = _run(session, _into(new, translation.sql), binds)
    session.run(f"DROP TABLE {old}")
    session.run(f"ALTER TABLE {new} RENAME TO {quoted(own_name)}")
    return count


def _run(session: Session, statement: str, binds: Mapping[str, object]) -> int:
    return int(session.run(statement, binds).fetchall()[0][0])


@lru_cache(maxsize=256)
def _into(table: str, statement: str) -> str:
    """An INSERT of DuckDB's into another table. `table`: its name in DuckDB's SQL."""
    tree = sqlglot.parse_one(statement, read="duckdb")
    target = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
    target.replace(exp.to_table(table, dialect="duckdb"))
    return tree.sql(dialect="duckdb")
