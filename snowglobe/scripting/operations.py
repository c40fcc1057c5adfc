"""Operations on integers, booleans and NULL, found in Python: there SQL's rules are few and Python's numbers do.

https://docs.snowflake.com/en/sql-reference/operators-logical has the three-valued logic.
"""

import operator
from collections.abc import Callable, Iterator
from typing import Any

from sqlglot import exp

from snowglobe.scripting.tree import Literal, Operation, Reference, Term, Variable

# NUMBER has 38 digits.
_LIMIT = 10**38
_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "EQ": operator.eq,
    "NEQ": operator.ne,
    "LT": operator.lt,
    "LTE": operator.le,
    "GT": operator.gt,
    "GTE": operator.ge,
}
_ARITHMETIC: dict[str, Callable[..., Any]] = {
    "Add": operator.add,
    "Sub": operator.sub,
    "Mul": operator.mul,
    "Neg": operator.neg,
}
_LOGIC = ("And", "Or", "Not")
_IS_NULL = "Is"
_KNOWN = {*_COMPARISONS, *_ARITHMETIC, *_LOGIC, _IS_NULL}


class OtherValuesError(Exception):
    """The values are not such that Python is sure to give what SQL gives."""


def operation(tree: exp.Expr, binds: tuple[Variable, ...]) -> Operation | None:
    """The operation that an expression's syntax tree is; None if it is none, or has more in it than these.

    `binds`: the variables of its `?`, in the order of the text, which is that of the tree's operands.
    """
    term = _term(tree, iter(binds))
    return term if isinstance(term, Operation) else None


def _term(node: exp.Expr, binds: Iterator[Variable]) -> Term | None:
    while isinstance(node, exp.Paren):
        node = node.this
    match node:
        case exp.Placeholder():
            return Reference(next(binds))
        case exp.Null():
            return Literal(None)
        case exp.Boolean():
            return Literal(bool(node.this))
        case exp.Literal(is_string=False) if node.name.isdecimal():
            return Literal(int(node.name))
    name = type(node).__name__
    if name not in _KNOWN or (name == _IS_NULL and not isinstance(node.expression, exp.Null)):
        return None
    sides = [node.this] if name in (_IS_NULL, "Not", "Neg") else [node.this, node.expression]
    operands = tuple(_term(side, binds) for side in sides)
    found = tuple(operand for operand in operands if operand is not None)
    return Operation(name, found) if len(found) == len(operands) else None


def value(term: Term, variables: list[Any]) -> Any:
    """What the term gives for the values of the variables, by slot. Raises OtherValuesError."""
    match term:
        case Literal():
            return term.value
        case Reference():
            return variables[term.variable.slot]
    operands = [value(operand, variables) for operand in term.operands]
    name = term.operator
    if name == _IS_NULL:
        return operands[0] is None
    kinds = {type(operand) for operand in operands if operand is not None}
    if name in _LOGIC:
        return _logic(name, operands, kinds)
    if len(kinds) > 1 or not kinds <= ({int, bool} if name in _COMPARISONS else {int}):
        raise OtherValuesError
    if None in operands:
        return None
    if name in _COMPARISONS:
        return _COMPARISONS[name](*operands)
    result = _ARITHMETIC[name](*operands)
    if abs(result) >= _LIMIT:
        raise OtherValuesError
    return result


def _logic(name: str, operands: list[Any], kinds: set[type]) -> bool | None:
    if not kinds <= {bool}:
        raise OtherValuesError
    if name == "Not":
        return None if operands[0] is None else not operands[0]
    # FALSE decides an AND, and TRUE an OR, whatever the other one is.
    decides = name == "Or"
    if decides in operands:
        return decides
    return None if None in operands else not decides
