"""`customertrack history`, `as-of` and `rejects`: the read side, one question each."""

import shlex
from argparse import Namespace

from customertrack.cli.context import Context
from customertrack.cli.key import key_of
from customertrack.cli.meant import meant
from customertrack.cli.show.table import terminal_width, write
from customertrack.cli.show.value import printable, text
from customertrack.cli.show.words import file_name, number, plural
from customertrack.errors import UsageError
from customertrack.local.dimensions import Dimension
from customertrack.local.pipeline import Pipeline
from customertrack.reads import history as answers
from customertrack.reads import rejects as rejected
from customertrack.reads.results import Parts, Table, in_parts
from customertrack.reads.tables import Tables
from customertrack.reads.timeline import versions_and_lateness


def history(args: Namespace, context: Context) -> int:
    """All versions of one key; exit code 1 if there is none."""
    dimension = _with_history(args, context)
    name, tables = dimension.name, dimension.tables
    key = key_of(name, dimension.definition.key, args.key)
    for_terminal = args.format == "table" and terminal_width(context.out)
    versions = versions_and_lateness if for_terminal else answers.versions_of
    with context.reading(name) as reader:
        found = reader.ask(lambda pipeline: versions(pipeline.connection, tables, key))
    if for_terminal:
        _show_versions(found, tables)
    else:
        write(in_parts(found), args.format, context.out)
    if found.rows:
        return 0
    some = context.command(f"query 'SELECT {tables.ordered()} FROM {name} LIMIT 5'")
    context.say(f"There is no version of {name} {' '.join(args.key)}; see some that are there: {some}")
    return 1


def as_of(args: Namespace, context: Context) -> int:
    """What was true at a time, or believed at another; exit code 1 if one key was asked for and was not there."""
    dimension = _with_history(args, context)
    name, tables = dimension.name, dimension.tables
    key = key_of(name, dimension.definition.key, args.key) if args.key else ()

    def there(pipeline: Pipeline) -> Parts:
        if args.known is None:
            return answers.as_of(pipeline.connection, tables, args.time, key)
        return answers.as_known(pipeline.connection, tables, args.time, args.known, key)

    with context.reading(name) as reader:
        count = write(reader.ask_in_parts(there), args.format, context.out)
    if count:
        return 0
    believed = f", as far as was known at {text(args.known)} UTC" if args.known else ""
    if not args.key:
        context.say(f"No {name} was there at {text(args.time)} UTC{believed}.")
        return 0
    typed = " ".join(map(shlex.quote, args.key))
    context.say(
        f"{name.capitalize()} {' '.join(args.key)} was not there at {text(args.time)} UTC{believed}; "
        f"see when it was: {context.command_of(name, f'history {typed}')}"
    )
    return 1


def rejects(args: Namespace, context: Context) -> int:
    """The rejects, newest first."""

    def newest(pipeline: Pipeline) -> tuple[Table, int]:
        found = rejected.rejects(pipeline.connection, pipeline.dimension.tables, args.limit)
        return found, pipeline.counts().rejects

    name = meant(context.home.project, args.dimension)
    with context.reading(name) as reader:
        found, total = reader.ask(newest)
    width = terminal_width(context.out)
    if args.format == "table" and width:
        _show_rejects(found, width, context)
    else:
        write(in_parts(found), args.format, context.out)
    if total > len(found.rows):
        all_of_them = context.command_of(name, f"rejects --limit {total}")
        context.say(f"{number(len(found.rows))} of {plural(total, 'reject')}; all of them: {all_of_them}")
    elif not total:
        context.say("There are no rejects.")
    return 0


def _with_history(args: Namespace, context: Context) -> Dimension:
    """The dimension that is asked about. Raises UserError if there is none, and if it keeps no versions."""
    dimension = context.home.dimension(meant(context.home.project, args.dimension))
    if not dimension.tables.has_history:
        raise UsageError(
            f"{dimension.name} keeps no history, as its definition says; "
            f"see what is true now: customertrack query 'SELECT * FROM {dimension.name}'"
        )
    return dimension


def _show_versions(history: Table, tables: Tables) -> None:
    # What is for a terminal needs what makes it pretty; nothing else waits for that.
    from rich.console import Console

    from customertrack.cli.show.versions import grid

    Console().print(grid(history, tables.key))


def _show_rejects(rejects: Table, width: int, context: Context) -> None:
    """A row on two lines: where it was and why it is one; how it landed, as far as the line goes."""
    at = rejects.columns.index
    landed = rejects.columns[: at("reject_reasons")]
    for row in rejects.rows:
        place = f"{printable(file_name(row[at('source_file')]))}, row {row[at('source_row')]}"
        context.out.write(f"{place}: {row[at('reject_reasons')]}\n")
        values = zip(landed, row, strict=False)
        shown = ", ".join(f"{name} {printable(value)}" for name, value in values if value is not None) or "no value"
        context.out.write(f"  {shown if len(shown) <= width - 2 else shown[: width - 5] + '...'}\n")
