"""`customertrack rebuild`: the tables of a dimension, derived again from its log."""

from argparse import Namespace

from customertrack.cli.context import Context
from customertrack.cli.show.words import plural
from customertrack.reads import derived
from customertrack.reads.invariants import EQUALS_REBUILD, check, parts_that_fit


def run(args: Namespace, context: Context) -> int:
    """Derive again, and say of how many keys and versions, and whether anything differed before."""
    with context.open_existing(args.name) as pipeline:
        home, connection = pipeline.home, pipeline.connection
        for name in [args.name] if args.name else pipeline.dimensions:
            parts = parts_that_fit(connection, pipeline.of(name).dimension.tables, home.memory_limit)
            (before,) = check(connection, home.project.sql, name, EQUALS_REBUILD, parts)
            done = derived.rebuild(connection, name)
            rows = before.offences.rows
            told = f"{plural(len(rows), 'row')} differed from what the log gives" if rows else "nothing differed"
            context.say(f"{name} {done}; {told}")
        return 1 if pipeline.broken and not args.name else 0
