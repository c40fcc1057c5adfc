"""SHOW and DESCRIBE of what the catalog has: a row for each object, with Snowflake's names of columns."""

from collections.abc import Callable
from datetime import datetime

from snowglobe.catalog import E
from snowglobe.names import like
from snowglobe.results import Result, ResultColumn
from snowglobe.session import Session
from snowglobe.tokens import Tokens

Shown = dict[str, str | datetime | None]
Row = Callable[[Session, E], Shown]


def show(session: Session, tokens: Tokens, kind: type[E], shown: Row[E]) -> Result:
    """SHOW ... [LIKE 'pattern'] [IN [SCHEMA] name], by default of the session's schema; what stands behind SHOW."""
    pattern = tokens.string() if tokens.accept("LIKE") else "%"
    schema = session.schema
    if tokens.accept("IN"):
        tokens.accept("SCHEMA")
        database, _, schema = tokens.name().rpartition(".")
        if database:
            session.check_database(database)
    tokens.end()
    session.check_schema(schema)
    names = [entry for entry in session.catalog.all(kind) if entry.name.startswith(f"{schema}.")]
    return _result([shown(session, entry) for entry in names if like(entry.name.partition(".")[2], pattern)])


def describe(session: Session, tokens: Tokens, kind: type[E], shown: Row[E]) -> Result:
    """DESCRIBE ... name: the row that SHOW has of it."""
    name = tokens.name()
    tokens.end()
    return _result([shown(session, session.find(kind, name))])


def _result(found: list[Shown]) -> Result:
    names = list(found[0]) if found else []
    columns = [ResultColumn(name, 6 if name.endswith("_after") else 2) for name in names]
    return Result(columns, [tuple(row.values()) for row in found])
