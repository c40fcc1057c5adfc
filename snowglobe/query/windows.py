"""LAG and LEAD within partitions, as one global order.

DuckDB partitions by hash, which for a thousand keys of one or two rows costs more than sorting them all once. So
LEAD(x) OVER (PARTITION BY p ORDER BY o) becomes LEAD(x) OVER (ORDER BY p, o) wherever the next row in that order is of
the same p: the same value in less time. Of a hundred thousand rows and more the partitions are faster, and kept.
Snowflake keeps them too, and can spread them over nodes. What it is worth: docs/decisions/0004.
"""

from sqlglot import exp


def in_one_order(window: exp.Window) -> exp.Expr:
    """The same value without partitions; the window as it is if it is no LAG or LEAD by 1 within ordered partitions."""
    function, order = window.this, window.args.get("order")
    keys = window.args.get("partition_by") or []
    if not isinstance(function, (exp.Lag, exp.Lead)) or not keys or order is None or window.args.get("spec"):
        return window
    distance = function.args.get("offset")
    if distance is not None and distance.name != "1":
        return window
    kind = type(function)
    ordering = [exp.Ordered(this=key.copy()) for key in keys] + [item.copy() for item in order.expressions]

    def neighbour(value: exp.Expr) -> exp.Expr:
        return exp.Window(this=kind(this=value.copy()), order=exp.Order(expressions=[item.copy() for item in ordering]))

    one = exp.Literal.number(1)
    same = [exp.NullSafeEQ(this=neighbour(key), expression=exp.paren(key)) for key in keys]
    # The literal tells a row that is not there from one whose key is NULL.
    condition = exp.and_(exp.EQ(this=neighbour(one), expression=one.copy()), *same)
    otherwise = function.args.get("default") or exp.Null()
    return exp.Case().when(condition, neighbour(function.this)).else_(otherwise.copy())
