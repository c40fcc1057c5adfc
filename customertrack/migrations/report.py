"""What a run of migrations tells: notices while it runs, a report when it ends, well or not."""

from dataclasses import dataclass
from typing import Literal

from customertrack.errors import UserError
from customertrack.migrations.problems import of_dimensions


@dataclass(frozen=True)
class Notice:
    """Something for a progress line.

    | kind | subject | done, total |
    |---|---|---|
    | waiting | the holder of the lease | 0, 0 |
    | file | the script that begins | 0, its statements |
    | statement | the script | statements that have succeeded, its statements |
    | applied | the script that ended well | its statements, its statements |
    """

    kind: Literal["waiting", "file", "statement", "applied"]
    subject: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True)
class Applied:
    """A file that was run to its end; `seconds` is rounded."""

    script: str
    statements: int
    seconds: int


@dataclass(frozen=True)
class Stopped:
    """Why the files of a dimension were not run to their end; `dimension` is "" for files that all share.

    `script`: the one that failed, "" if they could not be read. `sentence`: what happened, with the next step.
    """

    dimension: str
    script: str
    sentence: str


@dataclass(frozen=True)
class Report:
    """`applied` in the order of running; `remaining` are the scripts still pending; `stopped` says why, by dimension.

    `statements` counts those of the last script begun that had succeeded; `warnings` are the plan's.
    """

    applied: tuple[Applied, ...] = ()
    remaining: tuple[str, ...] = ()
    statements: int = 0
    warnings: tuple[str, ...] = ()
    stopped: tuple[Stopped, ...] = ()

    @property
    def by_dimension(self) -> dict[str, str]:
        """A sentence for each dimension whose files were not run to their end; none if something stopped all."""
        found = {each.dimension: of_dimensions([(each.dimension, each.sentence)]) for each in self.stopped}
        return {} if "" in found else found


class MigrationFailed(UserError):  # noqa: N818  what happened is its name, as in "the migration failed"
    """A run stopped before its end; `report` says what had succeeded."""

    def __init__(self, message: str, report: Report) -> None:
        super().__init__(message)
        self.report = report


def succeeded(report: Report, begun: str) -> str:
    """A clause for a message: which files, and how much of the one that was begun, had succeeded.

    Of files in folders, only those of its own are named.
    """
    folders = ("", begun.rpartition("/")[0])
    parts = [applied.script for applied in report.applied if applied.script.rpartition("/")[0] in folders]
    if report.statements:
        noun = "statement" if report.statements == 1 else "statements"
        parts.append(f"{report.statements} {noun} of {begun}")
    return f"before it succeeded: {', '.join(parts)}" if parts else "nothing had succeeded before it"
