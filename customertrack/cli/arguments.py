"""The command line's words: every command, its arguments, its help."""

import re
from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from customertrack.cli.arguments_of_dimension import add_arguments as add_arguments_of_dimension
from customertrack.cli.arguments_of_dimension import add_dimension, add_project
from customertrack.errors import UsageError

DEFAULT_HOME = Path(".customertrack")
FORMATS = ("table", "csv", "json")

_EXAMPLES = """\
examples:
  customertrack run                         the main job, in a few seconds
  customertrack run --follow --interval 5   a batch every 5 seconds, till Ctrl-C
  customertrack ingest customers.csv        a CSV file of your own
  customertrack history 42                  every version of customer 42
  customertrack as-of '2026-01-01 00:30:00' 42
  customertrack query 'SELECT COUNT(*) FROM customer_history'
  customertrack console                     look at it in the browser

Results go to stdout, all else to stderr. Exit codes: 0 done, 1 failed, 2 wrong
usage. One command writes to a home at a time, and others that write wait for
it; what only reads works beside it.
"""
_CSV_CONTRACT = """\
A file is of the format that dimensions/NAME.toml says: CSV has a header and
columns by name, in any order, unless it says otherwise. A row that is no valid
event is a reject, with its reasons; the rows beside it are applied, and the
exit code is 0. Files land under their own names, and a name is used once.

A line tells of each file that: has changed since it was loaded, is still being
written, has no rows yet, is no CSV; has columns or fields that are not known,
or lacks columns; has rows with more or fewer fields than the header, rows of
commas alone, rows that are not UTF-8, no line end at its end; is rejects
alone; or has events that do not count, because a file whose name sorts behind
says otherwise.
"""
_SNAPSHOTS = """\
loading: the load history does not call it whole yet; landed: the next refresh
applies it; applied; superseded: another file of its time sorts behind it; held:
see reason, then release or discard it; discarded.

rows_landed is rows_changed (new or other than in the snapshot before it),
rows_unchanged, rows_repeated (their key stands further down again) and
rows_rejected. keys_before were there just before its time, and it lacks
keys_deleted of them. All count what was so when it was applied, held or decided
about; one that lands later between it and the one before changes none of them.
"""
_DECISIONS = """\
ingest, run, status and verify tell of a file in the landing folder that has
other content than was loaded of it, until someone decides. --load lands what it
holds now under a name that sorts right behind the old one; rows that had been
loaded before change nothing. --keep leaves it, until its content changes again.
"""
_CONSOLE = """\
It only reads, asks for no password, and calls no other host. Each view has an
address of its own. With --address 0.0.0.0 all who reach this machine can read.
"""
# What --batches is where it is not given.
BATCHES = 20
# The faults of a feed that are shares of its rows or files, in words.
_FAULTS = {
    "late": "share of rows that arrive one to three batches late",
    "duplicates": "share of rows that come twice",
    "duplicate_files": "share of files that come twice",
    "malformed": "rows that are no valid events, as a share of the others",
}
_RUN_AGAIN = """\
Run again, it goes on with the same feed: the home remembers definition and
settings. Files that others put into the landing folder are taken too. The
faults (late rows, duplicates, malformed rows, shuffling) never change what is
true in the end.
"""


class Parser(ArgumentParser):
    """Wrong usage is an error like every other: a sentence that names the next step."""

    def parse(self, argv: Sequence[str]) -> Namespace:
        """What a command line says. Raises UsageError, which for a word too many names the command's help too."""
        args, unknown = self.parse_known_args(argv)
        if unknown:
            command = f"{self.prog} {args.command}" if args.command else self.prog
            raise UsageError(f"Unrecognized arguments: {' '.join(unknown)}; see: {command} --help")
        return args

    def error(self, message: str) -> NoReturn:
        """Raise UsageError."""
        raise UsageError(f"{message[:1].upper()}{message[1:]}; see: {self.prog} --help")


def build(argv: Sequence[str]) -> Parser:
    """The parser of the whole command line. Its result has `command`, `home`, and what the command takes.

    `argv` only tells whether the flags of the generator are needed, and their defaults, which take a while to load.
    """
    parser = Parser(
        prog="customertrack",
        description="Slowly changing dimensions of types 1 and 2 from landed files, on one machine.",
        epilog=_EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    _add_common(parser, DEFAULT_HOME, None, None)
    parser.add_argument("--version", action="store_true", help="show the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands", parser_class=Parser)

    def add(name: str, short: str, more: str = "", epilog: str = "") -> Parser:
        command = commands.add_parser(
            name,
            help=short,
            description=f"{short[:1].upper()}{short[1:]}{more}.",
            epilog=epilog,
            allow_abbrev=False,
            formatter_class=RawDescriptionHelpFormatter,
        )
        _add_common(command, SUPPRESS, SUPPRESS, SUPPRESS)
        return command

    def add_of_dimension(name: str, short: str, more: str = "", epilog: str = "") -> Parser:
        command = add(name, short, more, epilog)
        add_dimension(command, is_made_up=name in ("run", "generate"))
        return command

    run = add_of_dimension("run", "generate, land, ingest and refresh; show what came of it", epilog=_RUN_AGAIN)
    if "run" in argv:
        _add_run(run)
    ingest = add_of_dimension("ingest", "land files of your own and apply them", epilog=_CSV_CONTRACT)
    ingest.add_argument(
        "paths", nargs="+", type=_path, metavar="PATH", help="a file of the dimension's format, or a folder of them"
    )
    ingest.add_argument("--each", action="store_true", help="refresh after each file, not once at the end")
    ingest.add_argument("--strict", action="store_true", help="exit code 1 also if something is odd about a file")
    resolve = add("resolve", "decide about landed files that have changed since they were loaded", epilog=_DECISIONS)
    resolve.add_argument("files", nargs="*", type=Path, metavar="FILE", help="as it is called in the landing folder")
    resolve.add_argument("--all", action="store_true", help="all files that differ")
    decision = resolve.add_mutually_exclusive_group(required=True)
    for word, text in (("load", "load what they hold now"), ("keep", "keep what was loaded of them")):
        decision.add_argument(f"--{word}", action="store_const", dest="decision", const=word, help=text)
    query = add("query", "run Snowflake SQL on the local warehouse")
    query.add_argument("sql", metavar="SQL", help="statements; the last one's result is shown; - reads them from stdin")
    _add_format(query)
    _add_format(add("status", "show tables, pipe, failed files, the last refresh"))
    history = add_of_dimension("history", "show all versions of a key", "; exit code 1 if there is none")
    history.add_argument("key", nargs="+", metavar="KEY", help="the parts of the key, in their order")
    _add_format(history)
    as_of = add_of_dimension("as-of", "show what was true at a time", "; exit code 1 if the KEY was not there")
    as_of.add_argument("time", type=_time, metavar="TIME", help="such as '2026-01-01 00:30:00'; UTC without an offset")
    # With a default, or argparse calls it required where the time lacks too.
    as_of.add_argument("key", nargs="*", default=[], metavar="KEY", help="as for history; all of them if not given")
    as_of.add_argument("--known", type=_time, metavar="TIME", help="by what had reached the warehouse at this time")
    _add_format(as_of)
    rejects = add_of_dimension("rejects", "show the rows that are no valid events, and why", ", newest first")
    rejects.add_argument("--limit", type=_limit, metavar="N", default=100, help="at most so many (default 100)")
    _add_format(rejects)
    add("verify", "check the invariants and the generator's truth", "; exit code 1 on any offence")
    _add_console(add("console", "show what the home holds in the browser", ", until Ctrl-C", _CONSOLE))
    generate = add_of_dimension("generate", "only write the generator's files", ", by default into the landing folder")
    if "generate" in argv:
        from customertrack.demo.generating import add_arguments

        add_arguments(generate)
    migrate = add("migrate", "apply the SQL files to the warehouse")
    migrate.add_argument("--plan", action="store_true", help="only show what would run")
    rebuild = add("rebuild", "derive the tables again from the log of events")
    rebuild.add_argument("name", nargs="?", metavar="NAME", help="a dimension; all of them if not given")
    snapshots = add("snapshots", "show what has become of each snapshot of a dimension", epilog=_SNAPSHOTS)
    snapshots.add_argument(
        "name", nargs="?", metavar="NAME", help="a dimension whose files are snapshots, if there are several"
    )
    _add_format(snapshots)
    for word, short in (
        ("release", "apply a snapshot that is held"),
        ("discard", "never apply a snapshot that is held"),
    ):
        decision = add_of_dimension(word, short, "; exit code 1 if it is not held")
        decision.add_argument("file", metavar="FILE", help="its name, as `snapshots` shows it")
    add_arguments_of_dimension(add("dimension", "define dimensions of your own"), _path, FORMATS)
    return parser


def _add_common(parser: ArgumentParser, home: Any, memory_limit: Any, project: Any) -> None:
    # Before the command or after it; only the first has defaults, or they would undo what stands before.
    parser.add_argument(
        "--home",
        type=_path,
        metavar="DIR",
        default=home,
        help="where warehouse and landing are (default .customertrack)",
    )
    add_project(parser, _path, project)
    parser.add_argument(
        "--memory-limit",
        type=_memory,
        metavar="SIZE",
        default=memory_limit,
        help="what the warehouse may hold before it works on disk (default 1.5GB, or half of the machine's if less)",
    )


def _add_format(parser: ArgumentParser) -> None:
    parser.add_argument("--format", choices=FORMATS, default="table", help="how to write the result (default table)")


def _add_console(parser: ArgumentParser) -> None:
    parser.add_argument("--port", type=_port, metavar="N", help="where to listen (default: the first free from 8501)")
    parser.add_argument(
        "--address", metavar="HOST", default="127.0.0.1", help="who can reach it (default 127.0.0.1: this machine)"
    )
    parser.add_argument("--no-browser", action="store_true", help="only say the address")


def _add_run(parser: ArgumentParser) -> None:
    def add(flag: str, kind: Any, metavar: str, text: str) -> None:
        parser.add_argument(f"--{flag}", type=kind, metavar=metavar, help=text)

    from customertrack.demo.generating import USUAL_FAULTS, Settings, rates

    usual = Settings()
    add("batches", int, "N", f"how many batches (default {BATCHES}; with --follow without end)")
    add("customers", int, "N", f"keys in the first batch, whatever the dimension (default {usual.customers})")
    add("seed", int, "S", f"another seed, other values (default {usual.seed})")
    parser.add_argument("--follow", action="store_true", help="one batch per interval, until Ctrl-C")
    add("interval", _seconds, "SECONDS", f"time from batch to batch (default {usual.interval:g})")
    add(
        "start", _time, "TIME", f"when the first batch happens, UTC (default {usual.start:%Y-%m-%d}; with --follow now)"
    )
    add("growth", int, "N", f"new keys in each later batch (default {usual.growth})")
    add("rates", rates, "GROUP=SHARE,...", "other shares of the keys in which groups of attributes change in a batch")
    add("delete-rate", float, "SHARE", f"share of keys deleted in a batch (default {usual.delete_rate})")
    add("reinsert-rate", float, "SHARE", f"share of the deleted that come back (default {usual.reinsert_rate})")
    add("move-rate", float, "SHARE", "share of keys that become others in a batch, where the feed has a word for it")
    add("truncate-rate", float, "SHARE", "share of batches that end all keys, where the feed has a word for it")
    for fault, what in _FAULTS.items():
        add(fault.replace("_", "-"), float, "SHARE", f"{what} (default {getattr(USUAL_FAULTS, fault):g})")
    parser.add_argument("--shuffle", action="store_true", help="rows and files in random order")


def _path(written: str) -> Path:
    # Path("") would be the current folder.
    if not written:
        raise ArgumentTypeError("it is empty; give a path")
    return Path(written)


def _memory(written: str) -> int:
    from customertrack.local.memory_limit import parse

    try:
        return parse(written)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None


def _port(written: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", written) or not 0 < int(written) < 1 << 16:
        raise ArgumentTypeError(f"'{written}' is no port; give a number from 1 to 65535")
    return int(written)


def _limit(written: str) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", written):
        raise ArgumentTypeError(f"'{written}' is no number of rows")
    return int(written)


def _seconds(written: str) -> float:
    try:
        seconds = float(written)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise ArgumentTypeError(f"'{written}' is no number of seconds")
    return seconds


def _time(written: str) -> datetime:
    """UTC, without a zone, as the warehouse keeps times."""
    try:
        time = datetime.fromisoformat(written)
        return time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time
    except (ValueError, OverflowError):
        raise ArgumentTypeError(f"'{written}' is no time; give one such as 2026-01-01T00:30:00Z") from None
