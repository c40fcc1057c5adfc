"""Procedures and SQL functions: CREATE PROCEDURE, CALL, CREATE FUNCTION."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from sqlglot import exp

from customertrack.embedded import dialect
from customertrack.embedded.catalog import Function, Procedure
from customertrack.embedded.errors import NotSupportedError, ProgrammingError
from customertrack.embedded.results import Result, ResultColumn, status
from customertrack.embedded.scripting.frame import Outcome
from customertrack.embedded.scripting.parser import parse
from customertrack.embedded.scripting.run import run
from customertrack.embedded.scripting.tree import Procedure as Script
from customertrack.embedded.session import Session, quoted_name
from customertrack.embedded.tokens import Tokens, head

# On one machine there is one user, and every function of sql/ is what it says it is.
_WITHOUT_EFFECT = [("EXECUTE", "AS", "OWNER"), ("EXECUTE", "AS", "CALLER"), ("IMMUTABLE",), ("VOLATILE",)]

Execute = Callable[[Session, str, Sequence[object]], Result]


def create_procedure(session: Session, tokens: Tokens, or_change: bool) -> Result:
    """CREATE [OR ALTER | OR REPLACE] PROCEDURE name(arguments) RETURNS type LANGUAGE SQL ... AS $$ body $$. The body is parsed now."""
    name = session.qualify(tokens.name())
    arguments = _arguments(tokens)
    tokens.expect("RETURNS")
    body = _body(tokens)
    if session.catalog.get(Procedure, name) and not or_change:
        raise ProgrammingError(f"Object '{name.upper()}' already exists.", 2002, "42710")
    parsed(body, tuple(arguments))
    with session.ddl():
        session.catalog.put(session.duck, Procedure(name, body, list(arguments)))
    return status(f"Procedure {name.upper()} successfully created.")


def call(session: Session, tokens: Tokens, params: Sequence[object], execute: Execute) -> Result:
    """CALL name(arguments): a row with what the procedure returned. Arguments are binds or literals."""
    name = tokens.name()
    procedure = session.catalog.get(Procedure, session.qualify(name))
    if procedure is None:
        raise ProgrammingError(f"Unknown procedure {name.upper()}", 2140, "42601")
    tokens.expect("(")
    text = tokens.rest().removesuffix(")").strip()
    values: Sequence[object] = execute(session, f"SELECT {text}", params).all_rows()[0] if text else ()
    if len(values) != len(procedure.arguments):
        raise ProgrammingError(f"{name.upper()} takes {len(procedure.arguments)} arguments, not {len(values)}", 1044, "42P13")
    arguments: Mapping[str, object] = dict(zip(procedure.arguments, values, strict=True))
    value = run(parsed(procedure.body, tuple(procedure.arguments)), arguments, _Executor(session, execute))
    return Result([ResultColumn(name.rpartition(".")[2].upper(), 2)], [(value,)])


@lru_cache(maxsize=64)
def parsed(body: str, arguments: tuple[str, ...]) -> Script:
    """The procedure's syntax tree."""
    return parse(body, arguments)


def create_function(session: Session, sql: str, tokens: Tokens, functions: frozenset[str]) -> Result:
    """CREATE [OR ALTER | OR REPLACE] FUNCTION ... LANGUAGE SQL AS $$ query or expression $$, as a DuckDB macro."""
    name = session.qualify(tokens.name())
    arguments = _arguments(tokens)
    tokens.expect("RETURNS")
    returns_table = tokens.peek() == "TABLE"
    body = _body(tokens)
    tree = dialect.parse(body if returns_table else f"SELECT {body}", sql)
    reads = sorted(dialect.table_names(tree))
    tree = dialect.adapt(_cast_arguments(tree, arguments), sql, functions)
    duck_sql = dialect.generate(tree, sql)
    table = "TABLE " if returns_table else ""
    macro = duck_sql if returns_table else f"({duck_sql})"
    with session.ddl():
        session.run(f"CREATE OR REPLACE MACRO {quoted_name(name)}({', '.join(arguments)}) AS {table}{macro}")
        session.catalog.put(session.duck, Function(name, [session.qualify(read) for read in reads]))
    return status(f"Function {name.upper()} successfully created.")


class _Executor:
    """How the interpreter of Snowflake Scripting reaches the session."""

    def __init__(self, session: Session, execute: Execute) -> None:
        self._session = session
        self._execute = execute

    def execute(self, sql: str, params: Sequence[object]) -> Outcome:
        result = self._execute(self._session, sql, params)
        return Outcome(rowcount=result.rowcount, rows=result.all_rows())

    def in_transaction(self) -> bool:
        return self._session.in_transaction


def _arguments(tokens: Tokens) -> dict[str, str]:
    """`(name TYPE, ...)` as names with their types."""
    tokens.expect("(")
    found: dict[str, str] = {}
    while not tokens.accept(")"):
        name = tokens.name()
        found[name] = tokens.argument_type()
        tokens.accept(",")
    return found


def _body(tokens: Tokens) -> str:
    """The text between $$, after the type of what is returned and the options before AS; only LANGUAGE SQL is known."""
    tokens.type_with_brackets()
    language = ""
    while not tokens.accept("AS"):
        if tokens.accept("LANGUAGE"):
            language = tokens.name()
        elif tokens.peek() == "COMMENT":
            tokens.options({"COMMENT": ""})
        elif not any(tokens.accept(*words) for words in _WITHOUT_EFFECT):
            raise tokens.unexpected("not an option that the embedded warehouse knows")
    if language != "sql":
        raise NotSupportedError(f"The embedded warehouse knows LANGUAGE SQL alone: {head(tokens.sql)}", 2, "0A000")
    body = tokens.string()
    tokens.end()
    return body


def _cast_arguments(tree: exp.Expression, arguments: Mapping[str, str]) -> exp.Expression:
    """Give each argument its declared type, as Snowflake does when it is passed; text is taken to be text already."""
    types = {name: exp.DataType.build(kind, dialect="snowflake") for name, kind in arguments.items()}
    typed = {name: kind for name, kind in types.items() if kind.this is not exp.DType.VARCHAR}

    def change(node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.Column) and not node.table and node.name.lower() in typed:
            return exp.cast(node, typed[node.name.lower()])
        return node

    return tree.transform(change)
