"""The path of a file on one machine: land, ingest by the pipe, refresh by the task.

In an account S3, Snowpipe and the streams that trigger the task do this.
"""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from time import sleep
from types import TracebackType

from customertrack.dimension.project import default_folder
from customertrack.errors import UserError
from customertrack.local import dimensions
from customertrack.local.dimensions import CUSTOMER, Dimension
from customertrack.local.done import Done, NotTaken, Step, Tell
from customertrack.local.dropped_files import BETWEEN_LOOKS, LOOKS, DroppedFiles
from customertrack.local.home import Home
from customertrack.local.landing import Landed, land, name_below
from customertrack.reads import snapshots
from customertrack.reads.status import Counts, batches_after, counts, has_pending, last_batch
from snowglobe import FILES_AT_ONCE, Clock, Connection, FileLoad, errors, utc_now

# Those of the customers.
PIPE, TASK = dimensions.pipe(CUSTOMER), dimensions.task(CUSTOMER)


class Pipeline:
    """A dimension in an open home, which is migrated; no other process writes to it, unless it is only read.

    `broken`: by their names, the dimensions of the home whose migrations failed, each with what is said of it.
    """

    def __init__(
        self,
        home: Home,
        connection: Connection,
        tell: Tell = lambda step: None,
        dimension: str = CUSTOMER,
        broken: Mapping[str, str] | None = None,
    ) -> None:
        self.home = home
        self.connection = connection
        self.broken = broken or {}
        self._tell = tell
        self._name = dimension

    @cached_property
    def dimension(self) -> Dimension:
        """What it is of. Raises UserError if the project has no such dimension, or if its migrations failed."""
        if self._name in self.broken:
            raise UserError(self.broken[self._name])
        return self.home.dimension(self._name)

    @property
    def dimensions(self) -> list[str]:
        """Those of the home that can be asked."""
        return [name for name in self.home.dimensions if name not in self.broken]

    def of(self, dimension: str, tell: Tell | None = None) -> "Pipeline":
        """Another dimension in the same home, and who hears of it."""
        return Pipeline(self.home, self.connection, tell or self._tell, dimension, self.broken)

    @classmethod
    def open(cls, home: Home | Path, *, clock: Clock = utc_now, tell: Tell = lambda step: None) -> "Pipeline":
        """Open a home, or the one in a folder, made if it is not there, migrated, and with streams that can be read.

        `tell` hears of each thing done. Raises UserError; but a dimension whose migrations failed holds up no other, so
        that is raised when it is asked for.
        """
        home = home if isinstance(home, Home) else Home(home)
        opened = home.open(clock)
        return cls(home, opened.connection, tell, broken=opened.broken)

    @classmethod
    def open_to_read(cls, home: Home) -> "Pipeline":
        """Open a home that is there, to be looked at, whoever else has it open. Raises UserError."""
        opened = home.open_to_read()
        return cls(home, opened.connection, broken=opened.broken)

    def ingest(self, files: Sequence[Path], *, each: bool = False) -> Done:
        """Land the files, as `landing.landable_files` finds them, load them, and refresh at the end or after `each`.

        Files that others have put into the landing folder are taken too, once they are whole: those that are first,
        the others last, and those that go on growing not at all. A file that cannot be landed or loaded is among the
        problems of what is returned; it stops no other. Raises UserError if a refresh fails or the disk is full; what
        has landed stays, and is taken the next time.
        """
        done = Done()
        dropped = DroppedFiles(self.home, self.connection, self.dimension)
        self._take(dropped.ready(), done, each=each)
        pipe = self.dimension.pipe
        taken = self.connection.names_taken(pipe)
        again = [key for key in self._keys(files) if key in taken]
        metadata = {one.name: one for one in self.connection.load_metadata(pipe, again)} if again else {}
        for path in files:
            fits = self.dimension.takes(path.name)
            landed = land(self.home, path, metadata, self.dimension) if fits else self._left_out(path)
            self._note(landed, done)
        new = [one.name for one in done.landed if one.status == "LANDED"]
        dropped.leave(new)
        self._take(new, done, each=each)
        self._take(dropped.ready(), done, each=each)
        for _ in range(LOOKS):
            if not dropped.unsettled:
                break
            sleep(BETWEEN_LOOKS)
            self._take(dropped.ready(), done, each=each)
        done.unsettled = dropped.unsettled
        self.refresh(done)
        return done

    def load_landed(self, names: Sequence[str] | None = None) -> Done:
        """Load files that lie in the landing folder, those named or all that were not loaded yet, and refresh.

        `names`: keys, `landing/<dimension>/...`.
        """
        done = Done()
        pipe = self.dimension.pipe
        loads = self.connection.refresh_pipe(pipe) if names is None else self.connection.announce(pipe, names)
        self._load(loads, done, refresh_each=False)
        self.refresh(done)
        return done

    def refresh(self, done: Done) -> None:
        """Run the task as the streams would, and after what it applied the compaction as its schedule would.

        Raises UserError if the refresh failed, of which nothing is kept but whole parts of a backlog, or if the task is
        suspended; or if the compaction failed.
        """
        task, last = self.dimension.task, self._last_batch_id
        run = self.connection.run_task(task)
        applied = batches_after(self.connection, last, self.dimension.name) if run.state != "SKIPPED" else []
        for batch in applied:
            self._last_batch_id = batch.batch_id
            self._note(batch, done)
        if run.error is not None:
            came_to = f"came to part {len(applied) + 1} of a backlog" if applied else "changed nothing"
            raise UserError(
                f"The refresh failed and {came_to}: {' '.join(run.error.msg.split())}. "
                "What has landed is kept; the next command tries again."
            ) from run.error
        if applied:
            self._compact()
        # With something in its streams it is skipped for one reason alone.
        if run.state == "SKIPPED" and (pending := self._pending()):
            raise UserError(
                f"{pending} pending, but the task {task} is suspended. Resume it and try again: "
                f"{_called_for(self.home)} query 'ALTER TASK {task} RESUME'"
            )

    def _compact(self) -> None:
        task = self.dimension.compact_task
        run = self.connection.run_task(task) if task else None
        if run and run.error:
            raise UserError(
                f"What landed is applied, but the compaction failed and changed nothing: "
                f"{' '.join(run.error.msg.split())}. The next command that applies something tries again."
            ) from run.error

    def close(self) -> None:
        """Let go of the home."""
        self.connection.close()

    def __enter__(self) -> "Pipeline":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _left_out(self, path: Path) -> Landed:
        called = self.dimension.definition.feed.files
        why = f"the definition of {self._name} takes files alone whose names fit {called}; rename it, or change that"
        return Landed(path, self.dimension.prefix + path.name, "REFUSED", why)

    def _take(self, names: Sequence[str], done: Done, *, each: bool) -> None:
        loads = self.connection.announce(self.dimension.pipe, names, 1 if each else FILES_AT_ONCE)
        self._load(loads, done, refresh_each=each)
        for name in sorted(set(names) - {load.name for load in done.loads}):
            self._note(NotTaken(name, self.dimension.pipe), done)

    def _load(self, loads: Iterator[FileLoad], done: Done, *, refresh_each: bool) -> None:
        try:
            for load in loads:
                self._note(load, done)
                if self.dimension.has_snapshots and load.status == "LOADED" and not load.rows:
                    snapshots.wake(self.connection, self._name)
                if refresh_each:
                    self.refresh(done)
        except errors.OperationalError as error:
            raise UserError(
                f"A file could not be loaded: {error.msg.splitlines()[0]}. It is kept in "
                f"{self.home.landing_of(self.dimension.name)}; "
                "free some space, then try again."
            ) from error

    def has_pending(self) -> bool:
        """Whether there is something that no refresh has applied."""
        return has_pending(self.connection, self.dimension.name)

    def _pending(self) -> str:
        """What waits for a refresh, as the begin of a sentence; "" if nothing does."""
        if self.has_pending():
            return "Rows are"
        is_woken = self.dimension.has_snapshots and snapshots.is_woken(self.connection, self._name)
        return "A snapshot is" if is_woken else ""

    def counts(self) -> Counts:
        """Rows of the dimension's tables."""
        return counts(self.connection, self.dimension.name, has_history=self.dimension.tables.has_history)

    def _keys(self, files: Sequence[Path]) -> list[str]:
        """The names that the files have, or get, in the landing."""
        landing, prefix = self.home.landing_of(self.dimension.name), self.dimension.prefix
        return [prefix + (name_below(landing, path) or path.name) for path in files]

    @cached_property
    def _last_batch_id(self) -> int:
        last = last_batch(self.connection, self.dimension.name)
        return last.batch_id if last else 0

    def _note(self, step: Step, done: Done) -> None:
        done.add(step)
        self._tell(step)


def _called_for(home: Home) -> str:
    """The command as it is called for a home, and for its project if that is another than is taken by itself."""
    folder, project = home.folder, home.project.folder
    named = "" if project == default_folder(Path()) else f" --project {shlex.quote(str(project))}"
    return f"customertrack --home {shlex.quote(str(folder))}{named}"
