"""INFORMATION_SCHEMA.PIPES and STAGES, but for owners and times of creation and change, which nothing here notes."""

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from snowglobe.catalog import Pipe, Stage
from snowglobe.objects.pipe import copy_of
from snowglobe.query import builtins, translate
from snowglobe.session import Session

Values = list[str | None]

_PIPES = (
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
_STAGES = (
    "STAGE_CATALOG",
    "STAGE_SCHEMA",
    "STAGE_NAME",
    "STAGE_URL",
    "STAGE_REGION",
    "STAGE_TYPE",
    "STAGE_OWNER",
    "COMMENT",
)


def is_view(session: Session, table: exp.Table) -> bool:
    """Whether it is one of [database.]INFORMATION_SCHEMA. Raises ProgrammingError if it is another database's."""
    *database, schema, name = ["", *translate.table_name(table).split(".")]
    if f"{schema}.{name}" not in builtins.VIEWS:
        return False
    if database[-1:] != [""]:
        session.check_database(database[-1])
    return True


def view(session: Session, table: exp.Table) -> exp.Expr:
    """The rows of the view, in place of its name."""
    name = table.name.upper()
    columns, values_of = _VIEWS[name]
    rows = values_of(session)
    query: Any = _select(columns, rows[0]) if rows else _select(columns, [None] * len(columns)).limit(0)
    for values in rows[1:]:
        query = exp.union(query, _select(columns, values), distinct=False)
    return query.subquery(table.alias or name)


def _pipes(session: Session) -> list[Values]:
    return [_pipe(session, pipe) for pipe in session.catalog.all(Pipe)]


def _pipe(session: Session, pipe: Pipe) -> Values:
    # What a pipe copies cannot be read any more once its stage or its table is gone.
    readable = pipe.stopped != "STOPPED_STAGE_DROPPED" and bool(session.table_columns(pipe.table))
    return [
        *_place(session, pipe.name),
        # Nobody owns anything on one machine.
        None,
        pipe.copy,
        "YES",
        pipe.options.get("AWS_SNS_TOPIC"),
        pipe.options.get("COMMENT"),
        (copy_of(session, pipe).pattern or None) if readable else None,
    ]


def _stages(session: Session) -> list[Values]:
    return [_stage(session, stage) for stage in session.catalog.all(Stage)]


def _stage(session: Session, stage: Stage) -> Values:
    return [
        *_place(session, stage.name),
        f"s3://{stage.bucket}/{stage.prefix}" if stage.bucket else None,
        None,
        "External Named" if stage.bucket else "Internal Named",
        None,
        stage.options.get("COMMENT"),
    ]


_VIEWS: dict[str, tuple[tuple[str, ...], Callable[[Session], list[Values]]]] = {
    "PIPES": (_PIPES, _pipes),
    "STAGES": (_STAGES, _stages),
}


def _place(session: Session, name: str) -> list[str]:
    schema, own = name.upper().split(".")
    return [session.database.name.upper(), schema, own]


def _select(columns: tuple[str, ...], values: Values) -> exp.Select:
    texts = [exp.Null() if value is None else exp.Literal.string(value) for value in values]
    named = zip(columns, texts, strict=True)
    return exp.select(*(exp.alias_(exp.cast(text, exp.DType.TEXT), name, quoted=True) for name, text in named))
