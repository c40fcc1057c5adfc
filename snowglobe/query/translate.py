"""Ordinary SQL: Snowflake's, translated to DuckDB's by sqlglot. What grammar.py does not know is an error."""

import logging
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from sqlglot import exp
from sqlglot.errors import ErrorLevel, ParseError, SqlglotError, UnsupportedError
from sqlglot.tokens import Token, TokenType

from snowglobe.errors import NotSupportedError
from snowglobe.query import builtins, grammar, multi_table
from snowglobe.query.adapt import CLOCK, adapt
from snowglobe.tokens import head, syntax_error, unknown

_KINDS: dict[type[exp.Expr], str] = {
    exp.Insert: "insert",
    exp.MultitableInserts: "inserts",
    exp.Update: "update",
    exp.Delete: "delete",
    exp.Merge: "merge",
}
_QUERIES = (exp.Select, exp.SetOperation)
_DIALECT = builtins.Dialect()
# `?`, and `?::` with a type behind it, which sqlglot makes one token.
_BINDS = {TokenType.PLACEHOLDER, TokenType.QDCOLON}
# What sqlglot would warn of is an error here, and nothing else may be written to the user's terminal.
logging.getLogger("sqlglot").addHandler(logging.NullHandler())


@dataclass(frozen=True)
class Translation:
    """One statement in DuckDB's SQL.

    `kind`: query, insert, inserts (of several tables), update, delete or merge. `binds`: how many `?` it had; they are
    `$b1`, `$b2` ... now, because a translation may move an expression. `uses_clock`: it has the bind `$now` (UTC).
    `reads`: names of tables, views and functions it reads, as written, in lower case. `targets`: the tables that DML
    writes, one but for inserts. `overwrites`: INSERT OVERWRITE. `steps`: the same in several statements, where that is
    worth it (multi_table.one_by_one). `in_parts`: its rows come from several queries at once, in no order.
    """

    kind: str
    sql: str
    binds: int
    uses_clock: bool
    reads: frozenset[str]
    targets: tuple[str, ...] = ()
    overwrites: bool = False
    steps: tuple[str, ...] = ()
    in_parts: bool = False


def translate(sql: str, own_functions: frozenset[str], small: bool, parts: int = 1) -> Translation:
    """Translate one query or DML statement.

    `own_functions`: the names of the catalog's functions. `small`: what it reads is less than one thread's work.
    `parts`: how many threads may sort what an INSERT takes side by side.
    """
    return _translate(sql, own_functions, small, parts)


def translate_with(sql: str, own_functions: frozenset[str], expand: Callable[[exp.Expr], exp.Expr]) -> Translation:
    """Translate a statement whose meaning depends on the catalog's state: `expand` changes its tree. Not cached."""
    return _translation(sql, own_functions, expand)


@lru_cache(maxsize=2048)
def _translate(sql: str, own_functions: frozenset[str], small: bool, parts: int) -> Translation:
    return _translation(sql, own_functions, lambda tree: tree, small, parts)


def _translation(
    sql: str,
    own_functions: frozenset[str],
    expand: Callable[[exp.Expr], exp.Expr],
    small: bool = True,
    parts: int = 1,
) -> Translation:
    tokens, binds = _named_binds(_tokens(sql, sql), sql)
    tree = _parse(tokens, sql, sql, own_functions, binds)
    kind = "query" if isinstance(tree, _QUERIES) else _KINDS.get(type(tree), "")
    if not kind:
        raise unknown(sql)
    if isinstance(tree, exp.MultitableInserts):
        multi_table.check(tree, tokens, sql)
    written = [] if kind == "query" else _tables(tree)
    reads = frozenset(names_read(tree, leave_out=written))
    targets = tuple(map(table_name, written))
    overwrites = _take_overwrite(tree, tokens, sql)
    query = tree.args.get("expression")
    adapted = adapt(expand(tree), small, parts)
    steps: tuple[str, ...] = ()
    if isinstance(adapted, exp.MultitableInserts):
        if not small:
            steps = tuple(generate(step, sql) for step in multi_table.one_by_one(adapted))
        adapted = multi_table.as_one(adapted)
    uses_clock = any(node.name == CLOCK for node in adapted.find_all(exp.Parameter))
    # What was one SELECT is several: sort_parts.py alone makes that of it.
    in_parts = kind == "insert" and isinstance(query, exp.Select) and not isinstance(adapted.expression, exp.Select)
    text = generate(adapted, sql)
    return Translation(kind, text, binds, uses_clock, reads, targets, overwrites, steps, in_parts)


def parse(text: str, sql: str, own_functions: frozenset[str] = frozenset()) -> exp.Expr:
    """The checked syntax tree of one statement without binds; `sql` is what an error shows."""
    return _parse(_tokens(text, sql), text, sql, own_functions, 0)


def generate(tree: exp.Expr, sql: str) -> str:
    """The tree in DuckDB's SQL; what DuckDB has no way to say is an error. Quoted, no name means a DuckDB keyword."""
    try:
        return tree.sql(dialect="duckdb", unsupported_level=ErrorLevel.RAISE, comments=False, identify=True)
    except UnsupportedError as error:
        raise NotSupportedError(f"The embedded warehouse cannot do this ({error}): {head(sql)}", 2, "0A000") from error


def table_name(table: exp.Table) -> str:
    """The dotted name of a table as written, in lower case."""
    return ".".join(part.name for part in table.parts).lower()


def names_read(tree: exp.Expr, leave_out: Collection[exp.Expr] = ()) -> set[str]:
    """The names a statement reads: tables, views, table functions and scalar functions; not its own CTEs."""
    left_out = {id(table) for table in leave_out}
    tables = (table for table in tree.find_all(exp.Table) if id(table) not in left_out)
    names = {table_name(table) for table in tables if table.db or table.name.lower() not in _ctes(table)}
    names |= {grammar.call_name(call) for call in tree.find_all(exp.Anonymous)}
    return {name for name in names if not _is_system(name)}


def _is_system(name: str) -> bool:
    database_left_out = ".".join(name.split(".")[-2:])
    return (
        name in builtins.SYSTEM
        or name in (*builtins.HISTORY, builtins.INFER_SCHEMA)
        or database_left_out in builtins.VIEWS
    )


def _ctes(table: exp.Table) -> Iterator[str]:
    """The CTEs that a table's name may mean: those of the queries around it, and within a WITH those before it."""
    node: exp.Expr = table
    inside: exp.Expr | None = None
    while node.parent is not None:
        node = node.parent
        if isinstance(node, exp.CTE):
            inside = node
        if isinstance(node, exp.With):
            earlier = node.expressions[: node.expressions.index(inside)]
            yield from (cte.alias.lower() for cte in earlier)
        elif (clause := node.args.get("with_")) and (inside is None or inside.parent is not clause):
            yield from (cte.alias.lower() for cte in clause.expressions)


def _tables(tree: exp.Expr) -> list[exp.Table]:
    """The tables that DML writes."""
    written = multi_table.written(tree) if isinstance(tree, exp.MultitableInserts) else [tree.this]
    tables = [each.this if isinstance(each, exp.Schema) else each for each in written]
    found = [table for table in tables if isinstance(table, exp.Table)]
    if len(found) < len(tables):
        raise unknown(tree.sql(dialect="snowflake"))
    return found


def _take_overwrite(tree: exp.Expr, tokens: list[Token], sql: str) -> bool:
    """Whether it is INSERT OVERWRITE, which DuckDB has not: the tree is a plain INSERT then."""
    if not tree.args.get("overwrite"):
        return False
    if tokens[2].token_type is not TokenType.INTO or tokens[3].token_type is TokenType.TABLE:
        raise syntax_error(sql, "expected INTO and the name of a table behind OVERWRITE")
    tree.set("overwrite", False)
    return True


def _tokens(text: str, sql: str) -> list[Token]:
    try:
        return _DIALECT.tokenize(text)
    except SqlglotError as error:
        raise syntax_error(sql, str(error).splitlines()[0]) from error


def _parse(tokens: list[Token], text: str, sql: str, own_functions: frozenset[str], binds: int) -> exp.Expr:
    # DuckDB's SELECT may be left out before FROM, and sqlglot reads it for every dialect.
    types = [token.token_type for token in tokens]
    if (TokenType.L_PAREN, TokenType.FROM) in pairwise(types):
        raise syntax_error(sql, "expected SELECT before FROM")
    try:
        trees = [tree for tree in _DIALECT.parser().parse(tokens, text) if tree is not None]
    except ParseError as error:
        raise syntax_error(sql, _place(error)) from error
    if len(trees) != 1:
        raise syntax_error(sql, "expected one statement")
    tree = trees[0]
    if isinstance(tree, exp.Command) or (not binds and tree.find(exp.Placeholder)):
        raise unknown(sql)
    grammar.check(tree, sql, own_functions)
    return tree


def _place(error: ParseError) -> str:
    """Where the parser stopped: what it says of why is in words of its own."""
    found = error.errors[0]
    near = " ".join(str(found["highlight"]).split())
    if str(found["end_context"]).strip():
        what = f"unexpected '{near}'"
    else:
        what = f"something is missing {'before' if near == ')' else 'after'} '{near}'"
    return f"line {found['line']} at position {found['col']}: {what}"


def _named_binds(tokens: list[Token], sql: str) -> tuple[list[Token], int]:
    """Number the `?` of a statement, so that they keep their values wherever they go."""
    if not any(token.token_type in _BINDS for token in tokens):
        return tokens, 0
    named: list[Token] = []
    count = 0
    for token in tokens:
        if token.token_type is TokenType.COLON:
            raise unknown(sql)
        if token.token_type not in _BINDS:
            named.append(token)
            continue
        count += 1
        place = (token.line, token.col, token.start, token.end)
        named += [Token(TokenType.COLON, ":", *place), Token(TokenType.VAR, f"b{count}", *place)]
        if token.token_type is TokenType.QDCOLON:
            named.append(Token(TokenType.DCOLON, "::", *place))
    return named, count
