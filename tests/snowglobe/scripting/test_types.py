"""How a value is made to fit a declared variable."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from snowglobe.errors import ProgrammingError
from snowglobe.scripting.types import convert, variable_type


def typed(name, *parameters):
    found = variable_type(name, parameters)
    assert found is not None
    return found


FITTING = [
    (("INTEGER",), 5, 5),
    (("INTEGER",), 10**38 - 1, 10**38 - 1),
    (("INTEGER",), "  -12 ", -12),
    (("INTEGER",), 2.5, 3),
    (("INTEGER",), -2.5, -3),
    (("INTEGER",), Decimal("1.49"), 1),
    (("INTEGER",), "1.5e1", 15),
    (("INTEGER",), True, 1),
    (("NUMBER",), Decimal("1.5"), 2),
    (("NUMBER", 3), 999, 999),
    (("NUMBER", 5, 2), 1.7777, Decimal("1.78")),
    (("NUMBER", 5, 2), 1, Decimal("1.00")),
    (("FLOAT",), Decimal("1.5"), 1.5),
    (("FLOAT",), "1e3", 1000.0),
    (("FLOAT",), 1, 1.0),
    (("VARCHAR",), "x" * 10_000, "x" * 10_000),
    (("STRING",), 42, "42"),
    (("TEXT",), True, "true"),
    (("VARCHAR",), Decimal("1.50"), "1.50"),
    (("VARCHAR", 2), "äö", "äö"),
    (("BOOLEAN",), False, False),
    (("BOOLEAN",), "Yes", True),
    (("BOOLEAN",), "off", False),
    (("BOOLEAN",), 2, True),
    (("BOOLEAN",), 0, False),
    (("DATE",), date(2020, 1, 2), date(2020, 1, 2)),
    (("DATE",), datetime(2020, 1, 2, 3), date(2020, 1, 2)),
    (("DATE",), "2020-01-02", date(2020, 1, 2)),
    (("TIMESTAMP_NTZ",), datetime(2020, 1, 2, 3), datetime(2020, 1, 2, 3)),
    (("TIMESTAMP_NTZ", 9), datetime(9999, 12, 31), datetime(9999, 12, 31)),
    (("TIMESTAMP_NTZ",), datetime(2020, 1, 2, 3, tzinfo=UTC), datetime(2020, 1, 2, 3)),
    (("TIMESTAMP_NTZ",), date(2020, 1, 2), datetime(2020, 1, 2)),
    (("TIMESTAMP_NTZ",), "2020-01-02 03:04:05", datetime(2020, 1, 2, 3, 4, 5)),
]


@pytest.mark.parametrize(("declared", "value", "expected"), FITTING)
def test_a_value_that_fits(declared, value, expected):
    converted = convert(value, typed(*declared))
    assert converted == expected
    assert type(converted) is type(expected)


@pytest.mark.parametrize("name", ["NUMBER", "FLOAT", "VARCHAR", "BOOLEAN", "DATE", "TIMESTAMP_NTZ"])
def test_null_fits_every_type(name):
    assert convert(None, typed(name)) is None


UNFIT = [
    (("INTEGER",), "abc", 100038),
    (("INTEGER",), "", 100038),
    (("INTEGER",), "1_000", 100038),
    (("INTEGER",), "nan", 100038),
    (("INTEGER",), 10**38, 100039),
    (("INTEGER",), float("inf"), 100039),
    (("INTEGER",), float("nan"), 100039),
    (("INTEGER",), 1e300, 100039),
    (("NUMBER", 3), 1000, 100039),
    (("NUMBER", 3), 999.6, 100039),
    (("NUMBER", 5, 2), "1000", 100039),
    (("INTEGER",), date(2020, 1, 1), -1),
    (("FLOAT",), "x", 100038),
    (("FLOAT",), date(2020, 1, 1), -1),
    (("VARCHAR", 2), "abc", 100078),
    (("VARCHAR", 2), 123, 100078),
    (("VARCHAR",), 1.5, -1),
    (("VARCHAR",), date(2020, 1, 1), -1),
    (("BOOLEAN",), "maybe", 100037),
    (("BOOLEAN",), date(2020, 1, 1), -1),
    (("DATE",), "01/02/2020", 100040),
    (("DATE",), 5, -1),
    (("TIMESTAMP_NTZ",), "yesterday", 100035),
    (("TIMESTAMP_NTZ",), 5, -1),
]


@pytest.mark.parametrize(("declared", "value", "errno"), UNFIT)
def test_a_value_that_does_not_fit(declared, value, errno):
    with pytest.raises(ProgrammingError) as raised:
        convert(value, typed(*declared))
    assert raised.value.errno == errno
    assert raised.value.sqlstate != "n/a"


def test_a_long_value_is_cut_in_the_message():
    with pytest.raises(ProgrammingError) as raised:
        convert("x" * 1_000_000, typed("INTEGER"))
    assert len(raised.value.msg) < 200


@pytest.mark.parametrize(
    "declared",
    [("VARIANT",), ("CURSOR",), ("TIMESTAMP_TZ",), ("CHAR",), ("",), ("NUMBER", 39), ("NUMBER", 2, 3), ("INTEGER", 5)],
)
def test_there_is_no_such_type(declared):
    assert variable_type(declared[0], declared[1:]) is None
