"""What came of a deploy, and what somebody has to be told of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from customertrack.migrations import Report
from lambdas.dimension import of_pipe
from lambdas.migrate import standstill, storage
from lambdas.migrate.failures import Failures
from lambdas.migrate.record import Record


@dataclass(frozen=True)
class Outcome:
    """By the names of dimensions: `validations` are `success` or what is wrong, `pipe_states` by SYSTEM$PIPE_STATUS,
    `taken_up` is what the renewal of a stream has said. `failures`: what of single dimensions has failed. `before`:
    what was known when it began. `feed_start` and `now` are UTC.
    """

    report: Report
    validations: Mapping[str, str]
    pipe_states: Mapping[str, str]
    feed_start: datetime
    before: Record
    landing_root: str
    taken_up: Mapping[str, str]
    now: datetime
    failures: Failures

    @property
    def reached(self) -> bool:
        """Whether Snowflake reaches the bucket, of all dimensions."""
        return self.validation == storage.SUCCESS

    @property
    def validation(self) -> str:
        """`success`, or what is wrong."""
        return _told(self.validations, storage.SUCCESS)

    @property
    def pipe_status(self) -> str:
        """`RUNNING`, or what pipes do instead."""
        return _told(self.pipe_states, "RUNNING")

    @property
    def warnings(self) -> list[str]:
        """What did not fail and is not right, in sentences."""
        return [*self.report.warnings, *self._of_now(), *self._of_the_past()]

    def _of_now(self) -> Iterator[str]:
        if not self.reached:
            yield f"Snowflake does not reach the bucket: {self.validation}"
        for name, state in self.pipe_states.items():
            if state != "RUNNING":
                yield f"the pipe of {name} does not run: {state}"
        for name in sorted(self.before.held):
            how = "SET PIPE_EXECUTION_PAUSED = FALSE" if of_pipe(name) else "RESUME"
            kind = "PIPE" if of_pipe(name) else "TASK"
            yield (
                f"{name} stays stopped, since it was no deploy that stopped it; when it may go on: "
                f"ALTER {kind} {name} {how}"
            )

    def _of_the_past(self) -> Iterator[str]:
        for name, said in self.taken_up.items():
            yield f"the stream of {name} was stale or gone and is made anew: {said}"
        before = self.before
        if before.stopped_at is None:
            return
        moved = before.landing_url.rstrip("/") != self.landing_root.rstrip("/")
        if moved and before.left_behind:
            yield (
                f"{before.left_behind} files had not been loaded from {before.landing_url} when it was stopped; copy "
                f"them to {self.landing_root} (docs/operations.md, Files that were left behind)"
            )
        if not moved and self.now - before.stopped_at > timedelta(days=standstill.REFRESH_DAYS):
            yield (
                f"the pipes had been stopped since {before.stopped_at:%Y-%m-%d} and look for the files of the last "
                f"{standstill.REFRESH_DAYS} days; for older ones see docs/operations.md, Files that were left behind"
            )


def _told(by_dimension: Mapping[str, str], good: str) -> str:
    """`good` if all are, else what the others are, each once."""
    others: dict[str, list[str]] = {}
    for name, said in by_dimension.items():
        if said != good:
            others.setdefault(said, []).append(name)
    return "; ".join(f"{', '.join(names)}: {said}" for said, names in others.items()) or good
