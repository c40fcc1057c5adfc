"""`customertrack generate`: the generator's files, by default into the home's landing folder."""

import shlex
from argparse import Namespace
from pathlib import Path

from customertrack.cli.context import Context
from customertrack.demo import memory
from customertrack.demo.generating import chosen, given_in, made_anew, told_to_the_user, write_files
from customertrack.errors import UsageError
from customertrack.local.dimensions import CUSTOMER


def run(args: Namespace, context: Context) -> int:
    """Write the files. Those that go to the dimension's landing folder are of its one feed, which is remembered."""
    dimension = context.home.dimension(args.dimension or CUSTOMER)
    if args.to is None or _same(args.to, context.home.landing_of(dimension.name)):
        _into_landing(args, context, dimension.name)
    else:
        write_files(args, context.say, made_anew(context.home, dimension.name, given_in(args)))
    return 0


def _into_landing(args: Namespace, context: Context, dimension: str) -> None:
    home = context.home
    args.to = str(home.landing_of(dimension))
    is_new = memory.remembered(home, dimension) is None
    feed = chosen(home, dimension, given_in(args), {})
    with told_to_the_user():
        memory.remember(home, feed)
    try:
        write_files(args, context.say, feed)
    except UsageError:
        if is_new:
            memory.forget(home, dimension)
        raise
    landing = shlex.quote(args.to)
    context.say(f"load them: {context.command(f'ingest {landing}')}")


def _same(target: str, folder: Path) -> bool:
    return "://" not in target and Path(target).resolve() == folder.resolve()
