"""`customertrack migrate`: bring the warehouse to the state of sql/, or say what that would run."""

from argparse import Namespace
from collections.abc import Sequence

from customertrack import migrations
from customertrack.cli.context import Context
from customertrack.cli.show.words import plural
from customertrack.dimension.rendered import check_rendered
from customertrack.errors import UserError
from customertrack.local.home import DATABASE, VARIABLES
from customertrack.migrations import HistoryRow, Tables


def run(args: Namespace, context: Context) -> int:
    """Apply what is pending; with --plan only print it.

    Exit code 1 if the SQL of a dimension is not as its definition makes it, which keeps no other from being migrated.
    """
    names, code = _as_defined(context)
    if args.plan:
        found = migrations.discover(context.home.project.sql, VARIABLES, names)
        for line in migrations.describe(migrations.plan(found, _history(context))):
            context.out.write(line + "\n")
        return code
    context.home.take_up(names)
    with context.home.connect() as connection:
        report = context.home.migrate(connection)
    for applied in report.applied:
        context.say(f"applied {applied.script}  {plural(applied.statements, 'statement')}")
    for warning in report.warnings:
        context.say(f"warning: {warning}")
    if not report.applied:
        context.say("nothing to do")
    return code


def _as_defined(context: Context) -> tuple[list[str], int]:
    names: list[str] = []
    code = 0
    for name in context.home.project.names():
        try:
            check_rendered(context.home.project, name)
            names.append(name)
        except UserError as error:
            context.say(f"customertrack: {error}")
            code = error.exit_code
    return names, code


def _history(context: Context) -> Sequence[HistoryRow]:
    """What has been applied. A home that does not exist has none, and a plan does not make it."""
    if not context.home.exists():
        return []
    home = context.home
    with home.connect() if home.can_be_written else home.connect_to_read() as connection:
        return migrations.read_history(connection, Tables(DATABASE))
