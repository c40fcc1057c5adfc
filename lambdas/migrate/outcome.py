"""What came of a deploy, and what somebody has to be told of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from customertrack.migrations import Report
from lambdas.migrate import pipe, standstill, storage
from lambdas.migrate.record import Record


@dataclass(frozen=True)
class Outcome:
    """`validation` is `success` or what is wrong. `before`: what was known when it began. `taken_up`: what the stream's
    renewal has said, or nothing. `feed_start` and `now` are UTC.
    """

    report: Report
    validation: str
    pipe_status: str
    feed_start: datetime
    before: Record
    landing_url: str
    taken_up: str
    now: datetime

    @property
    def reached(self) -> bool:
        """Whether Snowflake reaches the bucket."""
        return self.validation == storage.SUCCESS

    @property
    def warnings(self) -> list[str]:
        """What did not fail and is not right, in sentences."""
        return [*self.report.warnings, *self._of_now(), *self._of_the_past()]

    def _of_now(self) -> Iterator[str]:
        if not self.reached:
            yield f"Snowflake does not reach the bucket: {self.validation}"
        if self.pipe_status != "RUNNING":
            yield f"the pipe does not run: {self.pipe_status}"
        for name in sorted(self.before.held):
            how = "SET PIPE_EXECUTION_PAUSED = FALSE" if name == pipe.PIPE else "RESUME"
            kind = "PIPE" if name == pipe.PIPE else "TASK"
            yield (
                f"{name} stays stopped, since it was no deploy that stopped it; when it may go on: "
                f"ALTER {kind} {name} {how}"
            )

    def _of_the_past(self) -> Iterator[str]:
        if self.taken_up:
            yield f"the stream was stale or gone and is made anew: {self.taken_up}"
        before = self.before
        if before.stopped_at is None:
            return
        moved = before.landing_url.rstrip("/") != self.landing_url.rstrip("/")
        if moved and before.left_behind:
            yield (
                f"{before.left_behind} files had not been loaded from {before.landing_url} when it was stopped; copy "
                f"them to {self.landing_url} (docs/operations.md, Files that were left behind)"
            )
        if not moved and self.now - before.stopped_at > timedelta(days=standstill.REFRESH_DAYS):
            yield (
                f"the pipe had been stopped since {before.stopped_at:%Y-%m-%d} and looks for the files of the last "
                f"{standstill.REFRESH_DAYS} days; for older ones see docs/operations.md, Files that were left behind"
            )
