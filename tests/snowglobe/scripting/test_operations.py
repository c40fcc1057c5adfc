"""Operations that a procedure does in Python give what they give as SQL."""

from datetime import date
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snowglobe.scripting.frame import Outcome
from tests.snowglobe.scripting.recorder import Recorder, call

NAMES = ("a", "b", "c")
KINDS = {"a": "BOOLEAN", "b": "BIGINT", "c": "BIGINT"}
VALUES = {
    "a": st.sampled_from([True, False, None]),
    "b": st.one_of(st.none(), st.integers(-3, 3)),
    "c": st.one_of(st.none(), st.integers(-3, 3)),
}
NUMBERS = st.recursive(
    st.sampled_from(["b", "c", "0", "1", "-2", "NULL"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*"]), inner).map(" ".join),
        inner.map(lambda each: f"({each})"),
        inner.map(lambda each: f"- ({each})"),
    ),
    max_leaves=4,
)
COMPARED = st.tuples(NUMBERS, st.sampled_from(["=", "<>", "!=", "<", "<=", ">", ">="]), NUMBERS).map(" ".join)
CONDITIONS = st.recursive(
    st.one_of(
        COMPARED,
        st.sampled_from(["a", "TRUE", "FALSE", "NULL", "a = TRUE", "a <> a", "a IS NULL"]),
        NUMBERS.map(lambda number: f"({number}) IS NOT NULL"),
    ),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(" ".join),
        inner.map(lambda each: f"NOT ({each})"),
        inner.map(lambda each: f"({each}) IS NULL"),
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def duck():
    return duckdb.connect()


@given(condition=CONDITIONS, values=st.fixed_dictionaries(VALUES))
def test_conditions_are_what_they_are_in_sql(duck, condition, values):
    executor = Recorder()
    found = call(f"BEGIN RETURN {condition}; END", executor, **values)
    columns = ", ".join(f"CAST(${name} AS {KINDS[name]}) AS {name}" for name in NAMES)
    (expected,) = duck.execute(f"SELECT {condition} FROM (SELECT {columns})", values).fetchone()
    assert (found, executor.asked) == (expected, [])


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("v + w", (1, 1.5)),
        ("v + w", (True, 1)),
        ("v - w", (date(2026, 1, 2), 1)),
        ("v = w", (True, 1)),
        ("v < w", ("a", "b")),
        ("v = w", (None, "a")),
        ("v >= w", (Decimal("1.0"), 1)),
        ("v AND w", (True, 1)),
        ("v OR w", (True, "true")),
        ("NOT v AND w", (0, None)),
        ("v * w", (10**20, 10**20)),
    ],
)
def test_what_is_not_sure_to_be_the_same_is_asked_for(expression, values):
    sql = "SELECT " + expression.replace("v", "?").replace("w", "?")
    executor = Recorder({sql: Outcome(rows=[("asked",)])})
    assert call(f"BEGIN RETURN {expression}; END", executor, v=values[0], w=values[1]) == "asked"
    assert executor.asked == [(sql, list(values))]


def test_numbers_have_as_many_digits_as_snowflakes():
    executor = Recorder()
    assert call("BEGIN RETURN v + v - 1; END", executor, v=10**37) == 2 * 10**37 - 1
    assert executor.asked == []


@pytest.mark.parametrize("value", ["text", 1.5, date(2026, 1, 2), None])
def test_whether_a_value_of_any_type_is_null_needs_no_query(value):
    executor = Recorder()
    assert call("BEGIN RETURN v IS NULL; END", executor, v=value) is (value is None)
    assert executor.asked == []
