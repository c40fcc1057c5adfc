"""What a run of migrations tells: notices while it runs, a report when it ends, well or not."""

from dataclasses import dataclass
from typing import Literal

from customertrack.errors import UserError


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
class Report:
    """`applied` in the order of running; `remaining` are the scripts still pending, the one that was stopped in first.

    `statements` counts those of the stopped script that had succeeded; `warnings` are the plan's.
    """

    applied: tuple[Applied, ...] = ()
    remaining: tuple[str, ...] = ()
    statements: int = 0
    warnings: tuple[str, ...] = ()


class MigrationFailed(UserError):  # noqa: N818  what happened is its name, as in "the migration failed"
    """A run stopped before its end; `report` says what had succeeded."""

    def __init__(self, message: str, report: Report) -> None:
        super().__init__(message)
        self.report = report


def succeeded(report: Report) -> str:
    """A clause for a message: which files, and how much of the stopped one, had succeeded."""
    parts = [applied.script for applied in report.applied]
    if report.statements:
        noun = "statement" if report.statements == 1 else "statements"
        parts.append(f"{report.statements} {noun} of {report.remaining[0]}")
    return f"before it succeeded: {', '.join(parts)}" if parts else "nothing had succeeded before it"
