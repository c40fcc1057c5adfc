"""Values in a running procedure: of expressions, from SQL, into variables."""

from typing import Any, Protocol

from snowglobe.errors import Error
from snowglobe.scripting import operations
from snowglobe.scripting.frame import Frame, Outcome, ScriptError
from snowglobe.scripting.tree import (
    EXPRESSION_ERROR,
    Computed,
    Concatenation,
    Expression,
    Literal,
    Query,
    Simple,
    Variable,
)
from snowglobe.scripting.types import convert


class Placed(Protocol):
    """What has a place in the body, to tell of in an error."""

    @property
    def line(self) -> int:
        """From 1."""
        ...

    @property
    def position(self) -> int:
        """From 0."""
        ...


def evaluate(frame: Frame, place: Placed, expression: Expression) -> Any:
    """The value, found in Python where that is sure to be what SQL gives.

    After a failed statement DuckDB answers nothing until the ROLLBACK, and a handler may compare SQLCODE, or join
    SQLERRM to a text, before it. A round trip costs half a millisecond besides.
    """
    if isinstance(expression, Computed):
        try:
            return operations.value(expression.operation, frame.values)
        except operations.OtherValuesError:
            expression = expression.query
    elif isinstance(expression, Concatenation):
        values = [_value(frame, part) for part in expression.parts]
        if all(type(value) in (str, int) for value in values):
            return "".join(map(str, values))
        expression = expression.query
    if not isinstance(expression, Query):
        return _value(frame, expression)
    rows = execute(frame, place, expression.sql, expression.binds, EXPRESSION_ERROR).rows
    return rows[0][0]


def _value(frame: Frame, simple: Simple) -> Any:
    return simple.value if isinstance(simple, Literal) else frame.values[simple.variable.slot]


def execute(frame: Frame, place: Placed, sql: str, binds: tuple[Variable, ...], kind: str) -> Outcome:
    """Executes SQL with the variables' values. An error of the executor becomes a ScriptError of the kind."""
    values = frame.values
    run = frame.executor.evaluate if kind == EXPRESSION_ERROR else frame.executor.execute
    try:
        return run(sql, [values[variable.slot] for variable in binds])
    except Error as error:
        raise ScriptError(error, kind, place.line, place.position) from error


def store(frame: Frame, place: Placed, variable: Variable, value: object) -> None:
    """Puts the value, made to fit the variable's type, into the variable."""
    if variable.type is not None:
        try:
            value = convert(value, variable.type)
        except Error as error:
            raise ScriptError(error, EXPRESSION_ERROR, place.line, place.position) from error
    frame.values[variable.slot] = value
