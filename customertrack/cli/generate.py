"""`customertrack generate`: the generator's files, by default into the home's landing folder."""

import shlex
from argparse import Namespace
from pathlib import Path

from customertrack.cli.context import Context
from customertrack.cli.made_up import check_made_up
from customertrack.demo import memory
from customertrack.demo.generating import chosen, given_in, write_files
from customertrack.errors import UsageError
from customertrack.local.home import Home


def run(args: Namespace, context: Context) -> int:
    """Write the files. Those that go to the home's landing folder are of the home's one feed, which is remembered."""
    check_made_up(args.dimension)
    if args.to is None or _same(args.to, context.home.landing):
        _into_landing(args, context)
    else:
        write_files(args, context.say)
    return 0


def _into_landing(args: Namespace, context: Context) -> None:
    home = context.home
    args.to = str(home.landing)
    is_new = memory.remembered(home) is None
    feed = chosen(home, given_in(args), {})
    memory.remember(home, feed)
    try:
        write_files(args, context.say, feed)
    except UsageError:
        if is_new:
            memory.forget(home)
        raise
    _say_how_to_load(home, context)


def _say_how_to_load(home: Home, context: Context) -> None:
    landing = shlex.quote(str(home.landing))
    context.say(f"load them: {context.command(f'ingest {landing}')}")


def _same(target: str, folder: Path) -> bool:
    return "://" not in target and Path(target).resolve() == folder.resolve()
