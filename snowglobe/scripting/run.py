"""Runs a parsed procedure against whatever executes its SQL."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from snowglobe.errors import Error, NotSupportedError, ProgrammingError
from snowglobe.scripting.evaluate import evaluate, execute, store
from snowglobe.scripting.frame import Executor, Frame, ScriptError
from snowglobe.scripting.tree import (
    EXPRESSION_ERROR,
    OTHER,
    SQLERRM,
    SQLFOUND,
    SQLNOTFOUND,
    SQLROWCOUNT,
    SQLSTATE,
    STATEMENT_ERROR,
    Assignment,
    Block,
    Branch,
    Handler,
    If,
    Leave,
    Loop,
    Procedure,
    Raise,
    Return,
    SelectInto,
    Sql,
    Statement,
    Transaction,
)


def run(procedure: Procedure, arguments: Mapping[str, object], executor: Executor) -> object:
    """Calls the procedure and gives the value of its RETURN, or None. Arguments are by name, in any case.

    An error that no handler caught leaves as Snowflake words it, with class, errno and sqlstate of the cause. No
    transaction may cross the procedure's border: one that it opened and left open is rolled back, and that is an error;
    one of the caller's cannot be ended in it. https://docs.snowflake.com/en/sql-reference/transactions
    """
    frame = Frame(procedure, arguments, executor)
    try:
        returned = _block(frame, procedure.block)
    except ScriptError as fault:
        error = fault.uncaught()
        _undo(frame, error)
        raise error from fault.error
    except BaseException as error:
        _undo(frame, error)
        raise
    if not frame.called_in_transaction and executor.in_transaction():
        executor.execute("ROLLBACK", ())
        raise ProgrammingError(
            "Stored procedure execution error: Scoped transaction started in stored procedure is incomplete"
            " and it was rolled back: end it with COMMIT or ROLLBACK on every path",
            90232,
            "25000",
        )
    return returned.value if isinstance(returned, _Returned) else None


@dataclass(frozen=True, slots=True)
class _Returned:
    value: object


# What ends a list of statements before its last one.
_Ended: TypeAlias = _Returned | Leave


def _undo(frame: Frame, error: BaseException) -> None:
    if frame.called_in_transaction or not frame.executor.in_transaction():
        return
    try:
        frame.executor.execute("ROLLBACK", ())
    except Error as failed:
        # The first error is the one to tell of.
        error.add_note(f"ROLLBACK failed too: {failed}")


def _statements(frame: Frame, statements: tuple[Statement, ...]) -> _Ended | None:
    for statement in statements:
        ended = _RUNNERS[type(statement)](frame, statement)
        if ended is not None:
            return ended
    return None


def _block(frame: Frame, block: Block) -> _Ended | None:
    _statements(frame, block.declarations)
    if not block.handlers:
        return _statements(frame, block.body)
    try:
        return _statements(frame, block.body)
    except ScriptError as fault:
        handler = _handler(block.handlers, fault)
        if handler is None:
            raise
        return _handle(frame, handler, fault)


def _handler(handlers: tuple[Handler, ...], fault: ScriptError) -> Handler | None:
    return next((handler for handler in handlers if fault.kind in handler.catches or OTHER in handler.catches), None)


def _handle(frame: Frame, handler: Handler, fault: ScriptError) -> _Ended | None:
    """Runs the handler with the error's values in SQLERRM, SQLCODE and SQLSTATE, then puts back those of before."""
    told = slice(SQLERRM.slot, SQLSTATE.slot + 1)
    before = frame.values[told]
    frame.values[told] = (fault.error.msg, fault.error.errno, fault.error.sqlstate)
    frame.in_hand.append(fault)
    try:
        return _statements(frame, handler.body)
    finally:
        frame.in_hand.pop()
        frame.values[told] = before


def _assign(frame: Frame, statement: Assignment) -> None:
    store(frame, statement, statement.variable, evaluate(frame, statement, statement.expression))


def _sql(frame: Frame, statement: Sql) -> None:
    outcome = execute(frame, statement, statement.sql, statement.binds, STATEMENT_ERROR)
    _count_rows(frame, outcome.rowcount if statement.changes_rows else None)


def _count_rows(frame: Frame, count: int | None) -> None:
    """After DML its number of rows; after any other statement NULL.

    https://docs.snowflake.com/en/release-notes/bcr-bundles/2025_01/bcr-1850
    """
    frame.values[SQLROWCOUNT.slot] = count
    frame.values[SQLFOUND.slot] = None if count is None else count > 0
    frame.values[SQLNOTFOUND.slot] = None if count is None else count == 0


def _select_into(frame: Frame, statement: SelectInto) -> None:
    """The one row's values into the variables.

    "The SELECT statement must return a single row", says https://docs.snowflake.com/en/sql-reference/constructs/into.
    More rows are an error on Snowflake. What no row does to a variable that has a value it does not say, so that is an
    error here: nothing may depend on it.
    """
    rows = execute(frame, statement, statement.sql, statement.binds, STATEMENT_ERROR).rows
    if len(rows) != 1:
        message = f"A SELECT INTO statement expects exactly 1 returned row, but got {len(rows)}"
        message += "" if rows else ": use an aggregate or v := (SELECT ...), which give NULL"
        raise _statement_error(statement, ProgrammingError(message, sqlstate="21000"))
    if len(rows[0]) != len(statement.targets):
        message = f"SELECT INTO has {len(rows[0])} columns for {len(statement.targets)} variables"
        raise _statement_error(statement, ProgrammingError(message, sqlstate="42601"))
    for variable, value in zip(statement.targets, rows[0], strict=True):
        store(frame, statement, variable, value)
    _count_rows(frame, None)


def _transaction(frame: Frame, statement: Transaction) -> None:
    if frame.called_in_transaction:
        raise _statement_error(statement, _crossing(statement))
    execute(frame, statement, statement.sql, (), STATEMENT_ERROR)
    _count_rows(frame, None)


def _crossing(statement: Transaction) -> Error:
    if statement.begins:
        message = "A transaction of its own, within the caller's, is not supported here: COMMIT before the CALL"
        return NotSupportedError(message, 2, "0A000")
    message = "Modifying a transaction that has started at a different scope is not allowed"
    return ProgrammingError(message, sqlstate="25000")


def _statement_error(statement: SelectInto | Transaction, error: Error) -> ScriptError:
    return ScriptError(error, STATEMENT_ERROR, statement.line, statement.position)


def _if(frame: Frame, statement: If) -> _Ended | None:
    for branch in statement.branches:
        if _holds(frame, branch):
            return _statements(frame, branch.body)
    return _statements(frame, statement.otherwise)


def _loop(frame: Frame, statement: Loop) -> _Ended | None:
    while True:
        ended = _statements(frame, statement.body)
        if isinstance(ended, _Returned):
            return ended
        if ended is not None and not ended.again:
            return None


def _leave(frame: Frame, statement: Leave) -> Leave:
    return statement


def _holds(frame: Frame, branch: Branch) -> bool:
    value = evaluate(frame, branch, branch.condition)
    if value is None or isinstance(value, bool):
        return value is True
    error = ProgrammingError(f"The condition is no BOOLEAN but {value!r:.60}: compare it", 100037, "22018")
    raise ScriptError(error, EXPRESSION_ERROR, branch.line, branch.position)


def _return(frame: Frame, statement: Return) -> _Returned:
    return _Returned(evaluate(frame, statement, statement.expression))


def _raise(frame: Frame, statement: Raise) -> None:
    declared = statement.exception
    if declared is None:
        raise frame.in_hand[-1]
    error = ProgrammingError(declared.message, declared.number, "P0001")
    raise ScriptError(error, declared, statement.line, statement.position)


_RUNNERS: dict[type, Callable[[Frame, Any], _Ended | None]] = {
    Assignment: _assign,
    Block: _block,
    If: _if,
    Leave: _leave,
    Loop: _loop,
    Raise: _raise,
    Return: _return,
    SelectInto: _select_into,
    Sql: _sql,
    Transaction: _transaction,
}
