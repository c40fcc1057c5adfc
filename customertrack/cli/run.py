"""`customertrack run`: the main job, with a live view and a summary."""

from argparse import Namespace
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from rich.console import Console

from customertrack.cli.arguments import BATCHES
from customertrack.cli.context import Context
from customertrack.cli.made_up import check_made_up
from customertrack.cli.show.live import Lines, Picture, View
from customertrack.cli.show.summary import Summary, read_example, show
from customertrack.cli.show.value import text
from customertrack.cli.show.words import number, plural
from customertrack.demo.feed import HomeFeed, slots_in
from customertrack.demo.generating import (
    USUAL_FAULTS,
    Settings,
    Stop,
    chosen,
    given_in,
    stopped_by_signals,
    told_to_the_user,
)
from customertrack.demo.memory import remember, remembered
from customertrack.demo.run import Job, carry_out, check_times
from customertrack.demo.verify import verify
from customertrack.errors import UsageError
from customertrack.local.dimensions import CUSTOMER
from customertrack.local.pipeline import Pipeline


def run(args: Namespace, context: Context) -> int:
    """Make batches of the home's feed and bring them into the tables, until done or stopped.

    Exit code 1 if a finite run was stopped before its end, or if the tables are not right.
    """
    check_made_up(args.dimension)
    # Raises if the project has no customers.
    context.home.dimension(CUSTOMER)
    if args.batches is not None and args.batches < 1:
        raise UsageError(f"--batches is {args.batches}: give 1 or more.")
    feed = _feed(args, context)
    batches = BATCHES if args.batches is None and not args.follow else args.batches
    pace = (args.interval or feed.settings.interval) if args.follow else None
    with (
        told_to_the_user(),
        stopped_by_signals() as stop,
        _view(feed, batches, stop, context) as view,
        Pipeline.open(context.home, tell=view.told) as pipeline,
    ):
        first = slots_in(feed.feed(), pipeline.connection.names_taken(pipeline.dimension.pipe))
        job = Job(feed.feed(), first, batches, pace)
        check_times(job, batches or 1, datetime.now(UTC))
        remember(context.home, feed)
        summary = _carry_out(pipeline, job, view, stop)
    show(summary, _console(context), _headline(summary, job), _next(summary, job, context))
    return 0 if summary.verdict and summary.verdict.holds else 1


def _feed(args: Namespace, context: Context) -> HomeFeed:
    """The home's feed, or a new one. With --follow the times of a new one are those of the clock, and the interval is
    only the pace of an old one."""
    given = given_in(args)
    otherwise: dict[str, Any] = asdict(USUAL_FAULTS)
    if args.follow and remembered(context.home):
        given.pop("interval", None)
    elif args.follow:
        interval = timedelta(seconds=args.interval or Settings().interval)
        otherwise["start"] = datetime.now(UTC).replace(microsecond=0) - interval
    return chosen(context.home, given, otherwise)


def _carry_out(pipeline: Pipeline, job: Job, view: View, stop: Stop) -> Summary:
    before = pipeline.counts()
    begun = monotonic()
    made = carry_out(pipeline, job, view, stop)
    seconds = monotonic() - begun
    after = pipeline.counts()
    if made.stopped and job.pace is None:
        return Summary(made, seconds, before, after, None, None)
    view.checks()
    return Summary(made, seconds, before, after, verify(pipeline), read_example(pipeline))


def _view(feed: HomeFeed, batches: int | None, stop: Stop, context: Context) -> View:
    console = _console(context)
    if not console.is_terminal or console.is_dumb_terminal:
        return Lines(context.say, context.command("resolve"))
    customers = plural(feed.settings.customers, "customer")

    def hint() -> str:
        if stop.asked:
            return "Stopping after this batch; Ctrl-C once more ends at once."
        return f"CSV files dropped into {context.home.landing} are taken too. Ctrl-C stops."

    title = f"CustomerTrack: {customers}, seed {feed.settings.seed}"
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


def _next(summary: Summary, job: Job, context: Context) -> list[tuple[str, str]]:
    commands = []
    if summary.example:
        rows = [dict(zip(summary.example.columns, row, strict=True)) for row in summary.example.rows]
        customer, shown = rows[0]["customer_id"], rows[len(rows) // 2]
        second = shown["valid_from"].replace(microsecond=0) + timedelta(seconds=1)
        time = second if second < shown["valid_to"] else shown["valid_from"]
        commands = [
            (f"history {customer}", "every version"),
            (f"as-of '{text(time)}' {customer}", "what was true then"),
        ]
    if summary.made.rejects:
        commands.append(("rejects", "what is no valid event, and why"))
    commands.append(("query 'SELECT country, COUNT(*) AS customers FROM customer GROUP BY country'", ""))
    # None is left if only late rows of the last batch were still under way; the next run brings them.
    left = job.batches - summary.made.batches if job.batches is not None else 0
    if job.pace is None and left:
        commands.append((f"run --batches {left}", f"{plural(left, 'batch', 'batches')} not made yet"))
    elif job.pace is None:
        commands.append(("run", f"the next {BATCHES} batches"))
    return [(context.command(command), purpose) for command, purpose in commands]
