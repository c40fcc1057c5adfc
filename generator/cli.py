"""The generator's command line, in pieces that another program can use: flags, settings from them, the run."""

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import Any

from generator.definition import Definition, read
from generator.delivery import Delivered, Stop, deliver, paced, stopped_by_signals, stored_name
from generator.errors import GeneratorError, SettingsError
from generator.faults import Faults
from generator.feed import Feed, FeedFile
from generator.naming import Kind
from generator.settings import LAST_SLOT, Settings, check_whole
from generator.sink import Sink, open_sink
from generator.slots import planned
from generator.usual import usual_interval

BATCHES = 10
YES = ("1", "true", "yes", "on")
NO = ("", "0", "false", "no", "off")


def add_arguments(parser: ArgumentParser, environ: Mapping[str, str] | None = None) -> None:
    """Adds every flag; what is not given on the line comes from GENERATOR_<FLAG> in ``environ``, if that is set.

    Raises SettingsError if such a variable should be a yes or no and is neither.
    """
    variables = environ or {}
    add = partial(_add, parser, variables)

    def add_switch(flag: str, text: str) -> None:
        parser.add_argument(f"--{flag}", action="store_true", help=text, default=_switch(variables, _name(flag)))

    usual = {field.name: field.default for field in fields(Settings)}
    add("to", str, "TARGET", "where the files go: a folder, or s3://BUCKET/PREFIX/")
    add("batches", int, "N", f"how many batches (default {BATCHES}; without end with --follow or --interval)")
    add("first", int, "K", "the first batch (default 0: the initial keys)")
    add("slot-time", _time, "TIME", "make only the batch whose slot covers this time, such as 2026-01-01T00:02:30Z")
    add("fill", int, "N", "with --slot-time: then make what is missing of the N slots before it, a few at a time")
    add_switch("follow", "make one batch per interval, until Ctrl-C if --batches is not given")
    add("interval", float, "SECONDS", f"length of a slot (default {usual['interval']:g}); alone it means --follow too")
    add("start", _time, "TIME", "start of slot 0, UTC unless it has an offset (default 2026-01-01)")
    add("seed", int, "S", f"another seed, other values (default {usual['seed']})")
    add("customers", int, "N", f"keys in batch 0 (default {usual['customers']})")
    add("growth", int, "N", f"new keys in each later batch (default {usual['growth']})")
    add("rates", rates, "GROUP=SHARE,...", "other shares of the keys in which groups of attributes change in a batch")
    add("delete-rate", float, "SHARE", f"share of keys deleted in a batch (default {usual['delete_rate']})")
    add("reinsert-rate", float, "SHARE", f"share of the deleted that come back (default {usual['reinsert_rate']})")
    add("move-rate", float, "SHARE", "share of keys that become others in a batch, where the feed has a word for it")
    add("truncate-rate", float, "SHARE", "share of batches that end all keys, where the feed has a word for it")
    add("late", float, "SHARE", "share of rows that arrive one to three batches late")
    add("duplicates", float, "SHARE", "share of rows that come twice")
    add("duplicate-files", float, "SHARE", "share of files that come twice, under another name")
    add("malformed", float, "SHARE", "additional rows that are no valid events, as a share of the valid ones")
    add_switch("shuffle", "rows in random order within files, and the files of a finite run too")
    add_switch("gzip", "pack the files: names end in .gz")


def add_definition(parser: ArgumentParser, environ: Mapping[str, str] | None = None) -> None:
    """Adds the flag that says of which dimension the rows are: a TOML file or, for a variable, its text."""
    _add(parser, environ or {}, "definition", _definition, "FILE", "the dimension, as a TOML file or its text")


def feed_from(args: Namespace) -> Feed:
    """The feed that the flags ask for. Raises SettingsError."""
    if not args.definition:
        raise SettingsError("it is not said which dimension: give --definition dimensions/NAME.toml")
    return Feed(args.definition, settings_from(args), faults_from(args))


def settings_from(args: Namespace) -> Settings:
    """The settings that the flags ask for. Raises SettingsError."""
    usual = usual_interval(args.definition) if getattr(args, "definition", None) else {}
    return Settings(**{**usual, **_given(args, Settings)})


def faults_from(args: Namespace) -> Faults:
    """The faults that the flags ask for. Raises SettingsError."""
    return Faults(**_given(args, Faults))


def run(args: Namespace, feed: Feed, say: Callable[[str], None] | None = None) -> Delivered:
    """Makes the batches that the flags ask for, until it is done or a signal comes, and says so, by default to stderr.

    Raises SettingsError for flags that cannot be, GeneratorError if a file cannot be written or a run with a known end
    was stopped before it.
    """
    say = say or _to_stderr
    if not args.to:
        raise SettingsError("it is not said where the files go: give --to FOLDER or --to s3://BUCKET/PREFIX/")
    feed.check_written()
    if args.gzip:
        feed.check_packed()
    with stopped_by_signals() as stop:
        sink = open_sink(args.to)
        files, wanted = _files(args, feed, sink, stop)
        done = deliver(files, sink, stop, gzip=args.gzip, say=say)
    made = _counted(done.batches, "batch", "batches")
    say(f"made {made}: {_counted(done.files, 'file')}, {_counted(done.rows, 'row')}")
    if wanted is not None and done.batches < wanted:
        raise GeneratorError(f"stopped after {done.batches} of {wanted} batches: run it again to make the others")
    return done


def _files(args: Namespace, feed: Feed, sink: Sink, stop: Stop) -> tuple[Iterable[FeedFile], int | None]:
    """The files to write, and how many batches they must come to (None: as many as there is time for)."""
    if args.slot_time is not None:
        if args.batches is not None or args.first is not None or args.follow:
            raise SettingsError("--slot-time is one batch: give it without --batches, --first and --follow")
        slot, reach = feed.slot_at(args.slot_time), _whole("--fill", args.fill, 0)
        return _until(stop, planned(feed, sink, slot, reach, partial(stored_name, gzip=args.gzip))), 1
    if args.fill:
        raise SettingsError("--fill goes with --slot-time: give both, or --batches from slot 0 on")
    first = _whole("--first", args.first, 0)
    if args.batches is None and (args.follow or args.interval is not None):
        return paced(feed, first, None, stop), None
    batches = _whole("--batches", args.batches, BATCHES)
    if batches:
        feed.object_name(first + batches - 1)  # a slot that cannot be is better known before the first file
    if args.follow:
        return paced(feed, first, batches, stop), batches
    return _until(stop, feed.run(first, batches)), batches


def _until(stop: Stop, files: Iterable[FeedFile]) -> Iterable[FeedFile]:
    """The files until asked to stop, and that only between slots: a slot's copy, and what the last one held back,
    belong to what has been written."""
    return takewhile(lambda batch: not stop.asked or batch.kind is not Kind.SLOT, files)


def _whole(flag: str, given: int | None, otherwise: int) -> int:
    if given is None:
        return otherwise
    check_whole(flag, given, most=LAST_SLOT)
    return given


def _given(args: Namespace, record: type) -> dict[str, Any]:
    """The fields of a record that have a flag of their name which was given."""
    values = {field.name: getattr(args, field.name, None) for field in fields(record)}
    return {name: value for name, value in values.items() if value is not None}


def rates(text: str) -> dict[str, float]:
    """The rates of groups, from such words as name=0.1,address=0.02."""
    pairs = [pair.partition("=") for pair in text.split(",")]
    try:
        return {name.strip(): float(share) for name, _, share in pairs}
    except ValueError:
        raise ArgumentTypeError(f"'{text}' is no list of rates: give one such as name=0.1,address=0.02") from None


def _definition(text: str) -> Definition:
    try:
        return read(text if "\n" in text else Path(text).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ArgumentTypeError(f"'{text}' cannot be read ({error}): give a TOML file") from error


def _add(
    parser: ArgumentParser, variables: Mapping[str, str], flag: str, kind: Callable[[str], Any], metavar: str, text: str
) -> None:
    # An empty variable is one that was not set. argparse converts and checks a default that is a string.
    given = variables.get(_name(flag)) or None
    parser.add_argument(f"--{flag}", type=kind, metavar=metavar, help=text, default=given)


def _name(flag: str) -> str:
    return f"GENERATOR_{flag.upper().replace('-', '_')}"


def _switch(variables: Mapping[str, str], name: str) -> bool:
    value = variables.get(name, "").lower()
    if value not in YES + NO:
        raise SettingsError(f"{name} is '{value}': set it to 1 or 0")
    return value in YES


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"'{text}' is no time: give one such as 2026-01-01T00:02:30Z") from None


def _counted(number: int, one: str, several: str = "") -> str:
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def _to_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
