"""MD5_NUMBER_LOWER64 and MD5_NUMBER_UPPER64: DuckDB's own halves of the digest have their bytes in another order.

https://docs.snowflake.com/en/sql-reference/functions/md5_number_lower64
"""

from sqlglot import exp

_REFUSED = "MOD of MD5_NUMBER_LOWER64 or _UPPER64 takes a whole number from 0 on here"
_CONSTANTS = (exp.Literal, exp.Parameter, exp.Placeholder)
_HALVES = {exp.MD5NumberLower64: "RIGHT", exp.MD5NumberUpper64: "LEFT"}
_HALF = exp.DataType.build("UBIGINT", dialect="duckdb")
_NUMBER = exp.DataType.build("INT128", dialect="duckdb")


def half(node: exp.MD5NumberLower64 | exp.MD5NumberUpper64) -> exp.Expr:
    """One half as a number; one that `remainder` will see has no more bits than it needs."""
    digest = exp.Anonymous(this="MD5", expressions=[node.this])
    digits = exp.Anonymous(this=_HALVES[type(node)], expressions=[digest, exp.Literal.number(16)])
    number = exp.Cast(this=exp.DPipe(this=exp.Literal.string("0x"), expression=digits), to=_HALF.copy())
    return number if _is_divided(node) else exp.Cast(this=number, to=_NUMBER.copy())


def remainder(node: exp.Mod) -> exp.Expr:
    """The MOD of a half in 64 bits: in 128, where DuckDB divides bit by bit, it costs more than the MD5."""
    if not (isinstance(node.this, exp.Cast) and node.this.to == _HALF):
        return node
    divisor = node.expression
    whole = exp.TryCast(this=divisor.copy(), to=_HALF.copy())
    refused = exp.Anonymous(this="ERROR", expressions=[exp.Literal.string(_REFUSED)])
    differs = exp.NullSafeNEQ(this=divisor.copy(), expression=whole.copy())
    return exp.Cast(
        this=exp.Mod(this=node.this, expression=exp.Case().when(differs, refused).else_(whole)), to=_NUMBER.copy()
    )


def _is_divided(node: exp.Expr) -> bool:
    """Whether it is divided by a literal or by a bind, which are asked once whether they fit."""
    parent = node.parent
    return isinstance(parent, exp.Mod) and parent.this is node and isinstance(parent.expression, _CONSTANTS)
