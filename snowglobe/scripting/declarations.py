"""The DECLARE section and LET: how a procedure's variables and exceptions come to be.

https://docs.snowflake.com/en/sql-reference/snowflake-scripting/declare and .../let
"""

from sqlglot import TokenType

from snowglobe.scripting.cursor import Cursor
from snowglobe.scripting.expressions import expression
from snowglobe.scripting.scope import Scope
from snowglobe.scripting.tree import Assignment, DeclaredException
from snowglobe.scripting.types import VariableType, variable_type

# The numbers that exceptions of one's own may have; the last is the one of an exception declared without.
_FIRST_NUMBER, _LAST_NUMBER = -20999, -20000


def declarations(cursor: Cursor, scope: Scope) -> tuple[Assignment, ...]:
    """Reads what stands between DECLARE and BEGIN into the scope; returns the initial values."""
    found = []
    while cursor.word() != "BEGIN":
        if assignment := _declaration(cursor, scope):
            found.append(assignment)
        cursor.expect_type(TokenType.SEMICOLON, ";")
    return tuple(found)


def let(cursor: Cursor, scope: Scope) -> Assignment:
    """Reads `LET name [type] { := | DEFAULT } expression` into the scope."""
    place = cursor.place()
    cursor.expect("LET")
    name = _new_name(cursor, scope)
    declared = None if _initialised(cursor) else _type(cursor)
    return _initialisation(cursor, scope, name, declared, place)


def name_here(cursor: Cursor, what: str) -> str:
    """Steps over a name, which must come next, and returns it; `what` says in an error what was expected."""
    name = cursor.name()
    if not name:
        cursor.fail(cursor.index, f"expected {what}")
    cursor.index += 1
    return name


def _declaration(cursor: Cursor, scope: Scope) -> Assignment | None:
    place = cursor.place()
    name = _new_name(cursor, scope)
    if cursor.accept("EXCEPTION"):
        scope.declare_exception(_exception(cursor, name, place[0]))
        return None
    declared = None if _initialised(cursor) else _type(cursor)
    if declared and cursor.type() is TokenType.SEMICOLON:
        scope.declare(name, declared)
        return None
    return _initialisation(cursor, scope, name, declared, place)


def _initialised(cursor: Cursor) -> bool:
    return cursor.type() is TokenType.COLON_EQ or cursor.word() == "DEFAULT"


def _initialisation(
    cursor: Cursor, scope: Scope, name: str, declared: VariableType | None, place: tuple[int, int]
) -> Assignment:
    if not _initialised(cursor):
        cursor.fail(cursor.index, "expected := or DEFAULT")
    start, end = cursor.index + 1, cursor.find(TokenType.SEMICOLON, ";")
    # Read before the name is declared, so that it cannot use itself.
    value = expression(cursor, start, end, scope)
    cursor.index = end
    return Assignment(scope.declare(name, declared), value, *place)


def _exception(cursor: Cursor, name: str, line: int) -> DeclaredException:
    if not cursor.accept_type(TokenType.L_PAREN):
        return DeclaredException(name, _LAST_NUMBER, "", line)
    cursor.expect_type(TokenType.DASH, "-")
    number = -_integer(cursor)
    if not _FIRST_NUMBER <= number <= _LAST_NUMBER:
        cursor.fail(cursor.index - 1, f"expected a number from {_FIRST_NUMBER} to {_LAST_NUMBER}")
    cursor.expect_type(TokenType.COMMA, ",")
    cursor.expect_type(TokenType.STRING, "'message'")
    message = cursor.tokens[cursor.index - 1].text
    cursor.expect_type(TokenType.R_PAREN, ")")
    return DeclaredException(name, number, message, line)


def _type(cursor: Cursor) -> VariableType:
    at = cursor.index
    name = name_here(cursor, "a type, := or DEFAULT")
    parameters: list[int] = []
    if cursor.accept_type(TokenType.L_PAREN):
        parameters.append(_integer(cursor))
        while cursor.accept_type(TokenType.COMMA):
            parameters.append(_integer(cursor))
        cursor.expect_type(TokenType.R_PAREN, ")")
    found = variable_type(name, tuple(parameters))
    if found is None:
        written = cursor.between(at, cursor.index)
        instead = "the types are NUMBER, INTEGER, FLOAT, VARCHAR, BOOLEAN, DATE and TIMESTAMP_NTZ"
        cursor.unsupported(at, f"a variable of type {written}", instead)
    return found


def _integer(cursor: Cursor) -> int:
    text = cursor.written(cursor.index)
    if not text.isdecimal():
        cursor.fail(cursor.index, "expected an integer")
    cursor.index += 1
    return int(text)


def _new_name(cursor: Cursor, scope: Scope) -> str:
    name = name_here(cursor, "a name")
    if refusal := scope.refusal(name):
        cursor.fail(cursor.index - 1, refusal)
    return name
