"""Procedures: CREATE PROCEDURE and CALL."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from snowglobe.catalog import Entry
from snowglobe.errors import ProgrammingError, already_exists
from snowglobe.objects import argument_list
from snowglobe.objects.drop import drop_entry
from snowglobe.objects.kind import Clauses, ObjectKind
from snowglobe.results import Result, ResultColumn, status
from snowglobe.scripting.frame import Outcome
from snowglobe.scripting.parser import parse
from snowglobe.scripting.run import run
from snowglobe.scripting.tree import Procedure as Script
from snowglobe.scripting.types import convert
from snowglobe.session import Session
from snowglobe.tokens import SYNTAX_ERROR, Tokens, head, syntax_error


@dataclass(frozen=True)
class Procedure(Entry):
    """CREATE PROCEDURE ... LANGUAGE SQL: the body, pairs of an argument and its type, the type it returns."""

    words = "PROCEDURE"
    body: str
    arguments: list[tuple[str, str]]
    returns: str = "VARCHAR"


def create_procedure(session: Session, tokens: Tokens, clauses: Clauses) -> Result:
    """CREATE [OR ALTER | OR REPLACE] PROCEDURE name(arguments) RETURNS type LANGUAGE SQL ... AS $$ body $$.

    The body is parsed now.
    """
    name = session.qualify(tokens.name())
    arguments = argument_list.read_arguments(tokens)
    tokens.expect("RETURNS")
    returns = tokens.type_with_brackets()
    body = argument_list.read_body(tokens)
    for kind in (returns, *arguments.values()):
        argument_list.variable(kind, tokens.sql)
    parsed(body, tuple(arguments))
    if session.catalog.get(Procedure, name) and not clauses.may_exist:
        raise already_exists(name)
    with session.ddl():
        session.catalog.put(session.duck, Procedure(name, body, list(arguments.items()), returns))
    return status(f"Procedure {name.upper()} successfully created.")


def call(session: Session, tokens: Tokens, params: Sequence[object]) -> Result:
    """CALL name(arguments): a row with what the procedure returned. Arguments are expressions without columns."""
    name = tokens.name()
    procedure = session.catalog.get(Procedure, session.qualify(name))
    if procedure is None:
        raise ProgrammingError(f"Unknown procedure {name.upper()}", 2140, "42601")
    values = _values(session, tokens, params)
    if len(values) != len(procedure.arguments):
        message = f"{name.upper()} takes {len(procedure.arguments)} arguments, not {len(values)}: {head(tokens.sql)}"
        raise ProgrammingError(message, 1044, "42P13")
    arguments = {
        argument: convert(value, argument_list.variable(kind, tokens.sql))
        for (argument, kind), value in zip(procedure.arguments, values, strict=True)
    }
    value = run(parsed(procedure.body, tuple(arguments)), arguments, _Executor(session))
    returned = convert(value, argument_list.variable(procedure.returns, tokens.sql))
    return Result([ResultColumn(name.rpartition(".")[2].upper(), 2)], [(returned,)])


def _values(session: Session, tokens: Tokens, params: Sequence[object]) -> Sequence[object]:
    """What the arguments of a CALL evaluate to."""
    tokens.expect("(")
    text = tokens.until(")")
    tokens.end()
    if not text:
        return ()
    try:
        return session.execute(f"SELECT * FROM VALUES ({text})", params).all_rows()[0]
    except ProgrammingError as error:
        if error.errno != SYNTAX_ERROR:
            raise
        raise syntax_error(tokens.sql, "expected expressions as arguments") from error


@lru_cache(maxsize=64)
def parsed(body: str, arguments: tuple[str, ...]) -> Script:
    """The procedure's syntax tree."""
    return parse(body, arguments)


class _Executor:
    """How the interpreter of Snowflake Scripting reaches the session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def execute(self, sql: str, params: Sequence[object]) -> Outcome:
        with self._session.timed(sql):
            return self.evaluate(sql, params)

    def evaluate(self, sql: str, params: Sequence[object]) -> Outcome:
        result = self._session.execute(sql, params)
        return Outcome(rowcount=result.rowcount, rows=result.all_rows())

    def in_transaction(self) -> bool:
        return self._session.in_transaction


PROCEDURE = ObjectKind(
    Procedure.words,
    create_procedure,
    drop=partial(drop_entry, kind=Procedure, signature=("(", ")")),
    or_replace=True,
    or_alter=True,
    if_not_exists=False,
)
