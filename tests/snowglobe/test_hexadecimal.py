"""TRY_TO_NUMBER with a format of hexadecimal digits."""

import pytest

from snowglobe.connection import Connection
from snowglobe.errors import NotSupportedError
from tests.snowglobe.support import run, value


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("TRY_TO_NUMBER('0000Ae5f', 'XXXXXXXX')", 0xAE5F),
        ("TRY_TO_NUMBER('ffffffff', 'XXXXXXXX', 38, 0)", 0xFFFFFFFF),
        ("TRY_TO_NUMBER('0x5f', 'XXXX')", None),
        ("TRY_TO_NUMBER('5f', 'XXXX', 38, 0)", None),
        ("TRY_TO_NUMBER(NULL, 'XXXX')", None),
    ],
)
def test_a_text_of_as_many_digits_as_the_format_is_a_number(warehouse: Connection, asked: str, expected: int | None):
    assert value(warehouse, f"SELECT {asked}") == expected


def test_other_formats_are_not_known(warehouse: Connection):
    with pytest.raises(NotSupportedError):
        run(warehouse, "SELECT TO_NUMBER('5f', 'XX')")
