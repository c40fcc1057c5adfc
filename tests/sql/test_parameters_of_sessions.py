"""No statement depends on a parameter of the session that whoever runs the account may have set otherwise."""

import ast
import logging
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from customertrack.local.home import sql_folder
from snowglobe.scripting.parser import parse
from tests.sql.parameters_of_sessions import TIMES, Columns, dependencies
from tests.sql.sql_files import DIMENSIONS, bodies, files, place, statements

_PACKAGES = ("customertrack", "lambdas", "infra")
# Names that queries give to columns, in sql/ and in the reads.
_ALIASES_WITHOUT_NULLS = frozenset({"horizon", "installed_on", "query_start_time", "last_load_time", "winner"}) | {
    "begun_on",
    "first_refresh",
    "stretch",
    "versions",
    "what",
}
_ALIASES_OF_TIMES = frozenset({"horizon", "wall_clock", "changed_at", "next_valid_from", "completed_time"})
# Only lambdas/ and the local command line ask these, in sessions that are in UTC.
_IN_UTC = "TIMEZONE and TIMESTAMP_DAY_IS_ALWAYS_24H"
# The one row of the lease: both sides of the MERGE have one row.
_ONE_ROW = "ERROR_ON_NONDETERMINISTIC_MERGE"
_TABLE = re.compile(r"CREATE OR ALTER (TRANSIENT )?TABLE\b")
_SQL = re.compile(r"\s*(SELECT|WITH|INSERT|UPDATE|DELETE|MERGE)\s")
# What can be seen in a part of a statement too. Not TO_JSON: it is asked of variants alone, into which the view
# lets nothing undefined, which is what a parameter is about.
_CAST_OF_TEXT = re.compile(
    r"'\s*::|\b(DATE|TIME|TIMESTAMP)\s+'|\bTO_(DATE|TIME|TIMESTAMP\w*|CHAR|VARCHAR)\(\s*'?[^,()]*\)"
)
DEPENDENT = {
    "SELECT '2026-01-01'::TIMESTAMP_NTZ(6)": "INPUT_FORMAT",
    "SELECT CAST(updated_at_text AS DATE) FROM t": "INPUT_FORMAT",
    "SELECT TO_TIMESTAMP_NTZ(text) FROM t": "TO_TIMESTAMP_NTZ",
    "SELECT TRY_TO_TIMESTAMP_NTZ('01.02.2026')": "INPUT_FORMAT",
    "SELECT TO_DATE(text) FROM t": "INPUT_FORMAT",
    "SELECT DATE '2026-01-01'": "INPUT_FORMAT",
    "SELECT 1 FROM t WHERE valid_to = '9999-12-31'": "INPUT_FORMAT",
    "SELECT LEAD(valid_from, 1, '9999-12-31 00:00:00') OVER (ORDER BY valid_from) FROM t": "INPUT_FORMAT",
    "INSERT INTO t SELECT '2026-01-01'": "INPUT_FORMAT",
    "SELECT valid_from::VARCHAR FROM t": "OUTPUT_FORMAT",
    "SELECT TO_CHAR(valid_from) FROM t": "OUTPUT_FORMAT",
    "SELECT 'since ' || valid_from FROM t": "OUTPUT_FORMAT",
    "SELECT CONCAT('at ', SYSDATE())": "OUTPUT_FORMAT",
    "SELECT TO_TIMESTAMP_NTZ(text, 'YY-MM-DD') FROM t": "TWO_DIGIT_CENTURY_START",
    "SELECT TO_TIMESTAMP(text, 'YYYY-MM-DD') FROM t": "TIMESTAMP_TYPE_MAPPING",
    "SELECT SYSDATE()::TIMESTAMP": "TIMESTAMP_TYPE_MAPPING",
    "CREATE TABLE t (at DATETIME)": "TIMESTAMP_TYPE_MAPPING",
    "SELECT CURRENT_TIMESTAMP()::TIMESTAMP_NTZ": "TIMEZONE",
    "SELECT CURRENT_DATE()": "TIMEZONE",
    "SELECT DATEADD('day', 1, CURRENT_TIMESTAMP())": "TIMESTAMP_DAY_IS_ALWAYS_24H",
    "SELECT DATE_TRUNC('week', valid_from) FROM t": "WEEK_START",
    "SELECT DATEDIFF('week', valid_from, valid_to) FROM t": "WEEK_START",
    "SELECT DAYOFWEEK(valid_from) FROM t": "WEEK_START",
    "SELECT MD5_BINARY(TO_JSON(ARRAY_CONSTRUCT(first_name))) FROM t": "STRICT_JSON_OUTPUT",
    "SELECT OBJECT_CONSTRUCT('a', first_name) FROM t": "STRICT_JSON_OUTPUT",
    "SELECT first_name::VARIANT FROM t": "STRICT_JSON_OUTPUT",
    "SELECT TO_BINARY(first_name) FROM t": "BINARY_INPUT_FORMAT",
    "SELECT first_name::BINARY FROM t": "BINARY_INPUT_FORMAT",
    "SELECT first_name COLLATE 'en-ci' FROM t": "DEFAULT_DDL_COLLATION",
    'SELECT first_name AS "name" FROM t': "QUOTED_IDENTIFIERS_IGNORE_CASE",
    "SELECT first_name FROM t ORDER BY first_name": "DEFAULT_NULL_ORDERING",
    "MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN UPDATE SET b = u.b": "ERROR_ON_NONDETERMINISTIC_MERGE",
    "UPDATE t SET b = u.b FROM u WHERE t.a = u.a": "ERROR_ON_NONDETERMINISTIC_UPDATE",
    "SELECT NEW_FUNCTION(first_name) FROM t": "NEW_FUNCTION",
}


@pytest.fixture(autouse=True)
def _no_warnings_of_sqlglot(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.ERROR, "sqlglot")


# What stands for the key of any dimension, and for its functions.
_PUT_IN = {"tables.ordered()": "updated_at", "function": "as_of"}


@cache
def _columns() -> Columns:
    """What the columns of the tables hold."""
    times, never_null = set(_ALIASES_OF_TIMES), set(_ALIASES_WITHOUT_NULLS)
    plain, others = set[str](), set[str]()
    for path in files():
        for statement in statements(path):
            for column in _columns_of_table(statement.text):
                name, kind = column.name.lower(), column.kind.this if column.kind else None
                if kind in TIMES:
                    times.add(name)
                (plain if kind in (exp.DType.DECIMAL, exp.DType.VARCHAR) else others).add(name)
                if column.find(exp.NotNullColumnConstraint):
                    never_null.add(column.name.lower())
    # customer_raw has it as text.
    return Columns(frozenset(times), frozenset(never_null), frozenset(plain - others))


def _columns_of_table(sql: str) -> list[exp.ColumnDef]:
    return list(_read(sql).find_all(exp.ColumnDef)) if _TABLE.match(sql) else []


def _read(sql: str) -> exp.Expr:
    return sqlglot.parse_one(sql, read="snowflake")


def _found(sql: str) -> set[str]:
    return dependencies(_read(sql), _columns())


@pytest.mark.parametrize("path", files(), ids=place)
def test_no_statement_of_sql_depends_on_one(path: Path):
    found = {
        f"{statement.path}:{statement.line}: {statement.head}: {parameter}"
        for statement in [*statements(path), *bodies(path)]
        for parameter in _found(statement.text)
    }
    assert found == set()


@pytest.mark.parametrize("name", DIMENSIONS)
def test_no_variable_of_the_procedure_has_a_type_that_depends_on_one(name: str):
    path = sql_folder() / name / "R__50_refresh.sql"
    text = next(statement.text for statement in statements(path) if "PROCEDURE" in statement.text)
    declared = re.findall(r"^\s+\w+ (\w+)[^;\n]*;", text.split("$$")[1].split("BEGIN")[0], re.MULTILINE)
    assert parse(text.split("$$")[1], ())
    assert set(declared) == {"TIMESTAMP_NTZ", "INTEGER", "VARCHAR"}


def _python_texts() -> Iterator[tuple[str, str]]:
    """Every text in the Python code, with a name in place of what is put into it."""
    root = sql_folder().parent
    for path in sorted(file for package in _PACKAGES for file in (root / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                parts = [part.value if isinstance(part, ast.Constant) else _put_in(part) for part in node.values]
                yield f"{path.relative_to(root)}:{node.lineno}", "".join(map(str, parts))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                # What str.format fills in.
                yield f"{path.relative_to(root)}:{node.lineno}", re.sub(r"{\w+}", "'x'", node.value)


def _put_in(part: ast.expr) -> str:
    """A name in place of what is put in: of the key, which is never NULL, one that never is."""
    return _PUT_IN.get(ast.unparse(part.value), "x") if isinstance(part, ast.FormattedValue) else "x"


def test_no_statement_in_python_depends_on_one():
    read = 0
    found = set()
    for at, text in _python_texts():
        if not _SQL.match(text):
            continue
        try:
            tree = _read(text)
        except SqlglotError:
            continue
        read += 1
        found |= {f"{at}: {parameter}" for parameter in dependencies(tree, _columns()) - {_IN_UTC}}
    assert {each for each in found if not each.endswith(_ONE_ROW)} == set()
    assert {each.split(":")[0] for each in found} == {"customertrack/migrations/tables.py", "lambdas/migrate/record.py"}
    assert read > 25


def test_no_part_of_a_statement_in_python_casts_a_text():
    assert [at for at, text in _python_texts() if _CAST_OF_TEXT.search(text)] == []


@pytest.mark.parametrize("order", ["first_name NULLS FIRST", "first_name DESC NULLS LAST"])
def test_an_order_that_says_where_nulls_stand_depends_on_none(order: str):
    assert _found(f"SELECT first_name FROM t ORDER BY {order}") == set()


@pytest.mark.parametrize("sql", DEPENDENT)
def test_a_dependency_is_noticed(sql: str):
    assert any(DEPENDENT[sql] in parameter for parameter in _found(sql)), _found(sql)
