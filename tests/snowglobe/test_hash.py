"""HASH: a number of 64 bits with a sign, of values and their places.

https://docs.snowflake.com/en/sql-reference/functions/hash
"""

import pytest

from snowglobe.connection import Connection
from tests.snowglobe.support import rows


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("'a', 'b'", "'b', 'a'"),
        ("'a', NULL", "NULL, 'a'"),
        ("'', NULL", "NULL, NULL"),
        ("'ab', ''", "'a', 'b'"),
        ("1, 'a'", "2, 'a'"),
    ],
)
def test_other_values_or_places_give_another_number(warehouse: Connection, one: str, other: str):
    ((first, again, second),) = rows(warehouse, f"SELECT HASH({one}), HASH({one}), HASH({other})")
    assert first == again != second


def test_null_has_one(warehouse: Connection):
    assert rows(warehouse, "SELECT HASH(NULL) IS NULL") == [(False,)]


def test_half_of_them_are_below_zero_and_none_has_more_than_64_bits(warehouse: Connection):
    (found,) = rows(warehouse, f"SELECT {', '.join(f'HASH({n})' for n in range(64))}")
    assert 16 < sum(number < 0 for number in found) < 48
    assert all(-(2**63) <= number < 2**63 for number in found)
