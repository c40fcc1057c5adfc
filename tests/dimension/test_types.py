"""The types: how they are written, what they are in Snowflake, which values they take, and what they may become."""

from datetime import UTC, datetime

import pytest

from customertrack.dimension.types import INTEGER, Number, parse
from customertrack.dimension.typing_sql import UNITS

COLUMNS = {
    "integer": "NUMBER(38, 0)",
    "number(12,2)": "NUMBER(12, 2)",
    "number(38,37)": "NUMBER(38, 37)",
    "number(1,0)": "NUMBER(1, 0)",
    "text(1)": "VARCHAR(1)",
    "text(16777216)": "VARCHAR(16777216)",
    "uuid": "VARCHAR(36)",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP_NTZ(6)",
    "variant": "VARIANT",
}
TAKEN = {
    "integer": ["0", "-7", "+007", "9" * 38],
    "number(5,2)": ["7", "-7.5", "007.250", "123.45", ".5", "5.", "999.99"],
    "text(3)": ["*", "abc", " "],
    "uuid": ["7C9E6679-7425-40de-944b-e07fc1f90ae7"],
    "boolean": ["true", "FALSE"],
    "date": ["2024-02-29"],
    "timestamp": ["2024-02-29", "2024-02-29 10:00", "2024-02-29T10:00:00.123456+02:00", "2024-02-29T10:00:00Z"],
}
NOT_TAKEN = {
    "integer": ["", "1.0", "1e3", "9" * 39, "one", "1\n"],
    "number(5,2)": ["", ".", "1000", "7.001", "1e2", "-", "x", "+."],
    "text(3)": ["", "abcd"],
    "uuid": ["7c9e6679742540de944be07fc1f90ae7", "7c9e6679-7425-40de-944b-e07fc1f90ae"],
    "boolean": ["yes", "1", ""],
    "date": ["2023-02-29", "2024-02-29 10:00", "20240229", "29.02.2024"],
    "timestamp": ["2023-02-29 10:00", "2024-02-29 25:00", "yesterday", "1709200800", ""],
    "variant": ["{}", "1"],
}
WIDER = [
    ("integer", "number(38,0)"),
    ("number(9,0)", "integer"),
    ("number(9,2)", "number(12,2)"),
    ("text(9)", "text(10)"),
]
NOT_WIDER = [
    ("integer", "number(37,0)"),
    ("number(9,2)", "number(12,3)"),
    ("number(9,2)", "number(8,2)"),
    ("number(9,2)", "integer"),
    ("text(10)", "text(9)"),
    ("date", "timestamp"),
    ("uuid", "text(36)"),
    ("integer", "text(38)"),
    ("boolean", "integer"),
]


def pairs(values: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(written, value) for written, of_it in values.items() for value in of_it]


@pytest.mark.parametrize("written", COLUMNS)
def test_each_type_is_a_column_and_is_written_as_it_was(written: str):
    assert (parse(written).name, parse(written).column) == (written, COLUMNS[written])
    assert parse(written).widens_to(parse(written))


def test_blanks_mean_nothing():
    assert parse("number( 12 , 2 )") == parse("number (12,2)") == Number(12, 2)


@pytest.mark.parametrize(("written", "value"), pairs(TAKEN))
def test_values_that_are_taken(written: str, value: str):
    assert parse(written).takes(value)


@pytest.mark.parametrize(("written", "value"), pairs(NOT_TAKEN))
def test_values_that_are_not_taken(written: str, value: str):
    assert not parse(written).takes(value)


@pytest.mark.parametrize(("narrow", "wide"), WIDER)
def test_what_is_wider(narrow: str, wide: str):
    assert parse(narrow).widens_to(parse(wide))


@pytest.mark.parametrize(("narrow", "other"), NOT_WIDER)
def test_what_is_not_wider(narrow: str, other: str):
    assert not parse(narrow).widens_to(parse(other))


def test_an_integer_is_a_number_and_has_a_name_of_its_own():
    assert Number(38, 0) != INTEGER
    assert INTEGER.column == Number(38, 0).column


def test_the_least_and_the_greatest_of_epoch_times_are_the_moments_of_the_calendar():
    first, last = (int(datetime(*day, tzinfo=UTC).timestamp()) for day in ((1, 1, 1), (9999, 12, 31, 23, 59, 59)))
    for unit in UNITS.values():
        a_second = 10 ** unit["scale"]
        assert unit["least"] == first * a_second
        assert unit["greatest"] == (last + 1) * a_second - 1
