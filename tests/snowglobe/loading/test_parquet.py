"""A Parquet file as rows of one VARIANT each, its values as they are read at a path of it."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from snowglobe import OpenQuestion
from snowglobe.loading.parquet import names_in_parquet, open_parquet
from snowglobe.loading.rows import FileError


@pytest.fixture(scope="module")
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection


def read(
    duck: duckdb.DuckDBPyConnection, folder: Path, query: str, otherwise: tuple[OpenQuestion, ...] = ()
) -> list[str]:
    path = folder / "landed.parquet"
    duck.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
    with open_parquet(path, folder, otherwise, {}) as opened:
        found = duck.execute(f"SELECT row_number, c0 FROM {opened.table} ORDER BY row_number", opened.params).fetchall()
    assert [number for number, _ in found] == list(range(1, len(found) + 1))
    return [document for _, document in found]


VALUES = {
    "7": ("7", "UBIGINT"),
    "-7::HUGEINT": ("-7.0", "DOUBLE"),
    "18446744073709551615::UBIGINT": ("18446744073709551615", "UBIGINT"),
    "1.50::DECIMAL(10,2)": ("1.5", "DOUBLE"),
    "7::DECIMAL(38,0)": ("7", "UBIGINT"),
    "99999999999999999999999999999999999999::DECIMAL(38,0)": ("9" * 38, "DOUBLE"),
    "12345678901234567.80::DECIMAL(38,2)": ("12345678901234567.8", "VARCHAR"),
    "1234567890123456.78::DECIMAL(18,2)": ("1234567890123456.78", "VARCHAR"),
    "1.000000000000000000::DECIMAL(38,18)": ("1", "VARCHAR"),
    "-0.000000000000000010::DECIMAL(38,18)": ("-0.00000000000000001", "VARCHAR"),
    "100::DECIMAL(38,2)": ("100", "VARCHAR"),
    "0.1::DOUBLE": ("0.1", "DOUBLE"),
    "0.5::FLOAT": ("0.5", "DOUBLE"),
    "'x''\"y'": ("x'\"y", "VARCHAR"),
    "''": ("", "VARCHAR"),
    "true": ("true", "BOOLEAN"),
    "DATE '2020-01-02'": ("2020-01-02", "VARCHAR"),
    "TIMESTAMP '2020-01-02 03:04:05.123456'": ("2020-01-02 03:04:05.123456", "VARCHAR"),
    "TIMESTAMP_NS '2020-01-02 03:04:05.123456789'": ("2020-01-02 03:04:05.123456789", "VARCHAR"),
    "TIMESTAMPTZ '2020-01-02 03:04:05.5+02:00'": ("2020-01-02 01:04:05.5+00", "VARCHAR"),
    "TIMESTAMPTZ_NS '2020-01-02 03:04:05.123456789+02:00'": ("2020-01-02 01:04:05.123456789+00", "VARCHAR"),
    "TIME_NS '01:02:03.123456789'": ("01:02:03.123456789", "VARCHAR"),
    "TIMETZ '01:02:03+00'": ("01:02:03+00", "VARCHAR"),
    "'ab\\xFF'::BLOB": ("6162FF", "VARCHAR"),
    "'{\"a\":1}'::JSON": ('{"a":1}', "VARCHAR"),
    "[1,NULL,3]": ("[1,null,3]", "ARRAY"),
    "['x'::BLOB]": ('["78"]', "ARRAY"),
    "{'a':1.50::DECIMAL(5,2),'b':[{'c':'\\x00'::BLOB}]}": ('{"a":1.5,"b":[{"c":"00"}]}', "OBJECT"),
    "MAP {'a':1}": ('{"a":1}', "OBJECT"),
    "MAP {1: 'x'}": ('{"1":"x"}', "OBJECT"),
    "MAP {DATE '2020-01-02': NULL::INTEGER}": ('{"2020-01-02":null}', "OBJECT"),
    "MAP {'a': [MAP {7: 'x'::BLOB}], 'b': NULL}": ('{"a":[{"7":"78"}],"b":null}', "OBJECT"),
    "{'m': MAP {'a': {'b': 1.50::DECIMAL(38,2)}}}": ('{"m":{"a":{"b":"1.5"}}}', "OBJECT"),
    "MAP {}::MAP(VARCHAR, INTEGER[])": ("{}", "OBJECT"),
    "NULL::MAP(INTEGER, BLOB[])": (None, "NULL"),
    "NULL::INTEGER": (None, "NULL"),
    "NULL::STRUCT(a BLOB)": (None, "NULL"),
    "NULL::BLOB[]": (None, "NULL"),
}


@pytest.mark.parametrize("value", VALUES)
def test_each_type(duck, tmp_path, value):
    (document,) = read(duck, tmp_path, f'SELECT {value} AS "odd \'name"')
    path = '$."odd \'name"'
    found = duck.execute("SELECT CAST($1 AS JSON) ->> $2, JSON_TYPE($1, $2)", [document, path]).fetchall()
    assert found == [VALUES[value]]


def test_a_null_is_a_json_null_or_its_field_is_not_there(duck, tmp_path):
    query = "SELECT 1 AS a, NULL::INTEGER AS b, {'c': NULL::VARCHAR, 'd': 2} AS e"
    assert read(duck, tmp_path, query) == ['{"a":1,"b":null,"e":{"c":null,"d":2}}']
    assert read(duck, tmp_path, query, (OpenQuestion.PARQUET_NULL,)) == ['{"a":1,"e":{"d":2}}']


def test_rows_keep_the_order_of_the_file(duck, tmp_path):
    documents = read(duck, tmp_path, "SELECT i FROM range(300000) AS t(i)")
    assert documents == [f'{{"i":{number}}}' for number in range(300_000)]


def test_the_names_are_those_of_the_columns(duck, tmp_path):
    read(duck, tmp_path, 'SELECT 1 AS "B", 2 AS a, 3 AS "c d" LIMIT 0')
    assert names_in_parquet(tmp_path / "landed.parquet", tmp_path, (), {}) == ("B", "a", "c d")


@pytest.mark.parametrize("value", ["INTERVAL '1 day'", "{'a': MAP {'k': [INTERVAL '1 day']}}", "MAP {[1]: 'x'}"])
def test_a_type_that_is_not_known_is_told_with_the_name_of_its_column(duck, tmp_path, value):
    with pytest.raises(FileError, match=r"its column other has the type (INTERVAL|MAP.*), of which nothing is loaded"):
        read(duck, tmp_path, f"SELECT 1 AS id, {value} AS other")


def whole(duck: duckdb.DuckDBPyConnection, folder: Path) -> bytes:
    path = folder / "whole.parquet"
    duck.execute(f"COPY (SELECT i, 'text' || i AS s FROM range(50000) AS t(i)) TO '{path}' (FORMAT parquet)")
    return path.read_bytes()


@pytest.mark.parametrize("damage", ["cut", "empty", "no end", "a page", "CSV", "gzip"])
def test_a_damaged_file_is_told_before_it_is_loaded(duck, tmp_path, damage):
    content = whole(duck, tmp_path)
    flipped = bytes(byte ^ 255 for byte in content[5000:5200])
    path = tmp_path / "landed.parquet"
    path.write_bytes(
        {
            "cut": content[: len(content) // 2],
            "empty": b"",
            "no end": content[:-4] + b"XXXX",
            "a page": content[:5000] + flipped + content[5200:],
            "CSV": b"id,name\n1,x\n2,y\n",
            "gzip": b"\x1f\x8b\x08\x00",
        }[damage]
    )
    with (
        pytest.raises(FileError, match=r"it is no Parquet file that can be read: \w") as raised,
        open_parquet(path, tmp_path, (), {}),
    ):
        pass
    assert str(tmp_path) not in raised.value.reason
    assert len(raised.value.reason.splitlines()) == 1
