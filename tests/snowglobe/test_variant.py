"""VARIANT: what is JSON, and the one text of each value."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snowglobe.connection import Connection, connect
from tests.snowglobe.support import rows, run, value

TEXTS = {
    '{"b": 1.50, "a": {"d": [true, null], "c": ""}}': '{"a":{"c":"","d":[true,null]},"b":1.5}',
    " [ ] ": "[]",
    "{}": "{}",
    "[1.0, -0, -0.00, 100, 0.10]": "[1,0,0,100,0.1]",
    "9" * 60: "9" * 60,
    "[1E2, 1e-400]": "[1e2,1e-400]",
    "0.12345678901234567890123": "0.12345678901234567890123",
    '"s1, n2: [x]"': '"s1, n2: [x]"',
    '{"n": "n", "s": ",]", "": "NaN"}': '{"":"NaN","n":"n","s":",]"}',
    r'"\u0041\/\"\\\u000a"': r'"A/\"\\\n"',
    '"é東😀"': '"é東😀"',
    "null": "null",
    "\t\r\ntrue\n": "true",
    "[" * 500 + "]" * 500: "[" * 500 + "]" * 500,
}
NO_JSON = [
    "", " ", "{", "{'a': 1}", "a", "nul", "TRUE", "NaN", "-Infinity", "[NaN]", "[1,]", '{"a": 1, }', "[,1]", "[1,,2]",
    "01", "+1", ".5", "5.", "1e", "0x1", "1_0", '{"a": 1} x', '"a', '"\n"', '{"a"}', '{"a": 1, "a": 2}',
    '[{"b": {"a": 1, "\\u0061": 1}}]', '"\\ud800"', "// a\n1",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_the_one_text_of_a_value(warehouse: Connection, text: str):
    (found,) = warehouse.cursor().execute("SELECT TO_JSON(TRY_PARSE_JSON(?))", [text]).fetchall()[0]
    assert found == TEXTS[text]
    (again,) = warehouse.cursor().execute("SELECT TO_JSON(TRY_PARSE_JSON(?))", [found]).fetchall()[0]
    assert again == found


@pytest.mark.parametrize("text", NO_JSON)
def test_what_is_no_json_is_null(warehouse: Connection, text: str):
    assert warehouse.cursor().execute("SELECT TRY_PARSE_JSON(?)", [text]).fetchall() == [(None,)]


NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-1000, max_value=1000)
TEXT = st.text(alphabet='ab"\\,:[]{}ns1.\n é😀', max_size=5)
LEAVES = st.one_of(st.none(), st.booleans(), NUMBERS, st.integers(-(10**40), 10**40), TEXT)
VALUES = st.recursive(
    LEAVES, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3))
)


def written(value: Any, ascii_only: bool) -> str:
    match value:
        case dict():
            pairs = (
                f"{json.dumps(name, ensure_ascii=ascii_only)} : {written(value[name], ascii_only)}" for name in value
            )
            return "{" + " , ".join(pairs) + "}"
        case list():
            return "[ " + ",\n".join(written(each, ascii_only) for each in value) + " ]"
        case Decimal():
            return f"{value:f}"
    return json.dumps(value, ensure_ascii=ascii_only)


def test_any_value_is_itself_and_its_names_are_in_order(tmp_path_factory: pytest.TempPathFactory):
    with connect(tmp_path_factory.mktemp("variant") / "warehouse.duckdb") as connection:
        cursor = connection.cursor()

        @given(VALUES, st.booleans())
        def holds(wanted: Any, ascii_only: bool) -> None:
            (found,) = cursor.execute("SELECT TRY_PARSE_JSON(?)", [written(wanted, ascii_only)]).fetchall()[0]
            assert json.loads(found, parse_float=Decimal) == wanted
            orders: list[list[str]] = []
            json.loads(found, object_pairs_hook=lambda pairs: orders.append([name for name, _ in pairs]))
            assert all(names == sorted(names, key=str.encode) for names in orders)

        holds()


def test_a_column(warehouse: Connection):
    run(warehouse, "CREATE TABLE v (a VARIANT)", "CREATE OR ALTER TABLE v (a VARIANT, b VARIANT)")
    run(warehouse, """INSERT INTO v SELECT TRY_PARSE_JSON('{"y": 1, "x": 2}'), NULL""")
    assert rows(warehouse, "SELECT a, b, a IS NULL, b IS NULL FROM v") == [('{"x":2,"y":1}', None, False, True)]
    description = warehouse.cursor().execute("SELECT a FROM v").description
    assert description is not None
    assert description[0][:2] == ("A", 5)
    assert rows(warehouse, """SELECT a FROM v EXCEPT SELECT TRY_PARSE_JSON('{"x": 2.0, "y": 1}')""") == []


def test_a_function_of_one(warehouse: Connection):
    run(warehouse, "CREATE FUNCTION told(v VARIANT) RETURNS VARCHAR AS $$ 'v:' || TO_JSON(v) $$")
    assert value(warehouse, "SELECT told(TRY_PARSE_JSON('[ 1 ]'))") == "v:[1]"
    assert value(warehouse, "SELECT told(NULL)") is None
