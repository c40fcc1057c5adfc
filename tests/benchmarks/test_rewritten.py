"""The simulation is what a naive one gives, and what the formulas say where there is one."""

import numpy as np
import pytest

from benchmarks.partitions import PARTITION_BYTES, Table, Written
from benchmarks.rewritten import STATE_BYTES, Load, merged_on_read, one_table, two_tables

# A hundred rows fill a partition.
ROW_BYTES = PARTITION_BYTES // 100


class Naive:
    """The same table as a list of partitions, each a set of keys in lists of rows that were written together."""

    def __init__(self, keys: int, capacity: int, *, merging: bool) -> None:
        self.capacity = capacity
        self.merging = merging
        self.partitions = [set(range(first, min(first + capacity, keys))) for first in range(0, keys, capacity)]

    def replace(self, keys: list[int]) -> Written:
        gone = set(keys)
        hit = [partition for partition in self.partitions if partition & gone]
        untouched = [partition for partition in self.partitions if not partition & gone]
        stayed = [partition - gone for partition in hit]
        new = [set(keys[first : first + self.capacity]) for first in range(0, len(keys), self.capacity)]
        written = sum(map(len, stayed)) + len(keys)
        replaced = sum(map(len, hit))
        self.partitions = [*untouched, *(self.merged(stayed) if self.merging else stayed), *new]
        self.partitions = [partition for partition in self.partitions if partition]
        return Written(written * ROW_BYTES, replaced * ROW_BYTES)

    def merged(self, stayed: list[set[int]]) -> list[set[int]]:
        done = [partition for partition in stayed if 2 * len(partition) >= self.capacity]
        open_one: set[int] | None = None
        for partition in (one for one in stayed if one and 2 * len(one) < self.capacity):
            if open_one is not None and len(open_one) + len(partition) <= self.capacity:
                open_one |= partition
            else:
                open_one = set(partition)
                done.append(open_one)
        return done


def test_a_table_begins_full_with_a_rest_in_its_last_partition():
    table = Table(1_050, ROW_BYTES)
    assert (table.partitions, table.bytes) == (11, 1_050 * ROW_BYTES)


def test_one_key_rewrites_its_partition_and_no_other():
    table = Table(1_050, ROW_BYTES)
    assert table.replace(np.array([7])) == Written(100 * ROW_BYTES, 100 * ROW_BYTES)
    # It is alone in its new partition, and the 99 that stayed are not touched again.
    assert table.replace(np.array([7])) == Written(ROW_BYTES, ROW_BYTES)
    assert table.replace(np.array([1_049])) == Written(50 * ROW_BYTES, 50 * ROW_BYTES)
    assert table.bytes == 1_050 * ROW_BYTES


def test_more_rows_than_a_partition_holds_are_several():
    table = Table(1_000, ROW_BYTES)
    assert table.replace(np.arange(250)) == Written(300 * ROW_BYTES, 300 * ROW_BYTES)
    assert table.partitions == 7 + 1 + 3


def test_without_merging_the_table_is_what_a_naive_one_is():
    rng = np.random.default_rng(3)
    table, naive = Table(2_345, ROW_BYTES), Naive(2_345, 100, merging=False)
    for _ in range(60):
        keys = np.unique(rng.integers(0, 2_345, 130))
        assert table.replace(keys) == naive.replace(keys.tolist())
        assert table.partitions == len(naive.partitions)


def test_merging_is_what_a_naive_table_does_and_keeps_the_partitions_few():
    rng = np.random.default_rng(4)
    table, naive, apart = (
        Table(2_345, ROW_BYTES, merging=True),
        Naive(2_345, 100, merging=True),
        Table(2_345, ROW_BYTES),
    )
    for _ in range(60):
        keys = np.unique(rng.integers(0, 2_345, 9))
        assert table.replace(keys) == naive.replace(keys.tolist())
        apart.replace(keys)
        assert table.partitions == len(naive.partitions)
        assert table.bytes == 2_345 * ROW_BYTES
    assert table.partitions < apart.partitions


def test_random_keys_hit_the_share_of_partitions_that_the_formula_says():
    """Of p partitions k draws leave each unhit with (1 - 1/p)^k."""
    p, k = 1_000, 500
    rng = np.random.default_rng(5)
    shares = []
    for _ in range(30):
        table = Table(100 * p, ROW_BYTES)
        written = table.replace(np.unique(rng.integers(0, 100 * p, k)))
        shares.append(written.replaced / table.bytes)
    assert np.mean(shares) == pytest.approx(1 - (1 - 1 / p) ** k, abs=0.005)


LOAD = Load(keys=1_000_000, changes=200, hot=False, minutes=40, seed=6)


def test_between_compactions_only_what_changed_is_written_and_a_compaction_writes_what_its_keys_hit():
    outcome = merged_on_read(LOAD, interval=20)
    appended = np.array([keys.size for keys in LOAD.draws]) * STATE_BYTES
    state = Table(LOAD.keys, STATE_BYTES)
    assert [step.written for step in outcome.steps[:19]] == appended[:19].tolist()
    compacted = state.replace(np.unique(np.concatenate(LOAD.draws[:20])))
    assert outcome.steps[19].written == appended[19] + compacted.written
    assert outcome.steps[19].replaced == appended[:20].sum() + compacted.replaced
    assert outcome.reads[19] == pytest.approx(1 + appended[:20].sum() / state.bytes)
    assert outcome.reads[20] == pytest.approx(1 + appended[20] / state.bytes)


def test_one_wide_table_rewrites_no_more_than_a_wide_and_a_narrow_one():
    """Where random keys hit all of both, the sum of the rows is the same."""
    all_hit = Load(keys=1_000_000, changes=10_000, hot=False, minutes=5, seed=7)
    assert one_table(all_hit).written == pytest.approx(two_tables(all_hit).written, rel=0.01)
    assert one_table(LOAD).written <= two_tables(LOAD).written
    assert merged_on_read(LOAD, interval=20).written < one_table(LOAD).written / 10


def test_the_same_seed_is_the_same_outcome_and_hot_keys_recur():
    again = Load(keys=1_000_000, changes=200, hot=False, minutes=40, seed=6)
    assert one_table(again) == one_table(LOAD)
    other = Load(keys=1_000_000, changes=200, hot=False, minutes=40, seed=8)
    assert [keys.tolist() for keys in other.draws] != [keys.tolist() for keys in LOAD.draws]
    hot = Load(keys=1_000_000, changes=200, hot=True, minutes=40, seed=6)
    of_the_hundredth = np.mean(np.concatenate(hot.draws) % 100 == 0)
    assert of_the_hundredth == pytest.approx(0.9, abs=0.02)
