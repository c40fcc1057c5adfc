"""`customertrack dimension`: what dimensions there are, and what is wrong with their definitions."""

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from customertrack.cli.context import Context
from customertrack.cli.show.table import write
from customertrack.cli.show.value import printable
from customertrack.cli.show.words import plural
from customertrack.dimension.project import Project, default_folder
from customertrack.reads.results import Row, Table, in_parts

_COLUMNS = ("dimension", "feed", "key", "attributes", "faults")


def run(args: Namespace, context: Context) -> int:
    """Do what the action says."""
    project = Project(args.project or default_folder(Path()))
    match args.action:
        case "list":
            listed = Table(_COLUMNS, [_row(project, name) for name in project.names()])
            write(in_parts(listed), args.format, context.out)
            return 0
        case _:
            return check(project, [args.name] if args.name else project.names(), context)


def check(project: Project, names: Sequence[str], context: Context) -> int:
    """Print the faults of the dimensions; exit code 1 if there is one."""
    wrong = 0
    for name in names:
        _, faults = project.read(name)
        wrong += len(faults)
        for fault in faults:
            context.out.write(f"{printable(str(fault))}\n")
    if not wrong:
        context.say(f"{plural(len(names), 'definition')}, no faults")
    return 1 if wrong else 0


def _row(project: Project, name: str) -> Row:
    definition, faults = project.read(name)
    if definition is None:
        return (name, None, None, None, len(faults))
    feed = f"{definition.feed.kind}, {definition.feed.format}"
    return (name, feed, ", ".join(part.name for part in definition.key), len(definition.attributes), len(faults))
