"""The main job: the generator's files into the landing folder, from there into the tables, a refresh for each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from time import monotonic
from typing import Protocol

from customertrack.errors import UserError
from customertrack.local.done import Done
from customertrack.local.dropped_files import BETWEEN_LOOKS, LOOKS, DroppedFiles
from customertrack.local.findings import Finding, findings
from customertrack.local.home import CLOCK_SKEW_HOURS
from customertrack.local.notices import Notice, notices, unsettled
from customertrack.local.pipeline import Pipeline
from generator import Feed, FeedFile
from generator.delivery import Stop
from generator.naming import Kind
from generator.sink import FolderSink


@dataclass(frozen=True)
class Job:
    """What to make of a feed: from slot `first` on so many batches, or (None) until stopped.

    `pace`: seconds from one batch to the next; None: each as soon as the one before it is applied.
    """

    feed: Feed
    first: int
    batches: int | None
    pace: float | None = None


@dataclass
class Made:
    """What a run did: batches made, and what became of their files and of those that others dropped.

    `rows_taken_up`: rows that had landed before, pending, and were applied now. `stopped`: it ended before it was done.
    """

    batches: int = 0
    files: int = 0
    rows_landed: int = 0
    rows_taken_up: int = 0
    events: int = 0
    rejects: int = 0
    keys_late: int = 0
    problems: list[str] = field(default_factory=list)
    stopped: bool = False

    def add(self, done: Done) -> None:
        """Count what one call of the pipeline did."""
        self.files += len(done.loads)
        self.rows_landed += sum(load.rows for load in done.loads)
        self.events += sum(batch.events_accepted for batch in done.batches)
        self.rejects += done.rows_rejected
        self.keys_late += sum(batch.keys_late for batch in done.batches)
        self.problems += done.problems


class Watcher(Protocol):
    """Hears of what a run does, as it does it. What the pipeline does, `Pipeline.open(tell=...)` tells."""

    def begins(self, label: str, *, is_batch: bool = False) -> None:
        """A file is about to be made, or files were found; `is_batch`: it is the file of a slot."""
        ...

    def landed(self, files: int) -> None:
        """So many files lie in the landing folder and are about to be loaded."""
        ...

    def waits(self, seconds: float) -> None:
        """Nothing to do for so long."""
        ...

    def found(self, findings: Sequence[Finding]) -> None:
        """So much is odd about files that others had put there and that were loaded."""
        ...

    def noticed(self, notices: Sequence[Notice]) -> None:
        """There are files whose rows are not all in the tables. Each is told once."""
        ...


def carry_out(pipeline: Pipeline, job: Job, watcher: Watcher, stop: Stop) -> Made:
    """Do the job until it is done or `stop` was asked; then the file in hand is applied, and nothing is lost.

    What was pending, or had been dropped into the landing folder, is taken first. Raises UserError if a refresh or the
    disk fails, GeneratorError if a file cannot be written; all that was applied stays.
    """
    dropped = DroppedFiles(pipeline.home, pipeline.connection, pipeline.dimension)
    sink = FolderSink(pipeline.home.landing_of(pipeline.dimension.name))
    run = _Run(pipeline, job, watcher, stop, sink, dropped)
    run.take_up()
    if job.pace is None:
        run.at_once()
    else:
        run.at_a_pace(job.pace)
    return run.made


def check_times(job: Job, batches: int, now: datetime) -> None:
    """Raise UserError if the job's `batches` reach further into the future than the warehouse accepts."""
    last = job.first + batches - 1
    settings = job.feed.settings
    end = settings.slot_start(last) + timedelta(milliseconds=settings.interval_ms)
    if end > now + timedelta(hours=CLOCK_SKEW_HOURS):
        raise UserError(
            f"Batch {last + 1} of this feed would happen at {end:%Y-%m-%d %H:%M} UTC, and events from more than "
            f"{CLOCK_SKEW_HOURS} hours ahead of the clock are rejected; "
            "ask for fewer --batches, or use another --home with an earlier --start."
        )


@dataclass
class _Run:
    pipeline: Pipeline
    job: Job
    watcher: Watcher
    stop: Stop
    sink: FolderSink
    dropped: DroppedFiles
    made: Made = field(default_factory=Made)
    told: set[Notice] = field(default_factory=set)

    def take_up(self) -> None:
        """What an earlier command left behind: rows that no refresh has applied, and files that were not loaded."""
        self.watcher.begins("from before")
        before = Done()
        self.pipeline.refresh(before)
        self.made.rows_taken_up = before.rows_landed
        self.made.add(before)
        self.take_dropped()
        self.look_around()

    def at_once(self) -> None:
        """A batch after the other; a stop ends it before the next file."""
        for file in self.job.feed.run(self.job.first, self.job.batches or 0):
            if self.stop.asked:
                self.made.stopped = True
                return
            self.deliver(file)
            self.take_dropped()
        self.await_dropped()
        self.look_around()
        self.watcher.noticed(unsettled(self.dropped.unsettled))

    def await_dropped(self) -> None:
        """Take what was dropped a moment ago, when it is whole; a file that goes on growing is left to the next run."""
        for _ in range(LOOKS):
            if self.stop.asked or not self.dropped.unsettled:
                return
            self.stop.wait(BETWEEN_LOOKS)
            self.take_dropped()

    def at_a_pace(self, pace: float) -> None:
        """A batch now, and one more each time the pace is over; last, the late rows that are still under way."""
        last = None
        for slot in self.slots_in_time(pace):
            for file in self.job.feed.files(slot):
                self.deliver(file)
            self.look_around()
            last = slot
        held_back = self.job.feed.held_back(last) if last is not None else None
        if held_back:
            self.deliver(held_back)

    def slots_in_time(self, pace: float) -> Iterator[int]:
        """The job's slots, each when it is due; meanwhile files dropped by others are taken."""
        begin = monotonic()
        for number in count() if self.job.batches is None else range(self.job.batches):
            while not self.stop.asked and (left := begin + number * pace - monotonic()) > 0:
                self.watcher.waits(left)
                self.stop.wait(min(left, BETWEEN_LOOKS))
                self.take_dropped()
            if self.stop.asked:
                self.made.stopped = True
                return
            check_times(self.job, number + 1, datetime.now(UTC))
            yield self.job.first + number

    def deliver(self, file: FeedFile) -> None:
        """Write one file of the feed, load it, refresh."""
        self.watcher.begins(self.label(file), is_batch=file.kind is Kind.SLOT)
        self.sink.write(file.name, file.chunks())
        self.watcher.landed(1)
        self.made.add(self.pipeline.load_landed([self.pipeline.dimension.prefix + file.name]))
        self.made.batches += file.kind is Kind.SLOT

    def take_dropped(self) -> None:
        """Load what others have put into the landing folder, and refresh."""
        names = self.dropped.ready()
        if names:
            self.watcher.begins(
                names[0].removeprefix(self.pipeline.dimension.prefix) if len(names) == 1 else f"{len(names)} files"
            )
            self.watcher.landed(len(names))
            done = self.pipeline.load_landed(names)
            self.made.add(done)
            self.watcher.found(findings(self.pipeline, done.loads, done.batches))

    def look_around(self) -> None:
        """Tell of landed files that changed after they were loaded, and of others that are not taken."""
        pipeline = self.pipeline
        found = notices(pipeline.home, pipeline.connection, pipeline.dimension)
        new = [one for one in found if one not in self.told]
        self.told.update(new)
        self.watcher.noticed(new)

    def label(self, file: FeedFile) -> str:
        """What the watcher calls a file of the feed."""
        number = self.made.batches + 1
        match file.kind:
            case Kind.SLOT if self.job.batches is None:
                return f"batch {number}"
            case Kind.SLOT:
                return f"batch {number} of {self.job.batches}"
            case Kind.AGAIN:
                return "the same file again"
        return "late rows"
