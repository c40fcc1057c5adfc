"""`python -m benchmarks.rewritten`: what refreshes rewrite in Snowflake, by a simulation of its micro-partitions.

One refresh a minute, DELETE and INSERT of the keys that changed; nobody is new. benchmarks/partitions.py has what is
assumed of partitions, and decision 0033 what follows.
"""

import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from benchmarks.partitions import Table, Written
from benchmarks.report import table

KEYS = (1_000_000, 10_000_000, 100_000_000)
FEW, MANY = 1_000, 10_000
CUSTOMER_BYTES, KEY_BYTES = 100, 28
STATE_BYTES = CUSTOMER_BYTES + KEY_BYTES
INTERVALS = (10, 60, 120)
# A day of Time Travel and seven of Fail-safe, in minutes: docs.snowflake.com, "Data storage considerations".
KEPT_MINUTES = (1 + 7) * 24 * 60
HOT = 100
COLUMNS = (
    "keys",
    "changes",
    "which",
    "layout",
    "MB a minute",
    "at most",
    "kept TB",
    "partitions",
    "read",
    "at most",
)
NOTE = """
small ones merged: customer_state, if Snowflake puts small partitions together whenever a DELETE hits them. recent: what
changed is appended to customer_recent and moved into customer_state after so many minutes. kept: a day of Time Travel
and seven of Fail-safe, of permanent tables; transient ones without retention keep nothing. read: bytes of all rows, by
those of customer_state alone."""


@dataclass(frozen=True)
class Load:
    """`changes` of `keys` keys a minute, for `minutes`; `hot`: nine in ten changes are of every hundredth key."""

    keys: int
    changes: int
    hot: bool
    minutes: int
    seed: int

    @cached_property
    def draws(self) -> list[np.ndarray]:
        """The different keys of each minute, int64 (at most `changes`,), ascending."""
        return list(self._drawn())

    def _drawn(self) -> Iterator[np.ndarray]:
        rng = np.random.default_rng(self.seed)
        for _ in range(self.minutes):
            keys = rng.integers(0, self.keys, self.changes)
            if self.hot:
                often = rng.random(self.changes) < 0.9
                keys = np.where(often, keys // HOT * HOT, keys)
            yield np.unique(keys)


@dataclass(frozen=True)
class Outcome:
    """What each minute wrote; `reads`: the bytes of all rows after it, by those of the state alone."""

    steps: list[Written]
    reads: list[float]
    partitions: int

    @property
    def written(self) -> float:
        """Bytes a minute, in the mean."""
        return sum(step.written for step in self.steps) / len(self.steps)

    @property
    def kept(self) -> float:
        """Bytes that Time Travel and Fail-safe hold on to, if the table has both, once as many days have gone by."""
        return sum(step.replaced for step in self.steps) / len(self.steps) * KEPT_MINUTES


def two_tables(load: Load) -> Outcome:
    """`customer`, wide, and `customer_key`, narrow: both are replaced by each refresh."""
    tables = [Table(load.keys, size) for size in (CUSTOMER_BYTES, KEY_BYTES)]
    steps = [sum((one.replace(keys) for one in tables), Written()) for keys in load.draws]
    return Outcome(steps, [1.0] * load.minutes, sum(one.partitions for one in tables))


def one_table(load: Load, *, merging: bool = False) -> Outcome:
    """`customer_state`, replaced by each refresh."""
    state = Table(load.keys, STATE_BYTES, merging=merging)
    steps = [state.replace(keys) for keys in load.draws]
    return Outcome(steps, [1.0] * load.minutes, state.partitions)


def merged_on_read(load: Load, interval: int) -> Outcome:
    """`customer_state`, and the rows that changed since it was compacted, appended to `customer_recent`.

    Every `interval` minutes the last row of each recent key is moved into `customer_state`; then `customer_recent` is
    emptied, which replaces its partitions.
    """
    state = Table(load.keys, STATE_BYTES)
    recent: list[np.ndarray] = []
    steps, reads, partitions = [], [], 0
    for minute, keys in enumerate(load.draws, 1):
        recent.append(keys)
        step = Written(keys.size * STATE_BYTES)
        appended = sum(part.size for part in recent) * STATE_BYTES
        reads.append(1 + appended / state.bytes)
        partitions = max(partitions, state.partitions + len(recent))
        if minute % interval == 0:
            step += state.replace(np.unique(np.concatenate(recent))) + Written(replaced=appended)
            recent.clear()
        steps.append(step)
    return Outcome(steps, reads, partitions)


def layouts() -> dict[str, Callable[[Load], Outcome]]:
    """All that are compared, by what they are called in the table."""

    def merged(interval: int) -> Callable[[Load], Outcome]:
        return lambda load: merged_on_read(load, interval)

    return {
        "customer + customer_key": two_tables,
        "customer_state": one_table,
        "small ones merged": lambda load: one_table(load, merging=True),
        **{f"recent, {interval} minutes": merged(interval) for interval in INTERVALS},
    }


def row(load: Load, name: str, outcome: Outcome) -> tuple[str, ...]:
    """A row of the table."""
    return (
        f"{load.keys / 1e6:,.0f} M",
        f"{load.changes:,}",
        "hot" if load.hot else "random",
        name,
        f"{outcome.written / 1e6:,.1f}",
        f"{max(step.written for step in outcome.steps) / 1e6:,.1f}",
        f"{outcome.kept / 1e12:,.2f}",
        f"{outcome.partitions:,}",
        f"{sum(outcome.reads) / len(outcome.reads):.3f}",
        f"{max(outcome.reads):.3f}",
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Simulate all, and print a table."""
    parser = ArgumentParser(prog="python -m benchmarks.rewritten", description=__doc__)
    parser.add_argument("--minutes", type=int, default=max(INTERVALS), help=f"default: {max(INTERVALS)}")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args(argv)
    loads = [
        Load(keys, changes, hot, arguments.minutes, arguments.seed)
        for keys in KEYS
        for changes, hot in ((FEW, False), (MANY, False), (MANY, True))
    ]
    rows = [row(load, name, layout(load)) for load in loads for name, layout in layouts().items()]
    print(table("What a refresh a minute writes, and what a reader of all customers reads", [COLUMNS, *rows]))
    print(NOTE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
