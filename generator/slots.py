"""One slot a run, as a schedule starts it: the slot that was planned, then earlier ones whose files never came.

A run may fail, or find no machine to run on. Every file is a pure function of the settings and its slot, so a later run
makes it as well as its own would have, and no run need know why it is missing. Nothing is stored but the files.
"""

from collections.abc import Callable, Iterator
from itertools import dropwhile

from generator.feed import Feed, FeedFile
from generator.sink import Sink

# Milliseconds. Of a slot that began less long ago, its own run may still be at work.
PATIENCE = 300_000
# Gaps that one run fills, the oldest first. The next run goes on; so none takes long, however many there are.
MOST = 12


def planned(feed: Feed, sink: Sink, k: int, reach: int, stored: Callable[[str], str]) -> Iterator[FeedFile]:
    """The files of slot ``k``, then those of the gaps among the ``reach`` slots before it.

    ``stored`` gives the name under which the sink has a file. The slot itself comes first: what keeps gaps from being
    filled must not make another one. Raises GeneratorError if the sink does not say what it has.
    """
    yield from feed.files(k)
    for gap in gaps(feed, sink, k, reach, stored):
        yield from feed.files(gap)


def gaps(feed: Feed, sink: Sink, k: int, reach: int, stored: Callable[[str], str]) -> list[int]:
    """The slots to be filled, at most MOST.

    A feed whose slot 0 is out of reach is looked at from its first file within reach on: before that, a sink may be
    younger than the feed, and the files elsewhere. Where none is within reach, there is no gap.
    """
    oldest = max(0, k - reach)
    settled = k - -(-PATIENCE // feed.settings.interval_ms)
    names = {slot: {stored(name) for name in feed.names(slot)} for slot in range(oldest, settled + 1)}
    missing = sink.missing(set().union(*names.values()))
    if oldest:
        names = dict(dropwhile(lambda each: each[1] <= missing, names.items()))
    return [slot for slot in names if names[slot] & missing][:MOST]
