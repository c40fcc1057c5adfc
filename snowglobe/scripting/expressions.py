"""Variables in SQL text, and expressions: from a stretch of tokens to SQL with `?` and the variables to bind.

In a SQL statement a variable is `:v`. In an expression (LET, :=, IF, RETURN) it is `v` or `:v`, but inside a subquery
a bare name is the query's own, a column. https://docs.snowflake.com/en/developer-guide/snowflake-scripting/variables
"""

import re
from decimal import Decimal

import sqlglot
from sqlglot import TokenType, exp
from sqlglot.errors import SqlglotError

from snowglobe.scripting.cursor import Cursor, words
from snowglobe.scripting.operations import operation
from snowglobe.scripting.scope import Scope
from snowglobe.scripting.tree import (
    Computed,
    Concatenation,
    Expression,
    Literal,
    Query,
    Reference,
    Simple,
    Variable,
)

_EXPRESSION_WORDS = words("""
    ALL AND ANY AS BETWEEN CASE CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER DISTINCT ELSE END ESCAPE FALSE
    FROM ILIKE IN INTERVAL IS LIKE LOCALTIME LOCALTIMESTAMP NOT NULL OR REGEXP RLIKE SOME THEN TRUE WHEN
""")
# Functions whose first argument is a word of their own, such as DAY.
_DATE_PART_FUNCTIONS = words("""
    DATEADD DATEDIFF DATE_PART DATE_TRUNC EXTRACT TIMEADD TIMEDIFF TIMESTAMPADD TIMESTAMPDIFF
""")
_QUERY_WORDS = ("SELECT", "WITH")
_CONSTANTS = {"TRUE": True, "FALSE": False, "NULL": None}
_NUMBER = re.compile(r"\d+(?P<fraction>\.\d+)?(?P<exponent>[eE][+-]?\d+)?", re.ASCII)
_OPERANDS = frozenset((TokenType.VAR, TokenType.IDENTIFIER, TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.STRING))
# Beside these a `?` is still a sign of its own: `?::` and `?|` are others.
_NEUTRAL = frozenset(("", *" \t\r\n(),;"))


def bound_text(
    cursor: Cursor, start: int, end: int, scope: Scope, cut: tuple[int, int] | None = None
) -> tuple[str, tuple[Variable, ...]]:
    """The SQL statement of the tokens [start, end) with `?` for each `:v`, and the variables in order.

    `cut`: tokens [from, to) that are left out. Raises ProgrammingError for a `:v` that is no variable, and for a `?`.
    """
    edits = _Edits(cursor, start, end)
    index = start
    while index < end:
        if cut is not None and index == cut[0]:
            edits.cut(*cut)
            index = cut[1]
        elif cursor.type(index) is TokenType.COLON:
            edits.bind(index, index + 2, _colon_variable(cursor, index, start, scope))
            index += 2
        else:
            _refuse_placeholder(cursor, index)
            index += 1
    return edits.result()


def expression(cursor: Cursor, start: int, end: int, scope: Scope) -> Expression:
    """The expression of the tokens [start, end).

    Raises ProgrammingError if it is none, or has a bare name or a `:v` that is no variable.
    """
    start, end = _inside_parentheses(cursor, start, end)
    if start >= end:
        cursor.fail(start, "expected an expression")
    query, tree = _query(cursor, start, end, scope)
    simple = _simple(cursor, start, end, scope)
    if simple is None and (found := operation(tree, query.binds)):
        return Computed(found, query)
    return simple or _concatenation(cursor, start, end, scope, query) or query


class _Edits:
    """A stretch of the body, in which some tokens are left out or replaced by `?`."""

    def __init__(self, cursor: Cursor, start: int, end: int) -> None:
        self._cursor = cursor
        self._from = cursor.tokens[start].start
        self._to = cursor.tokens[end - 1].end + 1
        self._pieces: list[str] = []
        self._binds: list[Variable] = []

    def cut(self, start: int, end: int) -> None:
        tokens, body = self._cursor.tokens, self._cursor.text
        self._pieces.append(body[self._from : tokens[start].start])
        self._from = tokens[end - 1].end + 1

    def bind(self, start: int, end: int, variable: Variable) -> None:
        self.cut(start, end)
        before, after = self._pieces[-1][-1:], self._cursor.text[self._from : self._from + 1]
        self._pieces.append(f"{'' if before in _NEUTRAL else ' '}?{'' if after in _NEUTRAL else ' '}")
        self._binds.append(variable)

    def result(self) -> tuple[str, tuple[Variable, ...]]:
        self._pieces.append(self._cursor.text[self._from : self._to])
        return "".join(self._pieces), tuple(self._binds)


def _colon_variable(cursor: Cursor, colon: int, start: int, scope: Scope) -> Variable:
    before = colon - 1
    if before >= start and (cursor.type(before) in _OPERANDS or (cursor.word(before) and cursor.touches(before))):
        cursor.fail(colon, "a path into JSON (a:b) cannot be used in a procedure here; GET(a, 'b') can")
    word = cursor.word(colon + 1)
    if not word or not cursor.touches(colon):
        cursor.fail(colon, "expected a variable's name right after the colon")
    variable = scope.variable(word)
    if variable is None:
        cursor.unknown(colon, f":{cursor.written(colon + 1)}", "variable or argument")
    return variable


def _refuse_placeholder(cursor: Cursor, index: int) -> None:
    if cursor.type(index) is TokenType.PLACEHOLDER or cursor.written(index).startswith("?"):
        cursor.fail(index, "a variable in SQL is written as :name")


def _query(cursor: Cursor, start: int, end: int, scope: Scope) -> tuple[Query, exp.Expr]:
    edits = _Edits(cursor, start, end)
    in_query = [False]
    index = start
    while index < end:
        token_type = cursor.type(index)
        step = 1
        if token_type is TokenType.L_PAREN:
            in_query.append(in_query[-1] or cursor.word(index + 1) in _QUERY_WORDS)
        elif token_type is TokenType.R_PAREN:
            if len(in_query) == 1:
                cursor.fail(index, "there is no '(' for it")
            in_query.pop()
        elif token_type is TokenType.COLON:
            step = 2
            edits.bind(index, index + step, _colon_variable(cursor, index, start, scope))
        elif not in_query[-1] and (variable := _bare_variable(cursor, index, end, scope)):
            edits.bind(index, index + step, variable)
        else:
            _refuse_placeholder(cursor, index)
        index += step
    sql, binds = edits.result()
    return Query(f"SELECT {sql}", binds), _one_value(cursor, start, f"SELECT {sql}")


def _bare_variable(cursor: Cursor, index: int, end: int, scope: Scope) -> Variable | None:
    """The variable that the token names; None if it is a sign, a value, or a word of SQL."""
    word = cursor.word(index)
    if not cursor.name(index) or cursor.type(index - 1) in (TokenType.DOT, TokenType.DCOLON):
        return None
    if cursor.word(index - 1) == "AS":
        return None
    follows = cursor.type(index + 1) if index + 1 < end else None
    if follows in (TokenType.L_PAREN, TokenType.FARROW) or _is_called(cursor, index, end):
        return None
    if variable := scope.variable(cursor.name(index)):
        return variable
    if word in _EXPRESSION_WORDS:
        return None
    if word in ("DATE", "TIME", "TIMESTAMP") and follows is TokenType.STRING:
        return None
    if cursor.type(index - 1) is TokenType.L_PAREN and cursor.word(index - 2) in _DATE_PART_FUNCTIONS:
        return None
    return cursor.unknown(index, cursor.written(index), "variable or argument")


def _is_called(cursor: Cursor, index: int, end: int) -> bool:
    """Whether the name is the head of a.b.c(...)."""
    while index + 2 < end and cursor.type(index + 1) is TokenType.DOT:
        index += 2
        if cursor.type(index + 1) is TokenType.L_PAREN:
            return True
    return False


def _one_value(cursor: Cursor, start: int, sql: str) -> exp.Expr:
    """The syntax tree of the one value that the query has."""
    try:
        select = sqlglot.parse_one(sql, dialect="snowflake")
    except SqlglotError as error:
        raise cursor.error(start, f"the expression {sql[7:]} cannot be read", 1003, "42000") from error
    values = select.expressions if isinstance(select, exp.Select) else []
    if len(values) != 1 or isinstance(values[0], exp.Alias):
        cursor.fail(start, f"the expression {sql[7:]} is not one value")
    return values[0]


def _inside_parentheses(cursor: Cursor, start: int, end: int) -> tuple[int, int]:
    """The stretch without the parentheses that enclose all of it; those of a subquery are part of it."""
    while (
        cursor.written(start) == "("
        and cursor.written(end - 1) == ")"
        and cursor.word(start + 1) not in _QUERY_WORDS
        and not any(True for _ in cursor.outermost(start, end))
    ):
        start, end = start + 1, end - 1
    return start, end


def _simple(cursor: Cursor, start: int, end: int, scope: Scope) -> Simple | None:
    """The literal or variable that the tokens are, perhaps in parentheses; None if they are more than that."""
    start, end = _inside_parentheses(cursor, start, end)
    if end - start == 2:
        if cursor.written(start) == ":":
            return Reference(_colon_variable(cursor, start, start, scope))
        number = _number(cursor, start + 1) if cursor.written(start) == "-" else None
        return Literal(-number) if number is not None else None
    if end - start != 1:
        return None
    if variable := scope.variable(cursor.name(start)):
        return Reference(variable)
    if cursor.word(start) in _CONSTANTS:
        return Literal(_CONSTANTS[cursor.word(start)])
    # A backslash may begin an escape, which is the dialect's to read.
    if cursor.type(start) is TokenType.STRING and "\\" not in cursor.written(start):
        return Literal(cursor.tokens[start].text)
    number = _number(cursor, start)
    return Literal(number) if number is not None else None


def _number(cursor: Cursor, index: int) -> int | Decimal | float | None:
    written = _NUMBER.fullmatch(cursor.written(index))
    if written is None:
        return None
    if written["exponent"]:
        return float(written[0])
    return Decimal(written[0]) if written["fraction"] else int(written[0])


def _concatenation(cursor: Cursor, start: int, end: int, scope: Scope, query: Query) -> Concatenation | None:
    parts: list[Simple] = []
    begin = start
    for index in [*(index for index in range(start, end) if cursor.written(index) == "||"), end]:
        part = _simple(cursor, begin, index, scope)
        if part is None:
            return None
        parts.append(part)
        begin = index + 1
    return Concatenation(tuple(parts), query)
