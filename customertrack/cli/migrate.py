"""`customertrack migrate`: bring the warehouse to the state of sql/, or say what that would run."""

from argparse import Namespace
from collections.abc import Mapping, Sequence

from customertrack import migrations
from customertrack.cli.context import Context
from customertrack.cli.show.words import plural
from customertrack.local.home import DATABASE, VARIABLES
from customertrack.migrations import HistoryRow, MigrationFailed, Report, Tables


def run(args: Namespace, context: Context) -> int:
    """Apply what is pending; with --plan only print it. What is wrong with one dimension holds up no other."""
    all_names = context.home.project.names()
    names = context.as_defined(all_names)
    not_as_defined = {*all_names} - {*names}
    if args.plan:
        found = migrations.discover(context.home.project.sql, VARIABLES, names)
        for line in migrations.describe(migrations.plan(found, _history(context))):
            context.out.write(line + "\n")
        return 1 if not_as_defined else 0
    context.home.take_up(names)
    with context.home.connect() as connection:
        try:
            report = context.home.migrate(connection, not_as_defined)
        except MigrationFailed as failed:
            _say(failed.report, context)
            raise
        _say(report, context, context.home.derive_again(connection, names))
    return 1 if not_as_defined else 0


def _say(report: Report, context: Context, derived: Mapping[str, str] | None = None) -> None:
    for applied in report.applied:
        context.say(f"applied {applied.script}  {plural(applied.statements, 'statement')}")
    for warning in report.warnings:
        context.say(f"warning: {warning}")
    for name, done in (derived or {}).items():
        context.say(f"{name} {done}")
    if not report.applied and not derived:
        context.say("nothing to do" if not report.stopped else "nothing was applied")


def _history(context: Context) -> Sequence[HistoryRow]:
    """What has been applied. A home that does not exist has none, and a plan does not make it."""
    if not context.home.exists():
        return []
    with context.home.connect_to_read() as connection:
        return migrations.read_history(connection, Tables(DATABASE))
