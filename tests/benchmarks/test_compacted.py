"""The simulation of both layouts is what the formulas say."""

from itertools import islice

import pytest

from benchmarks.compacted import CLOSED_BYTES, STATE_BYTES, VERSIONS, Feed, merged_on_read, small

KEYS, CHANGES = 1_000_000, 1_000


def test_a_feed_is_as_late_as_it_says():
    minutes = list(islice(Feed(KEYS, CHANGES, 0.1).minutes(), 50))
    assert sum(keys.size for keys, _ in minutes) == pytest.approx(50 * CHANGES, rel=0.01)
    assert sum(wrong.size for _, wrong in minutes) == pytest.approx(50 * CHANGES / 10, rel=0.1)
    assert max(wrong.max() for _, wrong in minutes) > KEYS * (VERSIONS - 1)


def test_what_is_in_order_is_written_once_and_then_moved():
    """States: a hundredth of the keys is appended, and then all are written. Closed versions are written twice."""
    feed = Feed(KEYS, CHANGES, 0)
    outcome = merged_on_read(feed)
    assert outcome.minutes == pytest.approx(KEYS / 100 / CHANGES, abs=1)
    assert outcome.states == pytest.approx((KEYS / outcome.minutes + CHANGES) * STATE_BYTES, rel=0.01)
    assert outcome.closed == pytest.approx(2 * CHANGES * CLOSED_BYTES, rel=0.01)


def test_the_small_layout_writes_all_states_each_minute_and_no_closed_version_twice_in_order():
    outcome = small(Feed(KEYS, CHANGES, 0))
    assert outcome.states == pytest.approx(KEYS * STATE_BYTES, rel=0.01)
    assert outcome.closed == pytest.approx(CHANGES * CLOSED_BYTES, rel=0.01)


@pytest.mark.parametrize(("late", "most"), [(0, 110), (0.01, 120), (1, 200)])
def test_what_is_written_is_bounded_by_what_changes(late: float, most: int):
    """Whatever is late, and however old it is."""
    feed = Feed(4 * KEYS, CHANGES, late)
    assert merged_on_read(feed).times(feed) < most
    assert small(feed).times(feed) > 10 * most
