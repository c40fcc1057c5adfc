"""Files from a feed to a sink: a fixed number, or one slot after the other until a signal."""

import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from queue import Empty, SimpleQueue
from time import monotonic
from types import FrameType

from generator.feed import Feed, FeedFile
from generator.naming import Kind
from generator.sink import Sink, gzipped


@dataclass(frozen=True)
class Delivered:
    """What a run has made: batches (slots), the files they came in, and the rows of those."""

    batches: int = 0
    files: int = 0
    rows: int = 0


class Stop:
    """A wish to end, kept until the file that is being written is there; or, if abandoned, not even until then.

    A SimpleQueue, because its put may be called from a signal handler at any moment; an Event's set may not.
    """

    def __init__(self) -> None:
        self.asked = False
        self.abandoned = False
        self._wakes: SimpleQueue[None] = SimpleQueue()

    def ask(self) -> None:
        """Ends the current wait, and every later one at once."""
        self.asked = True
        self._wakes.put(None)

    def wait(self, seconds: float) -> bool:
        """Waits so long, or until asked to stop. Returns whether that was asked."""
        if not self.asked and seconds > 0:
            with suppress(Empty):
                self._wakes.get(timeout=seconds)
        return self.asked


@contextmanager
def stopped_by_signals() -> Iterator[Stop]:
    """A Stop that SIGINT and SIGTERM ask. The second signal raises KeyboardInterrupt. Main thread only."""
    stop = Stop()
    before = {int(number): signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def ask(_number: int, _frame: FrameType | None) -> None:
        if not stop.asked:
            stop.ask()
        elif not stop.abandoned:  # a third signal must not break off the tidying up after the second
            stop.abandoned = True
            raise KeyboardInterrupt

    for number in before:
        signal.signal(number, ask)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def paced(feed: Feed, first: int, batches: int | None, stop: Stop) -> Iterator[FeedFile]:
    """The files of one slot per interval from slot ``first`` on, the first at once; last, what is still held back.

    Ends after so many batches, or never if that is None, but always when stopped. A slot that took longer than the
    interval is followed at once until the pace is caught up with.
    """
    begin = monotonic()
    last = None
    for number in count() if batches is None else range(batches):
        if stop.wait(begin + number * feed.settings.interval - monotonic()):
            break
        last = first + number
        yield from feed.files(last)
    held_back = feed.held_back(last) if last is not None else None
    if held_back:
        yield held_back


def deliver(files: Iterable[FeedFile], sink: Sink, stop: Stop, *, gzip: bool, say: Callable[[str], None]) -> Delivered:
    """Writes the files in their order, a sentence said about each.

    When to end between files is up to ``files``; a file in the making is given up only if the stop is abandoned, with
    KeyboardInterrupt. Raises GeneratorError if one cannot be written.
    """
    done = Delivered()
    for batch in files:
        name = stored_name(batch.name, gzip=gzip)
        chunks = _unless_abandoned(batch.chunks(), stop)
        written = sink.write(name, gzipped(chunks) if gzip else chunks)
        say(f"{name}: {len(batch.rows):,} rows" if written else f"{name}: there already")
        done = Delivered(done.batches + (batch.kind is Kind.SLOT), done.files + 1, done.rows + len(batch.rows))
    return done


def stored_name(name: str, *, gzip: bool) -> str:
    """The name under which a file of the feed is stored."""
    return f"{name}.gz" if gzip else name


def _unless_abandoned(chunks: Iterable[bytes], stop: Stop) -> Iterator[bytes]:
    """The chunks, a look at the stop before each: what a signal handler raises within a call of numpy may be lost."""
    for chunk in chunks:
        if stop.abandoned:
            raise KeyboardInterrupt
        yield chunk
