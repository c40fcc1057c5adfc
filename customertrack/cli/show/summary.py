"""What a run says when it has ended: what came in, what became of it, whether it is right, and what to type next."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from customertrack.cli.show.truth import compared
from customertrack.cli.show.value import text
from customertrack.cli.show.versions import grid
from customertrack.cli.show.words import number, one_of, plural, sum_of
from customertrack.demo.run import Made
from customertrack.demo.verify import Verdict
from customertrack.local.pipeline import Pipeline
from customertrack.reads import history
from customertrack.reads.results import Table
from customertrack.reads.status import Counts
from customertrack.reads.timeline import versions_and_lateness

_INDENT = (0, 0, 0, 2)


@dataclass(frozen=True)
class Summary:
    """The facts of a run. `before`, `after`: rows of the tables when it began and ended; `example`: a history to show.

    `dimension`, `key`: whose, and the columns of its key, with which the example begins. `has_history`: whether it has
    versions.

    `verdict` and `example` are None if the run was stopped before there was something to check.
    """

    dimension: str
    key: tuple[str, ...]
    has_history: bool
    made: Made
    seconds: float
    before: Counts
    after: Counts
    verdict: Verdict | None
    example: Table | None


def read_example(pipeline: Pipeline) -> Table | None:
    """The history of a key that shows most of what there is to see; None if there is none."""
    connection, tables = pipeline.connection, pipeline.dimension.tables
    if not tables.has_history:
        return None
    key = history.telling_key(connection, tables)
    return None if key is None else versions_and_lateness(connection, tables, key)


def show(summary: Summary, console: Console, headline: str, commands: Sequence[tuple[str, str]]) -> None:
    """Print it. `commands`: what to type next, and what for."""
    facts = _facts(summary)
    if summary.verdict:
        _add_checks(facts, summary.verdict, summary.dimension)
    parts: list[RenderableType] = [Text(headline, style="bold"), "", Padding(facts, _INDENT), ""]
    if summary.example:
        parts += [*_example(summary.example, summary), ""]
    with console.capture() as captured:
        console.print(Group(*parts, Text("Next:", style="bold")))
        for command, purpose in commands:
            line = Text.assemble("  ", (command, "cyan"), (f"  # {purpose}" if purpose else "", "dim"))
            console.print(line, soft_wrap=True)
    # What fills up the columns of a table is nothing to keep in a log.
    console.file.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))
    console.file.flush()


def _facts(summary: Summary) -> Grid:
    rows = Grid.grid(padding=(0, 2, 0, 0))
    rows.add_column(style="cyan", no_wrap=True, min_width=16)
    rows.add_column(overflow="fold")
    made, before, after = summary.made, summary.before, summary.after
    came = plural(made.rows_landed, "row")
    if made.rows_taken_up:
        came += f" and {number(made.rows_taken_up)} pending from before"
    adds_up = made.rows_landed + made.rows_taken_up == made.events + made.rejects
    became = sum_of(made.events, made.rejects)
    rows.add_row("landed", f"{came} {'=' if adds_up else 'but'} {became}, in {plural(made.files, 'file')}")
    name = summary.dimension
    if made.keys_late:
        again = f"{plural(made.keys_late, 'time')} a {one_of(name)}'s history was derived again from there on"
        rows.add_row("arrived late", again)
    rows.add_row(name, f"{plural(after.customers, 'row')}, {after.customers - before.customers:+,} by this run")
    versions = after.versions - before.versions
    if summary.has_history:
        rows.add_row(f"{name}_history", f"{plural(after.versions, 'version')}, {versions:+,} by this run")
    for problem in made.problems:
        rows.add_row("not loaded", Text(problem, style="yellow"))
    return rows


def _add_checks(rows: Grid, verdict: Verdict, dimension: str) -> None:
    total = len(verdict.invariants)
    broken = [one for one in verdict.invariants if one.offences.rows]
    said = f"{total - len(broken)} of {total} hold"
    for one in broken:
        said += f"; {one.number} ({one.rule}) is offended by {plural(len(one.offences.rows), 'row')}"
    rows.add_row("invariants", _judged(said, holds=not broken))
    if verdict.truth is None:
        rows.add_row("truth", Text(f"not compared: {verdict.why}", style="yellow"))
    else:
        rows.add_row("truth", _judged(compared(verdict.truth, dimension), holds=not verdict.truth.differences))


def _judged(said: str, *, holds: bool) -> Text:
    return Text(said, style="green" if holds else "bold red")


def _example(history: Table, summary: Summary) -> list[RenderableType]:
    key = " ".join(text(value) for value in history.rows[0][: len(summary.key)])
    return [
        Text(f"{summary.dimension.capitalize()} {key}, for example:", style="bold"),
        Padding(grid(history, summary.key), _INDENT),
    ]
