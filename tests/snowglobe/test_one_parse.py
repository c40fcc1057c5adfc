"""Several paths into one document are taken by one parse, and give what each gives by itself."""

from typing import Any

import pytest

from snowglobe.connection import Connection
from snowglobe.query.translate import translate
from tests.snowglobe.support import rows, run

DOCUMENTS = [
    '{"a": {"b": "x", "n": null, "c.d": "dot"}, "l": [1, {"k": "v"}], "i": 7, "d": 1.50, "w": 7.0, "e": "7.0"}',
    '{"a": 12345678901234567890.5, "l": [], "i": 12345678901234567890123, "d": -0.0000001, "w": null, "e": ""}',
    '{"a": true, "i": {"b": 7.0}, "d": "\\u0022", "w": {}, "e": "\\uf8ff1"}',
    "7",
    "[1]",
    "null",
    "no json",
]
PATHS = ["a", "a.b", "a.n", 'a["c.d"]', "l", "l[0]", "l[1].k", "l[5]", "i", "i.b", "d", "w", "e", "A"]
ASKED = [
    *("GET_PATH(record, '{}')::VARCHAR", "GET_PATH(record, '{}') IS NULL"),
    *("TYPEOF(GET_PATH(record, '{}'))", "IS_NULL_VALUE(GET_PATH(record, '{}'))"),
]
EVERYTHING = [*(each.format(path) for path in PATHS for each in ASKED), "TYPEOF(record)"]
LISTS = ("JSON_EXTRACT_STRING({}, [", "JSON_TYPE({}, [")


@pytest.fixture
def documents(warehouse: Connection) -> Connection:
    """A table of texts, and one of the same texts parsed."""
    run(warehouse, "CREATE TABLE lines (n NUMBER, line VARCHAR)", "CREATE TABLE parsed (n NUMBER, record VARIANT)")
    for n, text in enumerate(DOCUMENTS):
        warehouse.cursor().execute("INSERT INTO lines VALUES (?, ?)", [n, text])
    run(warehouse, "INSERT INTO parsed SELECT n, TRY_PARSE_JSON(line) FROM lines")
    return warehouse


def lists(query: str, column: str = '"record"') -> list[int]:
    """How many lists of texts DuckDB is asked for, and how many of types."""
    sql = translate(query, frozenset(), small=True).sql
    return [sql.count(each.format(column)) for each in LISTS]


@pytest.mark.parametrize(
    "source",
    [
        "SELECT n, {} FROM parsed",
        "WITH document AS (SELECT n, TRY_PARSE_JSON(line) AS record FROM lines) SELECT n, {} FROM document",
    ],
)
def test_all_at_once_is_as_one_by_one(documents: Connection, source: str):
    assert lists(source.format(", ".join(EVERYTHING))) == [1, 1]
    together = zip(*sorted(rows(documents, source.format(", ".join(EVERYTHING)))), strict=True)
    alone = [[found for _, found in sorted(rows(documents, source.format(each)), key=first)] for each in EVERYTHING]
    assert dict(zip(EVERYTHING, list(together)[1:], strict=True)) == dict(
        zip(EVERYTHING, map(tuple, alone), strict=True)
    )


def first(row: tuple[Any, ...]) -> int:
    """The number of the document."""
    return int(row[0])


A, B = "GET_PATH(record, 'a')::VARCHAR", "GET_PATH(record, 'l')::VARCHAR"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (f"SELECT {A} AS a FROM parsed WHERE {B} IS NOT NULL", [1, 0]),
        (f"SELECT IFF({A} = 'x', {A}, {A}) AS a FROM parsed", [0, 0]),
        (f"SELECT {A}, TYPEOF(record) FROM parsed", [1, 1]),
        (f"SELECT {A}, IS_NULL_VALUE(record) FROM parsed", [1, 1]),
        (f"SELECT {A} AS record, {B} FROM parsed", [1, 0]),
        ("SELECT p.record:a::VARCHAR, p.record:l::VARCHAR FROM parsed AS p", [1, 0]),
        # Another item by its alias, of which nothing is known below.
        (f"SELECT x AS record, {A}, {B} FROM (SELECT record AS x FROM parsed) AS other", [0, 0]),
        # What is added would be shown.
        (f"SELECT parsed.*, {A}, {B} FROM parsed", [0, 0]),
        (f"SELECT {A}, {B} FROM parsed INNER JOIN lines ON parsed.n = lines.n", [0, 0]),
        (f"SELECT {A}, {B} FROM parsed ORDER BY {A}", [0, 0]),
    ],
)
def test_what_is_taken_together(documents: Connection, query: str, expected: list[int]):
    assert lists(query, '"p"."record"' if "p.record" in query else '"record"') == expected
    run(documents, query)
