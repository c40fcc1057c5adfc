"""What is a value of a type, and which value: each spelling that is drawn, and its text."""

import pytest

from tests.dimension.definition import type_of
from tests.dimension.drawn_values import FORMATS, KEY_TYPES, STAND_INS, TYPES, misfits, no_times, spellings, times
from tests.dimension.values import Misfit, event_time, shown, typed

SHOWN = [
    ("integer", "007", "7"),
    ("integer", "-0", "0"),
    ("integer", "7.00", "7"),
    ("number(12,2)", "7", "7.00"),
    ("number(12,2)", "-.5", "-0.50"),
    ("number(38,10)", "9" * 28, "9" * 28 + "." + "0" * 10),
    ("text(20)", " a ", " a "),
    ("uuid", "7C9E6679-7425-40DE-944B-E07FC1F90AE7", "7c9e6679-7425-40de-944b-e07fc1f90ae7"),
    ("boolean", "Yes", "true"),
    ("boolean", "0", "false"),
    ("date", "0001-01-01", "0001-01-01"),
    ("timestamp", "2026-02-01T10:00:00+02:00", "2026-02-01 08:00:00"),
    ("timestamp", "2026-02-01 08:00:00.500", "2026-02-01 08:00:00.500000"),
    ("timestamp", "9999-12-31 00:00:00+02:00", "9999-12-31 00:00:00"),
    ("variant", '{"b": 1.50, "a": [true, null, "é"]}', '{"a":[true,null,"é"],"b":1.5}'),
    ("variant", "1e3", "1000"),
    ("variant", "null", None),
]


@pytest.mark.parametrize(("of", "text", "expected"), SHOWN)
def test_shown(of: str, text: str, expected: str | None):
    assert shown(typed(text, type_of(of)), type_of(of)) == expected


@pytest.mark.parametrize("of", TYPES)
def test_spellings_of_one_value_are_equal_and_those_of_two_differ(of: str):
    drawn = spellings(type_of(of))
    read = [{typed(text, type_of(of)) for text in texts} for texts in drawn]
    assert [len(values) for values in read] == [1] * len(drawn)
    assert len(set.union(*read)) == len(drawn)
    assert len({shown(value, type_of(of)) for values in read for value in values}) == len(drawn)


@pytest.mark.parametrize("of", TYPES)
def test_misfits(of: str):
    for text in misfits(type_of(of)):
        with pytest.raises(Misfit):
            typed(text, type_of(of))


@pytest.mark.parametrize("of", KEY_TYPES)
def test_a_stand_in_is_a_value_and_none_that_is_drawn_for_a_key(of: str):
    stand_in = typed(STAND_INS[type_of(of).base], type_of(of))
    assert stand_in not in [typed(text, type_of(of)) for texts in spellings(type_of(of))[:2] for text in texts]


@pytest.mark.parametrize("notation", FORMATS)
def test_times(notation: str):
    read = [{event_time(text, notation) for text in texts} for texts in times(notation)]
    assert read == [{event_time(texts[0], "iso")} for texts in times("iso")]
    for text in no_times(notation):
        with pytest.raises(Misfit):
            event_time(text, notation)
