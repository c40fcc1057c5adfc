"""Each part of the grammar that the embedded warehouse lets through means what it means on Snowflake."""

from datetime import datetime

import pytest
from sqlglot import exp

from snowglobe.connection import Connection
from snowglobe.query import builtins, grammar
from tests.snowglobe.support import rows, run

TABLES = """
CREATE TABLE t (a NUMBER NOT NULL COMMENT 'key', b VARCHAR) COMMENT = 'x';
CREATE TRANSIENT TABLE u (a NUMBER, c VARCHAR) DATA_RETENTION_TIME_IN_DAYS = 0;
INSERT INTO t (a, b) VALUES (1, 'x'), (2, 'y'), (3, NULL);
INSERT INTO u SELECT a, 'c' || a FROM t WHERE a < 3;
ALTER TABLE u ADD COLUMN d DATE
"""
QUERIES = [
    ("SELECT a, b FROM t WHERE b IS NOT NULL ORDER BY a DESC LIMIT 1 OFFSET 1", [(1, "x")]),
    ("SELECT * EXCLUDE (b) FROM t ORDER BY b NULLS FIRST", [(3,), (1,), (2,)]),
    ("SELECT b FROM t ORDER BY b DESC", [(None,), ("y",), ("x",)]),
    ("SELECT TOP 1 t.* FROM t AS t (p, q) ORDER BY p", [(1, "x")]),
    ("SELECT DISTINCT a % 2 FROM dimension.t ORDER BY 1", [(0,), (1,)]),
    ("SELECT COUNT(*), b IS NULL AS n FROM t GROUP BY n HAVING COUNT(*) > 1", [(2, False)]),
    ("SELECT MAX(a), b IS NULL FROM t GROUP BY ALL ORDER BY 1", [(2, False), (3, True)]),
    ("SELECT a FROM t QUALIFY ROW_NUMBER() OVER (ORDER BY a DESC) = 1", [(3,)]),
    ("SELECT t.a, u.c FROM t LEFT OUTER JOIN u ON t.a = u.a WHERE t.a > 1 ORDER BY 1", [(2, "c2"), (3, None)]),
    ("SELECT a, c FROM t JOIN u USING (a) ORDER BY a", [(1, "c1"), (2, "c2")]),
    ("SELECT a FROM t NATURAL JOIN u ORDER BY a", [(1,), (2,)]),
    ("SELECT COUNT(*) FROM t, u", [(6,)]),
    ("SELECT COUNT(*) FROM t CROSS JOIN u", [(6,)]),
    ("SELECT COUNT(*) FROM t FULL OUTER JOIN u ON FALSE", [(5,)]),
    ("SELECT a FROM (SELECT a FROM t WHERE a = 1) UNION ALL SELECT a FROM u ORDER BY a", [(1,), (1,), (2,)]),
    ("SELECT a FROM t MINUS SELECT a FROM u", [(3,)]),
    ("SELECT a FROM t EXCEPT SELECT a FROM u", [(3,)]),
    ("SELECT a FROM t INTERSECT SELECT a FROM u ORDER BY a", [(1,), (2,)]),
    ("WITH x AS (SELECT a FROM t), y AS (SELECT a + 1 AS a FROM x) SELECT MAX(a) FROM y", [(4,)]),
    ("SELECT x.n FROM VALUES (1, 'a'), (2, 'b') AS x (n, m) WHERE x.m = 'b'", [(2,)]),
    ("SELECT a FROM t WHERE (a, b) IN (SELECT 1, 'x')", [(1,)]),
    ("SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.a = t.a AND u.a > 1)", [(2,)]),
    ("SELECT a FROM t WHERE a NOT BETWEEN 2 AND 3 AND NOT a <> 1 AND (a >= 1 OR a <= 0) AND a IN (1)", [(1,)]),
    ("SELECT b FROM t WHERE b LIKE 'X' OR b ILIKE 'X'", [("x",)]),
    ("SELECT -a * 2 + 1 - 3 FROM t WHERE b IS NOT DISTINCT FROM NULL AND a IS DISTINCT FROM 1", [(-8,)]),
    ("SELECT $$it's$$, X'41', 'a\\tb', 0.5, 1 / 4, SNOWGLOBE.DIMENSION.T.A FROM t WHERE a = 1",
     [("it's", b"A", "a\tb", 0.5, 0.25, 1)]),
    ("SELECT 'a_c' LIKE 'a^_c' ESCAPE '^', 'abc' LIKE ANY ('a%', 'z')", [(True, True)]),
    ("SELECT LISTAGG(a, '') WITHIN GROUP (ORDER BY a DESC), COUNT(DISTINCT b) FROM t", [("321", 2)]),
    ("SELECT SUM(a) OVER (PARTITION BY b IS NULL ORDER BY a ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t "
     "ORDER BY 1",
     [(1,), (3,), (3,)]),
    ("SELECT LAG(b) IGNORE NULLS OVER (ORDER BY a DESC) FROM t WHERE a > 1 ORDER BY a DESC", [(None,), (None,)]),
    ("SELECT 1::SMALLINT, 2::TINYINT, 3::BIGINT, "
     "'4'::NUMBER(3), 1.5::DOUBLE, 'x'::TEXT, 'true'::BOOLEAN, '1'::BINARY, '0.1'::REAL",
     [(1, 2, 3, 4, 1.5, "x", True, b"1", 0.1)]),
    ("SELECT NULL::VARIANT, TRY_PARSE_JSON(' [ 1 ] ')", [(None, "[1]")]),
    ("""SELECT TRY_PARSE_JSON('{"a": [{"b c": 5}]}'):a[0]:"b c"::NUMBER""", [(5,)]),
    ("SELECT t.a, u.c FROM t ASOF JOIN u MATCH_CONDITION (t.a > u.a) ORDER BY 1", [(1, None), (2, "c1"), (3, "c2")]),
    ("SELECT t.a, u.c FROM t ASOF JOIN u MATCH_CONDITION (t.a <= u.a) ON t.b = u.d::VARCHAR AND t.a = u.a ORDER BY 1",
     [(1, None), (2, None), (3, None)]),
    ("SELECT YEAR('2026-01-02'::DATE), '5'::INT, '2026-01-02'::TIMESTAMP_LTZ IS NULL", [(2026, 5, False)]),
    ("SELECT '2026-01-02'::TIMESTAMP, TIMESTAMP '2026-01-02', '2026-01-02'::TIMESTAMP_NTZ(6)",
     [(datetime(2026, 1, 2),) * 3]),
]  # fmt: skip
DML = [
    "UPDATE t SET b = u.c FROM u WHERE t.a = u.a",
    "DELETE FROM t USING u WHERE t.a = u.a AND t.a = 2",
    "MERGE INTO t USING u ON t.a = u.a WHEN MATCHED AND u.a = 1 THEN UPDATE SET b = 'm' "
    "WHEN NOT MATCHED THEN INSERT (a, b) VALUES (u.a, u.c)",
    "INSERT ALL WHEN a > 9 THEN INTO t (a, b) VALUES (a, c) SELECT a, c FROM u",
]
DDL = [
    "CREATE OR REPLACE VIEW v (p) COPY GRANTS COMMENT = 'x' AS SELECT a FROM t",
    "CREATE SCHEMA IF NOT EXISTS dimension COMMENT = 'x'",
    "SELECT COUNT(*) FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY())",
    "SELECT snowglobe.dimension.f(1)",
    "ALTER TABLE t ALTER COLUMN b SET DATA TYPE VARCHAR(20000000)",
]


@pytest.fixture
def filled(warehouse: Connection) -> Connection:
    run(warehouse, *TABLES.split(";"))
    return warehouse


@pytest.mark.parametrize(("sql", "expected"), QUERIES)
def test_queries(filled: Connection, sql: str, expected: list[tuple[object, ...]]):
    assert rows(filled, sql) == expected


def test_dml(filled: Connection):
    run(filled, *DML)
    assert rows(filled, "SELECT a, b FROM t ORDER BY a") == [(1, "m"), (2, "c2"), (3, None)]


def test_every_part_of_the_grammar_has_an_example():
    dialect = builtins.Dialect()
    statements = [*TABLES.split(";"), *(sql for sql, _ in QUERIES), *DML, *DDL]
    trees = [dialect.parse(sql)[0] for sql in statements]
    used = {type(node) for tree in trees if tree for node in tree.walk()}
    # A bind is `:b1` only after the marks have been numbered.
    assert set(grammar._NODES) - used == {exp.Placeholder}
    types = {node.this for tree in trees if tree for node in tree.find_all(exp.DataType)}
    assert grammar._TYPES - types == set()
