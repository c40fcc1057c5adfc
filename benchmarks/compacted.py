"""`python -m benchmarks.compacted`: what both layouts write in Snowflake, by the simulation of benchmarks/rewritten.py.

Each change is a state and a closed version. Some are late, by any age: each supersedes one closed version, somewhere
among all, and is derived with one more. The layout for large dimensions appends, and compacts by size, as
customertrack/dimension/templates/R__48_compact.sql says; the small one replaces with each refresh, one a minute.
"""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.partitions import Table, Written
from benchmarks.report import table
from benchmarks.rewritten import FEW, KEYS, MANY, STATE_BYTES

CLOSED_BYTES, SUPERSEDED_BYTES = 128, 28
# So many versions a key has had before.
VERSIONS = 2
# A compaction comes when what was appended is this part of the table.
STATES, CLOSED, SUPERSEDED = 100, 10, 50
# Enough for what the tables come to.
COMPACTIONS = 2
SMALL_MINUTES = 10
LATE = (0, 0.01, 1)
COLUMNS = ("keys", "changes", "late", "changed MB", "small: MB a minute", "times", "large", "times", "compacted every")


@dataclass(frozen=True)
class Feed:
    """`changes` a minute, of random keys among `keys`; `late`: the share of them that are late."""

    keys: int
    changes: int
    late: float

    @property
    def changed(self) -> int:
        """Bytes that a minute brings: the states of its keys, each once."""
        return self.changes * STATE_BYTES

    def minutes(self, seed: int = 1) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """For each minute, without end: the keys that change and the closed versions that are wrong, int64."""
        rng = np.random.default_rng(seed)
        while True:
            keys = np.unique(rng.integers(0, self.keys, self.changes))
            yield keys, np.unique(rng.integers(0, self.keys * VERSIONS, rng.binomial(self.changes, self.late)))


@dataclass(frozen=True)
class Rewritten:
    """Bytes a minute, in the mean over whole times between two compactions, and minutes between those of the states."""

    states: float
    closed: float
    minutes: float

    def times(self, feed: Feed) -> float:
        """How many times what has changed is written."""
        return (self.states + self.closed) / feed.changed


def small(feed: Feed) -> Rewritten:
    """Both tables are replaced by each refresh."""
    states, closed = Table(feed.keys, STATE_BYTES), Table(feed.keys * VERSIONS, CLOSED_BYTES)
    of_states = of_closed = Written()
    for _, (keys, wrong) in zip(range(SMALL_MINUTES), feed.minutes(), strict=False):
        of_states += states.replace(keys)
        of_closed += closed.replace(wrong) + Written(keys.size * CLOSED_BYTES)
    return Rewritten(of_states.written / SMALL_MINUTES, of_closed.written / SMALL_MINUTES, 0)


def merged_on_read(feed: Feed) -> Rewritten:
    """All is appended, and moved when it is enough."""
    states, minutes = _states(feed)
    return Rewritten(states, _closed(feed), minutes)


def _states(feed: Feed) -> tuple[float, float]:
    states = Table(feed.keys, STATE_BYTES)
    written = Written()
    recent: list[np.ndarray] = []
    compactions = 0
    for minute, (keys, _) in enumerate(feed.minutes(), 1):
        recent.append(keys)
        written += Written(keys.size * STATE_BYTES)
        if STATES * sum(part.size for part in recent) >= feed.keys:
            written += states.replace(np.unique(np.concatenate(recent)))
            recent.clear()
            compactions += 1
            if compactions == COMPACTIONS:
                return written.written / minute, minute / COMPACTIONS
    raise AssertionError("a feed has no end")


def _closed(feed: Feed) -> float:
    closed = Table(feed.keys * VERSIONS, CLOSED_BYTES)
    written = Written()
    superseded: list[np.ndarray] = []
    rows = feed.keys * VERSIONS
    appended = compactions = 0
    for minute, (keys, wrong) in enumerate(feed.minutes(), 1):
        new = keys.size + wrong.size
        superseded.append(wrong)
        appended += new
        written += Written(new * CLOSED_BYTES + wrong.size * SUPERSEDED_BYTES)
        if max(CLOSED * appended, SUPERSEDED * sum(part.size for part in superseded)) >= rows:
            # What takes the place of the wrong ones is among what was appended.
            gone = np.unique(np.concatenate(superseded))
            written += closed.replace(gone) + Written((appended - gone.size) * CLOSED_BYTES)
            rows += appended - gone.size
            superseded.clear()
            appended = 0
            compactions += 1
            if compactions == COMPACTIONS:
                return written.written / minute
    raise AssertionError("a feed has no end")


def row(feed: Feed) -> tuple[str, ...]:
    """A row of the table."""
    both = small(feed), merged_on_read(feed)
    written = [f"{(one.states + one.closed) / 1e6:,.1f}" for one in both]
    times = [f"{one.times(feed):,.0f}" for one in both]
    return (
        f"{feed.keys / 1e6:,.0f} M",
        f"{feed.changes:,}",
        f"{feed.late:.0%}",
        f"{feed.changed / 1e6:,.1f}",
        written[0],
        times[0],
        written[1],
        times[1],
        f"{both[1].minutes:,.0f} min",
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Simulate all, which takes minutes, and print a table."""
    ArgumentParser(prog="python -m benchmarks.compacted", description=__doc__).parse_args(argv)
    feeds = [Feed(keys, changes, late) for keys in KEYS for changes in (FEW, MANY) for late in LATE]
    print(table("What is written, by what changes", [COLUMNS, *map(row, feeds)]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
