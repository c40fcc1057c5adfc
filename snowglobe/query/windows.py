"""LAG and LEAD within partitions, as one global order.

DuckDB partitions by hash, which for a thousand keys of one or two rows costs more than sorting them all once. So
LEAD(x) OVER (PARTITION BY p ORDER BY o) becomes LEAD(x) OVER (ORDER BY p, o) wherever the next row in that order is of
the same p: the same value in less time. Of a hundred thousand rows and more the partitions are faster, and kept.
Snowflake keeps them too, and can spread them over nodes. What it is worth: docs/decisions/0045.
"""

from sqlglot import exp


def in_one_order(window: exp.Window) -> exp.Expr:
    """The same value without partitions; the window as it is if it is no LAG or LEAD by 1 within ordered partitions."""
    if not is_neighbour(window):
        return window
    keys = [exp.Ordered(this=key.copy()) for key in window.args["partition_by"]]
    return _of_one_key(window, [*keys, *window.args["order"].expressions])


def over_sorted(window: exp.Window) -> exp.Expr:
    """The same value over rows that come in the order of the partitions, and within them in that of the window."""
    return _of_one_key(window, [])


def is_neighbour(window: exp.Window) -> bool:
    """Whether it is LAG or LEAD by 1 within ordered partitions."""
    if not isinstance(window.this, (exp.Lag, exp.Lead)) or window.args.get("spec"):
        return False
    distance = window.this.args.get("offset")
    ordered = bool(window.args.get("partition_by")) and window.args.get("order") is not None
    return ordered and (distance is None or distance.name == "1")


def _of_one_key(window: exp.Window, ordering: list[exp.Ordered]) -> exp.Expr:
    """What the neighbour in an order over all rows says, if it has the same key."""
    function, kind = window.this, type(window.this)

    def neighbour(value: exp.Expr) -> exp.Expr:
        order = exp.Order(expressions=[item.copy() for item in ordering]) if ordering else None
        return exp.Window(this=kind(this=value.copy()), order=order)

    one = exp.Literal.number(1)
    same = [exp.NullSafeEQ(this=neighbour(key), expression=exp.paren(key)) for key in window.args["partition_by"]]
    # The literal tells a row that is not there from one whose key is NULL.
    condition = exp.and_(exp.EQ(this=neighbour(one), expression=one.copy()), *same)
    otherwise = function.args.get("default") or exp.Null()
    return exp.Case().when(condition, neighbour(function.this)).else_(otherwise.copy())
