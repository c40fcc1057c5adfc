"""Texts that are no numbers and no times on Snowflake are none here, whatever DuckDB takes for one."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from snowglobe.connection import Connection
from snowglobe.errors import ProgrammingError
from tests.snowglobe.support import value

NUMBERS = ["TRY_TO_NUMBER({})", "TRY_TO_NUMBER({}, 10, 2)", "TRY_CAST({} AS NUMBER(9, 1))", "TRY_CAST({} AS INT)"]
DOUBLES = ["TRY_TO_DOUBLE({})", "TRY_CAST({} AS FLOAT)"]
BOOLEANS = ["TRY_TO_BOOLEAN({})", "TRY_CAST({} AS BOOLEAN)"]
DATES = ["TRY_TO_DATE({})", "TRY_TO_DATE({}, 'YYYY-MM-DD')", "TRY_CAST({} AS DATE)"]
TIMES = ["TRY_TO_TIMESTAMP_NTZ({}, 'YYYY-MM-DD')", "TRY_CAST({} AS TIMESTAMP_NTZ)"]
NO_NUMBER = ["1_000", "1_0.5", "1e1_0", "0x1F", "0b1", "1,000", "$5", "1f", "--1", "1 0", "", "1e", "٣"]
NO_NUMBER_OF_DIGITS = ["Infinity", "inf", "NaN"]
NO_BOOLEAN = ["2", "1.0", " true", "tr", "of", "", "ja"]
NO_DATE = ["infinity", "-infinity", "epoch", "EPOCH", "today", "now", "2024/02/15", "10000-01-01"]
NO_DATE += ["-0001-01-01", "0044-03-15 (BC)", "0044-03-15 BC", "2_024-01-01", "2024-02-30", "", "1"]
NOTHING = [
    *((each, text) for each in NUMBERS for text in NO_NUMBER + NO_NUMBER_OF_DIGITS),
    *((each, text) for each in DOUBLES for text in NO_NUMBER),
    *((each, text) for each in BOOLEANS for text in NO_BOOLEAN),
    *((each, text) for each in DATES + TIMES for text in NO_DATE),
    *((each, "0000-01-01") for each in [*DATES, "TRY_CAST({} AS TIMESTAMP_NTZ)"]),
    ("TRY_TO_DATE({}, 'YYYY-MM-DD')", "2024-02-15 10:00"),
    ("TRY_TO_DATE({}, 'YYYY-MM-DD')", "2024-02-15|"),
]
SOMETHING = {
    ("TRY_TO_NUMBER({})", "-0012.5"): -13,
    ("TRY_TO_NUMBER({}, 10, 2)", "1e3"): Decimal(1000),
    ("TRY_TO_DOUBLE({})", ".5"): 0.5,
    ("TRY_TO_DATE({})", "2024-02-29"): date(2024, 2, 29),
    ("TRY_TO_DATE({}, 'DD-MON-YYYY')", "15-FEB-2024"): date(2024, 2, 15),
    ("TRY_CAST({} AS DATE)", "9999-12-31"): date(9999, 12, 31),
    ("TRY_CAST({} AS TIMESTAMP_NTZ)", "2024-02-15T10:11:12"): datetime(2024, 2, 15, 10, 11, 12),
    ("TRY_TO_TIMESTAMP_NTZ({}, 'YYYY-MM-DD')", "0001-01-01"): datetime(1, 1, 1),
}


@pytest.mark.parametrize(("call", "text"), NOTHING)
def test_it_is_null(warehouse: Connection, call: str, text: str):
    assert value(warehouse, f"SELECT {call.format('t.x')} FROM (SELECT '{text}' AS x) AS t") is None


@pytest.mark.parametrize(("call", "text"), SOMETHING)
def test_it_is_a_value(warehouse: Connection, call: str, text: str):
    assert value(warehouse, f"SELECT {call.format('t.x')} FROM (SELECT '{text}' AS x) AS t") == SOMETHING[call, text]
    assert warehouse.cursor().execute(f"SELECT {call.format('?')}", [text]).fetchall() == [(SOMETHING[call, text],)]


LITERALS = ["TO_NUMBER('1_000')", "TO_NUMBER('1_0', 9, 2)", "TO_DOUBLE('1_0')", "'1_000'::INT", "'1_0'::NUMBER(9, 2)"]
LITERALS += ["'1_0'::FLOAT", "'epoch'::DATE", "'infinity'::TIMESTAMP_NTZ", "DATE '2024/02/15'"]


@pytest.mark.parametrize("sql", LITERALS)
def test_a_literal_that_is_none_is_an_error(warehouse: Connection, sql: str):
    with pytest.raises(ProgrammingError):
        value(warehouse, f"SELECT {sql}")


@pytest.mark.parametrize("call", NUMBERS + DOUBLES + BOOLEANS + DATES + TIMES)
def test_null_is_null(warehouse: Connection, call: str):
    assert value(warehouse, f"SELECT {call.format('NULL')}") is None
