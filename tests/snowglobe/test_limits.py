"""What a column's declared type lets in: each kind of type by each way of writing, with Snowflake's errors."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from snowglobe.connection import Connection
from snowglobe.errors import NotSupportedError, ProgrammingError
from tests.snowglobe.support import drop_file, rows, run, value


class Kind(NamedTuple):
    """A declared type, an expression that fits it, what is stored of it, one that does not fit, and what is said."""

    type: str
    fits: str
    stored: Any
    too_much: str
    errno: int
    said: str


TOO_LONG = "String 'abcd' is too long and would be truncated"
OUT_OF_RANGE = "Number out of representable range: type FIXED[{}"
NULL = "NULL result in a non-nullable column"
KINDS = [
    Kind("VARCHAR(3)", "'abc'", "abc", "'abcd'", 100078, TOO_LONG),
    Kind("STRING(3)", "'é東😀'", "é東😀", "'é東😀a'", 100078, "String 'é東😀a' is too long and would be truncated"),
    Kind("VARCHAR(3) NOT NULL", "''", "", "NULL", 100072, NULL),
    Kind("TEXT(3)", "NULL", None, "12345", 100078, "String '12345' is too long and would be truncated"),
    Kind("VARCHAR(1)", "'\U0010ffff'", "\U0010ffff", "'e\u0301'", 100078,
         "String 'e\u0301' is too long and would be truncated"),
    Kind("BINARY(2)", "X'00FF'", b"\x00\xff", "X'00FFAB'", -1,
         "Binary value '00FFAB' is too long and would be truncated"),
    Kind("NUMBER(3)", "999.4", 999, "999.5", 100046, OUT_OF_RANGE.format("SB2](3,0)")),
    Kind("NUMBER(3, 0)", "-2.5", -3, "-1000", 100046, OUT_OF_RANGE.format("SB2](3,0)")),
    Kind("NUMBER(20)", "2.5", 3, "1" + "0" * 20, 100046, OUT_OF_RANGE.format("SB16](20,0)")),
    Kind("INTEGER", "9" * 38, 10**38 - 1, "1" + "0" * 38, 100046, OUT_OF_RANGE.format("SB16](38,0)")),
    Kind("SMALLINT", "70000", 70000, "-1" + "0" * 38, 100046, OUT_OF_RANGE.format("SB16](38,0)")),
    Kind("NUMBER NOT NULL", "0", 0, "NULL", 100072, NULL),
    Kind("NUMBER(5, 2)", "-999.985", Decimal("-999.99"), "999.995", 100046,
         OUT_OF_RANGE.format("SB4](5,2), value 999.995")),
    Kind("NUMBER(2, 2)", "0.985", Decimal("0.99"), "1", 100046, OUT_OF_RANGE.format("SB1](2,2), value 1")),
    Kind("BOOLEAN NOT NULL", "TRUE", True, "NULL", 100072, NULL),
    Kind("DATE NOT NULL", "'2026-01-02'::DATE", date(2026, 1, 2), "NULL", 100072, NULL),
]  # fmt: skip
# Each writes the expression into column a of table t, which has one row, whose k is 1.
WAYS = {
    "INSERT VALUES": "INSERT INTO t (k, a) VALUES (2, {0})",
    "INSERT SELECT": "INSERT INTO t SELECT 2, {0}",
    "INSERT of many": "INSERT INTO t (a, k) SELECT {0}, k + 1 FROM t UNION ALL SELECT {0}, k FROM t",
    "UPDATE": "UPDATE t SET a = {0} WHERE k = 1",
    "UPDATE FROM": "UPDATE t SET a = s.a FROM (SELECT 1 AS k, {0} AS a) AS s WHERE t.k = s.k",
    "MERGE UPDATE": "MERGE INTO t USING (SELECT 1 AS k, {0} AS a) AS s ON t.k = s.k "
    "WHEN MATCHED THEN UPDATE SET a = s.a",
    "MERGE INSERT": "MERGE INTO t USING (SELECT 2 AS k, {0} AS a) AS s ON t.k = s.k "
    "WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (k, a) VALUES (s.k, s.a)",
}


@pytest.mark.parametrize("made", ["TABLE", "TRANSIENT TABLE"])
@pytest.mark.parametrize("kind", KINDS, ids=[kind.type for kind in KINDS])
def test_what_does_not_fit_changes_nothing(warehouse: Connection, kind: Kind, made: str):
    for way, statement in WAYS.items():
        run(warehouse, f"CREATE {made} t (k INT, a {kind.type})", f"INSERT INTO t SELECT 1, {kind.fits}")
        before = rows(warehouse, "SELECT * FROM t")
        with pytest.raises(ProgrammingError) as raised:
            run(warehouse, statement.format(kind.too_much))
        assert (raised.value.errno, raised.value.msg) == (kind.errno, kind.said), way
        assert rows(warehouse, "SELECT * FROM t") == before, way
        run(warehouse, statement.format(kind.fits))
        assert {row[1] for row in rows(warehouse, "SELECT * FROM t")} == {kind.stored}, way
        run(warehouse, "DROP TABLE t")


# The text of a field; BINARY is left out, since its text would be hexadecimal.
@pytest.mark.parametrize(
    ("kind", "fits", "stored", "too_much", "said"),
    [
        ("VARCHAR(3)", "é東😀", "é東😀", "abcd", TOO_LONG),
        ("NUMBER(3)", "999.4", 999, "999.5", OUT_OF_RANGE.format("SB2](3,0)")),
        ("NUMBER(3)", "1e2", 100, "x", "Numeric value 'x' is not recognized"),
        ("NUMBER(5, 2)", "0.005", Decimal("0.01"), "1000", "Numeric value '1000' is out of range"),
        ("VARCHAR NOT NULL", "a", "a", "", NULL),
    ],
)
def test_a_file_with_a_row_that_does_not_fit_is_left_out(
    landing: Connection, folder: Path, kind: str, fits: str, stored: object, too_much: str, said: str
):
    run(
        landing,
        f"CREATE TABLE typed (k INT, a {kind})",
        "CREATE PIPE piped AUTO_INGEST = TRUE AS COPY INTO typed FROM @ext_stage "
        "FILE_FORMAT = (FORMAT_NAME = 'csv') ON_ERROR = SKIP_FILE MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE",
    )
    drop_file(folder, "a.csv", "k,a", f"1,{fits}", f"2,{too_much}")
    drop_file(folder, "b.csv", "k,a", f"3,{fits}")
    loads = list(landing.refresh_pipe("piped"))
    assert [(load.name, load.status, load.rows, load.error) for load in loads] == [
        ("in/a.csv", "LOAD_FAILED", 0, said),
        ("in/b.csv", "LOADED", 1, None),
    ]
    assert rows(landing, "SELECT k, a FROM typed") == [(3, stored)]


def test_lengths_that_are_not_declared(warehouse: Connection):
    run(warehouse, "CREATE TABLE t (a VARCHAR, b BINARY)")
    run(warehouse, "INSERT INTO t SELECT REPEAT('é', 8388608), REPEAT('a', 8388608)::BINARY")
    assert value(warehouse, "SELECT LENGTH(a) FROM t") == 8_388_608
    with pytest.raises(ProgrammingError, match=r"Max LOB size \(16777216\) exceeded"):
        run(warehouse, "INSERT INTO t (a) SELECT REPEAT('a', 16777217)")
    with pytest.raises(ProgrammingError, match=r"'(61)+\.\.\.' is too long") as raised:
        run(warehouse, "INSERT INTO t (b) SELECT REPEAT('a', 8388609)::BINARY")
    assert len(raised.value.msg) < 300


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("'abc'::VARCHAR(3)", "abc"),
        ("'abcd'::VARCHAR(3)", 100078),
        ("CAST('😀😀' AS STRING(1))", 100078),
        ("12345::VARCHAR(3)", 100078),
        ("NULL::VARCHAR(3)", None),
        ("TRY_CAST('abc' AS VARCHAR(3))", "abc"),
        ("TRY_CAST('abcd' AS VARCHAR(3))", None),
        ("999.4::NUMBER(3)", 999),
        ("999.5::NUMBER(3)", 100046),
        ("'12345'::NUMBER(3)", 100039),
        ("'x'::NUMBER(3)", 100038),
        ("12345::NUMBER(38, 37)", 100046),
        ("2.5::FLOAT::INT", 3),
        ("-2.5::FLOAT::NUMBER(3)", -3),
        ("0.125::FLOAT::NUMBER(3, 2)", Decimal("0.13")),
        ("1e39::FLOAT::INT", 100046),
        ("('1' || REPEAT('0', 38))::INT", 100039),
        ("TRY_CAST('999.5' AS NUMBER(3))", None),
        ("TRY_CAST('999.4' AS NUMBER(3))", 999),
        ("TO_NUMBER('1000', 3)", 100039),
        ("TRY_TO_NUMBER('1000', 3)", None),
        ("TRY_TO_NUMBER('1' || REPEAT('0', 38))", None),
        ("TO_DECIMAL('99.995', 4, 2)", 100039),
        ("LENGTH(SYSDATE()::VARCHAR::VARCHAR(30)) > 0", True),
    ],
)
def test_a_cast_cuts_nothing(warehouse: Connection, expression: str, result: object):
    if isinstance(result, int) and result > 100_000:
        with pytest.raises(ProgrammingError) as raised:
            value(warehouse, f"SELECT {expression}")
        assert raised.value.errno == result
    else:
        assert value(warehouse, f"SELECT {expression}") == result


def test_a_function_holds_to_no_length(warehouse: Connection):
    run(
        warehouse,
        "CREATE FUNCTION f(a VARCHAR(1)) RETURNS VARCHAR(1) LANGUAGE SQL AS $$ a || a $$",
        "CREATE FUNCTION g(a NUMBER(2)) RETURNS NUMBER(2) LANGUAGE SQL AS $$ a + 1 $$",
    )
    assert rows(warehouse, "SELECT f('ab'), g(999)") == [("abab", 1000)]


@pytest.mark.parametrize("made", ["TABLE", "TRANSIENT TABLE"])
@pytest.mark.parametrize(
    "widen",
    [
        "ALTER TABLE t ALTER COLUMN a SET DATA TYPE VARCHAR(4)",
        "ALTER TABLE t MODIFY COLUMN a VARCHAR(4)",
        "CREATE OR ALTER {} t (k INT, a VARCHAR(4), c VARCHAR(2))",
    ],
)
def test_a_column_that_is_made_larger(
    warehouse: Connection, open_warehouse: Callable[[], Connection], made: str, widen: str
):
    run(
        warehouse,
        f"CREATE {made} t (k INT, a VARCHAR(3))",
        "INSERT INTO t VALUES (1, 'abc')",
        "ALTER TABLE t ADD COLUMN c VARCHAR(2)",
        widen.format(made),
        "INSERT INTO t VALUES (2, 'abcd', 'xy')",
    )
    assert rows(warehouse, "SELECT * FROM t") == [(1, "abc", None), (2, "abcd", "xy")]
    warehouse.close()
    again = open_warehouse()
    for too_long in ("'abcde', 'x'", "'a', 'xyz'"):
        with pytest.raises(ProgrammingError, match="too long"):
            run(again, f"INSERT INTO t VALUES (3, {too_long})")
    with pytest.raises(ProgrammingError) as raised:
        run(again, "ALTER TABLE t ALTER COLUMN a SET DATA TYPE VARCHAR(3)")
    assert (raised.value.errno, raised.value.msg) == (
        40050,
        "SQL compilation error: cannot change column A from type VARCHAR(4) to VARCHAR(3) "
        "because reducing the byte-length of varchar is not supported.",
    )


def test_a_number_may_lose_digits_that_no_row_needs(warehouse: Connection):
    run(warehouse, "CREATE TABLE t (a NUMBER(5))", "INSERT INTO t VALUES (999)")
    run(warehouse, "ALTER TABLE t ALTER COLUMN a SET DATA TYPE NUMBER(3)")
    for statement in ("INSERT INTO t VALUES (1000)", "ALTER TABLE t ALTER COLUMN a SET DATA TYPE NUMBER(2)"):
        with pytest.raises(ProgrammingError) as raised:
            run(warehouse, statement)
        assert raised.value.errno == 100046
    assert rows(warehouse, "SELECT a FROM t") == [(999,)]


def test_a_number_may_get_digits_before_its_point(warehouse: Connection):
    run(
        warehouse,
        "CREATE TABLE t (k NUMBER(3, 0) NOT NULL, a NUMBER(4, 2), b VARCHAR(3))",
        "INSERT INTO t VALUES (999, 12.34, 'abc')",
        "CREATE OR ALTER TABLE t (k NUMBER(30, 0) NOT NULL, a NUMBER(6, 2), b VARCHAR(3))",
        "INSERT INTO t VALUES (1000, 1234.56, 'd')",
    )
    assert rows(warehouse, "SELECT * FROM t") == [(999, Decimal("12.34"), "abc"), (1000, Decimal("1234.56"), "d")]
    for too_much in ("1, 12345.6, 'x'", "1, 1, 'abcd'", "NULL, 1, 'x'"):
        with pytest.raises(ProgrammingError):
            run(warehouse, f"INSERT INTO t VALUES ({too_much})")
    for other in ("NUMBER(5, 2)", "NUMBER(8, 3)", "VARCHAR"):
        with pytest.raises(NotSupportedError, match="does not change the type of a column"):
            run(warehouse, f"ALTER TABLE t ALTER COLUMN a SET DATA TYPE {other}")


def test_a_watched_table_keeps_its_limits_and_its_stream(warehouse: Connection):
    run(
        warehouse,
        "CREATE TABLE t (a VARCHAR(3))",
        "INSERT INTO t VALUES ('old')",
        "CREATE STREAM s ON TABLE t APPEND_ONLY = TRUE",
        "DELETE FROM t WHERE a = 'old'",
        "INSERT INTO t VALUES ('new')",
        "ALTER TABLE t ALTER COLUMN a SET DATA TYPE VARCHAR(4)",
        "ALTER TABLE t ADD COLUMN b NUMBER(1)",
        "INSERT INTO t VALUES ('abcd', 9)",
    )
    assert rows(warehouse, "SELECT a, b FROM s") == [("new", None), ("abcd", 9)]
    for too_much in ("'abcde', 1", "'a', 10"):
        with pytest.raises(ProgrammingError):
            run(warehouse, f"INSERT INTO t VALUES ({too_much})")


def test_a_table_from_before_there_were_limits(warehouse: Connection):
    warehouse._session.run("CREATE TABLE dimension.t (a VARCHAR, n HUGEINT)")
    run(
        warehouse,
        "INSERT INTO t VALUES ('abcd', 1)",
        "CREATE OR ALTER TABLE t (a VARCHAR(3), n NUMBER, c VARCHAR(1))",
        "INSERT INTO t VALUES ('abcde', 2, 'x')",
    )
    assert value(warehouse, "SELECT COUNT(*) FROM t") == 2
    with pytest.raises(ProgrammingError, match="too long"):
        run(warehouse, "INSERT INTO t VALUES ('a', 3, 'xy')")
