"""Where two tables differ is told in few words, and rows that mean the same are no difference."""

import json
import tomllib
from dataclasses import replace

from tests.dimension.case import CASES
from tests.dimension.differences import current_rows, differences, history_rows, told_rows
from tests.dimension.replay import replay

CASE = CASES["types-01"]
TABLES = replay(CASE.toml, CASE.landed())
(EXPECTED,) = history_rows(CASE.toml, TABLES)
NAMED = "7c9e6679-7425-40de-944b-e07fc1f90ae7 2026-01-01 05:00:00"


def test_rows_of_csv_and_of_json_compare_as_values():
    in_csv = {**EXPECTED, "price": "7", "seen": "2026-02-01T08:00:00Z", "version_id": "x", "source_row": "1"}
    in_json = json.loads(json.dumps({**EXPECTED, "price": 7.0, "seats": 7, "active": True, "is_current": True}))
    assert differences(CASE.toml, [EXPECTED], told_rows(CASE.toml, [in_csv])) == ""
    assert differences(CASE.toml, [EXPECTED], told_rows(CASE.toml, [in_json])) == ""


def test_an_empty_field_is_null():
    assert told_rows(CASE.toml, [{"price": "", "seats": None}]) == [{"price": None, "seats": None}]


def test_a_value_a_missing_row_and_one_too_many():
    other = {**EXPECTED, "valid_from": "2026-01-01 06:00:00"}
    assert differences(CASE.toml, [EXPECTED], [{**EXPECTED, "seats": "8", "price": None}]) == (
        f"{NAMED}: price is NULL instead of '7.00', seats is '8' instead of '7'"
    )
    missing, *_ = differences(CASE.toml, [EXPECTED], [other]).splitlines()
    assert missing.startswith(f"{NAMED}: missing, plan_id ")
    assert differences(CASE.toml, [EXPECTED], [EXPECTED, EXPECTED]) == f"{NAMED}: stands 2 times"
    assert "not expected" in differences(CASE.toml, [], [other])


def test_a_column_that_is_not_there_is_told():
    without = {column: value for column, value in EXPECTED.items() if column != "seats"}
    assert differences(CASE.toml, [EXPECTED], [without]) == f"{NAMED}: seats is no column instead of '7'"


def test_no_more_than_ten_lines():
    many = [{**EXPECTED, "valid_from": f"2026-01-01 05:00:{second}"} for second in range(10, 30)]
    assert differences(CASE.toml, many, []).splitlines()[-1] == "... and 10 more"


def test_current_rows():
    (row,) = current_rows(CASE.toml, TABLES)
    assert row["update_timestamp"] == EXPECTED["valid_from"]
    assert differences(CASE.toml, [row], [row]) == ""


def test_a_definition_that_keeps_no_history_has_current_rows_alone():
    case = replace(CASE, definition=CASE.definition + "\n[history]\nkeep = false\n")
    assert tomllib.loads(case.definition)["history"] == {"keep": False}
    tables = replay(case.toml, case.landed())
    assert (tables.history, tables.current) == ([], TABLES.current)
