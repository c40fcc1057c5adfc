"""INFORMATION_SCHEMA.PIPES, but for the times of creation and change, which nothing here notes."""

from typing import Any

from sqlglot import exp

from snowglobe.objects.pipe import Pipe, copy_of
from snowglobe.query import builtins, translate
from snowglobe.session import Session

_COLUMNS = (
    "PIPE_CATALOG",
    "PIPE_SCHEMA",
    "PIPE_NAME",
    "PIPE_OWNER",
    "DEFINITION",
    "IS_AUTOINGEST_ENABLED",
    "NOTIFICATION_CHANNEL_NAME",
    "COMMENT",
    "PATTERN",
)


def is_pipes(session: Session, table: exp.Table) -> bool:
    """Whether it is [database.]INFORMATION_SCHEMA.PIPES. Raises ProgrammingError if it is that of another database."""
    *database, schema, name = ["", *translate.table_name(table).split(".")]
    if f"{schema}.{name}" not in builtins.VIEWS:
        return False
    if database[-1:] != [""]:
        session.check_database(database[-1])
    return True


def pipes(session: Session, table: exp.Table) -> exp.Expr:
    """The rows of the view, in place of its name."""
    rows = [_values(session, pipe) for pipe in session.catalog.all(Pipe)]
    query: Any = _select(rows[0]) if rows else _select([None] * len(_COLUMNS)).limit(0)
    for values in rows[1:]:
        query = exp.union(query, _select(values), distinct=False)
    return query.subquery(table.alias or "PIPES")


def _values(session: Session, pipe: Pipe) -> list[str | None]:
    schema, name = pipe.name.upper().split(".")
    return [
        session.database.name.upper(),
        schema,
        name,
        # Nobody owns anything on one machine.
        None,
        pipe.copy,
        "YES",
        pipe.options.get("AWS_SNS_TOPIC"),
        pipe.options.get("COMMENT"),
        copy_of(session, pipe).pattern or None,
    ]


def _select(values: list[str | None]) -> exp.Select:
    texts = [exp.Null() if value is None else exp.Literal.string(value) for value in values]
    columns = zip(_COLUMNS, texts, strict=True)
    return exp.select(*(exp.alias_(exp.cast(text, exp.DType.TEXT), name, quoted=True) for name, text in columns))
