"""An INSERT whose rows are sorted in parts of the keys has the rows that one sort gives."""

from pathlib import Path

import duckdb
import pytest
import sqlglot
from hypothesis import given
from sqlglot import exp

from snowglobe.connection import Connection, connect
from snowglobe.errors import Error
from snowglobe.query.one_sort import in_one_sort
from tests.snowglobe.support import rows, run
from tests.snowglobe.test_one_sort import PARTITION, ROWS, TIMELINE, assert_same, make_many_rows, rows_of

INSERT = f"INSERT INTO made {TIMELINE}"
# It shows no key, so that several of its rows are equal.
WITHOUT_KEY = f"{TIMELINE.rpartition('SELECT a, v')[0]}SELECT LAG(v) OVER ({PARTITION} v) IS NULL FROM change"
LAST = "SELECT a, LEAD(v) OVER (PARTITION BY a ORDER BY v) FROM c"
ORDER = "SELECT current_setting('preserve_insertion_order')"


def parted(statement: str, parts: int = 3) -> exp.Expr:
    """What in_one_sort makes of it."""
    tree = sqlglot.parse_one(statement, read="duckdb")
    in_one_sort(tree, parts)
    return tree


@pytest.mark.parametrize("query", [TIMELINE, WITHOUT_KEY])
@given(ROWS)
def test_the_same_rows_in_parts(query: str, table: list[tuple[object, ...]]):
    changed = parted(f"INSERT INTO made {query}").expression.sql("duckdb")
    assert changed.count("ORDER BY") == 3
    before, after = rows_of(table, query, changed)
    assert after == before


def test_they_are_read_side_by_side():
    """Several threads, more than a row group, and in no order: each row once, and DuckDB plans an INSERT of all."""
    with duckdb.connect() as duck:
        duck.execute("SET threads = 3; SET preserve_insertion_order = false")
        make_many_rows(duck)
        duck.execute("CREATE TABLE made (a UBIGINT, v UBIGINT, n BIGINT, until UBIGINT, is_first BOOLEAN)")
        statement = parted(INSERT).sql("duckdb")
        # A batch insert is what DuckDB plans for rows that have an order to keep.
        assert "BATCH" not in duck.execute(f"EXPLAIN {statement}").fetchall()[0][1].upper()
        duck.execute(statement)
        assert_same(duck, "FROM made", TIMELINE)


@pytest.mark.parametrize(
    "query",
    [
        TIMELINE.replace("SELECT a, v", "SELECT a + 0 AS a, v", 1),
        TIMELINE.replace("FROM t)", "FROM t GROUP BY ALL)"),
        TIMELINE.replace("FROM t)", "FROM t LIMIT 5)"),
        TIMELINE.replace("s AS anchor", "MAX(s) OVER () AS anchor"),
        TIMELINE.replace("WITH signed", "WITH unused AS (SELECT 1 AS b), signed"),
        TIMELINE.replace("PARTITION BY a ", "PARTITION BY a + 1 "),
        f"WITH c AS (SELECT * FROM t QUALIFY LAG(v) OVER ({PARTITION} v) > 0) {LAST}",
        f"SELECT * FROM ({TIMELINE.replace('a, v, n, LEAD', 'a, v, n, n, LEAD')})",
    ],
)
def test_any_other_is_sorted_as_a_whole(query: str):
    statement = f"INSERT INTO made {query}"
    whole = sqlglot.parse_one(statement, read="duckdb")
    in_one_sort(whole)
    assert parted(statement) == whole


def test_what_is_asked_is_sorted_as_a_whole():
    tree = sqlglot.parse_one(TIMELINE, read="duckdb")
    in_one_sort(tree, 3)
    assert tree.sql("duckdb").count("ORDER BY") == 1


@pytest.fixture
def connection(tmp_path: Path, as_bulk: None):
    with connect(tmp_path / "warehouse.duckdb", buckets={}) as opened:
        run(opened, "CREATE TABLE t (n INTEGER, a INTEGER, v INTEGER, s VARCHAR)")
        for row in ("1, 1, 5, 'a'", "2, 1, 7, 'b'", "3, 1, 8, 'c'", "4, 2, 5, 'a'", "5, 2, 9, NULL", "6, 3, 1, 'a'"):
            run(opened, f"INSERT INTO t VALUES ({row})")
        yield opened


INTO = "(a, v, n, until, is_first)"


@pytest.mark.parametrize("overwrite", ["", "OVERWRITE "])
def test_a_statement_in_parts(connection: Connection, overwrite: str):
    run(connection, "CREATE TABLE made (a INTEGER, v INTEGER, n INTEGER, until INTEGER, is_first BOOLEAN)")
    run(connection, f"INSERT {overwrite}INTO made {INTO} {TIMELINE}")
    assert rows(connection, "SELECT * FROM made ORDER BY a, v") == [
        (1, 7, 2, 8, True), (1, 8, 3, None, False), (2, 9, 5, None, True)
    ]  # fmt: skip
    assert connection._session.rows(ORDER) == [(True,)]


def test_after_one_that_fails_there_is_an_order_again(connection: Connection):
    run(connection, "CREATE TABLE made (a INTEGER, v INTEGER, n INTEGER NOT NULL, until INTEGER NOT NULL, b BOOLEAN)")
    with pytest.raises(Error):
        run(connection, f"INSERT INTO made (a, v, n, until, b) {TIMELINE}")
    assert connection._session.rows(ORDER) == [(True,)]
    assert rows(connection, "SELECT * FROM made") == []
