"""Settings and slots: what cannot be is refused in a sentence, and every moment has its slot."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import Faults, Feed, GeneratorError, Settings, SettingsError
from generator.definition import Op
from generator.pools import Pool
from tests.generator.shipped import CUSTOMER, shipped

starts = st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC))
intervals = st.integers(1, 86_400_000).map(lambda milliseconds: milliseconds / 1000)


@pytest.mark.parametrize(
    ("record", "wrong"),
    [
        (Settings, {"seed": -1}),
        (Settings, {"seed": 2**63}),
        (Settings, {"customers": -1}),
        (Settings, {"customers": 10.5}),
        (Settings, {"customers": True}),
        (Settings, {"growth": -5}),
        (Settings, {"delete_rate": 1.01}),
        (Settings, {"delete_rate": -0.1}),
        (Settings, {"reinsert_rate": float("nan")}),
        (Settings, {"delete_rate": float("inf")}),
        (Settings, {"reinsert_rate": 2}),
        (Settings, {"interval": 0}),
        (Settings, {"interval": -150.0}),
        (Settings, {"interval": float("nan")}),
        (Settings, {"interval": 1e9}),
        (Faults, {"late": 1.5}),
        (Faults, {"duplicates": -0.5}),
        (Faults, {"duplicate_files": 7}),
        (Faults, {"malformed": float("nan")}),
        (Faults, {"lateness": 0}),
    ],
)
def test_a_value_that_cannot_be_is_refused_and_named(record, wrong):
    with pytest.raises(SettingsError, match=f"^{next(iter(wrong))} is .*: give "):
        record(**wrong)


def test_wrong_usage_and_failure_have_their_own_exit_codes():
    assert (GeneratorError.exit_code, SettingsError.exit_code) == (1, 2)


def test_a_start_without_offset_is_utc_and_one_with_offset_is_converted():
    naive = Settings(start=datetime(2026, 1, 1, 12))
    eastern = Settings(start=datetime(2026, 1, 1, 14, tzinfo=timezone(timedelta(hours=2))))
    assert naive == eastern
    assert naive.start == datetime(2026, 1, 1, 12, tzinfo=UTC)


@given(starts, intervals, st.integers(0, 10_000), st.floats(0, 0.999))
def test_every_moment_of_a_slot_is_in_that_slot(start, interval, k, part):
    settings = Settings(start=start, interval=interval)
    begin = settings.slot_start(k)
    within = timedelta(milliseconds=int(settings.interval_ms * part))
    assert settings.slot_at(begin) == settings.slot_at(begin + within) == k
    assert settings.slot_start(k + 1) == begin + timedelta(milliseconds=settings.interval_ms)


def test_a_time_before_the_first_slot_is_refused():
    with pytest.raises(SettingsError, match="before the first slot"):
        Feed(CUSTOMER, Settings()).slot_at(datetime(2025, 12, 31, 23, 59, 59))


@pytest.mark.parametrize("k", [-1, 2**31, 1.5])
def test_a_slot_that_does_not_exist_is_refused(k):
    with pytest.raises(SettingsError, match="slot"):
        Feed(CUSTOMER, Settings()).batch(k)


@pytest.mark.parametrize("start", [datetime(9998, 12, 31, 23, 59), datetime(9999, 12, 31)])
def test_a_slot_that_would_touch_the_open_end_is_refused(start):
    with pytest.raises(SettingsError, match="after the year 9998"):
        Feed(CUSTOMER, Settings(start=start)).batch(1)


def test_an_object_name_tells_slot_time_seed_and_feed():
    feed = Feed(CUSTOMER, Settings(seed=7, start=datetime(2026, 3, 1, 23, 59)))
    assert feed.object_name(1) == f"customer_20260302T000130Z_{feed.label}.csv"


def test_an_object_name_tells_milliseconds_where_slots_begin_within_a_second():
    for settings, time in [
        (Settings(start=datetime(2026, 3, 1, 0, 0, 0, 250_000), interval=1), "20260301T000001250Z"),
        (Settings(start=datetime(2026, 3, 1), interval=0.5), "20260301T000000500Z"),
    ]:
        assert Feed(CUSTOMER, settings, label="x").object_name(1) == f"customer_{time}_x.csv"


def test_a_rate_that_cannot_be_is_refused_and_so_is_a_group_that_is_not_there():
    with pytest.raises(SettingsError, match=r"^the rate of address is 1\.5: give "):
        Settings(rates={"address": 1.5})
    with pytest.raises(SettingsError, match=r"^there is no group adress in customer: give first_name, last_name"):
        Feed(CUSTOMER, Settings(rates={"adress": 0.5}))


def test_a_label_is_the_same_for_ever_and_another_where_faker_makes_other_values(monkeypatch: pytest.MonkeyPatch):
    (group,) = shipped("product").groups[:1]
    definition = replace(shipped("product"), groups=(group,))
    labels = []
    for name in ("a", "A", "a"):
        pool = Pool(group, ((name, None),))
        monkeypatch.setattr("generator.population.make_pool", lambda *_, pool=pool: pool)
        labels.append(Feed(definition, Settings(seed=7)).label)
    # Files have been landed under it.
    assert labels[0] == labels[2] == "seed7_ff2ca08d"
    assert labels[1] != labels[0]
    assert Feed(definition, Settings(seed=7), label="seed7").label == "seed7"


def test_equal_settings_have_equal_names():
    midnight, in_warsaw = datetime(2026, 1, 1), datetime.fromisoformat("2026-01-01T01:00:00.0004+01:00")
    one = Feed(CUSTOMER, Settings(start=midnight, interval=1, delete_rate=0, rates={"email": 1}), Faults(late=0))
    other = Feed(CUSTOMER, Settings(start=in_warsaw, interval=1.0001, delete_rate=0.0, rates={"email": 1.0}))
    assert one.label == other.label


OTHER = [
    *({name: 1} for name in ("seed", "customers", "growth", "interval")),
    *({"rates": {group.name: 1}} for group in CUSTOMER.groups),
    *({name: 1} for name in ("delete_rate", "reinsert_rate", "late", "duplicates", "duplicate_files", "malformed")),
    {"shuffle": True},
    {"lateness": 1},
    {"seed": 43},
    {"start": datetime(2026, 1, 1, 0, 0, 0, 1000)},
    {"move_rate": 1},
    {"truncate_rate": 1},
]


def test_other_settings_or_faults_have_other_names():
    # With words for all that there are settings for.
    part, op = CUSTOMER.key[0], replace(CUSTOMER.op or Op("op", (), ()), truncate=("T",))
    customer = replace(CUSTOMER, key=(replace(part, before="old_id"),), op=op)
    names = {Feed(customer, Settings()).object_name(0)}
    of_settings = {field.name for field in fields(Settings)}
    for other in OTHER:
        faults = {name: value for name, value in other.items() if name not in of_settings}
        settings = {name: value for name, value in other.items() if name in of_settings}
        names.add(Feed(customer, Settings(**settings), Faults(**faults)).object_name(0))
    assert len(names) == 1 + len(OTHER)
    assert {name for other in OTHER for name in other} == of_settings | {field.name for field in fields(Faults)}


@given(starts, intervals, st.lists(st.integers(0, 100_000), min_size=2, unique=True))
def test_object_names_are_distinct_and_in_the_order_of_the_slots(start, interval, slots):
    feed = Feed(CUSTOMER, Settings(start=start, interval=interval))
    names = [feed.object_name(k) for k in sorted(slots)]
    assert names == sorted(set(names))
    assert len(names) == len(slots)


def test_another_definition_has_other_names_though_it_is_called_alike():
    feed = Feed(CUSTOMER, Settings(customers=10))
    (name, *others) = CUSTOMER.groups
    for other in (
        replace(CUSTOMER, groups=tuple(others)),
        replace(CUSTOMER, groups=(replace(name, rate=0.5), *others)),
        replace(CUSTOMER, null="NULL"),
    ):
        assert Feed(other, Settings(customers=10)).object_name(0) != feed.object_name(0)
