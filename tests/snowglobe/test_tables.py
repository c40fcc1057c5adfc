"""Schemas, tables, views, DML and transactions, as Snowflake has them."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pytest

from snowglobe.connection import Connection
from snowglobe.errors import NotSupportedError, ProgrammingError
from tests.snowglobe.support import rows, run, value


@pytest.fixture
def t(warehouse: Connection) -> Connection:
    run(warehouse, "CREATE TABLE t (a NUMBER, b VARCHAR)", "INSERT INTO t VALUES (1, 'x'), (2, 'y')")
    return warehouse


def test_ddl_commits_the_open_transaction(t: Connection):
    for ddl in (
        "CREATE TABLE u (a INT)",
        "CREATE OR REPLACE VIEW v AS SELECT a FROM t",
        "ALTER TABLE t ADD COLUMN c INT",
        "CREATE TASK task AS SELECT 1",
        "DROP TABLE u",
    ):
        before = value(t, "SELECT COUNT(*) FROM t")
        run(t, "BEGIN", "INSERT INTO t (a) VALUES (3)", ddl, "ROLLBACK")
        assert value(t, "SELECT COUNT(*) FROM t") == before + 1, ddl


def test_ddl_that_fails_changes_nothing(t: Connection):
    with pytest.raises(ProgrammingError):
        run(t, "CREATE VIEW v AS SELECT no_such_column FROM t")
    with pytest.raises(ProgrammingError):
        run(t, "SELECT a FROM v")
    run(t, "CREATE VIEW v AS SELECT a FROM t")


def test_transactions(t: Connection):
    run(t, "BEGIN TRANSACTION", "DELETE FROM t", "BEGIN", "ROLLBACK WORK")
    assert value(t, "SELECT COUNT(*) FROM t") == 2
    run(t, "START TRANSACTION", "DELETE FROM t WHERE a = 1", "COMMIT WORK", "COMMIT", "ROLLBACK")
    assert value(t, "SELECT COUNT(*) FROM t") == 1
    run(t, "BEGIN WORK", "DELETE FROM t")
    t.rollback()
    run(t, "BEGIN", "INSERT INTO t (a) VALUES (3)")
    t.commit()
    assert rows(t, "SELECT a FROM t ORDER BY a") == [(2,), (3,)]


def test_a_column_is_added_once(t: Connection):
    run(t, "ALTER TABLE t ADD COLUMN IF NOT EXISTS c INT", "ALTER TABLE t ADD COLUMN IF NOT EXISTS C VARCHAR")
    run(t, "INSERT INTO t VALUES (3, 'z', 7)")
    assert rows(t, "SELECT c FROM t ORDER BY a") == [(None,), (None,), (7,)]


def test_what_dml_answers(t: Connection):
    answers = [
        ("INSERT INTO t VALUES (3, 'z'), (4, NULL)", "number of rows inserted", 2),
        ("UPDATE t SET b = 'w' WHERE a > 2", "number of rows updated", 2),
        ("DELETE FROM t WHERE a = 4", "number of rows deleted", 1),
        ("DELETE FROM t WHERE FALSE", "number of rows deleted", 0),
    ]
    for dml, name, count in answers:
        cursor = t.cursor().execute(dml)
        assert cursor.rowcount == count
        assert [column.name for column in cursor.description or []] == [name]
        assert cursor.fetchall() == [(count,)]


def test_merge(t: Connection):
    run(
        t,
        "CREATE TABLE s (a NUMBER, b VARCHAR, gone BOOLEAN)",
        "INSERT INTO s VALUES (1, 'new', FALSE), (2, NULL, TRUE), (3, 'z', FALSE)",
    )
    merge = (
        "MERGE INTO t USING s ON t.a = s.a WHEN MATCHED AND s.gone THEN DELETE WHEN MATCHED THEN UPDATE SET b = s.b "
        "WHEN NOT MATCHED THEN INSERT (a, b) VALUES (s.a, s.b)"
    )
    assert t.cursor().execute(merge).rowcount == 3
    assert rows(t, "SELECT a, b FROM t ORDER BY a") == [(1, "new"), (3, "z")]


@pytest.mark.parametrize("action", ["UPDATE SET b = s.b", "DELETE"])
def test_a_merge_with_two_matches_is_an_error(t: Connection, action: str):
    run(t, "CREATE TABLE s (a NUMBER, b VARCHAR)", "INSERT INTO s VALUES (1, 'p'), (1, 'q')")
    with pytest.raises(ProgrammingError):
        run(t, f"MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN {action}")
    assert rows(t, "SELECT a, b FROM t ORDER BY a") == [(1, "x"), (2, "y")]


def test_a_transient_table_is_kept_like_any_other(t: Connection, open_warehouse: Callable[[], Connection]):
    run(t, "CREATE TRANSIENT TABLE IF NOT EXISTS kept (a NUMBER) DATA_RETENTION_TIME_IN_DAYS = 0")
    run(t, "CREATE STREAM seen ON TABLE kept APPEND_ONLY = TRUE", "INSERT INTO dimension.kept VALUES (1)")
    with pytest.raises(NotSupportedError, match="transient or permanent"):
        run(t, "CREATE OR ALTER TABLE kept (a NUMBER)")
    t.close()
    again = open_warehouse()
    assert (value(again, "SELECT a FROM kept"), value(again, "SELECT a FROM seen")) == (1, 1)
    run(again, "DROP STREAM seen", "DROP TABLE kept", "CREATE TABLE kept (a NUMBER)")
    run(again, "CREATE OR ALTER TABLE kept (a NUMBER)")


def test_create_or_alter_adds_columns_in_their_order(t: Connection):
    run(
        t,
        "CREATE OR ALTER TABLE t (a NUMBER, b VARCHAR, c DATE, d NUMBER(10, 2), e BOOLEAN, f BINARY(16))",
        "CREATE OR ALTER TABLE t "
        "(a NUMBER(38, 0) COMMENT 'same', b STRING, c DATE, d NUMBER(10, 2), e BOOLEAN, f BINARY)",
        "INSERT INTO t VALUES (3, 'z', '2026-01-02', 1.5, TRUE, NULL)",
    )
    cursor = t.cursor().execute("SELECT * FROM t ORDER BY a")
    assert [column.name for column in cursor.description or []] == ["A", "B", "C", "D", "E", "F"]
    assert cursor.fetchall()[1:] == [
        (2, "y", None, None, None, None),
        (3, "z", date(2026, 1, 2), Decimal("1.50"), True, None),
    ]
    run(t, "CREATE OR ALTER TABLE fresh (a NUMBER NOT NULL)", "CREATE OR ALTER TABLE fresh (a NUMBER NOT NULL)")
    with pytest.raises(NotSupportedError, match="does not change"):
        run(t, "CREATE OR ALTER TABLE fresh (a NUMBER)")


def test_not_null_is_kept(t: Connection):
    run(t, "CREATE TABLE strict (a NUMBER NOT NULL)")
    with pytest.raises(ProgrammingError) as raised:
        run(t, "INSERT INTO strict VALUES (NULL)")
    assert (raised.value.errno, raised.value.sqlstate) == (100072, "22000")


def test_names_that_are_taken(t: Connection):
    run(
        t,
        "CREATE TABLE IF NOT EXISTS t (a INT)",
        "CREATE VIEW v AS SELECT 1 AS a",
        "CREATE VIEW IF NOT EXISTS v AS SELECT 2 AS a",
    )
    assert rows(t, "SELECT a FROM v") == [(1,)]
    for taken in (
        "CREATE TABLE t (a INT)",
        "CREATE TABLE v (a INT)",
        "CREATE OR ALTER TABLE v (a INT)",
        "CREATE VIEW v AS SELECT 2 AS a",
        "CREATE VIEW t AS SELECT 2 AS a",
        "CREATE OR REPLACE VIEW t AS SELECT 2 AS a",
        "CREATE SCHEMA dimension",
        "CREATE DATABASE snowglobe",
    ):
        with pytest.raises(ProgrammingError) as raised:
            run(t, taken)
        assert (raised.value.errno, raised.value.sqlstate) == (2002, "42710"), taken
    run(t, "CREATE OR REPLACE VIEW v COMMENT = 'x' AS SELECT 3 AS a")
    assert rows(t, "SELECT a FROM v") == [(3,)]
    run(t, "CREATE OR REPLACE VIEW v (b) COPY GRANTS AS SELECT 4", "DROP VIEW IF EXISTS nothing")
    assert rows(t, "SELECT b FROM v") == [(4,)]


@pytest.mark.parametrize("what", ["DATABASE IF NOT EXISTS snowglobe", "SCHEMA IF NOT EXISTS other"])
def test_a_database_has_no_collation_and_may_say_so(t: Connection, what: str):
    run(t, f"CREATE {what} DEFAULT_DDL_COLLATION = ''")
    for wrong in ("COLLATION = 'en-ci'", "COLLATION = ' '", "COLATION = ''", "COLLATION = 1", "COLLATION = TRUE"):
        with pytest.raises(NotSupportedError):
            run(t, f"CREATE {what} DEFAULT_DDL_{wrong}")


def test_schemas(t: Connection):
    run(t, "CREATE SCHEMA snowglobe.other COMMENT = 'x'", "CREATE TABLE t (a INT)", "INSERT INTO t VALUES (9)")
    assert rows(t, "SELECT a FROM t UNION ALL SELECT COUNT(*) FROM dimension.t") == [(9,), (2,)]
    run(t, "USE SCHEMA snowglobe.dimension")
    assert value(t, "SELECT COUNT(*) FROM t") == 2
    run(t, "USE SCHEMA other")
    assert value(t, 'SELECT COUNT(*) FROM "SNOWGLOBE"."OTHER"."T"') == 1
    with pytest.raises(ProgrammingError) as raised:
        run(t, "USE SCHEMA nowhere")
    assert raised.value.errno == 2043
    with pytest.raises(ProgrammingError, match="holds SNOWGLOBE alone"):
        run(t, "USE DATABASE nowhere")


def test_the_catalog_survives(t: Connection, open_warehouse: Callable[[], Connection]):
    run(
        t,
        "CREATE VIEW v AS SELECT a FROM t",
        "CREATE FUNCTION f(a INT) RETURNS INT LANGUAGE SQL AS $$ a + 1 $$",
        "CREATE PROCEDURE p(a INT) RETURNS INT LANGUAGE SQL AS $$ BEGIN RETURN a; END $$",
    )
    t.close()
    again = open_warehouse()
    assert rows(again, "SELECT f(a) FROM v ORDER BY 1") == [(2,), (3,)]
    assert value(again, "CALL p('5')") == 5
    run(again, "CREATE OR ALTER TABLE t (a NUMBER, b VARCHAR, c INT)")
    assert value(again, "SELECT COUNT(c) FROM t") == 0


def test_numbers_have_38_digits_and_times_microseconds(t: Connection):
    run(t, "CREATE TABLE wide (n NUMBER(38, 0), i INTEGER, d NUMBER(38, 10), f FLOAT, ts TIMESTAMP_NTZ(6))")
    big = 10**38 - 1
    point = datetime(9999, 12, 31, 23, 59, 59, 999999)
    t.cursor().execute("INSERT INTO wide VALUES (?, ?, ?, ?, ?)", (big, -big, Decimal("1.0000000001"), 0.1, point))
    assert rows(t, "SELECT * FROM wide") == [(big, -big, Decimal("1.0000000001"), 0.1, point)]
