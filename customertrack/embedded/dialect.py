"""Ordinary SQL: Snowflake's, translated to DuckDB's by sqlglot. What neither knows is an error here, never a silent pass."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError, UnsupportedError
from sqlglot.tokens import TokenType

from customertrack.embedded.errors import NotSupportedError
from customertrack.embedded.tokens import head, syntax_error
from customertrack.embedded.windows import in_one_order

_KINDS: dict[type[exp.Expression], str] = {
    exp.Insert: "insert",
    exp.Update: "update",
    exp.Delete: "delete",
    exp.Merge: "merge",
    exp.TruncateTable: "truncate",
    exp.Alter: "alter",
    exp.Drop: "drop",
    exp.Create: "create",
}
_INTEGERS = {exp.DType.INT, exp.DType.BIGINT, exp.DType.SMALLINT, exp.DType.TINYINT}
# What sqlglot would wrap in a CASE for arguments that do not occur here; every CASE costs planning time.
_PLAIN = {"LENGTH", "SUBSTRING", "SPLIT_PART"}
CLOCK = "$now"


@dataclass(frozen=True)
class Translation:
    """One statement in DuckDB's SQL.

    `kind`: query, insert, update, delete, merge, truncate, alter, drop or create. `binds`: how many `?` it had; they are `$b1`, `$b2` ... now,
    because a translation may move an expression. `uses_clock`: it has the bind `$now` (UTC). `reads`: names of tables, views and functions it reads,
    as written, in lower case. `target`: the table that DML writes.
    """

    kind: str
    sql: str
    binds: int
    uses_clock: bool
    reads: frozenset[str]
    target: str = ""


def translate(sql: str, functions: frozenset[str] = frozenset()) -> Translation:
    """Translate one statement. `functions`: the names of the catalog's own functions; any other that sqlglot does not know is an error."""
    return _translate(sql, functions)


def translate_with(sql: str, functions: frozenset[str], expand: Callable[[exp.Expression], exp.Expression]) -> Translation:
    """Translate a statement whose meaning depends on the catalog as it is now: `expand` changes its tree first. Not cached."""
    text, binds = _named_binds(sql)
    return _translation(expand(parse(text, sql)), sql, binds, functions)


@lru_cache(maxsize=2048)
def _translate(sql: str, functions: frozenset[str]) -> Translation:
    text, binds = _named_binds(sql)
    return _translation(parse(text, sql), sql, binds, functions)


def _translation(tree: exp.Expression, sql: str, binds: int, functions: frozenset[str]) -> Translation:
    kind = "query" if isinstance(tree, exp.Query) else _KINDS.get(type(tree), "")
    if not kind:
        raise unknown(sql)
    reads, target = frozenset(table_names(tree)), ""
    if kind in ("insert", "update", "delete", "merge", "truncate"):
        table = tree.find(exp.Table)
        target = table_name(table) if table else ""
        reads = frozenset(table_names(tree, leave_out=table))
    duck_sql = generate(adapt(tree, sql, functions), sql)
    return Translation(kind, duck_sql, binds, CLOCK in duck_sql, reads, target)


def parse(text: str, sql: str) -> exp.Expression:
    """The syntax tree of one statement; `sql` is what an error shows."""
    try:
        trees = [tree for tree in sqlglot.parse(text, read="snowflake") if tree is not None]
    except SqlglotError as error:
        raise syntax_error(sql, str(error).splitlines()[0]) from error
    if len(trees) != 1:
        raise syntax_error(sql, "expected one statement")
    if isinstance(trees[0], exp.Command):
        raise unknown(sql)
    return trees[0]


def generate(tree: exp.Expression, sql: str) -> str:
    """The tree in DuckDB's SQL; what DuckDB has no way to say is an error."""
    try:
        return tree.sql(dialect="duckdb", unsupported_level=ErrorLevel.RAISE, comments=False)
    except UnsupportedError as error:
        raise NotSupportedError(f"The embedded warehouse cannot do this ({error}): {head(sql)}", 2, "0A000") from error


def unknown(sql: str) -> NotSupportedError:
    """The error for a statement that nothing here knows."""
    return NotSupportedError(f"The embedded warehouse does not know this statement: {head(sql)}", 2, "0A000")


def table_name(table: exp.Table) -> str:
    """The dotted name of a table as written, in lower case."""
    return ".".join(part.name for part in table.parts).lower()


def table_names(tree: exp.Expression, leave_out: exp.Expression | None = None) -> set[str]:
    """The names a statement reads: tables, views, table functions and scalar functions; not its own CTEs."""
    own = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    names = {table_name(t) for t in tree.find_all(exp.Table) if t is not leave_out and isinstance(t.this, exp.Identifier)}
    return (names - own) | {f.name.lower() for f in tree.find_all(exp.Anonymous)}


def adapt(tree: exp.Expression, sql: str, functions: frozenset[str]) -> exp.Expression:
    """Change what sqlglot would translate into something slower, or not at all."""

    def change(node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.TableFromRows) and isinstance(node.this, exp.Anonymous):
            # TABLE(f(x)) is Snowflake's way to call a table function; DuckDB calls it by name alone.
            return exp.Table(this=node.this, alias=node.args.get("alias"))
        if isinstance(node, exp.Window):
            return in_one_order(node)
        if isinstance(node, exp.Length):
            return exp.Anonymous(this="LENGTH", expressions=[node.this])
        if isinstance(node, exp.Substring) and _whole_and_positive(node.args.get("start")):
            return exp.Anonymous(this="SUBSTRING", expressions=[node.this, *(a for a in (node.args["start"], node.args.get("length")) if a is not None)])
        if isinstance(node, exp.SplitPart) and node.args["delimiter"].name and _whole_and_positive(node.args.get("part_index")):
            return exp.Anonymous(this="SPLIT_PART", expressions=[node.this, node.args["delimiter"], node.args["part_index"]])
        if isinstance(node, exp.CurrentTimestamp):
            return _clock(utc=bool(node.args.get("sysdate")))
        if isinstance(node, exp.ToNumber) and not node.args.get("format") and (node.args.get("scale") is None or node.args["scale"].name == "0"):
            return (exp.TryCast if node.args.get("safe") else exp.Cast)(this=node.this, to=exp.DataType.build("INT128"))
        if isinstance(node, exp.DataType):
            return _type(node)
        if isinstance(node, exp.Placeholder) and node.this:
            return exp.Parameter(this=exp.Var(this=node.name))
        if isinstance(node, exp.Anonymous) and node.name.lower() not in functions and node.name not in _PLAIN:
            raise NotSupportedError(f"The embedded warehouse does not know the function {node.name} in: {head(sql)}", 2140, "42601")
        return node

    return tree.transform(change)


def _whole_and_positive(node: exp.Expression | None) -> bool:
    """Whether it is a literal that needs none of the care sqlglot takes of 0 and negative positions; a sum is positive if it begins with one."""
    while isinstance(node, exp.Add):
        node = node.this
    return isinstance(node, exp.Literal) and not node.is_string and node.name != "0"


def _clock(utc: bool) -> exp.Expression:
    now = exp.cast(exp.Parameter(this=exp.Var(this=CLOCK[1:])), exp.DType.TIMESTAMP)
    return now if utc else exp.AtTimeZone(this=now, zone=exp.Literal.string("UTC"))


def _type(node: exp.DataType) -> exp.DataType:
    """Snowflake's integers are NUMBER(38, 0). Times keep microseconds, and DuckDB's VARCHAR takes no length."""
    if node.this in _INTEGERS:
        return exp.DataType.build("INT128")
    if node.this is exp.DType.DECIMAL:
        precision, scale = [int(p.name) for p in node.expressions] or [38, 0]
        if scale == 0:
            return exp.DataType.build("INT128" if precision > 18 else "BIGINT")
    if node.this is exp.DType.TIMESTAMPNTZ:
        return exp.DataType.build("TIMESTAMP")
    if node.this in (exp.DType.TIMESTAMPLTZ, exp.DType.TIMESTAMPTZ):
        return exp.DataType.build("TIMESTAMPTZ")
    if node.this in (exp.DType.VARCHAR, exp.DType.BINARY, exp.DType.TEXT):
        return exp.DataType(this=node.this)
    return node


def _named_binds(sql: str) -> tuple[str, int]:
    """Number the `?` of a statement, so that they keep their values wherever they go."""
    if "?" not in sql:
        return sql, 0
    try:
        marks = [t for t in sqlglot.tokenize(sql, read="snowflake") if t.token_type is TokenType.PLACEHOLDER]
    except SqlglotError as error:
        raise syntax_error(sql, str(error).splitlines()[0]) from error
    for number, token in reversed(list(enumerate(marks, 1))):
        sql = f"{sql[: token.start]}:b{number}{sql[token.end + 1 :]}"
    return sql, len(marks)
