"""`customertrack resolve`: decide about landed files that differ from what was loaded of them."""

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from customertrack.cli.context import Context
from customertrack.cli.show.told import about_findings
from customertrack.cli.show.value import printable
from customertrack.cli.snapshots import held_now
from customertrack.errors import UsageError
from customertrack.local import resolve
from customertrack.local.dimensions import CUSTOMER, landing_prefix, pipe
from customertrack.local.findings import findings
from customertrack.local.landing import name_below
from customertrack.local.pipeline import Pipeline


def run(args: Namespace, context: Context) -> int:
    """Load what the files hold now, or keep what was loaded; exit code 1 if one of them still differs, or is held."""
    if bool(args.files) == args.all:
        raise UsageError("Name the files, or give --all for all that differ; see them: customertrack status.")
    decide = resolve.load if args.decision == "load" else resolve.keep
    resolved, found, held = [], [], []
    with context.open_existing() as opened:
        named, code = (_named(args.files, opened), 0) if args.files else _all(opened, context)
        for name, files in named.items():
            pipeline = opened.of(name)
            some = decide(pipeline, files)
            loads = [load for one in some for load in one.done.loads]
            batches = [batch for one in some for batch in one.done.batches]
            found += findings(pipeline, loads, batches)
            held += held_now(pipeline, loads, context)
            resolved += some
    for one in resolved:
        context.say(f"{printable(one.name)}: {one.text}")
    for line in [*about_findings(found), *held]:
        context.say(line)
    if not resolved:
        context.say("No landed file differs from what was loaded of it.")
    return 1 if held or any(one.status == "FAILED" for one in resolved) else code


def _all(opened: Pipeline, context: Context) -> tuple[dict[str, list[str] | None], int]:
    sound, code = context.each_of(opened)
    return dict.fromkeys(sound), code


def _named(paths: Sequence[Path], opened: Pipeline) -> dict[str, list[str] | None]:
    """The names of the files, as they are called in the landing folder of a dimension, by the dimension's name."""
    landed = [_landed(path, opened) for path in paths]
    return {name: [below for other, below in landed if other == name] for name, _ in landed}


def _landed(path: Path, opened: Pipeline) -> tuple[str, str]:
    """A file is named by its path in a landing folder, or as it is called there, in whichever has loaded it."""
    home = opened.home
    for name in home.dimensions:
        if below := name_below(home.landing_of(name), path):
            return name, below
    taken_by = (
        name for name in home.dimensions if f"{landing_prefix(name)}{path}" in opened.connection.names_taken(pipe(name))
    )
    return next(taken_by, next(iter(home.dimensions), CUSTOMER)), path.as_posix()
