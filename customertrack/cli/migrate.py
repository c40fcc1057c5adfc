"""`customertrack migrate`: bring the warehouse to the state of sql/, or say what that would run."""

from argparse import Namespace
from collections.abc import Mapping, Sequence

from customertrack import migrations
from customertrack.cli.context import Context
from customertrack.cli.show.words import plural
from customertrack.dimension.rendered import check_rendered
from customertrack.errors import UserError
from customertrack.local.home import DATABASE, VARIABLES
from customertrack.migrations import HistoryRow, MigrationFailed, Report, Tables


def run(args: Namespace, context: Context) -> int:
    """Apply what is pending; with --plan only print it. What is wrong with one dimension holds up no other."""
    not_as_defined = _not_as_defined(context)
    for sentence in not_as_defined.values():
        context.say(f"customertrack: {sentence}")
    names = [name for name in context.home.project.names() if name not in not_as_defined]
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


def _not_as_defined(context: Context) -> dict[str, str]:
    """By dimension, what is wrong with its definition or its SQL."""
    found = {}
    for name in context.home.project.names():
        try:
            check_rendered(context.home.project, name)
        except UserError as error:
            found[name] = str(error)
    return found


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
    home = context.home
    with home.connect() if home.can_be_written else home.connect_to_read() as connection:
        return migrations.read_history(connection, Tables(DATABASE))
