"""The replay gives each case's history and rejects, in whatever order the files are given."""

import random
from itertools import islice, permutations
from typing import Any

import pytest

from tests.dimension.case import CASES, TOGETHER, Case
from tests.dimension.differences import differences, history_rows
from tests.dimension.landed import LandedFile
from tests.dimension.replay import Tables, replay


def assert_comes_of_it(case: Case, tables: Tables) -> None:
    columns = [*case.toml["key"], *case.toml["attributes"], "valid_from", "valid_to"]
    found = [{column: row[column] for column in columns} for row in history_rows(case.toml, tables)]
    assert differences(case.toml, case.history, found) == ""


def rejects_of(case: Case) -> list[tuple[str, int, frozenset[str]]]:
    return [(reject["file"], reject["row"], frozenset(reject["reasons"].split(", "))) for reject in case.rejects]


def orders(files: list[LandedFile]) -> list[Any]:
    """Every order of up to four files, a drawn two dozen of more."""
    if len(files) <= 4:
        return list(permutations(files))
    chance = random.Random(len(files))
    return list(islice(iter(lambda: chance.sample(files, len(files)), None), 24))


@pytest.mark.parametrize("case_id", CASES)
def test_any_order(case_id: str):
    case = CASES[case_id]
    for files in orders(case.landed()):
        tables = replay(case.toml, files)
        assert_comes_of_it(case, tables)
        assert sorted((*place, reasons) for place, reasons in tables.rejects.items()) == rejects_of(case)
        assert tables.held == []


@pytest.mark.parametrize("case_id", CASES)
def test_each_file_twice(case_id: str):
    case = CASES[case_id]
    for files in orders([*case.landed(), *case.landed(again=True)]):
        assert_comes_of_it(case, replay(case.toml, files))


def test_the_cases_are_as_collected():
    assert len(CASES) == 42


@pytest.mark.parametrize("name", TOGETHER)
def test_cases_as_one_come_to_what_each_comes_to(name: str):
    case = TOGETHER[name]
    (key,) = case.toml["key"]
    each = [one for one in CASES.values() if one.definition == case.definition]
    assert len({row[key] for row in case.history}) == sum(len({row[key] for row in one.history}) for one in each)
    tables = replay(case.toml, case.landed())
    assert_comes_of_it(case, tables)
    assert sorted((*place, reasons) for place, reasons in tables.rejects.items()) == rejects_of(case)
