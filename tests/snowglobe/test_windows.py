"""LAG and LEAD as one global order give what DuckDB gives with its own partitions."""

import duckdb
import pytest
import sqlglot
from hypothesis import example, given
from hypothesis import strategies as st
from sqlglot import exp

from snowglobe.query.translate import translate
from snowglobe.query.windows import in_one_order

KEYS = st.none() | st.integers(0, 2)
ROWS = st.lists(st.tuples(KEYS, st.none() | st.sampled_from("ab"), KEYS, st.booleans()), max_size=12)
# The order is unique within every partition: `n` counts the rows.
ORDERS = ["n", "n DESC", "v, n", "v DESC NULLS FIRST, n", "v ASC NULLS FIRST, n DESC"]
FUNCTIONS = ["LAG(v)", "LEAD(v)", "LAG(v, 1)", "LEAD(v, 1, -1)", "LAG(v, 1, n)", "LEAD(d, 1, TRUE)", "LAG(v IS NULL)"]
PARTITIONS = ["a", "b", "a, b", "a IS NULL", "COALESCE(a, 0) + 1, b", "a = 1"]


def both(table: list[tuple[object, ...]], window: str) -> tuple[list[object], list[object]]:
    """What DuckDB says to a window as it is, and to what in_one_order makes of it."""
    tree = sqlglot.parse_one(window, read="duckdb")
    assert isinstance(tree, exp.Window)
    changed = in_one_order(tree).sql("duckdb")
    assert "PARTITION BY" not in changed
    with duckdb.connect() as duck:
        duck.execute("CREATE TABLE t (n INTEGER, a INTEGER, b VARCHAR, v INTEGER, d BOOLEAN)")
        for number, row in enumerate(table):
            duck.execute("INSERT INTO t VALUES (?, ?, ?, ?, ?)", [number, *row])
        found = duck.execute(f"SELECT {window}, {changed} FROM t ORDER BY n").fetchall()
    return [before for before, _ in found], [after for _, after in found]


@given(ROWS, st.sampled_from(FUNCTIONS), st.sampled_from(PARTITIONS), st.sampled_from(ORDERS))
@example([(None, None, 1, True), (None, None, 2, True)], "LEAD(v)", "a, b", "n")
@example([(1, "a", 1, True)], "LEAD(v, 1, -1)", "a", "n")
@example([(0, "a", 1, True), (None, "a", 2, True)], "LAG(v)", "a IS NULL", "n")
def test_the_same_values_without_partitions(table: list[tuple[object, ...]], function: str, partition: str, order: str):
    before, after = both(table, f"{function} OVER (PARTITION BY {partition} ORDER BY {order})")
    assert after == before


@pytest.mark.parametrize(
    "window",
    [
        "SUM(v) OVER (PARTITION BY a ORDER BY n)",
        "LAG(v) OVER (ORDER BY n)",
        "LAG(v) OVER (PARTITION BY a)",
        "LAG(v, 2) OVER (PARTITION BY a ORDER BY n)",
        "LAG(v, n) OVER (PARTITION BY a ORDER BY n)",
        "LAG(v IGNORE NULLS) OVER (PARTITION BY a ORDER BY n)",
        "FIRST_VALUE(v) OVER (PARTITION BY a ORDER BY n)",
    ],
)
def test_any_other_window_stays_as_it_is(window: str):
    tree = sqlglot.parse_one(window, read="duckdb")
    assert isinstance(tree, exp.Window)
    assert in_one_order(tree) is tree


def test_large_work_keeps_its_partitions():
    window = "SELECT LAG(v) OVER (PARTITION BY a ORDER BY n) AS before FROM t"
    assert "PARTITION BY" not in translate(window, frozenset(), small=True).sql
    assert "PARTITION BY" in translate(window, frozenset(), small=False).sql
