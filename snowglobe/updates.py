"""An UPDATE that does not look at its WHERE again after it has waited: the other answer to BLOCKED_UPDATE."""

from collections.abc import Mapping
from dataclasses import replace

import sqlglot
from sqlglot import exp

from snowglobe.query.translate import Translation
from snowglobe.session import Session


def of_rows_found(
    session: Session, translation: Translation, binds: Mapping[str, object]
) -> tuple[Translation, Mapping[str, object]]:
    """The UPDATE as one of the rows that fit its WHERE now, before it waits for its turn; and its binds.

    One within a transaction has no one to wait for, and one with a FROM is as it was.
    """
    tree = sqlglot.parse_one(translation.sql, read="duckdb")
    where = tree.args.get("where")
    if session.in_transaction or where is None or tree.args.get("from_"):
        return translation, binds
    found = exp.select("rowid").from_(tree.this.copy()).where(where.this.copy())
    rows = session.run(found.sql(dialect="duckdb"), _used(found, binds)).fetchall()
    numbers = ", ".join(str(number) for (number,) in rows) or "-1"
    tree.set("where", exp.Where(this=sqlglot.condition(f"rowid IN ({numbers})", dialect="duckdb")))
    return replace(translation, sql=tree.sql(dialect="duckdb")), _used(tree, binds)


def _used(tree: exp.Expr, binds: Mapping[str, object]) -> dict[str, object]:
    """The binds that a statement has; DuckDB refuses more."""
    names = {parameter.name for parameter in tree.find_all(exp.Parameter, exp.Placeholder)}
    return {name: value for name, value in binds.items() if name in names}
