"""Tables written again: under another definition, or without the holes that deleted rows leave.

DuckDB neither adds a CHECK to a table nor takes one away.
"""

import re

from snowglobe.catalog import WorkTable
from snowglobe.names import quoted, quoted_name
from snowglobe.objects.limits import Limit, most_of
from snowglobe.session import Session

_DEFINITION = """
SELECT sql FROM duckdb_tables() WHERE database_name = ? AND lower(schema_name) = ? AND lower(table_name) = ?
"""
_CHECKS = """
SELECT lower(constraint_column_names[1]), expression FROM duckdb_constraints()
WHERE constraint_type = 'CHECK' AND database_name = ? AND lower(schema_name) = ? AND lower(table_name) = ?
"""


def write_again(session: Session, table: str, columns: str = "") -> None:
    """Number the rows 0, 1, 2 ... whatever was deleted before; within an open transaction.

    `columns`: what the table is to have, as CREATE TABLE has it, in the order of what it has; else it stays as it is.
    """
    schema, own_name = table.split(".")
    kind = "TABLE"
    if is_work_table(session, table):
        schema, kind = "temp", "TEMPORARY TABLE"
    old, new = quoted_name(f"{schema}.{own_name}"), quoted_name(f"{schema}.{own_name}$again")
    session.run(f"CREATE {kind} {new} {columns or definition(session, table)}")
    session.run(f"INSERT INTO {new} SELECT * FROM {old} ORDER BY rowid")
    session.run(f"DROP TABLE {old}")
    session.run(f"ALTER TABLE {new} RENAME TO {quoted(own_name)}")


def limits(session: Session, table: str) -> dict[str, int]:
    """The greatest length or number that each column of a table lets in, by name in lower case; of those with any."""
    return {column: most for column, check in _checks(session, table).items() if (most := most_of(check)) is not None}


def set_limit(session: Session, table: str, column: str, limit: Limit) -> None:
    """Hold a column to `limit` from now on, instead of what it was held to. Raises if there is a row that does not."""
    columns = definition(session, table)
    if check := _checks(session, table).get(column.lower()):
        columns = columns.replace(f", CHECK({check})", "")
    write_again(session, table, f"{columns[: columns.rindex(')')]}, CHECK ({limit.condition}))")


def set_type(session: Session, table: str, column: str, kind: str, limit: Limit | None) -> None:
    """Have a column of another type, to which all that it has can be cast, and hold it to `limit`. `kind`: DuckDB's."""
    columns = definition(session, table)
    if check := _checks(session, table).get(column.lower()):
        columns = columns.replace(f", CHECK({check})", "")
    typed = re.compile(rf'(?<=[(,]) ?("?){re.escape(column)}\1 [A-Z]+(\([0-9, ]+\))?', re.IGNORECASE)
    columns = typed.sub(f" {quoted(column)} {kind}", columns, count=1)
    held = f", CHECK ({limit.condition})" if limit else ""
    write_again(session, table, f"{columns[: columns.rindex(')')]}{held})")


def definition(session: Session, table: str) -> str:
    """The columns of a table as CREATE TABLE has them, brackets included."""
    (sql,) = session.rows(_DEFINITION, _place(session, table))[0]
    return str(sql[sql.index("(") :])


def is_work_table(session: Session, table: str) -> bool:
    """Whether the table is each session's own."""
    return session.catalog.get(WorkTable, table) is not None


def _checks(session: Session, table: str) -> dict[str, str]:
    return {str(column): str(check) for column, check in session.rows(_CHECKS, _place(session, table))}


def _place(session: Session, table: str) -> list[str]:
    """The database, schema and name of a table."""
    schema, name = table.split(".")
    return ["temp", "main", name] if is_work_table(session, table) else [session.database.name, schema, name]
