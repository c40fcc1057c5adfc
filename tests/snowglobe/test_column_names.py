"""What the columns of a result are called: an expression without an alias by its text, as on Snowflake."""

import pytest

from snowglobe.connection import Connection
from tests.snowglobe.support import rows, run

NAMES = {
    "a": ["A"],
    "t.a": ["A"],
    "*": ["A", "B"],
    "t.*, a": ["A", "B", "A"],
    "a AS c, 1 d": ["C", "D"],
    '1 AS "First Name"': ["First Name"],
    "COUNT(*)": ["COUNT(*)"],
    "count( * )": ["COUNT( * )"],
    "1 + 1, 1+1": ["1 + 1", "1+1"],
    "'Today''s sales projections', '-''''-'": ["'TODAY''S SALES PROJECTIONS'", "'-''''-'"],
    "a::VARCHAR || b": ["A::VARCHAR || B"],
    "sysdate()": ["SYSDATE()"],
    "CURRENT_DATE": ["CURRENT_DATE"],
    "iff(a IS DISTINCT FROM 1, 'x', b)": ["IFF(A IS DISTINCT FROM 1, 'X', B)"],
    "CASE WHEN a = 1 THEN 2 END": ["CASE WHEN A = 1 THEN 2 END"],
    "ROW_NUMBER() OVER (ORDER BY a, b)": ["ROW_NUMBER() OVER (ORDER BY A, B)"],
    "(SELECT MAX(a) FROM t)": ["(SELECT MAX(A) FROM T)"],
    "-1, NULL, TRUE": ["-1", "NULL", "TRUE"],
    "DISTINCT UPPER(b)": ["UPPER(B)"],
}


@pytest.fixture
def filled(warehouse: Connection) -> Connection:
    run(warehouse, "CREATE TABLE t (a NUMBER, b VARCHAR)", "INSERT INTO t VALUES (1, 'x'), (2, 'y')")
    return warehouse


def names(connection: Connection, sql: str, *binds: object) -> list[str]:
    return [column.name for column in connection.cursor().execute(sql, binds).description or []]


@pytest.mark.parametrize("items", NAMES)
def test_a_column_without_an_alias_has_its_text_for_a_name(filled: Connection, items: str):
    assert names(filled, f"SELECT {items} FROM t") == NAMES[items]


def test_the_text_of_a_bind_is_its_mark(filled: Connection):
    assert names(filled, "SELECT ?, ?::NUMBER + 1", 1, 2) == ["?", "?::NUMBER + 1"]


def test_a_system_function_has_its_call_for_a_name(filled: Connection):
    run(filled, "CREATE STREAM s ON TABLE t APPEND_ONLY = TRUE")
    assert names(filled, "SELECT SYSTEM$STREAM_HAS_DATA('s')") == ["SYSTEM$STREAM_HAS_DATA('S')"]


READ_BY_NAME = {
    "a subquery": 'SELECT "COUNT(*)" + 1 FROM (SELECT COUNT(*) FROM t)',
    "a CTE": 'WITH c AS (SELECT COUNT(*) FROM t) SELECT "COUNT(*)" + 1 FROM c',
    "a star": "SELECT * FROM (SELECT COUNT(*) + 1 FROM t)",
    "a union": 'SELECT MAX("1") + 1 FROM (SELECT 1 UNION ALL SELECT a FROM t)',
    "a view": 'SELECT "COUNT(*)" + 1 FROM v',
    "a table function": "SELECT n + 1 FROM TABLE(f())",
    "a scalar function": "SELECT g() + 1",
}


@pytest.mark.parametrize("sql", READ_BY_NAME.values(), ids=READ_BY_NAME.keys())
def test_an_inner_query_hands_the_name_on(filled: Connection, sql: str):
    run(
        filled,
        "CREATE VIEW v AS SELECT COUNT(*) FROM t",
        "CREATE FUNCTION f() RETURNS TABLE (n NUMBER) LANGUAGE SQL AS $$ SELECT COUNT(*) FROM t $$",
        "CREATE FUNCTION g() RETURNS NUMBER LANGUAGE SQL AS $$ SELECT COUNT(*) FROM t $$",
    )
    assert rows(filled, sql) == [(3,)]


UNHARMED = {
    "SELECT UPPER(b) FROM t GROUP BY UPPER(b) HAVING COUNT(*) = 1 ORDER BY UPPER(b) DESC": [("Y",), ("X",)],
    "SELECT DISTINCT UPPER(b) FROM t ORDER BY UPPER(b) DESC": [("Y",), ("X",)],
    "SELECT a + 1, COUNT(*) FROM t GROUP BY ALL ORDER BY 1": [(2, 1), (3, 1)],
    "SELECT a + 1 FROM t QUALIFY ROW_NUMBER() OVER (ORDER BY a + 1 DESC) = 1": [(3,)],
    "SELECT 1, 1, 'a', 'A'": [(1, 1, "a", "A")],
    "SELECT * FROM (SELECT 1, 1, 'a', 'A')": [(1, 1, "a", "A")],
    "SELECT a FROM t WHERE a IN (SELECT MAX(a) FROM t) AND EXISTS (SELECT 1 FROM t)": [(2,)],
    'SELECT 1 /* one */ + -- and\n 1 AS "sum", \'"\' FROM t LIMIT 1': [(2, '"')],
}


@pytest.mark.parametrize("sql", UNHARMED)
def test_the_names_change_nothing_else(filled: Connection, sql: str):
    assert rows(filled, sql) == UNHARMED[sql]


def test_what_is_inserted_needs_no_names(filled: Connection):
    run(filled, "INSERT INTO t WITH c AS (SELECT MAX(a) FROM t) SELECT \"MAX(A)\" + 1, 'z' FROM c")
    assert rows(filled, "SELECT a FROM t WHERE b = 'z'") == [(3,)]


def test_in_quotes_a_column_may_be_called_like_a_function_without_brackets(warehouse: Connection):
    run(warehouse, 'CREATE TABLE u ("USER" NUMBER, "CURRENT_ROLE" NUMBER)', "INSERT INTO u VALUES (1, 2)")
    assert rows(warehouse, 'SELECT "USER", u."CURRENT_ROLE" FROM u') == [(1, 2)]
