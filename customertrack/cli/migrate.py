"""`customertrack migrate`: bring the warehouse to the state of sql/, or say what that would run."""

from argparse import Namespace
from collections.abc import Sequence

from customertrack import migrations
from customertrack.cli.context import Context
from customertrack.cli.show.words import plural
from customertrack.dimension.rendered import check_rendered
from customertrack.local.home import DATABASE, VARIABLES
from customertrack.migrations import HistoryRow, Tables


def run(args: Namespace, context: Context) -> int:
    """Apply what is pending; with --plan only print it."""
    for name in context.home.project.names():
        check_rendered(context.home.project, name)
    if args.plan:
        found = migrations.discover(context.home.project.sql, VARIABLES)
        for line in migrations.describe(migrations.plan(found, _history(context))):
            context.out.write(line + "\n")
        return 0
    context.home.take_up(context.home.project.names())
    with context.home.connect() as connection:
        report = context.home.migrate(connection)
        derived = context.home.derive_again(connection)
    for applied in report.applied:
        context.say(f"applied {applied.script}  {plural(applied.statements, 'statement')}")
    for warning in report.warnings:
        context.say(f"warning: {warning}")
    for name, done in derived.items():
        context.say(f"{name} {done}")
    if not report.applied and not derived:
        context.say("nothing to do")
    return 0


def _history(context: Context) -> Sequence[HistoryRow]:
    """What has been applied. A home that does not exist has none, and a plan does not make it."""
    if not context.home.exists():
        return []
    home = context.home
    with home.connect() if home.can_be_written else home.connect_to_read() as connection:
        return migrations.read_history(connection, Tables(DATABASE))
