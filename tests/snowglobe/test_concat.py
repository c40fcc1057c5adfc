"""Texts that are joined: by one call of DuckDB's where that is the same, and only there."""

import pytest

from snowglobe.connection import Connection
from tests.snowglobe.support import rows


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("first || ':' || second", "a:b"),
        ("first || ':' || missing", None),
        ("COALESCE('n:' || LENGTH(first) || ':' || first, '')", "n:1:a"),
        ("COALESCE('n:' || LENGTH(missing) || ':' || missing, '')", ""),
        ("COALESCE(first || LENGTH(missing), 'none')", "none"),
        ("COALESCE(first || ':' || UPPER(missing), 'none')", "none"),
        ("COALESCE(first || missing || second, 'none')", "none"),
        ("COALESCE('<' || SUBSTR(missing, 2) || '>', first)", "a"),
        ("COALESCE(missing, '') || COALESCE(first, '') || COALESCE(missing || first, '-') || 1", "a-1"),
        ("COALESCE(first || missing, second || missing, 'none')", "none"),
        ("COALESCE('n:' || LENGTH(first) || ':' || first, '') || COALESCE(missing || '!', '')", "n:1:a"),
        ("COALESCE('<' || first || '>', '') || COALESCE('<' || missing || '>', '') || '.'", "<a>."),
        ("COALESCE(first || missing, '') || COALESCE(missing || first, '') || '.'", "."),
        ("COALESCE('n:' || LENGTH(missing) || first, '') || COALESCE(first || second, '')", "ab"),
        ("COALESCE(first || missing, '-') || COALESCE(missing || ':', NULL, '-')", "--"),
        ("IFF(first = 'a', 'x', '') || IFF(missing = 'a', 'y', 'z') || ''", "xz"),
        ("IFF(first = 'a', NULL, 'x') || ''", None),
        ("CASE WHEN first = 'b' THEN 'x' END || 'y'", None),
        ("CASE WHEN first = 'b' THEN 'x' WHEN second = 'b' THEN 'y' || 'z' ELSE '' END || '.'", "yz."),
    ],
)
def test_texts_are_joined_as_one_call_only_where_that_is_the_same(
    warehouse: Connection, sql: str, expected: str | None
):
    texts = "SELECT 'a' AS first, 'b' AS second, NULLIF('c', 'c') AS missing"
    assert rows(warehouse, f"SELECT {sql} FROM ({texts}) AS t") == [(expected,)]


@pytest.mark.parametrize("name", ["n:", "", "a|b:"])
@pytest.mark.parametrize("length", [0, 1, 62, 63, 64, 65, 1000])
def test_a_text_with_its_length(warehouse: Connection, name: str, length: int):
    text = "\u00e4" * length
    told = f"COALESCE('{name}' || LENGTH(value) || ':' || value, '')"
    found = rows(
        warehouse,
        f"SELECT {told} || {told.replace('value', 'missing')} FROM (SELECT ? AS value, NULL AS missing)",
        text,
    )
    assert found == [(f"{name}{length}:{text}",)]
