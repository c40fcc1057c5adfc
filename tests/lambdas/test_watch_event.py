"""What a schedule may ask for."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from customertrack.errors import UserError
from lambdas.watch.event import questions
from lambdas.watch.window import Window

NOW = datetime(2026, 1, 2, 12, 3, 4, tzinfo=UTC)
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def test_an_empty_event_counts_five_minutes_up_to_now():
    found = questions({}, NOW)
    assert found.window == Window.before(NOW, timedelta(minutes=5))
    assert (found.invariants, found.landing) == (False, False)


def test_the_scheduled_time_decides_however_late_the_watch_is():
    event = {"counted_minutes": 60, "time": "2026-01-02T12:00:00Z", "invariants": True}
    found = questions(event, NOW)
    assert found.window == Window(NOON - timedelta(minutes=61), NOON - timedelta(minutes=1))
    assert found.invariants


def test_nothing_is_counted_in_no_minutes():
    assert questions({"counted_minutes": 0}, NOW).window is None


@pytest.mark.parametrize("asked", [{"counted_minutes": 5}, {"invariants": True}, {"landing": True}])
def test_only_a_pulse_needs_no_warehouse(asked: dict[str, object]):
    assert questions({"counted_minutes": 0, **asked}, NOW).need_a_warehouse
    assert not questions({"counted_minutes": 0}, NOW).need_a_warehouse


def test_a_window_is_bound_in_utc_without_a_zone():
    elsewhere = datetime(2026, 1, 2, 14, 1, tzinfo=timezone(timedelta(hours=2)))
    naive = datetime(2026, 1, 2, 12)
    assert Window.before(elsewhere, timedelta(hours=1)).binds == (naive - timedelta(hours=1), naive)


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({"counted_minutes": "5"}, "counted_minutes is '5'; give whole minutes from 0 to 1440"),
        ({"counted_minutes": True}, "counted_minutes is True"),
        ({"counted_minutes": -1}, "counted_minutes is -1"),
        ({"counted_minutes": 1441}, "counted_minutes is 1441"),
        ({"invariants": "false"}, "invariants is 'false'; give true or false"),
        ({"landing": 1}, "landing is 1; give true or false"),
        ({"time": "<aws.scheduler.scheduled-time>"}, "give one such as 2026-01-31T12:00:00Z"),
        ({"time": None}, "time is None"),
    ],
)
def test_what_cannot_be_meant_is_refused(event: dict[str, object], said: str):
    with pytest.raises(UserError, match=said):
        questions(event, NOW)
