"""`make rehearse`: the whole life of a stack in an emulated AWS, told a line at a time, and the tables that come of it.

It needs no account of anything, and leaves nothing behind but, if it fails, a folder with what was said.
"""

import shutil
import signal
import sys
import tempfile
import textwrap
import time
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from rich.console import Console
from rich.padding import Padding

from customertrack.cli.show.versions import grid
from customertrack.cli.show.words import number, plural
from customertrack.errors import UserError
from customertrack.local.home import Home
from customertrack.reads.history import telling_key
from customertrack.reads.timeline import versions_and_lateness
from tests.emulator.chapters import (
    Broken,
    Changed,
    Deployed,
    Destroyed,
    Interrupted,
    Loaded,
    Lost,
    MuchLater,
    OtherFeeds,
    Redefined,
    Refused,
    Released,
    RolledBack,
    Watched,
)
from tests.emulator.ministack import EmulatorError
from tests.emulator.processes import TookTooLongError
from tests.emulator.products import Products
from tests.emulator.rehearsal import Rehearsal, rehearsing
from tests.emulator.story import CHAPTERS, Story

_WIDTH = 52


@dataclass(frozen=True)
class Line:
    """How a chapter is told: what is tried, what came of it, whether that is as it should be."""

    tries: str
    says: Callable[[Any], str]
    holds: Callable[[Any], bool] = lambda found: True


def _deployed(found: Deployed) -> str:
    return f"{found.resources} resources, {found.outputs['PipeStatus']}, {found.outputs['MigrationsApplied']}"


def _loaded(found: Loaded) -> str:
    files = sum(len(slot.loads) for slot in found.slots)
    came = f"{plural(files, 'file')}, {plural(sum(load.rows for slot in found.slots for load in slot.loads), 'row')}"
    compared = f"{plural(found.verdict.customers, 'customer')}, {plural(found.verdict.versions, 'version')}"
    return f"{came}; " + (f"as they must be: {compared}" if found.verdict.right else "NOT as they must be")


def _products(found: Products) -> str:
    return f"{plural(len(found.versions), 'version')} of products"


def _other_feeds(found: OtherFeeds) -> str:
    return plural(sum(len(each.loads) for each in found.rounds), "file")


def _is_loaded(found: Loaded) -> bool:
    return found.verdict.right and found.counts.pending == 0 and found.counts.events > 0


def _destroyed(found: Destroyed) -> str:
    return f"kept: {plural(len(found.kept_objects), 'object')}, {plural(found.kept_counts.versions, 'version')}"


def _is_destroyed(found: Destroyed) -> bool:
    return not found.exists and found.objects == found.kept_objects and found.counts == found.kept_counts


def _is_destroyed_whole(found: Destroyed) -> bool:
    """With what had landed loaded before the end."""
    return not found.exists and found.objects == found.kept_objects and found.kept_counts.landed > found.counts.landed


def _is_told(found: Refused) -> bool:
    return found.status == "ROLLBACK_COMPLETE" and any("CREATE USER" in reason for reason in found.reasons)


def _first(reasons: Sequence[str]) -> str:
    """The first line of the reason, as far as a line has room."""
    if not reasons:
        return "NOT refused"
    return textwrap.shorten(reasons[0].splitlines()[0].removeprefix("Error: "), 100, placeholder=" ...")


LINES: dict[str, Line] = {
    "bootstrap": Line("cdk bootstrap", lambda found: "the account can be deployed to"),
    "deploy_too_early": Line(
        "cdk deploy, before the administrator's statements",
        lambda found: "refused; the reason holds the statements" if _is_told(found) else "NOT refused as it should be",
        _is_told,
    ),
    "administer": Line("make administrator, run in Snowflake", lambda found: "a user, a role, a warehouse"),
    "deploy": Line("cdk deploy", _deployed),
    "load": Line("three slots of the schedule", _loaded, _is_loaded),
    "load_products": Line("a file of the other dimension", _products, lambda found: found.right),
    "lose_a_slot": Line(
        "a slot whose task finds no machine",
        lambda found: f"its file came with the next: {_loaded(found.loaded)}",
        lambda found: isinstance(found, Lost) and _is_loaded(found.loaded),
    ),
    "diff": Line(
        "cdk diff",
        lambda found: "no differences" if found.code == 0 else "DIFFERENCES",
        lambda found: found.code == 0,
    ),
    "watch": Line(
        "the watch",
        lambda found: f"{plural(len(found.asked_for), 'metric')}, {len(found.scheduled)} of them by its schedule",
        lambda found: isinstance(found, Watched) and bool(found.scheduled),
    ),
    "break_products": Line(
        "a pipe and a refresh of the other that fail",
        lambda found: f"nothing of its file is loaded; {_products(found.waits)} before it",
        lambda found: isinstance(found, Broken) and not found.waits.loads,
    ),
    "update": Line(
        "cdk deploy, with other settings",
        lambda found: f"applied again: {', '.join(found.scripts)}; then {_loaded(found.loaded)}",
        lambda found: isinstance(found, Changed) and bool(found.scripts) and _is_loaded(found.loaded),
    ),
    "mend_products": Line("the other is made good", _products, lambda found: found.right),
    "redefine_products": Line(
        "cdk deploy, the other otherwise, and two more",
        lambda found: f"{plural(len(found.scripts), 'script')} applied; then derived again, and a file of the new kind",
        lambda found: isinstance(found, Redefined) and not found.derived.wrong and not found.landed.wrong,
    ),
    "load_other_feeds": Line(
        "snapshots, and JSON lines",
        lambda found: (
            f"held: {', '.join(found.rounds[-1].held)}; the alarms hear of {found.metrics['SnapshotsHeld stock']:.0f}"
        ),
        lambda found: isinstance(found, OtherFeeds) and all(each.right for each in found.rounds),
    ),
    "release_a_snapshot": Line(
        "the snapshot that is held is released",
        lambda found: found.said,
        lambda found: isinstance(found, Released) and found.round.right and not found.round.held,
    ),
    "update_in_vain": Line(
        "cdk deploy, with a setting that cannot work",
        lambda found: f"rolled back: {_first(found.refused.reasons)}; then {_loaded(found.loaded)}",
        lambda found: isinstance(found, RolledBack) and found.difference.code == 0 and _is_loaded(found.loaded),
    ),
    "destroy": Line("cdk destroy", _destroyed, _is_destroyed),
    "deploy_again": Line(
        "cdk deploy, once more, without the console",
        lambda found: _deployed(found.deployed),
        lambda found: found.console_before is not None and found.console_after is None,
    ),
    "load_again": Line("a slot of the schedule", _loaded, _is_loaded),
    "interrupt": Line(
        "two slots that come to a halt on their way",
        lambda found: (
            f"{plural(found.pending, 'row')} in the stream, {len(found.in_the_bucket.announced)} in the bucket"
        ),
        lambda found: isinstance(found, Interrupted) and found.pending > 0,
    ),
    "destroy_again": Line("cdk destroy, in the middle of it", _destroyed, _is_destroyed_whole),
    "deploy_much_later": Line(
        "cdk deploy, when the stream has become stale",
        lambda found: found.warnings,
        lambda found: isinstance(found, MuchLater) and found.stale and found.pending > 0,
    ),
    "load_much_later": Line("a slot of the schedule", _loaded, _is_loaded),
    "destroy_at_last": Line("cdk destroy", _destroyed, _is_destroyed),
}


def main(argv: Sequence[str]) -> int:
    """Rehearse; returns the exit code."""
    parser = ArgumentParser(prog="make rehearse", description=__doc__)
    parser.add_argument("--until", choices=CHAPTERS, default=CHAPTERS[-1], help="the last chapter (default: all)")
    last = parser.parse_args(argv).until
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, _interrupt)
    folder = Path(tempfile.mkdtemp(prefix="customertrack-rehearsal-"))
    try:
        right = _tell(folder, CHAPTERS[: CHAPTERS.index(last) + 1])
    except (EmulatorError, TookTooLongError, UserError) as error:
        print(f"\nrehearsal: {error}\nWhat was said is in {folder}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        shutil.rmtree(folder, ignore_errors=True)
        print("\nrehearsal: interrupted; nothing is left of it", file=sys.stderr)
        return 130
    if right:
        shutil.rmtree(folder)
        return 0
    print(f"rehearsal: not everything is as it should be; what was said is in {folder}", file=sys.stderr)
    return 1


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """Everything that was started is stopped on the way out, which takes seconds and is not to be broken off."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    print("\nrehearsal: stopping what was started ...", file=sys.stderr, flush=True)
    raise KeyboardInterrupt


def _tell(folder: Path, chapters: Sequence[str]) -> bool:
    right = True
    began = time.monotonic()
    with rehearsing(folder) as rehearsal:
        story = Story(rehearsal)
        for chapter in chapters:
            line, start = LINES[chapter], time.monotonic()
            print(f"{line.tries:<{_WIDTH}}", end="", flush=True)
            found = getattr(story, chapter)()
            print(f"{time.monotonic() - start:6.1f} s")
            print(textwrap.fill(line.says(found), 78, initial_indent="  ", subsequent_indent="  "), flush=True)
            right &= line.holds(found)
        print(f"\n{'In all':<{_WIDTH}}{time.monotonic() - began:6.1f} s")
        if rehearsal.slots:
            _show(rehearsal)
    return right


def _show(rehearsal: Rehearsal) -> None:
    """The rows of each table, and the history of one customer that shows most."""
    console = Console()
    with rehearsal.warehouse() as connection:
        tables = Home(Path()).dimension("customer").tables
        customer = telling_key(connection, tables)
        history = versions_and_lateness(connection, tables, customer) if customer is not None else None
    console.print("\nThe tables, which outlive the stack:")
    for table, rows in vars(rehearsal.counts()).items():
        console.print(f"  {table:<12}{number(rows):>8}", highlight=False)
    if history:
        console.print(f"\nAll versions of customer {history.rows[0][0]}:")
        console.print(Padding(grid(history, history.columns[:1]), (0, 0, 0, 2)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
