"""A query whose windows share a sort, as one for each part of the keys, which threads answer side by side.

DuckDB sorts with all threads, but one alone then passes the rows on, through LAG and LEAD OVER (), for they are to stay
in order. What is of one key hangs on no other key. What it is worth: docs/decisions/0045.
"""

from collections import Counter

from sqlglot import exp

# Each part looks at all rows, so more threads than these are left to the sorts.
MOST = 4
# What a query may have whose rows a further condition leaves out, and nothing more happens.
_PLAIN = {"with_", "expressions", "from_", "joins", "where"}
_NO_ROW = "SELECT n FROM range(0) AS r (n) GROUP BY n"


def in_parts(query: exp.Select, keys: list[exp.Expr], first: str, parts: int) -> exp.Expr:
    """The rows of the query as those of so many queries; the query as it is if that can't be said of it.

    `keys`: what each window of it, and of its CTEs, is partitioned by. `first`: the CTE whose rows they sort.
    """
    if not isinstance(keys[0], exp.Column) or keys[0].table:
        return query
    uses = Counter(table.name for table in query.find_all(exp.Table))
    sources = {cte.alias: cte.this for cte in query.ctes}
    key = _key(sources.get(first), keys[0].name)
    if key is None or any(uses[name] != 1 for name in sources):
        return query
    queries = [exp.paren(_part(query, key, first, number, parts), copy=False) for number in range(parts)]
    return exp.union(_nothing(len(query.expressions)), *queries, distinct=False, copy=False)


def _part(query: exp.Select, key: exp.Column, first: str, number: int, parts: int) -> exp.Select:
    """The query, of one part of the keys. The condition stands where the rows are read, or DuckDB would read them once
    for all parts, and hold them.
    """
    part = query.copy()
    source = next(cte.this for cte in part.ctes if cte.alias == first)
    if number > 0:
        source.where(exp.GTE(this=_place(key, parts), expression=exp.Literal.number(number)), copy=False)
    if number < parts - 1:
        source.where(exp.LT(this=_place(key, parts), expression=exp.Literal.number(number + 1)), copy=False)
    return part


def _place(key: exp.Column, parts: int) -> exp.Expr:
    """In which part a key is, from 0 on. It is not asked by =, of which DuckDB expects the rows of one key."""
    return exp.Mod(this=exp.Anonymous(this="HASH", expressions=[key.copy()]), expression=exp.Literal.number(parts))


def _key(source: exp.Expr | None, name: str) -> exp.Column | None:
    """The column that a plain query shows by that name; None if it is no such query, or shows no column so."""
    if not isinstance(source, exp.Select) or any(value and part not in _PLAIN for part, value in source.args.items()):
        return None
    shown = [each for each in source.expressions if each.alias_or_name == name]
    if len(shown) != 1 or any(each.find(exp.Window, exp.AggFunc) for each in source.expressions):
        return None
    column = shown[0].unalias()
    return column if isinstance(column, exp.Column) else None


def _nothing(columns: int) -> exp.Select:
    """No row, from a GROUP BY: what has rows from there first has no order to keep, as DuckDB sees it, and the sorts
    behind it are read at once.
    """
    none = exp.maybe_parse(_NO_ROW, dialect="duckdb").subquery("none")
    return exp.select(*(exp.Null() for _ in range(columns))).from_(none)
