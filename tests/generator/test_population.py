"""The population: a pure function, with the rates that were asked for."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import Settings
from generator.definition import Dialect
from generator.pools import SIZE, SIZE_TOGETHER, make_pool
from generator.population import Cohort, Population
from tests.generator.shipped import CUSTOMER, PRODUCT

rates = st.sampled_from([0.0, 1e-9, 0.001, 0.03, 0.25, 1 / 3, 0.5, 0.9, 1.0])
GROUPS = CUSTOMER.groups
populations = st.builds(
    Settings,
    seed=st.integers(0, 2**63 - 1),
    customers=st.integers(0, 300),
    growth=st.integers(0, 20),
    rates=st.fixed_dictionaries({group.name: rates for group in GROUPS}),
    delete_rate=rates,
    reinsert_rate=rates,
    interval=st.sampled_from([0.001, 1, 150, 86_400 * 30]),
)


def everyone(settings, k):
    population = Population(CUSTOMER, settings)
    return Cohort(population, np.arange(1, population.known(k) + 1))


@pytest.fixture(autouse=True)
def _few_values(monkeypatch):
    """Pools take a while, and of each seed they are others; here only where a value stands in them counts."""
    one = cache(lambda group: make_pool(group, 1, Dialect()))
    monkeypatch.setattr("generator.population.make_pool", lambda group, _seed, _dialect: one(group))


@given(populations, st.integers(0, 40), st.randoms())
def test_a_customer_does_not_depend_on_the_company(population, k, random):
    together = everyone(population, k)
    ids = random.sample(list(together.ids), k=len(together.ids) // 2)
    alone = Cohort(together.population, np.array(ids, np.int64))
    at = alone.ids - 1
    assert np.array_equal(alone.present(k), together.present(k)[at])
    assert np.array_equal(alone.moment(k), together.moment(k)[at])
    for group in GROUPS:
        assert np.array_equal(alone.positions(group, k), together.positions(group, k)[at])


@given(populations, st.integers(0, 40))
def test_a_batch_for_all_and_a_batch_for_each_are_the_same(population, k):
    cohort = everyone(population, k)
    each = np.full(len(cohort.ids), k)
    assert np.array_equal(cohort.present(k), cohort.present(each))
    assert np.array_equal(cohort.moment(k), cohort.moment(each))
    for group in GROUPS:
        assert np.array_equal(cohort.version(group, k), cohort.version(group, each))


@given(populations, st.integers(0, 2**29), st.integers(1, 5_000))
def test_version_numbers_grow_at_the_rate(population, k, batches):
    cohort = everyone(population, 3)
    for group in GROUPS:
        grown = cohort.version(group, k + batches) - cohort.version(group, k)
        assert np.all(np.abs(grown - batches * population.rates[group.name]) <= 1)


@given(populations, st.integers(0, 10_000))
def test_a_new_version_of_a_group_always_stands_elsewhere_in_its_pool(population, k):
    cohort = everyone(population, 3)
    for group in GROUPS:
        stepped = cohort.version(group, k) != cohort.version(group, k + 1)
        assert np.array_equal(cohort.positions(group, k) != cohort.positions(group, k + 1), stepped)
        assert np.all(cohort.positions(group, k) != cohort.positions(group, k, 1))


@given(populations, st.integers(0, 50))
def test_everyone_is_present_when_born_and_not_before(population, k):
    cohort = everyone(population, k)
    born = cohort.born
    assert np.all(cohort.present(born))
    assert not np.any(cohort.present(born - 1))
    assert np.array_equal(np.bincount(born, minlength=k + 1)[: k + 1], [population.customers] + [population.growth] * k)


@settings(max_examples=30)
@given(st.sampled_from([1.0, 0.5, 0.2, 0.1]), st.sampled_from([1.0, 0.5, 0.25]), st.integers(0, 2**63 - 1))
def test_a_stay_and_an_absence_last_as_long_as_their_rates_say(delete_rate, reinsert_rate, seed):
    cohort = everyone(Settings(seed=seed, customers=200, delete_rate=delete_rate, reinsert_rate=reinsert_rate), 0)
    there = np.array([cohort.present(k) for k in range(100)])
    cycle = round(1 / delete_rate + 1 / reinsert_rate)
    # Once in its cycle, a customer repeats it for ever.
    assert np.array_equal(there[:-cycle], there[cycle:])
    assert np.all(there[:cycle].sum(axis=0) == round(1 / delete_rate))


def test_without_a_way_back_the_deleted_stay_away():
    cohort = everyone(Settings(customers=500, delete_rate=0.1, reinsert_rate=0.0), 0)
    there = np.array([cohort.present(k) for k in range(100)])
    assert np.all(there[:-1] >= there[1:])
    assert not there[10:].any()
    assert 20 < np.count_nonzero(there[0] & ~there[1]) < 80


@given(populations, st.integers(0, 10_000))
def test_moments_lie_within_their_slot(population, k):
    moments = everyone(population, 3).moment(k)
    begin = population.start_ms + k * population.interval_ms
    assert np.all((begin <= moments) & (moments < begin + population.interval_ms))


def test_seeds_make_different_customers():
    one, other = (everyone(Settings(seed=seed), 0) for seed in (1, 2))
    for group in GROUPS:
        assert not np.array_equal(one.positions(group, 0), other.positions(group, 0))


@pytest.mark.parametrize("group", [*CUSTOMER.groups, *PRODUCT.groups], ids=lambda group: group.name)
def test_a_pool_has_a_power_of_two_of_rows_and_most_of_them_once(group):
    rows = make_pool(group, 42, Dialect()).rows
    assert len(rows) in (SIZE, SIZE_TOGETHER)
    assert len(rows).bit_count() == 1
    few = group.name in ("offer", "first_name", "last_name")
    assert len(set(rows)) > (0.5 if few else 0.9) * len(rows)


def test_pools_are_made_alike_every_time():
    group = CUSTOMER.groups[2]
    assert make_pool.__wrapped__(group, 5, Dialect()).rows == make_pool.__wrapped__(group, 5, Dialect()).rows
    assert make_pool(group, 5, Dialect()).rows != make_pool(group, 6, Dialect()).rows
