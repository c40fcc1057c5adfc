"""What a call of the pipeline did, step by step, and what the user is told of what it could not do."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from customertrack.local.landing import Landed
from customertrack.reads.status import Batch
from snowglobe import FileLoad

_NEXT = {
    "LOAD_FAILED": "Correct it and land it under another name.",
    "NOT_READ": "Let it be read, or take it away; the next command tries it again.",
}


@dataclass(frozen=True)
class NotTaken:
    """A file that landed and that the pipe did not take: the next command tries again. `name`: its key."""

    name: str
    pipe: str


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
            f"{Path(file.name).name}: nothing of it was loaded, because the pipe {file.pipe} is paused, or the file is "
            f"gone again. Resume it: ALTER PIPE {file.pipe} SET PIPE_EXECUTION_PAUSED = FALSE; the next command takes "
            "the file."
            for file in self.not_taken
        ]
        return refused + failed + waiting
