"""What a run shows while it runs: a picture that is renewed, on a terminal; else a line per refresh."""

from collections import deque
from collections.abc import Callable
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

from customertrack.cli.show.words import file_name, number, plural, refreshed, seconds
from customertrack.local.landing import Landed
from customertrack.local.pipeline import Event
from customertrack.reads.status import Batch
from snowglobe import FileLoad

# Lines of the picture that are not refreshes.
_OTHER_LINES = 14


class View(Protocol):
    """Hears of everything a run does; a context manager, because a picture has to be put away."""

    def begins(self, label: str, *, is_batch: bool = False) -> None:
        """A file is about to be made, or was found: the refreshes that follow are its."""
        ...

    def landed(self, files: int) -> None:
        """So many files are about to be loaded."""
        ...

    def waits(self, seconds: float) -> None:
        """Nothing to do for so long."""
        ...

    def told(self, event: Event) -> None:
        """The pipeline has done something."""
        ...

    def checks(self) -> None:
        """The tables are being checked."""
        ...

    def __enter__(self) -> "View": ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def problem_of(event: Event) -> str | None:
    """A line about a file that was refused or could not be loaded."""
    match event:
        case FileLoad(error=str(error)):
            return f"{file_name(event.name)}: not loaded, because {error}"
        case Landed(status="REFUSED"):
            return f"{event.path}: refused, because {event.reason}"
    return None


class Lines:
    """For a file, a pipe, a log: a line per refresh, nothing that moves."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._label = ""

    def begins(self, label: str, *, is_batch: bool = False) -> None:
        """See View."""
        self._label = label

    def landed(self, files: int) -> None:
        """See View."""

    def waits(self, seconds: float) -> None:
        """See View."""

    def told(self, event: Event) -> None:
        """See View."""
        if isinstance(event, Batch):
            self._say(f"{self._label}: {refreshed(event)}")
        elif problem := problem_of(event):
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
    """

    console: Console
    title: str
    batches: int | None
    hint: Callable[[], str]
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

    def told(self, event: Event) -> None:
        """See View."""
        match event:
            case FileLoad(error=None):
                self._totals.ingested += 1
                self._totals.rows += event.rows
                self._do(f"{self._label}: refresh")
            case Batch():
                self._totals.events += event.events_accepted
                self._totals.rejects += event.rows_rejected
                self._totals.late += event.keys_late
                self._labels.append((self._label, event))
                self._totals.batches += self._is_batch
        if problem := problem_of(event):
            self.console.print(Text(problem, style="yellow"))

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
