"""The computed truth equals what anyone gets who replays the files by the rules, whatever faults the files have."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import Faults, Feed, Settings, SettingsError, id_ranges, truth, truth_history
from tests.generator.shipped import CUSTOMER

ATTRIBUTES = ("first_name", "last_name", "email", "street", "city", "state", "country")
LENGTHS = {"email": 320, "street": 512}
OPEN_END = datetime(9999, 12, 31)
LOADED_AT = datetime(2030, 1, 1)

rates = st.sampled_from([0.0, 0.05, 0.2, 0.5, 1.0])
shares = st.sampled_from([0.0, 0.1, 0.5, 1.0])
populations = st.builds(
    Settings,
    seed=st.integers(1, 4),
    customers=st.integers(0, 20),
    growth=st.integers(0, 4),
    rates=st.fixed_dictionaries({group.name: rates for group in CUSTOMER.groups}),
    delete_rate=rates,
    reinsert_rate=rates,
    interval=st.sampled_from([0.001, 0.25, 1, 150]),
)
troubles = st.builds(
    Faults,
    late=shares,
    duplicates=shares,
    duplicate_files=shares,
    shuffle=st.booleans(),
    malformed=shares,
    lateness=st.integers(1, 4),
)


def rows_of(name, content) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """(file, row number, row) of a CSV file; an empty field, and one that is not there, is None."""
    for number, row in enumerate(csv.DictReader(io.StringIO(content.decode(), newline="")), start=1):
        yield name, number, {column: value or None for column, value in row.items()}


def reasons_against(row):
    """Why a row is a reject: semantics.md, "Valid events"."""
    reasons = []
    if row["customer_id"] is None:
        reasons.append("missing_key")
    elif not row["customer_id"].isdecimal() or len(row["customer_id"]) > 38:
        reasons.append("invalid_key")
    if row["updated_at"] is None:
        reasons.append("missing_updated_at")
    else:
        try:
            if datetime.fromisoformat(row["updated_at"]) > LOADED_AT + timedelta(days=1):
                reasons.append("future_updated_at")
        except ValueError:
            reasons.append("invalid_updated_at")
    if (row["op"] or "U").upper() not in "IUCRD":
        reasons.append("invalid_op")
    if (row["op"] or "U").upper() != "D":
        reasons += [f"invalid_{name}" for name in ATTRIBUTES if _is_misfit(row[name] or "", LENGTHS.get(name, 256))]
    return reasons


def _is_misfit(text, length):
    return len(text) > length or "\ufffd" in text


def replay(files):
    """(history, rejects) of files: versions by key as (attributes, valid_from, valid_to), and the reasons of each
    reject. semantics.md, "The one rule", row by row in plain Python."""
    events, rejects = defaultdict(dict), []
    # Later places overwrite earlier ones: the last by (source_file, source_row) counts.
    for _, _, row in (place for name in sorted(files) for place in rows_of(name, files[name])):
        if reasons := reasons_against(row):
            rejects.append(frozenset(reasons))
            continue
        state = None if (row["op"] or "U").upper() == "D" else tuple(row[name] for name in ATTRIBUTES)
        events[int(row["customer_id"])][datetime.fromisoformat(row["updated_at"])] = state
    return {key: versions for key, of_key in events.items() if (versions := versions_of(of_key))}, rejects


def versions_of(events):
    versions, before = [], None
    for moment, state in sorted(events.items(), key=lambda event: event[0]):
        if state == before:
            continue
        if before is not None:
            versions[-1][2] = moment
        if state is not None:
            versions.append([state, moment, OPEN_END])
        before = state
    return [tuple(version) for version in versions]


def by_key(columns, *times):
    """Columns of the truth in the shape of a replay's history."""
    histories = defaultdict(list)
    states = zip(*(columns[name] for name in ATTRIBUTES), strict=True)
    moments = zip(*(columns[name].astype("datetime64[us]").tolist() for name in times), strict=True)
    for key, state, moment in zip(columns["customer_id"].tolist(), states, moments, strict=True):
        histories[key].append((state, *moment))
    return dict(histories)


@settings(max_examples=75, deadline=None)
@given(populations, troubles, st.integers(1, 7))
def test_replayed_files_are_the_truth_whatever_the_faults(population, faults, batches):
    files = {batch.name: batch.content() for batch in Feed(CUSTOMER, population, faults).run(0, batches)}
    history, _ = replay(files)
    assert history == by_key(truth_history(CUSTOMER, population, batches), "valid_from", "valid_to")


@settings(max_examples=25, deadline=None)
@given(populations, troubles, st.integers(1, 6))
def test_the_current_truth_is_the_open_versions_of_the_replay(population, faults, batches):
    files = {batch.name: batch.content() for batch in Feed(CUSTOMER, population, faults).run(0, batches)}
    current = {key: [versions[-1][:2]] for key, versions in replay(files)[0].items() if versions[-1][2] == OPEN_END}
    assert current == by_key(truth(CUSTOMER, population, batches), "update_timestamp")


@settings(max_examples=25, deadline=None)
@given(populations, st.integers(1, 6), st.floats(-0.5, 1.5))
def test_the_truth_at_a_time_is_the_versions_that_hold_then(population, batches, part):
    at = population.start + timedelta(milliseconds=int(population.interval_ms * batches * part))
    history, _ = replay({batch.name: batch.content() for batch in Feed(CUSTOMER, population).run(0, batches)})
    naive = at.replace(tzinfo=None)
    everything = [(key, version) for key, versions in history.items() for version in versions]
    held = {key: [(state, begin)] for key, (state, begin, end) in everything if begin <= naive < end}
    assert held == by_key(truth(CUSTOMER, population, batches, at), "update_timestamp")
    assert held == by_key(truth(CUSTOMER, population, batches, naive), "update_timestamp")


@settings(max_examples=25, deadline=None)
@given(populations, st.integers(0, 6), st.integers(1, 50))
def test_the_truth_in_ranges_is_the_truth(population, batches, size):
    whole = truth_history(CUSTOMER, population, batches)
    ranges = list(id_ranges(CUSTOMER, population, batches, size))
    parts = [truth_history(CUSTOMER, population, batches, ids) for ids in ranges]
    for name, values in whole.items():
        streamed = [value for part in parts for value in part[name].tolist()]
        assert streamed == values.tolist()
    assert all(len(ids) <= size for ids in ranges)


def test_the_truth_has_the_types_it_promises():
    history = truth_history(CUSTOMER, Settings(customers=500), 5)
    assert history["customer_id"].dtype == np.int64
    assert history["valid_from"].dtype == history["valid_to"].dtype == np.dtype("datetime64[us]")
    assert {type(value) for value in history["email"]} == {str, type(None)}
    assert list(truth(CUSTOMER, Settings(customers=5), 1)) == ["customer_id", *ATTRIBUTES, "update_timestamp"]


def test_the_truth_of_no_batches_is_empty():
    assert all(len(values) == 0 for values in truth_history(CUSTOMER, Settings(), 0).values())
    with pytest.raises(SettingsError, match="batches is -1"):
        truth(CUSTOMER, Settings(), -1)


def test_customers_come_and_go_and_some_come_back_unchanged():
    population = Settings(customers=300, rates={"last_name": 0.1}, delete_rate=0.3, reinsert_rate=0.5)
    histories = by_key(truth_history(CUSTOMER, population, 12), "valid_from", "valid_to").values()
    pairs = [pair for versions in histories for pair in pairwise(versions)]
    unchanged = {before[0] == after[0] for before, after in pairs if before[2] < after[1]}
    assert unchanged == {True, False}


@settings(max_examples=25, deadline=None)
@given(populations, troubles, st.integers(1, 6))
def test_a_file_says_how_many_events_and_rejects_are_in_it(population, faults, batches):
    for batch in Feed(CUSTOMER, population, faults).run(0, batches):
        rows = [row for _, _, row in rows_of(batch.name, batch.content())]
        rejects = [row for row in rows if reasons_against(row)]
        deletes = [row for row in rows if row["op"] == "D"]
        assert (len(batch.rows), batch.malformed, batch.deletes) == (len(rows), len(rejects), len(deletes))
        assert batch.upserts == len(rows) - len(rejects) - len(deletes)


def test_malformed_rows_are_rejects_in_each_of_the_ways():
    batch = Feed(CUSTOMER, Settings(customers=2_000), Faults(malformed=1)).batch(0)
    _, rejects = replay({batch.name: batch.content()})
    assert len(rejects) == batch.malformed
    one = {f"missing_{name}" for name in ("key", "updated_at")} | {f"invalid_{name}" for name in ("key", "updated_at")}
    one |= {"future_updated_at", "invalid_op", *(f"invalid_{name}" for name in ATTRIBUTES)}
    two = {frozenset({"invalid_key", "invalid_country"}), frozenset({"invalid_op", "invalid_updated_at"})}
    # A short row, and one that a comma has shifted, may be rejects for another reason besides.
    assert set(rejects) >= {frozenset({reason}) for reason in one} | two
    assert {reason for reasons in rejects for reason in reasons} == one


def test_times_are_utc_milliseconds_of_the_slot():
    feed = Feed(CUSTOMER, Settings(customers=1_000, start=datetime(2026, 12, 31, 23, 59, tzinfo=UTC)))
    moments = [row["updated_at"] for _, _, row in rows_of("f", feed.batch(0).content())]
    assert {moment[:10] for moment in moments} == {"2026-12-31", "2027-01-01"}
    assert "2026-12-31 23:59:00" <= min(moments) <= max(moments) < "2027-01-01 00:01:30"
    assert len({moment[-3:] for moment in moments}) > 300
