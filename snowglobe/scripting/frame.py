"""One call of a procedure: what it runs on, its variables' values, and an error on its way through it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from snowglobe.errors import Error, ProgrammingError
from snowglobe.scripting.tree import DeclaredException, Procedure


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a statement gave: rows as tuples in the order of `columns`, and for DML the number of rows it changed."""

    rowcount: int | None = None
    rows: Sequence[tuple[Any, ...]] = ()
    columns: Sequence[str] = ()


class Executor(Protocol):
    """What a procedure runs on: the session that called it."""

    def execute(self, sql: str, params: Sequence[object]) -> Outcome:
        """Executes one Snowflake statement, `?` bound to the params in order. Raises Error."""
        ...

    def evaluate(self, sql: str, params: Sequence[object]) -> Outcome:
        """Executes the query that an expression was made into, which is no statement of the body. Raises Error."""
        ...

    def in_transaction(self) -> bool:
        """Whether an explicit transaction is open."""
        ...


class Frame:
    """One call: the variables' values by slot, and the errors that handlers have in hand, the newest last."""

    __slots__ = ("called_in_transaction", "executor", "in_hand", "values")

    def __init__(self, procedure: Procedure, arguments: Mapping[str, object], executor: Executor) -> None:
        given = {name.upper(): value for name, value in arguments.items()}
        expected = [argument.name for argument in procedure.arguments]
        if sorted(given) != sorted(expected):
            raise ProgrammingError(f"The procedure takes the arguments ({', '.join(expected)})", 1044, "42P13")
        self.values: list[Any] = [None] * procedure.slots
        for argument in procedure.arguments:
            self.values[argument.slot] = given[argument.name]
        self.executor = executor
        self.called_in_transaction = executor.in_transaction()
        self.in_hand: list[ScriptError] = []


class ScriptError(Exception):
    """An error on its way to a handler, with the place it comes from."""

    def __init__(self, error: Error, kind: DeclaredException | str, line: int, position: int) -> None:
        super().__init__(error)
        self.error = error
        self.kind = kind
        self.line = line
        self.position = position

    def uncaught(self) -> Error:
        """The error as the caller gets it."""
        error = self.error
        name = self.kind.name if isinstance(self.kind, DeclaredException) else self.kind
        message = f"Uncaught exception of type '{name}' on line {self.line} at position {self.position}"
        message = f"{message} : {error.msg}" if error.msg else message
        return type(error)(message, errno=error.errno, sqlstate=error.sqlstate, sfqid=error.sfqid)
