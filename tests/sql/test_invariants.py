"""Each invariant finds what offends against it: tables that were right are damaged on purpose."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from customertrack.local.pipeline import Pipeline
from customertrack.reads import key_parts, status
from customertrack.reads.invariants import EQUALS_REBUILD, check, parts_that_fit
from customertrack.reads.key_parts import KeyParts
from tests.csv_text import csv_text
from tests.tables import assert_sound, offences

COLUMNS = ["customer_id", "first_name", "op", "updated_at"]
# Key 1 has three versions, 2 a gap, 3 is deleted, 4 has one version and a no-op; and there is a reject.
EVENTS = [
    (1, "a", "U", 10), (1, "b", "U", 20), (1, "c", "U", 30),
    (2, "a", "U", 10), (2, None, "D", 20), (2, "a", "U", 30),
    (3, "a", "U", 10), (3, None, "D", 20),
    (4, "a", "U", 10), (4, "a", "U", 20), (4, "x", "Q", 30),
]  # fmt: skip

CLOSED = "UPDATE customer_closed SET {} WHERE customer_id = {} AND valid_from = '2026-01-01 00:{}:00'"
VIEW = """
CREATE OR REPLACE VIEW customer_history AS
SELECT customer_id, first_name, last_name, email, street, city, state, country, valid_from, valid_to,
    FALSE AS is_current, source_file, source_row, {version_id} AS version_id, customer_id = 3 AS is_last
FROM customer_closed
UNION ALL
SELECT customer_id, {first_name}, last_name, email, street, city, state, country, update_timestamp,
    TO_TIMESTAMP_NTZ('9999-12-31 00:00:00', 'YYYY-MM-DD HH24:MI:SS')::TIMESTAMP_NTZ(6),
    {is_current}, source_file, source_row, customer_version_id(customer_id, update_timestamp), TRUE
FROM customer
"""


def view(
    first_name: str = "first_name",
    is_current: str = "TRUE",
    version_id: str = "customer_version_id(customer_id, valid_from)",
) -> str:
    """The view of the history, with some of its columns made otherwise."""
    return VIEW.format(first_name=first_name, is_current=is_current, version_id=version_id)


# The invariant's number, the damage, and the keys of the offending rows.
DAMAGE = {
    "an interval without any time": (1, CLOSED.format("valid_to = valid_from", 1, 10), [1]),
    "an interval backwards": (1, CLOSED.format("valid_to = '2025-01-01'", 2, 10), [2]),
    "an overlap with a closed version": (2, CLOSED.format("valid_to = '2026-01-01 00:20:01'", 1, 10), [1]),
    "an overlap with the open version": (2, CLOSED.format("valid_to = '2026-01-01 00:30:01'", 2, 10), [2]),
    "no open version": (3, "DELETE FROM customer_state WHERE customer_id = 4", [4]),
    "two open versions": (3, "INSERT INTO customer_state SELECT * FROM customer_state WHERE customer_id = 4", [4]),
    "a deleted key revived": (
        3, "UPDATE customer_state SET signature = customer_signature('a', NULL, NULL, NULL, NULL, NULL, NULL) "
        "WHERE customer_id = 3", [3],
    ),
    "another key": (3, "UPDATE customer_state SET customer_id = 5 WHERE customer_id = 4", [4, 5]),
    "a gap without a delete": (4, CLOSED.format("valid_to = '2026-01-01 00:15:00'", 1, 10), [1]),
    "a version lost": (4, "DELETE FROM customer_closed WHERE customer_id = 1 AND first_name = 'b'", [1]),
    "a version twice as long as needed": (5, CLOSED.format("first_name = 'c'", 1, 20), [1]),
    "a history at odds with customer": (6, view(first_name="UPPER(first_name)"), [1, 1, 2, 2, 4, 4]),
    "is_current not set": (7, view(is_current="customer_id = 1"), [2, 4]),
    "is_current NULL": (7, view(is_current="NULLIF(TRUE, customer_id = 1)"), [1]),
    "another value": (8, "UPDATE customer_state SET first_name = 'z' WHERE customer_id = 4", [4, 4]),
    "NULL for a value": (8, "UPDATE customer_closed SET first_name = NULL WHERE customer_id = 3", [3, 3]),
    "an empty text for NULL": (8, "UPDATE customer_state SET last_name = '' WHERE customer_id = 4", [4, 4]),
    "another begin": (8, "UPDATE customer_state SET valid_from = '2026-01-01' WHERE customer_id = 4", [4, 4]),
    "the row of a no-op": (8, "UPDATE customer_state SET source_row = 10 WHERE customer_id = 4", [4, 4]),
    "an event lost": (9, "DELETE FROM customer_event WHERE source_row = 10", [10]),
    "an event twice": (9, "INSERT INTO customer_event SELECT * FROM customer_event WHERE source_row = 10", [10]),
    "a reject lost": (9, "DELETE FROM customer_reject", [11]),
    "a reject that is an event too": (
        9, "INSERT INTO customer_event "
        "(customer_id, updated_at, is_delete, source_file, source_row, loaded_at, batch_id) "
        "SELECT customer_id, '2026-01-01 00:30:00', TRUE, source_file, 11, loaded_at, batch_id "
        "FROM customer_event WHERE source_row = 10", [11],
    ),
    "a version from nowhere": (10, "UPDATE customer_state SET source_row = 99 WHERE customer_id = 1", [1]),
    "a version of another key's row": (10, "UPDATE customer_state SET source_row = 1 WHERE customer_id = 4", [4]),
    "a version of no file": (10, "UPDATE customer_closed SET source_file = 'x' WHERE customer_id = 3", [3]),
    "no last version": (11, "UPDATE customer_state SET valid_from = NULL WHERE customer_id = 3", [3]),
    "two last versions": (
        11, "INSERT INTO customer_closed SELECT * FROM customer_closed WHERE customer_id = 3", [3, 3],
    ),
    "a version without an id": (
        11, view(version_id="IFF(customer_id = 2, NULL, customer_version_id(customer_id, valid_from))"), [2]
    ),
    "an id of two versions": (11, view(version_id="customer_version_id(customer_id, '2026-01-01')"), [1, 1]),
}  # fmt: skip


@pytest.fixture(scope="module")
def sound_home(new_home: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the events, in which every invariant holds."""
    folder = tmp_path_factory.mktemp("sound")
    rows = [dict(zip(COLUMNS, (*event[:3], f"2026-01-01 00:{event[3]}:00"), strict=True)) for event in EVENTS]
    (folder / "a.csv").write_text(csv_text(COLUMNS, rows), encoding="utf-8")
    home = new_home(folder / "home")
    with Pipeline.open(home) as pipeline:
        pipeline.ingest([folder / "a.csv"])
        assert_sound(pipeline.connection)
    return home


@pytest.fixture
def sound(sound_home: Path, tmp_path: Path) -> Iterator[Pipeline]:
    """A copy of it, open."""
    with Pipeline.open(shutil.copytree(sound_home, tmp_path / "home")) as opened:
        yield opened


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_found(sound: Pipeline, damage: str):
    number, statement, offenders = DAMAGE[damage]
    sound.connection.cursor().execute(statement)
    found = {int(name.split(":")[0]): rows for name, rows in offences(sound.connection).items()}
    assert number in found
    # An offending row begins with its key; if two sides are compared with its side, if landed rows are with its file.
    at = {6: 1, 8: 1, 9: 1}.get(number, 0)
    assert sorted(int(row[at]) for row in found[number]) == offenders


@pytest.mark.parametrize("damage", [each for each, (number, *_) in DAMAGE.items() if number == EQUALS_REBUILD])
@pytest.mark.parametrize("number", [2, 7])
def test_in_parts_the_same_is_found(sound: Pipeline, damage: str, number: int):
    """Each key is looked at once, whatever the part it is in."""
    sound.connection.cursor().execute(DAMAGE[damage][1])
    parts = KeyParts(sound.dimension.tables, number)
    (whole,), (in_parts,) = (
        check(sound.connection, sound.home.project.sql, only=EQUALS_REBUILD, parts=each) for each in (None, parts)
    )
    assert whole.offences.columns == in_parts.offences.columns
    assert Counter(whole.offences.rows) == Counter(in_parts.offences.rows)


def test_parts_are_as_many_as_memory_asks_for(sound: Pipeline, monkeypatch: pytest.MonkeyPatch):
    """Ten events of eight values each."""
    tables = sound.dimension.tables
    assert parts_that_fit(sound.connection, tables, 128 << 20).number == 1
    monkeypatch.setattr(key_parts, "_VALUES_PER_MEGABYTE", 1)
    assert parts_that_fit(sound.connection, tables, 128 << 20).number == 1
    assert parts_that_fit(sound.connection, tables, 20 << 20).number == 5


def test_all_are_tried():
    assert {number for number, _, _ in DAMAGE.values()} == set(range(1, 12))


def test_a_landed_row_is_not_due_while_it_is_pending(sound: Pipeline):
    (sound.home.landing / "b.csv").write_text("customer_id,updated_at\n9,2026-01-01\n", encoding="utf-8")
    list(sound.connection.refresh_pipe("customer_s3_pipe"))
    assert status.counts(sound.connection).pending == 1
    assert offences(sound.connection) == {}
    sound.connection.cursor().execute("DELETE FROM customer_reject")
    assert [name[:2] for name in offences(sound.connection)] == ["9:"]
