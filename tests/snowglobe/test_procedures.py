"""CALL, and SQL functions. The language of a procedure's body has tests of its own."""

from datetime import datetime
from decimal import Decimal

import pytest

from snowglobe.connection import Connection
from snowglobe.errors import ProgrammingError
from tests.snowglobe.support import rows, run, value

PROCEDURE = "CREATE OR REPLACE PROCEDURE p({}) RETURNS {} LANGUAGE SQL AS $$ {} $$"


def test_what_it_returns_is_the_one_row(warehouse: Connection):
    run(warehouse, PROCEDURE.format("", "VARCHAR", "BEGIN RETURN 'done'; END"))
    cursor = warehouse.cursor().execute("CALL dimension.p()")
    assert ([column.name for column in cursor.description or []], cursor.fetchall()) == (["P"], [("done",)])
    run(warehouse, PROCEDURE.format("", "VARCHAR", "BEGIN LET x INT := 1; END"))
    assert value(warehouse, "CALL p()") is None
    run(warehouse, PROCEDURE.format("", "INT", "BEGIN RETURN '12'; END"))
    assert value(warehouse, "CALL p()") == 12


def test_arguments_are_expressions_and_binds_and_take_their_types(warehouse: Connection):
    run(warehouse, PROCEDURE.format("a INT, b VARCHAR, c NUMBER(10, 2)", "VARCHAR", "BEGIN RETURN a || b || c; END"))
    assert value(warehouse, "CALL p('1', UPPER('x'), 2.5)") == "1X2.50"
    assert value(warehouse, "CALL p(?, ?, ?)", 1, "x", Decimal("2.345")) == "1x2.35"
    with pytest.raises(ProgrammingError, match="takes 3 arguments, not 1"):
        run(warehouse, "CALL p(1)")
    with pytest.raises(ProgrammingError) as raised:
        run(warehouse, "CALL p('one', 'x', 1)")
    assert (raised.value.errno, raised.value.sqlstate) == (100038, "22018")


def test_an_error_rolls_its_transaction_back_and_comes_out(warehouse: Connection):
    body = """
        BEGIN
            BEGIN TRANSACTION;
            INSERT INTO t VALUES (1);
            INSERT INTO t SELECT 1 / 0 + no_such_column;
            COMMIT;
        EXCEPTION
            WHEN OTHER THEN
                ROLLBACK;
                RAISE;
        END
    """
    run(warehouse, "CREATE TABLE t (a NUMBER)", PROCEDURE.format("", "VARCHAR", body))
    with pytest.raises(ProgrammingError, match="no_such_column") as raised:
        run(warehouse, "CALL p()")
    assert raised.value.errno == 904
    assert rows(warehouse, "SELECT a FROM t") == []
    assert warehouse._session.in_transaction is False


def test_a_handler_can_tell_of_the_error_before_it_rolls_back(warehouse: Connection):
    body = """
        BEGIN
            BEGIN TRANSACTION;
            INSERT INTO t VALUES (NULL);
            COMMIT;
        EXCEPTION
            WHEN OTHER THEN
                LET told VARCHAR := 'failed: ' || SQLERRM;
                IF (SQLCODE = 0) THEN
                    told := 'no error';
                END IF;
                ROLLBACK;
                RETURN told;
        END
    """
    run(warehouse, "CREATE TABLE t (a NUMBER NOT NULL)", PROCEDURE.format("", "VARCHAR", body))
    assert value(warehouse, "CALL p()") == "failed: NULL result in a non-nullable column"


def test_it_is_parsed_when_it_is_made(warehouse: Connection):
    with pytest.raises(ProgrammingError):
        run(warehouse, PROCEDURE.format("", "VARCHAR", "BEGIN LET x INT := ; END"))
    with pytest.raises(ProgrammingError, match="Unknown procedure P"):
        run(warehouse, "CALL p()")


def test_it_is_replaced_only_if_asked_for(warehouse: Connection):
    run(warehouse, PROCEDURE.format("", "INT", "BEGIN RETURN 1; END"))
    with pytest.raises(ProgrammingError, match="already exists"):
        run(warehouse, PROCEDURE.format("", "INT", "BEGIN RETURN 2; END").replace("OR REPLACE ", ""))
    run(warehouse, PROCEDURE.format("", "INT", "BEGIN RETURN 3; END").replace("REPLACE", "ALTER"))
    assert value(warehouse, "CALL p()") == 3
    run(warehouse, "DROP PROCEDURE p()")
    with pytest.raises(ProgrammingError):
        run(warehouse, "CALL p()")


def test_a_scalar_function(warehouse: Connection):
    run(
        warehouse,
        "CREATE FUNCTION twice(a INT) RETURNS NUMBER(10, 2) LANGUAGE SQL IMMUTABLE AS $$ 2 * a $$",
        "CREATE FUNCTION four_times(a INT) RETURNS INT LANGUAGE SQL COMMENT = 'x' AS $$ twice(twice(a)) $$",
        "CREATE FUNCTION nothing() RETURNS VARCHAR LANGUAGE SQL AS $$ NULL $$",
    )
    assert value(warehouse, "SELECT twice('21')") == Decimal("42.00")
    assert value(warehouse, "SELECT dimension.four_times(?)", 2) == 8
    assert value(warehouse, "SELECT snowglobe.dimension.four_times(2)") == 8
    assert value(warehouse, "SELECT nothing()") is None
    assert rows(warehouse, "SELECT twice(a) FROM VALUES (1), (NULL) AS v (a)") == [(Decimal("2.00"),), (None,)]
    with pytest.raises(ProgrammingError):
        run(warehouse, "SELECT twice('x')")
    with pytest.raises(ProgrammingError):
        run(warehouse, "SELECT twice()")


def test_a_table_function_names_its_columns(warehouse: Connection):
    run(
        warehouse,
        "CREATE TABLE t (a NUMBER, at TIMESTAMP_NTZ)",
        "INSERT INTO t VALUES (1, '2026-01-01'), (2, '2026-01-02')",
        "CREATE FUNCTION since(point TIMESTAMP_NTZ) RETURNS TABLE (first NUMBER, second TIMESTAMP_NTZ) LANGUAGE SQL "
        "AS $$ SELECT a, at FROM t WHERE at >= point $$",
    )
    cursor = warehouse.cursor().execute("SELECT * FROM TABLE(since('2026-01-02 00:00:00')) AS s WHERE s.first > 0")
    assert [column.name for column in cursor.description or []] == ["FIRST", "SECOND"]
    assert cursor.fetchall() == [(2, datetime(2026, 1, 2))]
    assert value(warehouse, "SELECT COUNT(*) FROM TABLE(dimension.since(?))", datetime(2026, 1, 1)) == 2


def test_a_function_is_replaced_only_if_asked_for(warehouse: Connection):
    run(warehouse, "CREATE FUNCTION f() RETURNS INT LANGUAGE SQL AS $$ 1 $$")
    with pytest.raises(ProgrammingError, match="already exists"):
        run(warehouse, "CREATE FUNCTION f() RETURNS INT LANGUAGE SQL AS $$ 2 $$")
    assert value(warehouse, "SELECT f()") == 1
    run(warehouse, "CREATE OR REPLACE FUNCTION f() RETURNS INT LANGUAGE SQL AS $$ 2 $$")
    assert value(warehouse, "SELECT f()") == 2
