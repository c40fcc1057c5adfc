"""`customertrack snapshots`, `release`, `discard`: what has become of snapshots, and what is decided of held ones."""

from argparse import Namespace
from collections.abc import Sequence
from getpass import getuser

from customertrack.cli.context import Context
from customertrack.cli.meant import meant
from customertrack.cli.show.progress import Progress
from customertrack.cli.show.table import write
from customertrack.cli.show.words import file_name, plural, refreshed
from customertrack.errors import UsageError, UserError
from customertrack.local.done import Done, FileLoad
from customertrack.local.pipeline import Pipeline
from customertrack.reads import snapshots
from customertrack.reads.results import in_parts


def run(args: Namespace, context: Context) -> int:
    """Each snapshot of a dimension with its time, status and counts, and why it is held if it is."""
    name = meant(context.home.project, args.name, "snapshots")
    if not context.home.dimension(name).has_snapshots:
        raise UsageError(f'{name} has no snapshots: its definition says kind = "changes".')
    with context.reading(name) as reader:
        found = reader.ask(lambda pipeline: snapshots.snapshots(pipeline.connection, name))
    write(in_parts(found), args.format, context.out)
    return 0


def release(args: Namespace, context: Context) -> int:
    """Apply a snapshot that is held, as it is."""
    with context.open_existing(args.dimension) as opened:
        pipeline = _having(opened, args.dimension, args.file)
        context.say(_decided(pipeline, "release", args.file))
        with Progress(context.err):
            done = Done()
            pipeline.refresh(done)
        for batch in done.batches:
            context.say(f"refresh {batch.batch_id}: {refreshed(batch, pipeline.dimension.name)}")
    return 0


def discard(args: Namespace, context: Context) -> int:
    """Never apply a snapshot that is held."""
    with context.open_existing(args.dimension) as opened:
        pipeline = _having(opened, args.dimension, args.file)
        context.say(_decided(pipeline, "discard", args.file))
    return 0


def held_now(pipeline: Pipeline, loads: Sequence[FileLoad], context: Context) -> list[str]:
    """A line for each of these files that is held: why, and what to type."""
    if not pipeline.dimension.has_snapshots:
        return []
    now = {load.name for load in loads}
    held = (one for one in snapshots.waiting(pipeline.connection, pipeline.dimension.name) if one.status == "held")
    return [
        f"{file_name(one.source_file)} is held: {one.reason}. Decide with: {context.about_held(one)}"
        for one in held
        if one.source_file in now
    ]


def _decided(pipeline: Pipeline, word: str, file: str) -> str:
    decision = snapshots.decide(pipeline.connection, pipeline.dimension.name, word, file, getuser())
    if decision.is_refused:
        raise UserError(f"{decision.said[:1].upper()}{decision.said[1:]}.")
    return decision.said


def _having(opened: Pipeline, named: str | None, file: str) -> Pipeline:
    """The dimension that was named, or else the one that has a snapshot of this name. Raises UserError."""
    if named:
        if not opened.of(named).dimension.has_snapshots:
            raise UsageError(f'{named} has no snapshots: its definition says kind = "changes".')
        return opened.of(named)
    pipelines = [opened.of(name) for name in opened.dimensions]
    of_snapshots = [one for one in pipelines if one.dimension.has_snapshots]
    found = [one for one in of_snapshots if snapshots.has(one.connection, one.dimension.name, file)]
    if len(found) > 1:
        names = " and ".join(one.dimension.name for one in found)
        raise UserError(f"{file} is a snapshot of {names}; say which with --dimension.")
    if not found:
        looked = plural(len(of_snapshots), "dimension")
        raise UserError(f"There is no snapshot {file} ({looked} looked through); see: customertrack snapshots NAME.")
    return found[0]
