"""`SELECT ... INTO :a, :b FROM ...` in a procedure. https://docs.snowflake.com/en/sql-reference/constructs/into"""

from sqlglot import TokenType

from snowglobe.scripting.cursor import Cursor
from snowglobe.scripting.expressions import bound_text
from snowglobe.scripting.scope import Scope
from snowglobe.scripting.tree import BUILT_INS, SelectInto, Variable

_SET_OPERATIONS = frozenset(("UNION", "INTERSECT", "EXCEPT", "MINUS"))


def select_into(cursor: Cursor, start: int, end: int, scope: Scope) -> SelectInto | None:
    """The statement, if the query of the tokens [start, end) has an INTO; None if it has none.

    Raises ProgrammingError where Snowflake allows no INTO: in a subquery, beside a set operation, after FROM.
    """
    intos = [index for index in range(start, end) if cursor.type(index) is TokenType.INTO]
    if not intos:
        return None
    outermost = list(cursor.outermost(start, end))
    into = intos[0]
    before = {cursor.word(index) for index in outermost if index < into}
    words = {cursor.word(index) for index in outermost}
    if len(intos) > 1 or into not in outermost or "FROM" in before or words & _SET_OPERATIONS:
        cursor.fail(intos[-1], "INTO stands once, between the list and the FROM of a SELECT that is no part of another")
    targets, after = _targets(cursor, into + 1, end, scope)
    sql, binds = bound_text(cursor, start, end, scope, cut=(into, after))
    return SelectInto(sql, binds, targets, *cursor.place(start))


def _targets(cursor: Cursor, index: int, end: int, scope: Scope) -> tuple[tuple[Variable, ...], int]:
    """The variables from the token on, and the index after the last."""
    found: list[Variable] = []
    while True:
        index += cursor.type(index) is TokenType.COLON
        variable = scope.variable(cursor.word(index)) if index < end else None
        if variable is None or variable in BUILT_INS:
            cursor.unknown(min(index, end), cursor.written(index), "variable that can be assigned")
        if variable in found:
            cursor.fail(index, "the variable stands twice in INTO")
        found.append(variable)
        if index + 1 >= end or cursor.type(index + 1) is not TokenType.COMMA:
            return tuple(found), index + 1
        index += 2
