"""Reads the body of a procedure in Snowflake Scripting, as far as procedures here go.

Blocks with DECLARE and EXCEPTION, LET, assignments, IF, LOOP, BREAK, CONTINUE, RETURN, RAISE, NULL, transactions,
SELECT ... INTO and SQL statements with binds. All else is an error that names it, and so is a name that stands for
nothing; both are found when the procedure is created.
https://docs.snowflake.com/en/sql-reference-snowflake-scripting
"""

from collections.abc import Callable, Sequence
from typing import NoReturn

from sqlglot import TokenType

from snowglobe.scripting.cursor import Cursor, words
from snowglobe.scripting.declarations import declarations, let, name_here
from snowglobe.scripting.expressions import bound_text, expression
from snowglobe.scripting.into import select_into
from snowglobe.scripting.scope import Scope
from snowglobe.scripting.tree import (
    BUILT_INS,
    EXPRESSION_ERROR,
    OTHER,
    STATEMENT_ERROR,
    Assignment,
    Block,
    Branch,
    DeclaredException,
    Handler,
    If,
    Leave,
    Loop,
    Procedure,
    Raise,
    Return,
    Sql,
    Statement,
    Transaction,
    Variable,
)

_QUERY_WORDS = ("SELECT", "WITH")
# TRUNCATE counts no rows, and of COPY the documentation does not say.
_ROW_CHANGING_WORDS = ("INSERT", "UPDATE", "DELETE", "MERGE")
_OTHER_SQL_WORDS = words("""
    ALTER CALL COMMENT COPY CREATE DESC DESCRIBE DROP EXECUTE EXPLAIN GET GRANT LIST LS PUT REMOVE REVOKE RM SET SHOW
    TRUNCATE UNDROP UNSET USE
""")
_BUILT_IN_EXCEPTIONS = (STATEMENT_ERROR, EXPRESSION_ERROR, OTHER)
_USABLE = "use blocks, LET, :=, IF, LOOP, RETURN, RAISE, NULL, transactions and single SQL statements"


def parse(body: str, argument_names: Sequence[str] = ()) -> Procedure:
    """The procedure whose text is `body`, without the quotes or $$ around it.

    Raises NotSupportedError for what procedures do not have here and ProgrammingError for anything else that is wrong.
    Both begin with line and position in the body.
    """
    return _Parser(Cursor(body)).procedure(argument_names)


class _Parser:
    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        # How deep in exception handlers the statement being read stands: only there may RAISE stand alone.
        self._handling = 0
        # How many loops stand around it: only there may BREAK and CONTINUE.
        self._loops = 0

    def procedure(self, argument_names: Sequence[str]) -> Procedure:
        scope = Scope.outermost().inner()
        arguments = tuple(scope.declare(name.upper(), None) for name in argument_names)
        block = self._block(scope.rest())
        self._cursor.accept_type(TokenType.SEMICOLON)
        if self._cursor.type() is not None:
            self._cursor.fail(self._cursor.index, "expected nothing after the block's END")
        return Procedure(arguments, len(scope.variables), block)

    def _block(self, scope: Scope) -> Block:
        cursor = self._cursor
        declared = declarations(cursor, scope) if cursor.accept("DECLARE") else ()
        begin = cursor.index
        if self._begins_transaction():
            cursor.fail(begin, "expected DECLARE or a block's BEGIN, a procedure's body is a block")
        cursor.expect("BEGIN")
        body = self._statements(scope.rest(), begin, "END", "EXCEPTION")
        handlers = self._handlers(scope, begin) if cursor.accept("EXCEPTION") else ()
        cursor.expect("END")
        return Block(declared, body, handlers)

    def _handlers(self, scope: Scope, begin: int) -> tuple[Handler, ...]:
        found = []
        self._handling += 1
        if self._cursor.word() != "WHEN":
            self._cursor.fail(self._cursor.index, "expected WHEN")
        while self._cursor.accept("WHEN"):
            catches = [self._caught(scope)]
            while self._cursor.accept("OR"):
                catches.append(self._caught(scope))
            if self._cursor.word() in ("EXIT", "CONTINUE"):
                self._unsupported(f"WHEN ... {self._cursor.word()}")
            self._cursor.expect("THEN")
            # What LET made in the body is not to be seen in the handler: it may not have come to it.
            found.append(Handler(tuple(catches), self._statements(scope.inner(), begin, "WHEN", "END")))
        self._handling -= 1
        return tuple(found)

    def _caught(self, scope: Scope) -> DeclaredException | str:
        name = name_here(self._cursor, "an exception's name")
        declared = scope.exception(name)
        if declared is None and name not in _BUILT_IN_EXCEPTIONS:
            self._cursor.unknown(self._cursor.index - 1, name, "exception")
        return declared or name

    def _statements(self, scope: Scope, begin: int, *ends: str) -> tuple[Statement, ...]:
        cursor = self._cursor
        found: list[Statement] = []
        start = cursor.index
        while cursor.word() not in ends:
            if cursor.type() is None:
                line, _ = cursor.place(begin)
                cursor.fail(cursor.index, f"expected the END of {cursor.word(begin)} in line {line}")
            if statement := self._statement(scope):
                found.append(statement)
            cursor.expect_type(TokenType.SEMICOLON, ";")
        if cursor.index == start:
            cursor.fail(start, "expected a statement; NULL; does nothing")
        return tuple(found)

    def _statement(self, scope: Scope) -> Statement | None:
        cursor = self._cursor
        word = cursor.word()
        if cursor.type(cursor.index + 1) is TokenType.COLON_EQ:
            return self._assignment(scope)
        if word == "NULL":
            cursor.index += 1
            return None
        if word in _READERS:
            return _READERS[word](self, scope)
        if word in _OTHER_SQL_WORDS or word in _QUERY_WORDS or word in _ROW_CHANGING_WORDS:
            return self._sql(scope)
        if cursor.type() is TokenType.SEMICOLON:
            cursor.fail(cursor.index, "expected a statement")
        return self._unsupported(word or cursor.written(cursor.index))

    def _begin(self, scope: Scope) -> Statement:
        return self._transaction(scope) if self._begins_transaction() else self._block(scope.inner())

    def _begins_transaction(self) -> bool:
        follows = self._cursor.index + 1
        starts = self._cursor.word(follows) in ("TRANSACTION", "WORK", "NAME")
        return self._cursor.word() == "BEGIN" and (starts or self._cursor.type(follows) is TokenType.SEMICOLON)

    def _transaction(self, scope: Scope) -> Transaction:
        cursor = self._cursor
        start, end = cursor.index, cursor.find(TokenType.SEMICOLON, ";")
        written = [cursor.word(index) for index in range(start + 1, end)]
        allowed = {"BEGIN": ("TRANSACTION", "WORK"), "START": ("TRANSACTION",)}.get(cursor.word(), ("WORK",))
        rest = written[1:] if written and written[0] in allowed else written
        begins = cursor.word() in ("BEGIN", "START")
        named = begins and len(rest) == 2 and rest[0] == "NAME"
        if (rest and not named) or (cursor.word() == "START" and rest == written):
            cursor.fail(start + 1, f"expected {cursor.word()} {' or '.join(allowed)} and no more")
        sql, _ = bound_text(cursor, start, end, scope)
        cursor.index = end
        return Transaction(sql, begins, *cursor.place(start))

    def _assignment(self, scope: Scope) -> Assignment:
        cursor = self._cursor
        at = cursor.index
        variable = self._target(scope)
        start, end = cursor.index + 1, cursor.find(TokenType.SEMICOLON, ";")
        cursor.index = end
        return Assignment(variable, expression(cursor, start, end, scope), *cursor.place(at))

    def _target(self, scope: Scope) -> Variable:
        name = name_here(self._cursor, "a variable's name")
        variable = scope.variable(name)
        if variable is None or variable in BUILT_INS:
            self._cursor.unknown(self._cursor.index - 1, name, "variable that can be assigned")
        return variable

    def _if(self, scope: Scope) -> If:
        cursor = self._cursor
        start = cursor.index
        branches = [self._branch(scope, start)]
        while cursor.word() == "ELSEIF":
            branches.append(self._branch(scope, start))
        otherwise = self._statements(scope.inner(), start, "END") if cursor.accept("ELSE") else ()
        cursor.expect("END", "IF")
        return If(tuple(branches), otherwise)

    def _branch(self, scope: Scope, begin: int) -> Branch:
        cursor = self._cursor
        place = cursor.place()
        cursor.index += 1
        start = cursor.index
        if cursor.type() is not TokenType.L_PAREN:
            cursor.fail(start, "expected the condition in parentheses")
        end = next((index for index in cursor.outermost(start, len(cursor.tokens))), len(cursor.tokens))
        cursor.index = end
        cursor.expect("THEN")
        condition = expression(cursor, start, end, scope)
        return Branch(condition, self._statements(scope.inner(), begin, "ELSEIF", "ELSE", "END"), *place)

    def _loop(self, scope: Scope) -> Loop:
        cursor = self._cursor
        start = cursor.index
        cursor.index += 1
        self._loops += 1
        body = self._statements(scope.inner(), start, "END")
        self._loops -= 1
        cursor.expect("END", "LOOP")
        if cursor.type() is not TokenType.SEMICOLON:
            self._unsupported("LOOP with a label")
        return Loop(body)

    def _leave(self, scope: Scope) -> Leave:
        cursor = self._cursor
        word = cursor.word()
        if not self._loops:
            self._unsupported(f"{word} outside a loop")
        cursor.index += 1
        if cursor.type() is not TokenType.SEMICOLON:
            self._unsupported(f"{word} with a label")
        return Leave(word == "CONTINUE")

    def _return(self, scope: Scope) -> Return:
        cursor = self._cursor
        start, end = cursor.index, cursor.find(TokenType.SEMICOLON, ";")
        if cursor.word(start + 1) == "TABLE":
            self._unsupported("RETURN TABLE")
        cursor.index = end
        return Return(expression(cursor, start + 1, end, scope), *cursor.place(start))

    def _raise(self, scope: Scope) -> Raise:
        cursor = self._cursor
        place = cursor.place()
        cursor.index += 1
        if cursor.type() is not TokenType.SEMICOLON:
            name = name_here(self._cursor, "an exception's name")
            exception = scope.exception(name)
            if exception is None:
                cursor.unknown(cursor.index - 1, name, "declared exception")
            return Raise(exception, *place)
        if not self._handling:
            cursor.fail(cursor.index, "expected an exception's name, as no error is in hand here")
        return Raise(None, *place)

    def _sql(self, scope: Scope) -> Statement:
        cursor = self._cursor
        start, end = cursor.index, cursor.find(TokenType.SEMICOLON, ";")
        word = cursor.word()
        outermost = [cursor.word(index) for index in cursor.outermost(start, end)]
        if word == "EXECUTE" and cursor.word(start + 1) != "TASK":
            self._unsupported(f"EXECUTE {cursor.word(start + 1)}")
        if word == "CALL" and "INTO" in outermost:
            self._unsupported("CALL ... INTO")
        if "BEGIN" in outermost or "DECLARE" in outermost:
            cursor.fail(start, "a block inside a statement must stand between $$ and $$")
        cursor.index = end
        if word in _QUERY_WORDS and (found := select_into(cursor, start, end, scope)):
            return found
        sql, binds = bound_text(cursor, start, end, scope)
        return Sql(sql, binds, word in _ROW_CHANGING_WORDS, *cursor.place(start))

    def _unsupported(self, statement: str) -> NoReturn:
        self._cursor.unsupported(self._cursor.index, statement, _USABLE)


_READERS: dict[str, Callable[[_Parser, Scope], Statement]] = {
    "DECLARE": lambda parser, scope: parser._block(scope.inner()),
    "BEGIN": _Parser._begin,
    "START": _Parser._transaction,
    "COMMIT": _Parser._transaction,
    "ROLLBACK": _Parser._transaction,
    "LET": lambda parser, scope: let(parser._cursor, scope),
    "IF": _Parser._if,
    "LOOP": _Parser._loop,
    "BREAK": _Parser._leave,
    "CONTINUE": _Parser._leave,
    "RETURN": _Parser._return,
    "RAISE": _Parser._raise,
}
