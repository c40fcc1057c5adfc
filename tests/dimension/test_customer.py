"""For customer, the replay of any dimension is the replay of customer."""

import tomllib
from datetime import timedelta

import pytest
from hypothesis import given

from tests.cases.case import CASES, Row, in_order
from tests.csv_text import csv_text
from tests.dimension.differences import current_rows, history_rows
from tests.dimension.fold import Said
from tests.dimension.judge import Input
from tests.dimension.landed import LandedFile
from tests.dimension.replay import Tables, replay
from tests.feed import BEGINNING
from tests.replay import ATTRIBUTES, LandedRow, State, Version
from tests.replay import replay as replay_of_customer
from tests.strategies import Delivery, faulty_rows, feeds

TOML = tomllib.loads("""
dimension = "customer"

[feed]
kind   = "changes"
format = "csv"
time   = "updated_at"
op     = { column = "op", upsert = ["", "I", "U", "C", "R"], delete = ["D"] }

[key]
customer_id = "integer"

[attributes]
""" + "".join(f'{name} = "text({length})"\n' for name, length in ATTRIBUTES.items()))  # fmt: skip


@pytest.mark.parametrize("case_id", CASES)
def test_its_cases(case_id: str):
    case = CASES[case_id]
    landed = [
        LandedFile(f"{at:02}.csv", content(rows).encode(), BEGINNING + timedelta(days=365))
        for at, rows in enumerate(case.files)
    ]
    tables = replay(TOML, landed)
    columns = [*case.history[0]] if case.history else []
    found = [{column: row[column] for column in columns} for row in history_rows(TOML, tables)]
    assert in_order(found) == in_order(case.history)
    columns = [*case.customer[0]] if case.customer else []
    found = [{column: row[column] for column in columns} for row in current_rows(TOML, tables)]
    assert in_order(found) == in_order(case.customer)


def content(rows: list[Row]) -> str:
    """CSV of the columns that the rows have."""
    return csv_text([*rows[0]] if rows else ["customer_id"], rows)


@given(deliveries=feeds(lambda at: faulty_rows()))
def test_any_feed(deliveries: list[Delivery]):
    files = [file for delivery in deliveries for file in delivery.files]
    expected = replay_of_customer(
        LandedRow((file.name, number), dict(row), BEGINNING)
        for file in files
        for number, row in enumerate(file.rows, 1)
    )
    found = replay(TOML, [LandedFile(file.name, file.text().encode(), BEGINNING) for file in files])
    assert found.rejects == expected.rejects
    assert sorted(map(event, found.events)) == sorted(
        (given.place, given.key, given.updated_at, given.state is None) for given in expected.events
    )
    assert history(found) == expected.history


def event(given: Input) -> tuple[object, ...]:
    return given.place, *(given.key or ()), given.time, given.kind == "delete"


def history(tables: Tables) -> list[Version]:
    """In the shape of the replay of customer."""
    return [
        Version(int(str(version.key[0])), state(version.state), version.valid_from, version.valid_to, version.place)
        for version in tables.history
    ]


def state(said: Said) -> State:
    return tuple(None if said[name] is None else str(said[name]) for name in ATTRIBUTES)
