"""The files of a feed: the same bytes whoever makes them, and each fault does what it says."""

import csv
import io
import re
from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import Faults, Feed, Settings
from generator.events import rows_of
from generator.naming import Kind
from generator.values import awkward
from tests.generator.shipped import CUSTOMER

SETTINGS = Settings(customers=2_000, growth=10, rates={"last_name": 0.1}, delete_rate=0.05, reinsert_rate=0.3)
HEADER = "customer_id,first_name,last_name,email,street,city,state,country,op,updated_at"
ALL_FAULTS = Faults(late=0.3, duplicates=0.2, duplicate_files=0.5, shuffle=True, malformed=0.1)
UPSERTS = ("", "I", "U", "C", "R")
faults = st.sampled_from([Faults(), Faults(late=0.5), Faults(duplicates=1.0, malformed=0.2), ALL_FAULTS])


def rows(batch):
    return list(csv.DictReader(io.StringIO(batch.content().decode(), newline="")))


def lines(*batches):
    """The lines of files but for their headers, each with how often it comes."""
    return Counter(line for batch in batches for line in batch.content().splitlines()[1:])


def test_a_file_has_the_header_of_the_contract_and_ends_its_lines_alike():
    content = Feed(CUSTOMER, SETTINGS, ALL_FAULTS).batch(2).content()
    assert content.splitlines()[0].decode() == HEADER
    assert content.endswith(b"\n")
    assert b"\r" not in content
    assert b"\0" not in content


@settings(max_examples=10, deadline=None)
@given(faults, st.permutations(range(5)))
def test_every_slot_is_the_same_whatever_was_made_before_it(faults, order):
    by_order = Feed(CUSTOMER, SETTINGS, faults)
    made = {k: [(batch.name, batch.content()) for batch in by_order.files(k)] for k in order}
    for k in order:
        assert made[k] == [(batch.name, batch.content()) for batch in Feed(CUSTOMER, SETTINGS, faults).files(k)]


def test_a_file_in_pieces_is_the_file():
    batch = Feed(CUSTOMER, Settings(customers=20_000), ALL_FAULTS).batch(0)
    pieces = list(batch.chunks())
    assert len(pieces) > 2
    assert b"".join(pieces) == batch.content()


def test_batch_0_inserts_the_first_customers_and_later_ones_the_new():
    feed = Feed(CUSTOMER, SETTINGS)
    first = rows(feed.batch(0))
    assert [int(row["customer_id"]) for row in first] == list(range(1, 2_001))
    assert {row["op"] for row in first} == set(UPSERTS)
    later = [int(row["customer_id"]) for row in rows(feed.batch(3))]
    assert [key for key in later if key > 2_020] == list(range(2_021, 2_031))


def test_later_batches_hold_each_kind_of_change_once_per_customer():
    changes = rows(Feed(CUSTOMER, SETTINGS).batch(4))
    assert {row["op"] for row in changes} == {*UPSERTS, "D"}
    assert len({row["customer_id"] for row in changes}) == len(changes)
    attributes = HEADER.split(",")[1:8]
    for row in changes:
        assert (row["op"] == "D") == all(row[name] == "" for name in attributes)


def test_the_ops_of_a_customer_tell_a_story_that_holds_together():
    stories = defaultdict(str)
    for batch in Feed(CUSTOMER, SETTINGS).run(0, 12):
        for row in rows(batch):
            stories[row["customer_id"]] += "D" if row["op"] == "D" else "U"
    # Never deleted before it is there, nor twice in a row.
    assert all(re.fullmatch("(U+D)*U*", story) for story in stories.values())
    assert any("DU" in story for story in stories.values())


def test_a_batch_says_what_is_in_it():
    batch = Feed(CUSTOMER, SETTINGS).batch(4)
    ops = Counter(row["op"] for row in rows(batch))
    assert (batch.upserts, batch.deletes, batch.malformed) == (ops.total() - ops["D"], ops["D"], 0)


def test_values_are_realistic_and_awkward_ones_survive_quoting():
    everyone = rows(Feed(CUSTOMER, Settings(customers=30_000)).batch(0))
    values = {name: {row[name] for row in everyone} for name in everyone[0]}
    for name in ("first_name", "last_name", "street", "city"):
        assert len(values[name] & set(awkward(256))) >= len(awkward(256)) - 1, name
        assert len(values[name]) > 100, name
    assert all("" in values[name] for name in HEADER.split(",")[1:8])
    emails = [row["email"] for row in everyone if row["email"]]
    assert len(set(emails)) == len(emails)
    assert all(email.partition("@")[2].startswith("example.") for email in emails)


def test_what_changes_together_is_of_one_country():
    countries = {"United States", "Germany", "France", "Poland"}
    states = {}
    for row in rows(Feed(CUSTOMER, Settings(customers=5_000)).batch(0)):
        if row["state"] and row["country"] in countries:
            states.setdefault(row["country"], set()).add(row["state"])
    # The others have no state to Faker, and no state is of two countries.
    assert states["United States"] >= {"Texas", "Ohio"}
    assert states["Germany"] >= {"Bayern", "Hessen"}
    assert not states["United States"] & states["Germany"]


@pytest.mark.parametrize("around", [10, 100, 10_000, 100_000_000, 100_010_000, 2**40])
def test_customer_ids_are_plain_decimals(around):
    ids = np.arange(around - 5, around + 5)
    rows_of_ids = rows_of(ids, 0, np.zeros(len(ids), np.int8))
    text = b"".join(Feed(CUSTOMER, Settings()).batch(0).writer.chunks(rows_of_ids)).decode()
    assert [line.partition(",")[0] for line in text.splitlines()[1:]] == [str(number) for number in ids]


def test_no_customers_make_a_file_with_a_header_only():
    assert Feed(CUSTOMER, Settings(customers=0, growth=0)).batch(0).content().decode() == HEADER + "\n"


def test_late_rows_come_within_the_bound_and_all_of_them_by_the_end():
    plain, late = Feed(CUSTOMER, SETTINGS), Feed(CUSTOMER, SETTINGS, Faults(late=0.4, lateness=2))
    delivered = list(late.run(0, 6))
    assert delivered[-1].kind is Kind.LATE
    assert lines(*delivered) == lines(*plain.run(0, 6))
    for k in range(6):
        own = lines(plain.batch(k))
        on_time = own & lines(late.batch(k))
        assert 0.4 < on_time.total() / own.total() < 0.8
        afterwards = [late.batch(k + 1), late.batch(k + 2)]
        assert on_time + (own & lines(*afterwards)) == own


def test_when_every_row_is_late_the_first_file_is_empty():
    feed = Feed(CUSTOMER, SETTINGS, Faults(late=1.0, lateness=1))
    assert len(feed.batch(0).rows) == 0
    assert lines(feed.batch(1)) == lines(Feed(CUSTOMER, SETTINGS).batch(0))


def test_what_is_held_back_does_not_change_the_files_of_a_longer_run():
    short = {batch.name: batch.content() for batch in Feed(CUSTOMER, SETTINGS, ALL_FAULTS).run(0, 3)}
    long = {batch.name: batch.content() for batch in Feed(CUSTOMER, SETTINGS, ALL_FAULTS).run(0, 6)}
    shared = short.keys() & long.keys()
    assert len(shared) >= 3
    assert all(short[name] == long[name] for name in shared)


def test_nothing_is_held_back_without_late_rows():
    assert Feed(CUSTOMER, SETTINGS, Faults(duplicates=1.0)).held_back(2) is None


def test_duplicates_are_rows_that_were_there_already():
    plain, doubled = Feed(CUSTOMER, SETTINGS), Feed(CUSTOMER, SETTINGS, Faults(duplicates=0.5, lateness=2))
    once, twice = lines(*plain.run(0, 8)), lines(*doubled.run(0, 8))
    assert once.keys() == twice.keys()
    assert set(twice.values()) == {1, 2}
    all_doubled = lines(*Feed(CUSTOMER, SETTINGS, Faults(duplicates=1.0, lateness=2)).run(0, 8))
    assert {all_doubled[line] for line in lines(*plain.run(0, 6))} == {2}
    in_same_file = [count for count in lines(doubled.batch(0)).values() if count > 1]
    in_later_file = lines(doubled.batch(1)).keys() & lines(plain.batch(0)).keys()
    assert in_same_file
    assert in_later_file
    in_last_file = lines(doubled.batch(2)).keys() & lines(plain.batch(0)).keys()
    assert in_last_file
    assert not lines(doubled.batch(3)).keys() & lines(plain.batch(0)).keys()


def test_a_duplicate_file_has_another_name_right_behind_and_the_same_bytes():
    feed = Feed(CUSTOMER, SETTINGS, Faults(duplicate_files=1.0))
    files = list(feed.run(0, 3))
    assert [batch.name for batch in files] == sorted(batch.name for batch in files)
    for batch, again in zip(files[::2], files[1::2], strict=True):
        assert batch.name != again.name
        assert batch.content() == again.content()
        assert (batch.kind, again.kind) == (Kind.SLOT, Kind.AGAIN)
    sometimes = Feed(CUSTOMER, Settings(customers=1), Faults(duplicate_files=0.5))
    assert {len(sometimes.files(k)) for k in range(60)} == {1, 2}


def test_shuffling_changes_the_order_of_rows_and_files_and_nothing_else():
    plain, shuffled = Feed(CUSTOMER, SETTINGS), Feed(CUSTOMER, SETTINGS, Faults(shuffle=True))
    assert lines(plain.batch(1)) == lines(shuffled.batch(1))
    assert plain.batch(1).content() != shuffled.batch(1).content()
    order = [batch.k for batch in shuffled.run(0, 20)]
    assert order != sorted(order)
    assert sorted(order) == list(range(20))


def test_malformed_rows_come_on_top():
    plain, spoiled = Feed(CUSTOMER, SETTINGS), Feed(CUSTOMER, SETTINGS, Faults(malformed=0.3))
    batch = spoiled.batch(0)
    assert lines(plain.batch(0)) <= lines(batch)
    added = lines(batch) - lines(plain.batch(0))
    assert added.total() == batch.malformed
    assert 0.2 < batch.malformed / 2_000 < 0.4
