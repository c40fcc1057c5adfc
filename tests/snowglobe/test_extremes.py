"""Times and numbers at the ends of what Snowflake's types hold, by what its documentation says of the functions."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from snowglobe.connection import Connection
from tests.snowglobe.support import rows, run

EPOCH = datetime(1970, 1, 1)
ENDS = [datetime.min, datetime(9999, 12, 31, 23, 59, 59), EPOCH, EPOCH - timedelta(seconds=1), datetime(2024, 2, 29)]


@pytest.mark.parametrize("time", ENDS, ids=str)
@pytest.mark.parametrize("scale", [0, 3, 6])
@pytest.mark.parametrize("number", ["{}", "TRY_TO_NUMBER('{}', 38, 0)", "TRY_TO_NUMBER('{}', 18, 0)"])
def test_a_whole_number_is_a_time(landing: Connection, time: datetime, scale: int, number: str):
    count = (time - EPOCH) // timedelta(microseconds=10 ** (6 - scale))
    asked = f"SELECT TO_TIMESTAMP_NTZ({number.format(count)}, {scale})"
    assert rows(landing, asked) == [(time,)]


@pytest.mark.parametrize("scale", [3, 6])
def test_a_fraction_of_a_second_is_kept_before_and_after_the_epoch(landing: Connection, scale: int):
    unit = timedelta(microseconds=10 ** (6 - scale))
    for count in (-(10**scale) - 1, -1, 1, 10**scale + 1):
        asked = f"SELECT TO_TIMESTAMP_NTZ(TRY_TO_NUMBER('{count}', 38, 0), {scale})"
        assert rows(landing, asked) == [(EPOCH + count * unit,)]


@pytest.mark.parametrize(
    ("text", "whole", "cents", "fraction"),
    [
        ("007", 7, "7.00", "7"),
        ("0" * 50 + "1", 1, "1.00", "1"),
        ("+1", 1, "1.00", "1"),
        (".5", 1, "0.50", "0.5"),
        ("-.5", -1, "-0.50", "-0.5"),
        ("7.", 7, "7.00", "7"),
        ("9" * 38, int("9" * 38), None, None),
        ("-" + "9" * 38, -int("9" * 38), None, None),
        ("9" * 38 + ".5", None, None, None),
        ("0." + "1" * 37, 0, "0.11", "0." + "1" * 37),
        ("1" * 50, None, None, None),
        ("99999999.99", 100_000_000, "99999999.99", None),
        ("99999999.995", 100_000_000, None, None),
        ("1,000", None, None, None),
        ("", None, None, None),
        (".", None, None, None),
    ],
)
def test_a_text_is_a_number_or_null(landing: Connection, text: str, whole: int, cents: str, fraction: str):
    asked = "SELECT TRY_TO_NUMBER(v, 38, 0), TRY_TO_NUMBER(v, 10, 2), TRY_TO_NUMBER(v, 38, 37)"
    expected = (whole, cents and Decimal(cents), fraction and Decimal(fraction))
    assert rows(landing, f"{asked} FROM (SELECT '{text}' AS v)") == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0001-01-01", date.min),
        ("9999-12-31", date.max),
        ("0000-01-01", None),
        ("0000-12-31", None),
        ("10000-01-01", None),
        ("-001-01-01", None),
        ("2023-02-29", None),
    ],
)
def test_a_year_has_four_digits_and_is_not_0(landing: Connection, text: str, expected: date | None):
    by_format = "TRY_TO_DATE(v, 'YYYY-MM-DD'), TRY_TO_DATE(v)"
    assert rows(landing, f"SELECT {by_format} FROM (SELECT '{text}' AS v)") == [(expected, expected)]


def test_a_column_is_written_by_a_format(landing: Connection):
    day, second = "YYYY-MM-DD", "YYYY-MM-DD HH24:MI:SS.FF6"
    run(
        landing,
        "CREATE TABLE times (d DATE, t TIMESTAMP_NTZ)",
        "INSERT INTO times VALUES ('0001-02-03', '0001-02-03 04:05:06.000007'), "
        "('9999-12-31', '9999-12-31 23:59:59.999999'), (NULL, NULL)",
        f"CREATE FUNCTION of_day(x DATE) RETURNS VARCHAR AS $$ TO_VARCHAR(x, '{day}') $$",
        f"CREATE FUNCTION of_time(x TIMESTAMP_NTZ) RETURNS VARCHAR AS $$ TO_VARCHAR(x, '{second}') $$",
    )
    asked = f"TO_VARCHAR(d, '{day}'), TO_VARCHAR(t, '{day}'), TO_VARCHAR(d, '{second}'), TO_VARCHAR(t, '{second}')"
    assert rows(landing, f"SELECT {asked}, of_day(d), of_time(t) FROM times ORDER BY d") == [
        (
            *["0001-02-03"] * 2,
            "0001-02-03 00:00:00.000000",
            *["0001-02-03 04:05:06.000007", "0001-02-03"],
            "0001-02-03 04:05:06.000007",
        ),
        (
            *["9999-12-31"] * 2,
            "9999-12-31 00:00:00.000000",
            *["9999-12-31 23:59:59.999999", "9999-12-31"],
            "9999-12-31 23:59:59.999999",
        ),
        (None,) * 6,
    ]
