"""`customertrack dimension`: what dimensions there are, what is wrong with them, their SQL, a first guess at one."""

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from customertrack.cli.context import Context
from customertrack.cli.show.table import write
from customertrack.cli.show.value import printable
from customertrack.cli.show.words import listed, plural
from customertrack.dimension import rendered
from customertrack.dimension.guess_text import guessed
from customertrack.dimension.names import faults_of_dimension
from customertrack.dimension.project import Project
from customertrack.errors import UsageError
from customertrack.local.sampling import delimiter_of, files_in, format_of, sampled, with_rows
from customertrack.local.unwrapped import unwrapped
from customertrack.reads.results import Row, Table, in_parts

_COLUMNS = ("dimension", "feed", "key", "attributes", "faults")


def run(args: Namespace, context: Context) -> int:
    """Do what the action says."""
    if args.action == "new":
        return _new(Project(args.project or Path()), args.name, args.files, context)
    project = context.home.project
    if args.action == "check":
        return check(project, args.names or project.names(), context)
    if args.action == "render":
        names = args.names or project.names()
        return _compare(project, names, context) if args.check else _render(project, names, context)
    listing = Table(_COLUMNS, [_row(project, name) for name in project.names()])
    write(in_parts(listing), args.format, context.out)
    return 0


def check(project: Project, names: Sequence[str], context: Context) -> int:
    """Print the faults of the dimensions; exit code 1 if there is one."""
    # It takes the generator along, for which nothing else waits.
    from customertrack.demo.providers import provider_faults

    wrong = 0
    for name in names:
        _, faults = project.read(name, provider_faults)
        wrong += len(faults)
        for fault in faults:
            context.out.write(f"{printable(str(fault))}\n")
    if not wrong:
        context.say(f"{plural(len(names), 'definition')}, no faults")
    return 1 if wrong else 0


def _render(project: Project, names: Sequence[str], context: Context) -> int:
    """Write the SQL of the dimensions, and say what has changed."""
    for name in names:
        changed = rendered.write(project, name)
        written = f"{plural(len(changed), 'file')} of {project.sql / name} written"
        context.say(f"{name}: {written}" if changed else f"{name}: nothing has changed")
    return 0


def _compare(project: Project, names: Sequence[str], context: Context) -> int:
    """Print the files that differ from the definitions; exit code 1 if there is one."""
    differing = [path for name in names for path in rendered.differing(project, name)]
    for path in differing:
        context.out.write(f"{printable(str(path))} is not as its definition makes it: customertrack dimension render\n")
    if not differing:
        context.say(f"the SQL of {plural(len(names), 'dimension')} is as defined")
    return 1 if differing else 0


def _new(project: Project, name: str, files: Sequence[Path], context: Context) -> int:
    """Write the definition, into the current folder unless another is given, and check it."""
    for sentence in faults_of_dimension(name):
        raise UsageError(f"{sentence}.")
    project.check_new(name)
    files = files_in(files)
    form = format_of(files)
    files = with_rows(files, form)
    delimiter = delimiter_of(files[0]) if form == "csv" else ","
    names = [file.name for file in files]
    with unwrapped(files, form) as (layout, rows, of_rows), sampled(rows, of_rows, delimiter) as sample:
        text = guessed(name, sample, form, listed(names, most=1), delimiter, layout=layout, files=names)
    project.write_new(name, text)
    context.say(f"wrote {project.file(name)}")
    return check(project, [name], context)


def _row(project: Project, name: str) -> Row:
    definition, faults = project.read(name)
    if definition is None:
        return (name, None, None, None, len(faults))
    feed = f"{definition.feed.kind}, {definition.feed.format}"
    return (name, feed, ", ".join(part.name for part in definition.key), len(definition.attributes), len(faults))
