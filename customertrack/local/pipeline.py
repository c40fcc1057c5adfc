"""The path of a file on one machine: land, ingest by the pipe, refresh by the task.

In an account S3, Snowpipe and the streams that trigger the task do this.
"""

import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep
from types import TracebackType

from customertrack.errors import UserError
from customertrack.local.dropped_files import BETWEEN_LOOKS, LOOKS, DroppedFiles
from customertrack.local.home import DATABASE, LANDING_PREFIX, PIPE, SCHEMA, Home
from customertrack.local.landing import Landed, land, name_below
from customertrack.reads import stream
from customertrack.reads.status import Batch, batches_after, counts, last_batch
from snowglobe import FILES_AT_ONCE, Clock, Connection, FileLoad, errors, utc_now

TASK = "customer_refresh_task"

_NEXT = {
    "LOAD_FAILED": "Correct it and land it under another name.",
    "NOT_READ": "Let it be read, or take it away; the next command tries it again.",
}


@dataclass(frozen=True)
class NotTaken:
    """A file that landed and that the pipe did not take: the next command tries again. `name`: its key."""

    name: str


Step = Landed | FileLoad | NotTaken | Batch
Tell = Callable[[Step], None]


@dataclass
class Done:
    """What a call did: files landed (or skipped, or refused), files loaded (or failed, or not taken), refreshes.

    `unsettled`: the names of files that were left to the next command, because they are still being written.
    """

    landed: list[Landed] = field(default_factory=list)
    loads: list[FileLoad] = field(default_factory=list)
    not_taken: list[NotTaken] = field(default_factory=list)
    batches: list[Batch] = field(default_factory=list)
    unsettled: list[str] = field(default_factory=list)

    def add(self, step: Step) -> None:
        """Note what has happened."""
        match step:
            case Landed():
                self.landed.append(step)
            case FileLoad():
                self.loads.append(step)
            case NotTaken():
                self.not_taken.append(step)
            case Batch():
                self.batches.append(step)

    @property
    def rows_landed(self) -> int:
        """Rows that the refreshes applied: events and rejects."""
        return sum(batch.rows_landed for batch in self.batches)

    @property
    def rows_rejected(self) -> int:
        """Those of them that are no valid events."""
        return sum(batch.rows_rejected for batch in self.batches)

    @property
    def problems(self) -> list[str]:
        """A sentence for each file that was refused or could not be loaded."""
        refused = [f"{file.path}: {file.reason}." for file in self.landed if file.status == "REFUSED"]
        failed = [
            f"{Path(load.name).name}: nothing of it was loaded, because {load.error}. {_NEXT[load.status]}"
            for load in self.loads
            if load.status in _NEXT
        ]
        waiting = [
            f"{Path(file.name).name}: nothing of it was loaded, because the pipe {PIPE} is paused, or the file is gone "
            f"again. Resume it: ALTER PIPE {PIPE} SET PIPE_EXECUTION_PAUSED = FALSE; the next command takes the file."
            for file in self.not_taken
        ]
        return refused + failed + waiting


class Pipeline:
    """An open home: migrated, and the only process that writes to it."""

    def __init__(self, home: Home, connection: Connection, tell: Tell = lambda step: None) -> None:
        self.home = home
        self.connection = connection
        self._tell = tell
        last = last_batch(connection)
        self._last_batch_id = last.batch_id if last else 0

    @classmethod
    def open(cls, home: Home | Path, *, clock: Clock = utc_now, tell: Tell = lambda step: None) -> "Pipeline":
        """Open a home, or the one in a folder, made if it is not there, migrated, and with a stream that can be read.

        `tell` hears of each thing done. Raises UserError.
        """
        home = home if isinstance(home, Home) else Home(home)
        connection = home.connect(clock)
        try:
            home.migrate(connection)
            if stream.is_lost(connection, DATABASE, SCHEMA, clock()):
                connection.cursor().execute("CALL renew_customer_stream()")
        except BaseException:
            connection.close()
            raise
        return cls(home, connection, tell)

    @classmethod
    def open_to_read(cls, home: Home) -> "Pipeline":
        """Open a home that is there; one that cannot be written, without changing anything. Raises UserError."""
        if home.can_be_written:
            return cls.open(home)
        connection = home.connect_to_read()
        try:
            home.check_migrated(connection)
        except BaseException:
            connection.close()
            raise
        return cls(home, connection)

    def ingest(self, files: Sequence[Path], *, each: bool = False) -> Done:
        """Land the CSV files, as `landing.csv_files` finds them, load them, and refresh at the end or after `each`.

        Files that others have put into the landing folder are taken too, once they are whole: those that are first,
        the others last, and those that go on growing not at all. A file that cannot be landed or loaded is among the
        problems of what is returned; it stops no other. Raises UserError if a refresh fails or the disk is full; what
        has landed stays, and is taken the next time.
        """
        done = Done()
        dropped = DroppedFiles(self.home, self.connection)
        self._take(dropped.ready(), done, each=each)
        taken = self.connection.names_taken(PIPE)
        again = [key for key in _keys(self.home, files) if key in taken]
        metadata = {one.name: one for one in self.connection.load_metadata(PIPE, again)} if again else {}
        for path in files:
            self._note(land(self.home, path, metadata), done)
        landed = [one.name for one in done.landed if one.status == "LANDED"]
        dropped.leave(landed)
        self._take(landed, done, each=each)
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

        `names`: keys, `landing/customer/...`.
        """
        done = Done()
        loads = self.connection.refresh_pipe(PIPE) if names is None else self.connection.announce(PIPE, names)
        self._load(loads, done, refresh_each=False)
        self.refresh(done)
        return done

    def refresh(self, done: Done) -> None:
        """Run the task as the streams would.

        Raises UserError if the refresh failed, of which nothing is kept but whole parts of a backlog, or if the task is
        suspended.
        """
        run = self.connection.run_task(TASK)
        applied = batches_after(self.connection, self._last_batch_id) if run.state != "SKIPPED" else []
        for batch in applied:
            self._last_batch_id = batch.batch_id
            self._note(batch, done)
        if run.error is not None:
            came_to = f"came to part {len(applied) + 1} of a backlog" if applied else "changed nothing"
            raise UserError(
                f"The refresh failed and {came_to}: {' '.join(run.error.msg.split())}. "
                "What has landed is kept; the next command tries again."
            ) from run.error
        if run.state == "SKIPPED" and self._pending():
            raise UserError(
                f"Rows are pending, but the task {TASK} is suspended. Resume it and try again: "
                f"customertrack --home {shlex.quote(str(self.home.folder))} query 'ALTER TASK {TASK} RESUME'"
            )

    def close(self) -> None:
        """Let go of the home."""
        self.connection.close()

    def __enter__(self) -> "Pipeline":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _take(self, names: Sequence[str], done: Done, *, each: bool) -> None:
        loads = self.connection.announce(PIPE, names, 1 if each else FILES_AT_ONCE)
        self._load(loads, done, refresh_each=each)
        for name in sorted(set(names) - {load.name for load in done.loads}):
            self._note(NotTaken(name), done)

    def _load(self, loads: Iterator[FileLoad], done: Done, *, refresh_each: bool) -> None:
        try:
            for load in loads:
                self._note(load, done)
                if refresh_each:
                    self.refresh(done)
        except errors.OperationalError as error:
            raise UserError(
                f"A file could not be loaded: {error.msg.splitlines()[0]}. It is kept in {self.home.landing}; "
                "free some space, then try again."
            ) from error

    def _pending(self) -> bool:
        return counts(self.connection).pending > 0

    def _note(self, step: Step, done: Done) -> None:
        done.add(step)
        self._tell(step)


def _keys(home: Home, files: Sequence[Path]) -> list[str]:
    """The names that the files have, or get, in the landing."""
    return [LANDING_PREFIX + (name_below(home.landing, path) or path.name) for path in files]
