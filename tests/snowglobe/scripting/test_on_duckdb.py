"""Procedures run on a real database."""

from datetime import date

import duckdb
import pytest

from snowglobe.errors import ProgrammingError
from snowglobe.scripting.frame import Outcome
from tests.snowglobe.scripting.recorder import call


class Duck:
    """DuckDB in memory as an executor, with no translation."""

    def __init__(self, *setup):
        self.duck = duckdb.connect()
        self.open = False
        for sql in setup:
            self.duck.execute(sql)

    def execute(self, sql, params):
        word = sql.split()[0].upper()
        try:
            result = self.duck.execute(sql, list(params))
            rows = result.fetchall()
        except duckdb.Error as error:
            raise ProgrammingError(str(error), 904, "42000") from error
        if word in ("BEGIN", "COMMIT", "ROLLBACK"):
            self.open = word == "BEGIN"
        changed = rows[0][0] if word in ("INSERT", "UPDATE", "DELETE", "MERGE") else None
        return Outcome(changed, rows, [column[0] for column in result.description or ()])

    evaluate = execute

    def in_transaction(self):
        return self.open

    def rows(self, sql):
        return self.duck.execute(sql).fetchall()


REFRESH = """
    DECLARE
        total INTEGER;
        odd INTEGER;
        kept INTEGER;
        too_many EXCEPTION (-20001, 'too many rows');
    BEGIN
        BEGIN TRANSACTION;
        DELETE FROM work;
        INSERT INTO work SELECT x FROM pending WHERE x < :below;
        SELECT COUNT(*), COUNT_IF(x % 2 = 1) INTO :total, :odd FROM work;
        IF (odd > 0) THEN
            INSERT INTO reject SELECT x FROM work WHERE x % 2 = 1;
        END IF;
        INSERT INTO target WITH even AS (SELECT x FROM work WHERE x % 2 = 0) SELECT x * :below FROM even;
        kept := SQLROWCOUNT;
        IF (total > 5) THEN
            RAISE too_many;
        END IF;
        COMMIT;
        RETURN total || ' read, ' || kept || ' kept, half ' || (total / 2)::DOUBLE;
    EXCEPTION
        WHEN OTHER THEN
            ROLLBACK;
            RAISE;
    END;
"""
TABLES = tuple(f"CREATE TABLE {name} (x INTEGER)" for name in ("pending", "work", "reject", "target"))


def refresh(below):
    executor = Duck(*TABLES, "INSERT INTO pending SELECT * FROM range(10)", "INSERT INTO work VALUES (99)")
    return executor, lambda: call(REFRESH, executor, below=below)


def test_a_refresh_on_duckdb():
    executor, run_it = refresh(5)
    assert run_it() == "5 read, 3 kept, half 2.5"
    assert sorted(executor.rows("SELECT x FROM target")) == [(0,), (10,), (20,)]
    assert sorted(executor.rows("SELECT x FROM reject")) == [(1,), (3,)]
    assert not executor.in_transaction()


@pytest.mark.parametrize(("below", "errno"), [(9, -20001), ("x", 904)])
def test_a_refresh_that_fails_on_duckdb_leaves_nothing(below, errno):
    executor, run_it = refresh(below)
    with pytest.raises(ProgrammingError) as raised:
        run_it()
    assert raised.value.errno == errno
    assert executor.rows("SELECT x FROM work") == [(99,)]
    assert executor.rows("SELECT x FROM target UNION ALL SELECT x FROM reject") == []
    assert not executor.in_transaction()


def test_expressions_on_duckdb():
    executor = Duck(*TABLES, "INSERT INTO target VALUES (3), (4)")
    assert call("BEGIN LET n INTEGER := (SELECT MAX(x) FROM target WHERE x < :v); RETURN n; END", executor, v=4) == 3
    assert call("BEGIN LET n INTEGER := (SELECT x FROM target WHERE x > :v); RETURN n; END", executor, v=4) is None
    assert call("BEGIN RETURN v IS NULL; END", executor, v=None) is True
    assert call("BEGIN IF (v > 1) THEN RETURN 1; ELSE RETURN 2; END IF; END", executor, v=None) == 2
    assert call("BEGIN RETURN 'x' || v; END", executor, v=None) is None
    assert call("BEGIN RETURN CASE WHEN v > 1 THEN 'a' ELSE 'b' END; END", executor, v=2) == "a"
    assert call("BEGIN RETURN v::DATE + 1; END", executor, v="2020-01-01") == date(2020, 1, 2)
