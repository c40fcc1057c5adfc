"""A text that is parsed only for the values at its paths: the values are those of any VARIANT."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snowglobe.connection import Connection, connect
from tests.snowglobe.support import rows, run
from tests.snowglobe.test_variant import NO_JSON, TEXTS

ASKED = (
    "WITH document AS (SELECT n, TRY_PARSE_JSON(line) AS record FROM lines), "
    "told AS (SELECT n, GET_PATH(record, 'a')::VARCHAR AS a, TYPEOF(GET_PATH(record, 'a')) AS kind, "
    "TYPEOF(record) AS whole, GET_PATH(record, 'a') IS NULL AS is_absent FROM document) "
    "SELECT a, TO_JSON(TRY_PARSE_JSON(a)), kind, whole, is_absent FROM told ORDER BY n"
)


def told(warehouse: Connection, lines: list[str]) -> list[tuple[Any, ...]]:
    """Of each line the text at `a`, that as JSON, its type, the type of the line, and whether nothing is there."""
    run(warehouse, "CREATE TABLE IF NOT EXISTS lines (n NUMBER, line VARCHAR)", "DELETE FROM lines")
    for n, line in enumerate(lines):
        warehouse.cursor().execute("INSERT INTO lines VALUES (?, ?)", [n, line])
    return rows(warehouse, ASKED)


@pytest.mark.parametrize("text", [text for text in TEXTS if "1E2" not in text])
def test_a_value_is_as_it_was_written(warehouse: Connection, text: str):
    ((found, as_json, *_),) = told(warehouse, [f'{{"b": {{"c": [1]}}, "a": {text}}}'])
    expected = TEXTS[text]
    if expected == "null":
        assert found is None
    elif expected.startswith('"'):
        assert found == json.loads(expected)
    else:
        assert as_json == expected


def test_what_is_no_json_is_no_record(warehouse: Connection):
    alone = [text for text in NO_JSON if '"a": 1, ' not in text]
    found = told(warehouse, alone + [f'{{"x": {text}}}' for text in NO_JSON])
    assert {(kind, whole, is_absent) for _, _, kind, whole, is_absent in found} == {(None, None, True)}


@pytest.mark.parametrize(
    "line",
    [
        '{"a": 1, "a": 2}',
        '{"a": 1, "\\u0061": 2}',
        '{"a": 1, "b": {"c": {}}, "a": 2}',
        '{"b": {"c": 1, "c": 2}, "a": 1}',
        '{"a": [{"c": 1, "c": 2}]}',
        '{"a": 1, "b": [[{"c": 1}, {"d": {}, "d": {}}]]}',
        '[{"a": 1}, {"a": 1, "a": 1}]',
        '{"a": "\\u0022", "b": {"c": 1, "c": 2}}',
        '{"a": 1}{"a": 2}',
        '{"a": 1} {"a": 2}',
    ],
)
def test_a_name_is_there_once_and_a_line_is_one_document(warehouse: Connection, line: str):
    assert told(warehouse, [line]) == [(None, None, None, None, True)]


@pytest.mark.parametrize(
    "line",
    [
        '{"a": "x, information: ,]"}',
        '{"a": "\\u0022", "b": {"c": 1, "d": 2}}',
        '{"a": "x", "b": [{"c": 1}, {"c": 2}]}',
        '{"a": "{{", "b": {"a": {"a": 1}}, "A": 2}',
        '{"a": "\\uf8ff1"}',
    ],
)
def test_what_only_looks_odd_is_a_record(warehouse: Connection, line: str):
    assert told(warehouse, [line])[0][0] == json.loads(line)["a"].replace("\uf8ff", "")


@pytest.mark.parametrize("number", ["12345678901234567890123456789.0123456789", "-0.0000000001", "0.000001"])
def test_fractions_keep_their_digits(warehouse: Connection, number: str):
    found = told(warehouse, [f'{{"a": {number}}}', f'{{"a": {{"x": [{number}]}}}}', f'{{"a": "{number}"}}'])
    assert [text for text, *_ in found] == [number, f'{{"x":[{number}]}}', number]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False, places=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def written(value: Any) -> str:
    """As JSON, with decimals as they are."""
    match value:
        case dict():
            return "{" + ", ".join(f"{json.dumps(name)}: {written(each)}" for name, each in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(written, value)) + "]"
        case Decimal():
            return f"{value:f}"
    return json.dumps(value)


@given(st.lists(JSON, min_size=1, max_size=5))
def test_any_value(tmp_path_factory: pytest.TempPathFactory, values: list[Any]):
    path: Path = tmp_path_factory.mktemp("records") / "warehouse.duckdb"
    with connect(path) as warehouse:
        cursor = warehouse.cursor()
        parsed = [cursor.execute("SELECT TO_JSON(TRY_PARSE_JSON(?))", [written(value)]).fetchall() for value in values]
        found = told(warehouse, [f'{{"a": {written(value)}}}' for value in values])
    for value, ((text,),), (shown, as_json, kind, whole, _) in zip(values, parsed, found, strict=True):
        assert whole == "OBJECT"
        if isinstance(value, str):
            assert (shown, kind) == (value.replace("\uf8ff", ""), "VARCHAR")
        else:
            assert (None if value is None else text) == as_json


HANDED_ON = (
    "WITH whole AS (SELECT n, TRY_PARSE_JSON(line) AS record FROM lines), "
    "inside AS (SELECT n, IFF(GET_PATH(record, 'in') IS NULL, record, GET_PATH(record, 'in')) AS record FROM whole), "
    "chosen AS (SELECT n, record, CASE WHEN n > 0 THEN GET_PATH(record, 'a') ELSE record END AS a FROM inside) "
)


@pytest.mark.parametrize(
    "asked",
    [
        "SELECT GET_PATH(a, 'x')::VARCHAR FROM chosen ORDER BY n",
        "SELECT TO_JSON(GET_PATH(a, 'x')) FROM chosen ORDER BY n",
        "SELECT TO_JSON(a) FROM chosen ORDER BY n",
        "SELECT * FROM chosen ORDER BY n",
        "SELECT a FROM chosen ORDER BY n",
        "SELECT TYPEOF(a), TYPEOF(GET_PATH(a, 'x')), a IS NULL FROM chosen ORDER BY n",
        ", more AS (SELECT chosen.*, n + 1 AS m FROM chosen) SELECT TO_JSON(a) FROM more ORDER BY n",
        ", more AS (SELECT a AS b, n FROM chosen) SELECT TO_JSON(b), GET_PATH(b, 'y')::VARCHAR FROM more ORDER BY n",
    ],
)
def test_what_is_handed_on_is_told_as_any_variant(warehouse: Connection, asked: str):
    """The same as of a table's column, whether or not paths alone are asked of it."""
    long = "12345678901234567890.123456789"
    lines = [f'{{"a": {{"y": 1.10, "x":  {long}, "b": [ 1 ]}} }}', '{"in": {"a": {"x": "t"}}}', '{"a": 7}', "{", "null"]
    told(warehouse, lines)
    run(warehouse, "CREATE TABLE parsed (n NUMBER, record VARIANT)")
    run(warehouse, "INSERT INTO parsed SELECT n, TRY_PARSE_JSON(line) FROM lines")
    kept = HANDED_ON.replace("SELECT n, TRY_PARSE_JSON(line) AS record FROM lines", "SELECT n, record FROM parsed")
    assert rows(warehouse, HANDED_ON + asked) == rows(warehouse, kept + asked)
