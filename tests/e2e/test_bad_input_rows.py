"""Row by row: what is a valid event, what is a reject, and for which reasons (semantics, "Valid events").

All rows stand in one file, each between two good ones, which must come through untouched.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from customertrack.local.pipeline import Pipeline
from customertrack.reads import results, status
from tests.csv_text import csv_text
from tests.replay import ATTRIBUTES, OPEN_END, Event, Version
from tests.tables import assert_sound, events, history, rejects

NOW = datetime(2026, 6, 1, 12)
COLUMNS = ["customer_id", *ATTRIBUTES, "op", "updated_at"]
Fields = dict[str, str | None]
PLAIN: Fields = {
    **dict.fromkeys(COLUMNS),
    "customer_id": "7",
    "first_name": "a",
    "op": "U",
    "updated_at": "2026-01-01 00:00:00",
}
TOO_LONG: Fields = {name: "x" * (length + 1) for name, length in ATTRIBUTES.items()}
JUST_FITS: Fields = {name: "\N{SNOWMAN}\N{PILE OF POO}" * (length // 2) for name, length in ATTRIBUTES.items()}


def keys(*texts: str) -> list[Fields]:
    return [{"customer_id": text} for text in texts]


def times(*texts: str) -> list[Fields]:
    return [{"updated_at": text} for text in texts]


def ops(*texts: str) -> list[Fields]:
    return [{"op": text} for text in texts]


REJECTED: list[tuple[str, list[Fields]]] = [
    ("missing_key", [{"customer_id": None}, {"customer_id": None, "op": "D"}]),
    ("invalid_key", keys(
        "abc", "1x", "x1", "1.5", "1.01", ".5", ".", "1e3", "1E3", "0x10", "1 000", "1,000", "1_000", " 1", "1 ",
        "\t1", "1\n", "--1", "+-1", "-", "+", "NULL", "\\N", "null", "None", "NaN", "inf", "true", "\u0661", "\uff11",
        '"1"', "1\0",
        "1" * 39, "-" + "1" * 39, "1" * 1000,
    )),
    ("missing_updated_at", [{"updated_at": None}, {"updated_at": None, "op": "D"}]),
    ("invalid_updated_at", times(
        "yesterday", "now", "NULL", "\\N", " ", "U", "0", "1", "1767225600", "1767225600000", "1767225600.5",
        "20260101", "20260101T000000Z", "01/02/2026", "1/2/2026 10:00", "2026/01/02", "02.01.2026", "2026-1-2",
        "26-01-02", "2026-01", "2026", "2026-W01-1", "2026-001", "Jan 2, 2026", "2026-02-30 00:00:00", "2026-02-29",
        "2026-04-31", "1900-02-29", "2026-13-01", "2026-00-10", "2026-01-00", "2026-01-32", "2026-01-01 24:00:00",
        "2026-01-01 25:00", "2026-01-01 23:60:00", "2026-01-01 23:59:60", "2026-01-01 1:00:00", "2026-01-01 10:00 PM",
        "2026-01-01T", "2026-01-01 ", " 2026-01-01", "2026-01-01 00:00:00 ", "2026-01-01  00:00:00", "2026-01-01T00",
        "2026-01-01 00:00:00.", "2026-01-01 00:00:00,5", "2026-01-01 00:00:00 CET",
        "2026-01-01 00:00:00 Europe/Berlin", "2026-01-01 00:00:00+2", "2026-01-01 00:00:00+25:00",
        "2026-01-01 00:00:00+02:60", "2026-01-01 00:00:00+02:00:00", "2026-01-01 00:00:00-", "2026-01-01 00:00:00ZZ",
        "2026-01-01 00:00:00 UTC+1", "0000-01-01 00:00:00", "0000-00-00 00:00:00", "-0001-01-01", "+2026-01-01",
        "10000-01-01 00:00:00", "\u0662026-01-01", "2026\u201301\u201301", "2026-01-01\n", "2026-01-01\0",
    )),
    ("future_updated_at", times(
        "2026-06-02 12:00:00.000001", "2026-06-02 12:01", "2026-06-03", "2026-06-02T14:00:01+02:00", "2027-01-01",
        "3026-01-01 00:00:00", "9999-12-31", "9999-12-31 00:00:00", "9999-12-31 23:59:59.999999",
        "9999-12-31T23:59:59Z", "9999-12-31 23:59:59-12:00", "9999-12-31 23:59:59+12:00",
    )),
    ("invalid_op", ops(
        "X", "0", "1", "UPDATE", "UPSERT", "delete", "UD", "UU", " U", "U ", " ", "D ", "\tD", "D\n", "-", "NULL",
        "\\N", "\uff35", "u\u0308", "D\0",
    )),
    *((f"invalid_{name}", [{name: text}, {name: "x" * 100_000}, {name: "x\ufffd"}]) for name, text in TOO_LONG.items()),
    ("missing_key, missing_updated_at", [{"customer_id": None, "updated_at": None, "first_name": None, "op": None}]),
    ("invalid_key, invalid_updated_at, invalid_op, invalid_first_name, invalid_country", [
        {**TOO_LONG, "last_name": None, "email": None, "street": None, "city": None, "state": None}
        | {"customer_id": "x", "updated_at": "x", "op": "x"}
    ]),
    ("missing_key, future_updated_at, invalid_city", [
        {"customer_id": None, "updated_at": "9999-12-31", "city": TOO_LONG["city"]}
    ]),
    # A delete's attributes are ignored, its other faults are not.
    ("invalid_key, missing_updated_at", [{**TOO_LONG, "customer_id": "x", "updated_at": None, "op": "D"}]),
]  # fmt: skip

MIDNIGHT = datetime(2026, 1, 1)
TEN = datetime(2026, 1, 1, 10)
NUMBERS = {
    "0": 0, "-0": 0, "+5": 5, "-5": -5, "007": 7, "1.0": 1, "1.": 1, "9007199254740993": 9007199254740993,
    "9" * 38: int("9" * 38), "-" + "9" * 38: -int("9" * 38),
}  # fmt: skip
# Many ways to write ten o'clock.
TENS = [
    "2026-01-01 10:00", "2026-01-01T10:00", "2026-01-01 10:00:00", "2026-01-01T10:00:00.0",
    "2026-01-01 10:00:00.000000000", "2026-01-01 10:00:00Z", "2026-01-01T10:00:00Z", "2026-01-01T10:00z",
    "2026-01-01 10:00:00 Z", "2026-01-01 10:00:00 UTC", "2026-01-01 12:00:00+02:00", "2026-01-01 12:00:00 +02:00",
    "2026-01-01 12:00:00+0200", "2026-01-01T12:00:00+02", "2026-01-01 05:00:00-05", "2026-01-01 04:30-05:30",
    "2026-01-01 10:00:00+00:00", "2026-01-01 10:00:00-00:00", "2026-01-02 00:00:00+14:00",
    "2025-12-31 22:00:00-12:00", "2026-01-01 15:45:00+05:45", "2026-01-01 10:00:00.000+0000",
]  # fmt: skip
MOMENTS = {
    **dict.fromkeys(TENS, TEN),
    "2026-01-01": MIDNIGHT,
    "2026-01-01 10:00:00.5": TEN.replace(microsecond=500_000),
    "2026-01-01 10:00:00.123": TEN.replace(microsecond=123_000),
    "2026-01-01 10:00:00.123456": TEN.replace(microsecond=123_456),
    "2026-01-01T12:00:00.000001+02:00": TEN.replace(microsecond=1),
    "0001-01-01 00:00:00": datetime(1, 1, 1),
    # Before the calendar begins there is no room for an offset, a day later there is.
    "0001-01-01 00:00:00+14:00": datetime(1, 1, 1),
    "0001-01-01 23:59:59+14:00": datetime(1, 1, 1, 23, 59, 59),
    "0001-01-02 00:00:00+14:00": datetime(1, 1, 1, 10),
    "1969-12-31 23:59:59.999999": datetime(1969, 12, 31, 23, 59, 59, 999_999),
    "2000-02-29": datetime(2000, 2, 29),
    "2024-02-29 12:00:00": datetime(2024, 2, 29, 12),
    # As late as it may be: a day after it was loaded.
    "2026-06-02 12:00:00": NOW + timedelta(days=1),
    "2026-06-02T14:00:00+02:00": NOW + timedelta(days=1),
}
TEXTS = [
    None, "NULL", "\\N", "null", "None", " ", "  a  ", "\t", "\n", "\r\n", "a\r\nb", ",", '"', '""', "'", "\\",
    "a;b", "{}", "=1+1", "\u00a0", "\u2028", "\ufeff", "\0", "e\u0301", "\U0001f469\u200d\U0001f4bb",
    "<b>", "%s", "{{ x }}", "$$", "?", ":a", "--", "/*", "'; DROP TABLE customer; --",
]  # fmt: skip
# What is written, and where the event differs from the plain one.
ACCEPTED: list[tuple[Fields, dict[str, object]]] = [
    *(({"customer_id": text}, {"key": key}) for text, key in NUMBERS.items()),
    *(({"updated_at": text}, {"updated_at": moment}) for text, moment in MOMENTS.items()),
    *(({"op": text}, {}) for text in ["I", "U", "C", "R", "i", "u", "c", "r", None]),
    *(({"op": text}, {"state": None}) for text in ["D", "d"]),
    *(({**attributes, "op": "D"}, {"state": None}) for attributes in [TOO_LONG, {"first_name": "\ufffd"}]),
    *(({"first_name": text}, {"state": (text, *[None] * 6)}) for text in TEXTS),
    (JUST_FITS, {"state": tuple(JUST_FITS.values())}),
]

SAMPLES: list[tuple[Fields, str | dict[str, object]]] = [
    *((fields, reasons) for reasons, found in REJECTED for fields in found),
    *ACCEPTED,
]


def good(number: int) -> Fields:
    """A good row, of a key of its own."""
    return {**PLAIN, "customer_id": str(1000 + number)}


@pytest.fixture(scope="module")
def pipeline(new_home: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    """A home in which one file has landed: a good row, the first sample, a good row, the second sample, and so on."""
    home = new_home(tmp_path_factory.mktemp("rows") / "home")
    rows = [row for number, (fields, _) in enumerate(SAMPLES) for row in (good(number), {**PLAIN, **fields})]
    home.joinpath("rows.csv").write_text(csv_text(COLUMNS, rows), encoding="utf-8", newline="")
    with Pipeline.open(home, clock=lambda: NOW) as opened:
        done = opened.ingest([home / "rows.csv"])
        assert done.problems == []
        assert done.rows_landed == len(rows)
        yield opened


@pytest.fixture(scope="module")
def accepted(pipeline: Pipeline) -> dict[int, Event]:
    """Events by row."""
    return {event.place[1]: event for event in events(pipeline.connection)}


@pytest.fixture(scope="module")
def rejected(pipeline: Pipeline) -> dict[int, frozenset[str]]:
    """Reasons by row."""
    return {source_row: reasons for (_, source_row), reasons in rejects(pipeline.connection).items()}


@pytest.mark.parametrize("number", range(len(SAMPLES)), ids=lambda number: ascii(SAMPLES[number])[:80])
def test_a_sample_is_an_event_or_a_reject(accepted: dict[int, Event], rejected: dict[int, frozenset[str]], number: int):
    expected, row = SAMPLES[number][1], 2 * number + 2
    if isinstance(expected, str):
        assert row not in accepted
        assert rejected[row] == set(expected.split(", "))
    else:
        assert row not in rejected
        event = Event(7, MIDNIGHT, ("a", *[None] * 6), ("rows.csv", row), NOW)
        assert accepted[row] == event._replace(**expected)


def test_good_rows_between_bad_ones_are_right(pipeline: Pipeline):
    found = [version for version in history(pipeline.connection) if 1000 <= version.key < 1000 + len(SAMPLES)]
    assert found == [
        Version(1000 + number, ("a", *[None] * 6), MIDNIGHT, OPEN_END, ("rows.csv", 2 * number + 1))
        for number in range(len(SAMPLES))
    ]


def test_the_numbers_and_invariants_hold(pipeline: Pipeline):
    assert_sound(pipeline.connection)
    assert status.counts(pipeline.connection).landed == 2 * len(SAMPLES)


def test_rejects_are_kept_as_they_landed(pipeline: Pipeline):
    table = results.query(pipeline.connection, f"SELECT {', '.join(COLUMNS)}, source_row FROM customer_reject")
    for *values, source_row in table.rows:
        fields, _ = SAMPLES[int(source_row) // 2 - 1]
        assert dict(zip(COLUMNS, values, strict=True)) == {**PLAIN, **fields}
