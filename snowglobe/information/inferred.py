"""TABLE(INFER_SCHEMA(...)) of one staged file: the names of its columns. Types are not inferred, and are not shown.

https://docs.snowflake.com/en/sql-reference/functions/infer_schema
"""

from typing import Any

from sqlglot import exp

from snowglobe.errors import NotSupportedError
from snowglobe.loading.staged import header
from snowglobe.session import Session
from snowglobe.tokens import head

_NEEDED = {"LOCATION", "FILE_FORMAT", "FILES"}
_OPTIONAL = {"IGNORE_CASE", "MAX_RECORDS_PER_FILE"}


def is_infer_schema(node: exp.Expr) -> bool:
    """Whether it is TABLE(INFER_SCHEMA(...))."""
    call = node.this if isinstance(node, exp.TableFromRows) else None
    return isinstance(call, exp.Anonymous) and call.name.upper() == "INFER_SCHEMA"


def inferred(session: Session, node: exp.Expr, sql: str) -> exp.Expr:
    """Its rows, in place of the call: COLUMN_NAME, NULLABLE, FILENAMES and ORDER_ID."""
    arguments = {each.this.name.upper(): each.expression for each in node.this.expressions}
    location, file_format, files = (_text(arguments.get(name)) for name in ("LOCATION", "FILE_FORMAT", "FILES"))
    if not _NEEDED <= arguments.keys() <= _NEEDED | _OPTIONAL or not (
        location.startswith("@") and file_format and files
    ):
        wanted = "of INFER_SCHEMA a stage as LOCATION => '@stage', a FILE_FORMAT, and one file as FILES => ('file')"
        raise NotSupportedError(f"The embedded warehouse wants {wanted} in: {head(sql)}", 2, "0A000")
    folds = isinstance(arguments.get("IGNORE_CASE"), exp.Boolean) and bool(arguments["IGNORE_CASE"].this)
    names = header(session, session.qualify(location[1:]), session.qualify(file_format), files)
    rows = [_row(name.upper() if folds else name, files, at) for at, name in enumerate(names)]
    query: Any = rows[0] if rows else _row("", files, 0).limit(0)
    for row in rows[1:]:
        query = exp.union(query, row, distinct=False)
    return query.subquery(node.args.get("alias") or "inferred")


def _text(value: exp.Expr | None) -> str:
    """A string, also in brackets, or ''."""
    value = value.this if isinstance(value, exp.Paren) else value
    return value.name if isinstance(value, exp.Literal) and value.is_string else ""


def _row(name: str, file: str, order: int) -> exp.Select:
    values = {
        "COLUMN_NAME": exp.Literal.string(name),
        "NULLABLE": exp.true(),
        "FILENAMES": exp.Literal.string(file),
        "ORDER_ID": exp.Literal.number(order),
    }
    return exp.select(*(exp.alias_(value, column, quoted=True) for column, value in values.items()))
