"""What a run shows while it runs: a picture that is renewed, on a terminal; else a line per refresh."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic
from types import TracebackType
from typing import Protocol

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from customertrack.cli.show.told import about_findings, about_notices
from customertrack.cli.show.value import sayable
from customertrack.cli.show.words import file_name, number, plural, refreshed, seconds
from customertrack.demo.run import Watcher
from customertrack.local.done import FileLoad, Step
from customertrack.local.findings import Finding
from customertrack.local.landing import Landed
from customertrack.local.notices import Notice
from customertrack.reads.status import Batch

# Lines of the picture that are not refreshes.
_OTHER_LINES = 14


class View(Watcher, Protocol):
    """Hears of everything a run and its pipeline do; a context manager, because a picture has to be put away."""

    def told(self, step: Step) -> None:
        """The pipeline has done something."""
        ...

    def checks(self) -> None:
        """The tables are being checked."""
        ...

    def __enter__(self) -> "View": ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def problem_of(step: Step) -> str | None:
    """A line about a file that was refused or could not be loaded."""
    match step:
        case FileLoad(error=str(error)):
            return f"{file_name(step.name)}: not loaded, because {error}"
        case Landed(status="REFUSED"):
            return f"{step.path}: refused, because {step.reason}"
    return None


class Lines:
    """For a file, a pipe, a log: a line per refresh, nothing that moves."""

    def __init__(
        self, say: Callable[[str], None], resolve: str = "customertrack resolve", dimension: str = "customer"
    ) -> None:
        self._say = say
        self._resolve = resolve
        self._dimension = dimension
        self._label = ""

    def begins(self, label: str, *, is_batch: bool = False) -> None:
        """See View."""
        self._label = label

    def landed(self, files: int) -> None:
        """See View."""

    def waits(self, seconds: float) -> None:
        """See View."""

    def found(self, findings: Sequence[Finding]) -> None:
        """See View."""
        for line in about_findings(findings):
            self._say(line)

    def noticed(self, notices: Sequence[Notice]) -> None:
        """See View."""
        for line in about_notices(notices, self._resolve):
            self._say(line)

    def told(self, step: Step) -> None:
        """See View."""
        if isinstance(step, Batch):
            self._say(f"{self._label}: {refreshed(step, self._dimension)}")
        elif problem := problem_of(step):
            self._say(problem)

    def checks(self) -> None:
        """See View."""
        self._say("checking the tables")

    def __enter__(self) -> "Lines":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass


@dataclass
class _Totals:
    batches: int = 0
    landed: int = 0
    ingested: int = 0
    rows: int = 0
    events: int = 0
    rejects: int = 0
    late: int = 0


@dataclass
class Picture:
    """For a terminal: what has landed, been ingested, applied and rejected, and the last refreshes.

    `title`: the first line. `batches`: how many there will be, or None. `hint`: the last line, asked for at each look.
    `resolve`: that command, as the user can type it.
    """

    console: Console
    title: str
    batches: int | None
    hint: Callable[[], str]
    resolve: str = "customertrack resolve"
    _totals: _Totals = field(default_factory=_Totals)
    _labels: deque[tuple[str, Batch]] = field(default_factory=lambda: deque(maxlen=20))
    _label: str = ""
    _is_batch: bool = False
    _doing: str = "starting"
    _due: float | None = None

    def __post_init__(self) -> None:
        self._begun = monotonic()
        self._spinner = Spinner("dots", style="cyan")
        self._live = Live(console=self.console, get_renderable=self._render, refresh_per_second=8, transient=True)

    def begins(self, label: str, *, is_batch: bool = False) -> None:
        """See View."""
        self._label, self._is_batch = label, is_batch
        self._do(f"{label}: generate" if is_batch else label)

    def landed(self, files: int) -> None:
        """See View."""
        self._totals.landed += files
        self._do(f"{self._label}: ingest")

    def waits(self, seconds: float) -> None:
        """See View."""
        self._due = monotonic() + seconds

    def found(self, findings: Sequence[Finding]) -> None:
        """See View."""
        self._print(about_findings(findings))

    def noticed(self, notices: Sequence[Notice]) -> None:
        """See View."""
        self._print(about_notices(notices, self.resolve))

    def told(self, step: Step) -> None:
        """See View."""
        match step:
            case FileLoad(error=None):
                self._totals.ingested += 1
                self._totals.rows += step.rows
                self._do(f"{self._label}: refresh")
            case Batch():
                self._totals.events += step.events_accepted
                self._totals.rejects += step.rows_rejected
                self._totals.late += step.keys_late
                self._labels.append((self._label, step))
                self._totals.batches += self._is_batch
        if problem := problem_of(step):
            self._print([problem])

    def checks(self) -> None:
        """See View."""
        self._do("checking the tables")

    def __enter__(self) -> "Picture":
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def _print(self, lines: Sequence[str]) -> None:
        for line in lines:
            self.console.print(Text(sayable(line), style="yellow"), soft_wrap=True)

    def _do(self, what: str) -> None:
        self._doing, self._due = what, None

    def _render(self) -> RenderableType:
        due = self._due
        self._spinner.update(text=Text(self._doing if due is None else f"next batch in {_clock(due - monotonic())}"))
        parts: list[RenderableType] = [Text(self.title, style="bold", no_wrap=True, overflow="ellipsis"), ""]
        if self._labels:
            parts += [self._refreshes(), ""]
        parts += [self._stages(), "", self._progress()]
        return Group(*parts, Text(self.hint(), style="dim"))

    def _refreshes(self) -> Table:
        table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
        table.add_column("refresh", no_wrap=True, min_width=16)
        for name in ("rows", "events", "rejects", "late", "closed", "opened", "seconds"):
            table.add_column(name, justify="right", no_wrap=True)
        room = max(3, self.console.size.height - _OTHER_LINES)
        for label, batch in list(self._labels)[-room:]:
            counts = (batch.rows_landed, batch.events_accepted, batch.rows_rejected, batch.keys_late)
            versions = (batch.versions_closed, batch.versions_opened)
            table.add_row(Text(label), *map(number, (*counts, *versions)), f"{seconds(batch):.2f}")
        return table

    def _stages(self) -> Table:
        totals = self._totals
        pace = round(totals.rows / (monotonic() - self._begun))
        grid = Table.grid(padding=(0, 2))
        grid.add_column(style="cyan")
        grid.add_column(justify="right")
        grid.add_column(style="dim")
        grid.add_row("landed", plural(totals.landed, "file"), "")
        grid.add_row(
            "ingested", plural(totals.rows, "row"), f"{plural(totals.ingested, 'file')}, {number(pace)} rows/s"
        )
        grid.add_row("applied", plural(totals.events, "event"), f"{number(totals.late)} late")
        grid.add_row("rejected", plural(totals.rejects, "row"), "")
        return grid

    def _progress(self) -> RenderableType:
        if not self.batches:
            return self._spinner
        made = self._totals.batches
        grid = Table.grid(padding=(0, 2))
        bar = ProgressBar(self.batches, made, width=30, complete_style="cyan", finished_style="green")
        grid.add_row(bar, f"{made} of {self.batches}", self._spinner)
        return grid


def _clock(seconds: float) -> str:
    left = max(0, round(seconds))
    return f"{left // 60}:{left % 60:02}"
