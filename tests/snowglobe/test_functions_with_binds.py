"""Functions over no rows, and with bound arguments."""

from decimal import Decimal

import pytest

from snowglobe.connection import Connection
from snowglobe.errors import ProgrammingError
from tests.snowglobe.support import rows, run


@pytest.fixture
def numbers(warehouse: Connection) -> Connection:
    run(warehouse, "CREATE TABLE n (x NUMBER)", "INSERT INTO n VALUES (1), (2), (NULL)")
    return warehouse


def test_count_if_counts_no_row_as_zero(numbers: Connection):
    assert rows(numbers, "SELECT COUNT_IF(x > 1), COUNT_IF(NULL) FROM n WHERE x > 9") == [(0, 0)]
    assert rows(numbers, "SELECT x, COUNT_IF(x > 1) OVER (PARTITION BY x) FROM n ORDER BY x") == [
        (1, 0),
        (2, 1),
        (None, 0),
    ]


def test_the_arguments_of_mod_may_be_bound(numbers: Connection):
    assert rows(numbers, "SELECT MOD(?, ?), MOD(x, ?) FROM n ORDER BY x", -7, 4, 2) == [(-3, 1), (-3, 0), (-3, None)]
    part = "SELECT MOD(MD5_NUMBER_LOWER64(?), ?)"
    assert [rows(numbers, part, "Snowflake", parts)[0][0] for parts in (1000, 1, Decimal(7), None)] == [910, 0, 2, None]


@pytest.mark.parametrize("parts", [2.5, -2, 0])
def test_what_an_md5_is_not_divided_by(numbers: Connection, parts: float):
    with pytest.raises(ProgrammingError):
        rows(numbers, "SELECT MOD(MD5_NUMBER_UPPER64('a'), ?)", parts)
