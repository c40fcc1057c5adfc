"""LAG and LEAD in queries one upon the other, by one sort.

DuckDB sorts anew for the windows of each query, and carries all columns along. So where a CTE and what reads it have
LAG and LEAD within the same partitions and in the same order, the rows are sorted once, below the first. Above that
each of them is OVER (), which DuckDB finds while the rows pass by. They stay in the order of the sort, as those of a
file do for row_number() OVER (). What it is worth: docs/decisions/0045.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from snowglobe.query.sort_parts import in_parts
from snowglobe.query.windows import is_neighbour, over_sorted

# What a query may have to be one of them.
_PLAIN = {"with_", "expressions", "from_", "qualify"}


@dataclass(frozen=True)
class _Step:
    """A query of one table, whose windows see its rows within `keys`, and of one key in the order `by`."""

    query: exp.Select
    source: exp.Table
    windows: list[exp.Window]
    keys: list[exp.Expr]
    by: list[exp.Ordered]

    def takes(self, before: "_Step", first: "_Step") -> bool:
        """Whether the rows that the one before it gives, if `first` has had them sorted, are in the order it needs."""
        passes = before.query.expressions == [exp.Star()]
        return passes and self.keys == first.keys and self.by == first.by[: len(self.by)]


def in_one_sort(tree: exp.Expr, parts: int = 1) -> None:
    """Have the queries in the tree that can share a sort share it.

    `parts`: if it can, an INSERT takes its rows from so many sorts (sort_parts.py).
    """
    inserted = tree.expression if isinstance(tree, exp.Insert) else None
    for query in list(tree.find_all(exp.Select)):
        for chain in _chains(query):
            if len(chain) > 1:
                _sort_once(chain)
                if parts > 1 and query is inserted and chain[-1].query is query:
                    tree.set("expression", in_parts(query, chain[0].keys, chain[0].source.name, parts))


def _chains(query: exp.Select) -> Iterator[list[_Step]]:
    """The CTEs of a query, and itself at the end, as far as each takes what the one before it gives, and alone does."""
    if not query.ctes:
        return
    uses = Counter(table.name for table in query.find_all(exp.Table))
    chain: list[_Step] = []
    before = ""
    for name, each in [*((cte.alias, cte.this) for cte in query.ctes), ("", query)]:
        step = _step(each)
        follows = step and chain and step.source.name == before and uses[before] == 1
        if not (step and follows and step.takes(chain[-1], chain[0])):
            yield chain
            chain = []
        chain = [*chain, step] if step else []
        before = name
    yield chain


def _step(query: exp.Expr) -> _Step | None:
    """None if it is no plain query of one table, or has not LAG and LEAD of one order alone."""
    if not isinstance(query, exp.Select) or any(value and part not in _PLAIN for part, value in query.args.items()):
        return None
    source = query.args["from_"].this if query.args.get("from_") else None
    shown = [*query.expressions, *filter(None, [query.args.get("qualify")])]
    windows = [window for part in shown for window in part.find_all(exp.Window)]
    if not (isinstance(source, exp.Table) and not source.alias and windows and all(map(is_neighbour, windows))):
        return None
    if any(part.find(exp.Query) for part in shown):
        return None
    keys = windows[0].args["partition_by"]
    orders = [window.args["order"].expressions for window in windows]
    by = max(orders, key=len)
    is_one = all(order == by[: len(order)] for order in orders)
    step = _Step(query, source, windows, keys, by)
    return step if is_one and all(window.args["partition_by"] == keys for window in windows) else None


def _sort_once(chain: list[_Step]) -> None:
    first = chain[0]
    ordering = [*(exp.Ordered(this=key.copy()) for key in first.keys), *(item.copy() for item in first.by)]
    rows = exp.select("*").from_(first.source.copy()).order_by(*ordering).subquery(first.source.name)
    first.source.replace(rows)
    for step in chain:
        for window in step.windows:
            window.replace(over_sorted(window))
