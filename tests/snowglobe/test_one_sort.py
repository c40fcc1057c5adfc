"""Queries that share a sort give what DuckDB gives with a sort for each."""

import duckdb
import pytest
import sqlglot
from hypothesis import example, given
from hypothesis import strategies as st

from snowglobe.query.one_sort import in_one_sort

KEYS = st.none() | st.integers(0, 2)
ROWS = st.lists(st.tuples(KEYS, st.none() | st.integers(0, 3), st.none() | st.sampled_from("ab")), max_size=12)
PARTITION = "PARTITION BY a ORDER BY"

# As the refresh makes a timeline: the last row of a time counts, what changes nothing is left out, each until the next.
TIMELINE = f"""
WITH signed AS (SELECT a, v, s, n, s AS anchor FROM t),
counting AS (
    SELECT * FROM signed QUALIFY LAG(v) OVER ({PARTITION} v, s DESC NULLS LAST, n DESC) IS DISTINCT FROM v
),
change AS (SELECT * FROM counting QUALIFY s IS DISTINCT FROM LAG(s, 1, anchor) OVER ({PARTITION} v))
SELECT a, v, n, LEAD(v) OVER ({PARTITION} v) AS until, LAG(n) OVER ({PARTITION} v) IS NULL AS is_first FROM change
"""


def rows_of(table: list[tuple[object, ...]], *queries: str) -> list[list[str]]:
    """What each of the queries gives of a small table, in order."""
    with duckdb.connect() as duck:
        duck.execute("CREATE TABLE t (n INTEGER, a INTEGER, v INTEGER, s VARCHAR)")
        for number, row in enumerate(table):
            duck.execute("INSERT INTO t VALUES (?, ?, ?, ?)", [number, *row])
        return [sorted(map(repr, duck.execute(query).fetchall())) for query in queries]


def make_many_rows(duck: duckdb.DuckDBPyConnection) -> None:
    """More than a row group, of many keys."""
    duck.execute(
        "CREATE TABLE t AS SELECT i AS n, hash(i) % 20000 AS a, hash(i + 1) % 50 AS v, "
        "['a', 'b', 'c'][1 + (hash(i + 2) % 3)::INTEGER] AS s FROM range(400_000) AS r (i)"
    )


def assert_same(duck: duckdb.DuckDBPyConnection, one: str, other: str) -> None:
    """Two queries give the same rows, each as often."""
    for first, second in ((one, other), (other, one)):
        assert duck.execute(f"SELECT COUNT(*) FROM (({first}) EXCEPT ALL ({second}))").fetchall() == [(0,)]


def shared(query: str) -> str:
    """What in_one_sort makes of it."""
    tree = sqlglot.parse_one(query, read="duckdb")
    in_one_sort(tree)
    return tree.sql("duckdb")


@given(ROWS)
@example([(None, 1, "a"), (None, 2, "a"), (0, 1, "a")])
@example([(0, None, None), (0, None, "b"), (1, None, "b")])
def test_the_same_rows_by_one_sort(table: list[tuple[object, ...]]):
    changed = shared(TIMELINE)
    assert "PARTITION BY" not in changed
    assert changed.count("ORDER BY") == 1
    before, after = rows_of(table, TIMELINE, changed)
    assert after == before


def test_rows_stay_in_order_when_they_are_many():
    """By several threads."""
    with duckdb.connect() as duck:
        duck.execute("SET threads = 4")
        make_many_rows(duck)
        assert_same(duck, TIMELINE, shared(TIMELINE))


ABOVE = f"WITH c AS (SELECT * FROM t QUALIFY LAG(v) OVER ({PARTITION} v) > 0) SELECT"
BACK = f"LAG(v) OVER ({PARTITION} v)"


@pytest.mark.parametrize(
    "query",
    [
        f"SELECT {BACK} FROM t",
        f"WITH c AS (SELECT *, {BACK} AS b FROM t) SELECT * FROM c",
        f"{ABOVE} LAG(v) OVER ({PARTITION} v DESC) FROM c",
        f"{ABOVE} LAG(v) OVER ({PARTITION} v, n) FROM c",
        f"{ABOVE} LAG(v) OVER (PARTITION BY n ORDER BY v) FROM c",
        f"{ABOVE} SUM(v) OVER ({PARTITION} v) FROM c",
        f"{ABOVE} {BACK}, SUM(v) OVER () FROM c",
        f"{ABOVE} DISTINCT {BACK} FROM c",
        f"{ABOVE} {BACK} FROM c LIMIT 1",
        f"{ABOVE} {BACK}, (SELECT 1) FROM c",
        f"{ABOVE.removesuffix('SELECT')}, d AS (SELECT {BACK} FROM c) SELECT * FROM c CROSS JOIN d",
        f"{ABOVE} LAG(c.v) OVER (PARTITION BY c.a ORDER BY c.v) FROM c INNER JOIN t ON c.n = t.n",
        f"{ABOVE.removesuffix('SELECT')}, d AS (SELECT 1) SELECT {BACK} FROM c",
        f"WITH c AS (SELECT v AS a, a AS v FROM t QUALIFY {BACK} > 0) SELECT {BACK} FROM c",
    ],
)
def test_any_other_queries_stay_as_they_are(query: str):
    assert shared(query) == sqlglot.parse_one(query, read="duckdb").sql("duckdb")
