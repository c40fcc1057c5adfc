"""The one rule: however events are split over files and refreshes, in whatever order, however often: one replay."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.feed import BEGINNING, Feed
from tests.replay import believed, replay
from tests.strategies import SPELLINGS, TIMES, TRICKY, Delivery, faulty_rows, feeds, rows, rows_in_turn
from tests.tables import as_believed, assert_sound, tables, true_at

OpenFeed = Callable[[], AbstractContextManager[Feed]]


def assert_replays(feed: Feed, deliveries: list[Delivery]) -> None:
    """After each refresh the tables are those of a replay of all that has landed so far, and every invariant holds."""
    for delivery in deliveries:
        feed.arrive(delivery)
        assert tables(feed.pipeline.connection) == replay(feed.landed)
        assert_sound(feed.pipeline.connection)
    feed.arrive_again()
    assert tables(feed.pipeline.connection) == replay(feed.landed)


@given(deliveries=feeds(rows_in_turn))
def test_a_feed_in_order(open_feed: OpenFeed, deliveries: list[Delivery]):
    with open_feed() as feed:
        assert_replays(feed, deliveries)


@given(deliveries=feeds(lambda at: rows()))
def test_ties_deletes_no_ops_and_late_events(open_feed: OpenFeed, deliveries: list[Delivery]):
    with open_feed() as feed:
        assert_replays(feed, deliveries)


@given(deliveries=feeds(lambda at: rows(keys=1, times=TIMES[:3])))
def test_one_key_and_three_times(open_feed: OpenFeed, deliveries: list[Delivery]):
    with open_feed() as feed:
        assert_replays(feed, deliveries)


@given(deliveries=feeds(lambda at: rows(TRICKY, times=TIMES[:2] + SPELLINGS)))
def test_values_that_are_easily_taken_for_others(open_feed: OpenFeed, deliveries: list[Delivery]):
    with open_feed() as feed:
        assert_replays(feed, deliveries)


@given(deliveries=feeds(lambda at: faulty_rows()))
def test_rejects_never_touch_the_rows_beside_them(open_feed: OpenFeed, deliveries: list[Delivery]):
    with open_feed() as feed:
        assert_replays(feed, deliveries)


@given(deliveries=feeds(lambda at: rows()), hours=st.integers(-1, 4), time=st.sampled_from(TIMES))
def test_what_was_true_and_what_was_known(open_feed: OpenFeed, deliveries: list[Delivery], hours: int, time: str):
    at, known = datetime.fromisoformat(time), BEGINNING + timedelta(hours=hours)
    with open_feed() as feed:
        for delivery in deliveries:
            feed.arrive(delivery)
        expected = replay(feed.landed)
        assert true_at(feed.pipeline.connection, at) == [
            version for version in expected.history if version.valid_from <= at < version.valid_to
        ]
        assert as_believed(feed.pipeline.connection, at, known) == believed(expected.events, at, known)
