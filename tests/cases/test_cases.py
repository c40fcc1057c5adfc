"""The worked cases in every arrangement: the same tables, and every invariant after each refresh.

All of them as one take every arrangement: no two share a key. In a home of its own comes one of each kind, as given;
with `--hypothesis-profile=thorough` each, in every arrangement.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from customertrack.local.done import Step
from customertrack.local.pipeline import Pipeline
from customertrack.reads import results, status
from tests.cases.case import ARRANGEMENTS, CASES, TOGETHER, Case, Row, arrangements, in_order
from tests.replay import ATTRIBUTES, LandedRow, replay
from tests.tables import assert_sound

LOADED_AT = datetime(2026, 6, 1)


@pytest.fixture
def sound_pipeline(home: Path) -> Iterator[Pipeline]:
    """A fresh home, open; after each refresh every invariant must hold."""

    def check(step: Step) -> None:
        if isinstance(step, status.Batch):
            assert_sound(opened.connection)

    with Pipeline.open(home, clock=lambda: LOADED_AT, tell=check) as opened:
        yield opened


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.function is test_case:
        every = metafunc.config.getoption("--hypothesis-profile") == "thorough"
        metafunc.parametrize(("case_id", "arrangement"), arrangements(every=every))


def test_case(sound_pipeline: Pipeline, tmp_path: Path, case_id: str, arrangement: str):
    assert_comes_of_it(sound_pipeline, tmp_path, CASES[case_id], arrangement)


@pytest.mark.parametrize("arrangement", ARRANGEMENTS)
def test_all_cases_as_one(sound_pipeline: Pipeline, tmp_path: Path, arrangement: str):
    assert_comes_of_it(sound_pipeline, tmp_path, TOGETHER, arrangement)


def assert_comes_of_it(pipeline: Pipeline, folder: Path, case: Case, arrangement: str) -> None:
    """Both tables are those of the case after its files have come in that arrangement."""
    for step in ARRANGEMENTS[arrangement](case, case.write(folder), case.write(folder, "_again")):
        assert pipeline.ingest(step.files, each=step.each).problems == []
    assert rows(pipeline, "customer_history", case.history) == in_order(case.history)
    assert rows(pipeline, "customer", case.customer) == in_order(case.customer)


@pytest.mark.parametrize("case_id", CASES)
def test_the_replay_agrees(case_id: str):
    case = CASES[case_id]
    landed = [
        LandedRow(
            (f"{at:02}.csv", source_row),
            {column: None if value is None else str(value) for column, value in row.items()},
            LOADED_AT,
        )
        for at, file in enumerate(case.files, 1)
        for source_row, row in enumerate(file, 1)
    ]
    first_name, last_name = list(ATTRIBUTES)[:2]
    replayed = [
        {
            "customer_id": version.key,
            first_name: version.state[0],
            last_name: version.state[1],
            "valid_from": version.valid_from,
            "valid_to": version.valid_to,
        }
        for version in replay(landed).history
    ]
    assert in_order(replayed) == in_order(case.history)


def test_the_cases_are_as_collected():
    assert len(CASES) == 98, "an id stands twice, or a case was lost"
    assert not [case.id for case in CASES.values() if not case.files]
    assert len(TOGETHER.history) == sum(len(case.history) for case in CASES.values())
    assert len({row["customer_id"] for row in TOGETHER.history}) == sum(
        len({row["customer_id"] for row in case.history}) for case in CASES.values()
    ), "two cases share a key"


def rows(pipeline: Pipeline, name: str, expected: list[Row]) -> list[Row]:
    """A table's rows, with the columns that the expected ones name. Asserts that nothing else is in the attributes."""
    table = results.query(pipeline.connection, f"SELECT * FROM {name}")
    found = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    columns = list(expected[0]) if expected else []
    others = set(ATTRIBUTES) - set(columns)
    assert not [row for row in found if any(row[attribute] is not None for attribute in others)]
    return in_order([{column: row[column] for column in columns} for row in found])
