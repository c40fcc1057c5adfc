"""The words of `customertrack dimension`: an action, and what it is about."""

from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from collections.abc import Callable
from pathlib import Path
from typing import Any

_NEW = """\
Types come from all values of the files, with room: text is longer than what was
seen, digits with a leading zero stay text. The key is the fewest columns that
tell rows of one time apart. A comment says where the guess is unsure. CSV, JSON
lines (.json, .jsonl, .ndjson) and Parquet are read, gzipped CSV and JSON too.
"""


def add_arguments(dimension: ArgumentParser, path: Callable[[str], Path], formats: tuple[str, ...]) -> None:
    """The actions of the command. `path` reads a path that was typed; `formats` are those of results."""
    actions = dimension.add_subparsers(dest="action", metavar="ACTION", title="actions", required=True)

    def add(name: str, short: str, more: str = "", epilog: str = "") -> ArgumentParser:
        action = actions.add_parser(
            name,
            help=short,
            description=f"{short[:1].upper()}{short[1:]}{more}.",
            epilog=epilog,
            allow_abbrev=False,
            formatter_class=RawDescriptionHelpFormatter,
        )
        add_project(action, path, SUPPRESS)
        return action

    listing = add("list", "show what dimensions there are")
    listing.add_argument("--format", choices=formats, default="table", help="how to write the result (default table)")
    check = add("check", "show all faults of a definition, with their lines", "; exit code 1 if any")
    check.add_argument("names", nargs="*", metavar="NAME", help="a dimension; all of them if none is given")
    render = add("render", "write the SQL of a definition, to be read and committed", " into sql/NAME/")
    render.add_argument("names", nargs="*", metavar="NAME", help="a dimension; all of them if none is given")
    render.add_argument("--check", action="store_true", help="only say what differs; exit code 1 if anything does")
    new = add("new", "write a definition guessed from files of your own, and check it", epilog=_NEW)
    new.add_argument("name", metavar="NAME", help="what the dimension is called")
    new.add_argument(
        "--from",
        dest="files",
        nargs="+",
        required=True,
        type=path,
        metavar="FILE",
        help="files as they will land, or their folder",
    )


def add_dimension(parser: ArgumentParser, *, is_made_up: bool = False) -> None:
    """Which dimension a command is about; None: the one that its files tell, or customer.

    `is_made_up`: the command makes up rows, which are for no other dimension than the one that is named.
    """
    usual = "default customer" if is_made_up else "default customer, or the only one"
    parser.add_argument("--dimension", metavar="NAME", help=f"which dimension ({usual})")


def add_project(parser: ArgumentParser, path: Callable[[str], Path], default: Any) -> None:
    """Where the definitions are."""

    def project(written: str) -> Path:
        folder = path(written)
        if not folder.is_dir():
            raise ArgumentTypeError(f"there is no folder {folder}")
        return folder

    parser.add_argument(
        "--project",
        type=project,
        metavar="DIR",
        default=default,
        help="the folder that has dimensions/ and sql/ (default: this one if it has, else what is installed)",
    )
