"""DuckDB's SQL, parsed once and executed again."""

import duckdb
import pytest

from snowglobe import parsed
from snowglobe.parsed import ParsedStatements


def test_the_same_text_is_the_same_statement_and_sees_what_has_changed():
    with duckdb.connect() as duck:
        statements = ParsedStatements(duck)
        insert = statements.of("INSERT INTO t SELECT $n")
        assert insert is statements.of("INSERT INTO t SELECT $n")
        assert isinstance(insert, duckdb.Statement)
        found = []
        for kind in ("INTEGER", "VARCHAR"):
            duck.execute(f"CREATE OR REPLACE TABLE t (n {kind})")
            for n in (1, 2):
                duck.execute(insert, {"n": n})
            found += duck.execute(statements.of("SELECT n FROM t ORDER BY n")).fetchall()
        assert found == [(1,), (2,), ("1",), ("2",)]


def test_several_statements_are_executed_as_they_are():
    with duckdb.connect() as duck:
        assert ParsedStatements(duck).of("SELECT 1; SELECT 2") == "SELECT 1; SELECT 2"


def test_the_last_ones_are_kept(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(parsed, "_MOST", 2)
    with duckdb.connect() as duck:
        statements = ParsedStatements(duck)
        first, second = statements.of("SELECT 1"), statements.of("SELECT 2")
        assert statements.of("SELECT 1") is first
        statements.of("SELECT 3")
        assert statements.of("SELECT 1") is first
        assert statements.of("SELECT 2") is not second


def test_what_cannot_be_parsed_is_duckdbs_error():
    with duckdb.connect() as duck, pytest.raises(duckdb.ParserException):
        ParsedStatements(duck).of("SELEC 1")
