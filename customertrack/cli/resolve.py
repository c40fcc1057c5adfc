"""`customertrack resolve`: decide about landed files that differ from what was loaded of them."""

from argparse import Namespace
from pathlib import Path

from customertrack.cli.context import Context
from customertrack.cli.show.told import about_findings
from customertrack.cli.show.value import printable
from customertrack.errors import UsageError
from customertrack.local import resolve
from customertrack.local.findings import findings
from customertrack.local.landing import name_below


def run(args: Namespace, context: Context) -> int:
    """Load what the files hold now, or keep what was loaded; exit code 1 if one of them still differs."""
    if bool(args.files) == args.all:
        raise UsageError("Name the files, or give --all for all that differ; see them: customertrack status.")
    names = [_below_landing(path, context) for path in args.files] if args.files else None
    decide = resolve.load if args.decision == "load" else resolve.keep
    with context.open_existing() as pipeline:
        resolved = decide(pipeline, names)
        loads = [load for one in resolved for load in one.done.loads]
        batches = [batch for one in resolved for batch in one.done.batches]
        found = findings(pipeline.connection, loads, batches)
    for one in resolved:
        context.say(f"{printable(one.name)}: {one.text}")
    for line in about_findings(found):
        context.say(line)
    if not resolved:
        context.say("No landed file differs from what was loaded of it.")
    return 1 if any(one.status == "FAILED" for one in resolved) else 0


def _below_landing(path: Path, context: Context) -> str:
    """A file is named as it is called in the landing folder, or by its path there."""
    return name_below(context.home.landing, path) or path.as_posix()
