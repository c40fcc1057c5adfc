"""`customertrack run`: the main job, with a live view and a summary."""

import shlex
from argparse import Namespace
from datetime import UTC, datetime, timedelta
from time import monotonic

from rich.console import Console

from customertrack.cli.arguments import BATCHES
from customertrack.cli.checked import note
from customertrack.cli.context import Context
from customertrack.cli.show.live import Lines, Picture, View
from customertrack.cli.show.summary import Summary, read_example, show
from customertrack.cli.show.value import text
from customertrack.cli.show.words import number, one_of, plural
from customertrack.demo.feed import HomeFeed, slots_in
from customertrack.demo.generating import (
    Settings,
    Stop,
    chosen,
    given_in,
    stopped_by_signals,
    told_to_the_user,
    usual_values,
)
from customertrack.demo.memory import remember, remembered
from customertrack.demo.run import Job, carry_out, check_times
from customertrack.demo.verify import verify
from customertrack.dimension.rendered import check_rendered
from customertrack.errors import UsageError
from customertrack.local.dimensions import CUSTOMER, Dimension
from customertrack.local.pipeline import Pipeline


def run(args: Namespace, context: Context) -> int:
    """Make batches of a dimension's feed and bring them into the tables, until done or stopped.

    Exit code 1 if a finite run was stopped before its end, or if the tables are not right.
    """
    # Raises if the project has no such dimension.
    dimension = context.home.dimension(args.dimension or CUSTOMER)
    check_rendered(context.home.project, dimension.name)
    if args.batches is not None and args.batches < 1:
        raise UsageError(f"--batches is {args.batches}: give 1 or more.")
    feed = _feed(args, context, dimension.name)
    batches = BATCHES if args.batches is None and not args.follow else args.batches
    pace = (args.interval or feed.settings.interval) if args.follow else None
    with told_to_the_user():
        # Faults of [generate] are told before a home is made.
        made = feed.feed
        made.check_written()
        made.object_name(0)
    context.home.take_up([dimension.name])
    with (
        told_to_the_user(),
        stopped_by_signals() as stop,
        _view(feed, batches, stop, context) as view,
        Pipeline.open(context.home, tell=view.told) as opened,
    ):
        pipeline = opened.of(dimension.name)
        first = slots_in(made, pipeline.connection.names_taken(dimension.pipe))
        job = Job(made, first, batches, pace)
        check_times(job, batches or 1, datetime.now(UTC))
        remember(context.home, feed)
        summary = _carry_out(pipeline, job, view, stop)
    show(summary, _console(context), _headline(summary, job), _next(summary, job, context, dimension))
    return 0 if summary.verdict and summary.verdict.holds else 1


def _feed(args: Namespace, context: Context, dimension: str) -> HomeFeed:
    """The dimension's feed in the home, or a new one. With --follow the times of a new one are those of the clock, and
    the interval is only the pace of an old one."""
    given = given_in(args)
    otherwise = usual_values(context.home, dimension)
    if args.follow and remembered(context.home, dimension):
        given.pop("interval", None)
    elif args.follow:
        interval = timedelta(seconds=args.interval or Settings().interval)
        otherwise["start"] = datetime.now(UTC).replace(microsecond=0) - interval
    return chosen(context.home, dimension, given, otherwise)


def _carry_out(pipeline: Pipeline, job: Job, view: View, stop: Stop) -> Summary:
    tables = pipeline.dimension.tables
    of_what = tables.name, tables.key, tables.has_history
    before = pipeline.counts()
    begun = monotonic()
    made = carry_out(pipeline, job, view, stop)
    seconds = monotonic() - begun
    after = pipeline.counts()
    if made.stopped and job.pace is None:
        return Summary(*of_what, made, seconds, before, after, None, None)
    view.checks()
    verdict = verify(pipeline)
    note(pipeline, verdict)
    return Summary(*of_what, made, seconds, before, after, verdict, read_example(pipeline))


def _view(feed: HomeFeed, batches: int | None, stop: Stop, context: Context) -> View:
    console = _console(context)
    if not console.is_terminal or console.is_dumb_terminal:
        return Lines(context.say, context.command("resolve"), feed.definition.name)
    keys = plural(feed.settings.customers, one_of(feed.definition.name))
    landing = context.home.landing_of(feed.definition.name)

    def hint() -> str:
        if stop.asked:
            return "Stopping after this batch; Ctrl-C once more ends at once."
        return f"Files dropped into {landing} are taken too. Ctrl-C stops."

    title = f"CustomerTrack: {keys}, seed {feed.settings.seed}"
    return Picture(console, title, batches, hint, context.command("resolve"))


def _console(context: Context) -> Console:
    """On a terminal as rich finds it; elsewhere without colours, and in lines that a log can hold."""
    is_terminal = context.err.isatty()
    return Console(file=context.err, force_terminal=is_terminal, width=None if is_terminal else 100)


def _headline(summary: Summary, job: Job) -> str:
    made = plural(summary.made.batches, "batch", "batches")
    took = f"in {summary.seconds:.1f} seconds"
    if not summary.made.stopped:
        return f"{made} {took}."
    if job.batches is None or job.pace is not None:
        return f"Stopped after {made}, {took}."
    return (
        f"Stopped after {number(summary.made.batches)} of {plural(job.batches, 'batch', 'batches')}, {took}. "
        "What has landed is applied, and nothing is lost."
    )


def _next(summary: Summary, job: Job, context: Context, dimension: Dimension) -> list[tuple[str, str]]:
    name, tables = dimension.name, dimension.tables
    commands = []
    if summary.example:
        rows = [dict(zip(summary.example.columns, row, strict=True)) for row in summary.example.rows]
        key = " ".join(shlex.quote(text(part)) for part in summary.example.rows[0][: len(tables.key)])
        shown = rows[len(rows) // 2]
        second = shown["valid_from"].replace(microsecond=0) + timedelta(seconds=1)
        time = second if second < shown["valid_to"] else shown["valid_from"]
        commands = [
            (context.command_of(name, f"history {key}"), "every version"),
            (context.command_of(name, f"as-of '{text(time)}' {key}"), "what was true then"),
        ]
    if summary.made.rejects:
        commands.append((context.command_of(name, "rejects"), "what is no valid event, and why"))
    last = tables.attributes[-1]
    commands.append((context.command(f"query 'SELECT {last}, COUNT(*) AS keys FROM {name} GROUP BY {last}'"), ""))
    commands.append((context.command("console"), "look at it in the browser"))
    # None is left if only late rows of the last batch were still under way; the next run brings them.
    left = job.batches - summary.made.batches if job.batches is not None else 0
    if job.pace is None and left:
        purpose = f"{plural(left, 'batch', 'batches')} not made yet"
        commands.append((context.command_of(name, f"run --batches {left}"), purpose))
    elif job.pace is None:
        commands.append((context.command_of(name, "run"), f"the next {BATCHES} batches"))
    return commands
