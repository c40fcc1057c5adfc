"""Whether what [feed] says makes sense, by itself and with the columns that are read from it."""

import re
from collections import Counter
from collections.abc import Iterator

from customertrack.dimension.definition import ColumnTime, Definition, Feed, FileTime
from customertrack.dimension.layouts import FORMATS
from customertrack.dimension.names import OF_LANDED
from customertrack.dimension.places import Path
from customertrack.dimension.types import is_timestamp
from customertrack.dimension.words import did_you_mean

Found = Iterator[tuple[Path, str]]

# What Python reads in a regular expression and Snowflake does not (docs.snowflake.com, "String functions (regular
# expressions)": POSIX extended, with \\d, \\s, \\w and \\b).
_UNKNOWN_TO_SNOWFLAKE = re.compile(r"\(\?|\\[1-9]|[*+?}]\?")


def feed_words_fit(definition: Definition) -> Found:
    """Words of [feed] that do not go with each other, and values that mean nothing."""
    feed = definition.feed
    yield from _patterns(feed)
    yield from _op(feed)
    yield from _by_kind(definition)
    yield from _by_format(feed)
    yield from _by_layout(feed)
    if feed.initial and not is_timestamp(feed.initial.time):
        yield ("feed", "initial", "time"), f'feed.initial.time: "{feed.initial.time}" is no time, as "1900-01-01" is'


def feed_names_are_apart(definition: Definition) -> Found:
    """No column of the feed is read as two things. Names in a CSV file mean the same in any case."""
    first: dict[str, str] = {}
    for path, name in _read_from_feed(definition):
        is_what = ".".join(path)
        known = name.casefold() if definition.feed.format == "csv" else name
        if known in first:
            yield path, f'The column "{name}" of the feed is read twice, as {first[known]} and as {is_what}'
        first.setdefault(known, is_what)


def feed_names_are_free(definition: Definition) -> Found:
    """A load finds the columns of a CSV file by their names, so none can be one that landed rows have beside them."""
    if definition.feed.format != "csv" or definition.feed.columns or definition.feed.layout != "plain":
        return
    for path, name in _read_from_feed(definition):
        if name.lower() in OF_LANDED:
            called = f'{".".join(path)} reads the column "{name}"'
            yield path, f"{called}, and each landed row has one of that name from us; have the feed call it otherwise"


def csv_is_readable(definition: Definition) -> Found:
    """What parts the fields of a CSV file is none of what stands in them, and each column has its place."""
    feed = definition.feed
    one = feed.delimiter
    if len(one) > 1 or not one.isascii() or one.isalnum() or one in "\r\n\0":
        yield ("feed", "delimiter"), "feed.delimiter must be one character that is no letter, digit or line end"
    elif one == feed.quote:
        yield ("feed", "delimiter"), "feed.delimiter and feed.quote are the same character"
    if feed.null and {one, feed.quote} & set(feed.null):
        yield ("feed", "null"), f'feed.null: "{feed.null}" has the delimiter or the quote in it'
    if not feed.columns or feed.format != "csv":
        return
    places = Counter(name.casefold() for name in feed.columns)
    for name in (name for name, times in places.items() if times > 1):
        yield ("feed", "columns"), f'feed.columns has "{name}" twice; upper and lower case are one'
    for path, name in _read_from_feed(definition):
        if name.casefold() not in places:
            near = did_you_mean(name, feed.columns)
            yield path, f'{".".join(path)} reads the column "{name}", which feed.columns does not name{near}'


def paths_are_paths(definition: Definition) -> Found:
    """In JSON and Parquet a name is a path: names with dots between them."""
    if definition.feed.format == "csv":
        return
    for path, name in _read_from_feed(definition):
        if "" in name.split(".") or {'"', "\\", "*"} & set(name):
            yield (
                path,
                f'{".".join(path)} reads "{name}", which is no path: that is names with a dot between two of them, '
                "without quotes, backslashes and asterisks",
            )


def _read_from_feed(definition: Definition) -> Iterator[tuple[Path, str]]:
    yield from _of_row(definition.feed) if definition.feed.layout == "plain" else ()
    for part in definition.key:
        yield ("key", part.name), part.feed_name
        if part.before:
            yield ("key", part.name, "before"), part.before
    for attribute in definition.shown:
        yield ("attributes", attribute.name), attribute.feed_name


def _of_row(feed: Feed) -> Iterator[tuple[Path, str]]:
    if isinstance(feed.time, ColumnTime):
        yield ("feed", "time"), feed.time.column
    if feed.op:
        yield ("feed", "op"), feed.op.column
    for column in feed.sequence:
        yield ("feed", "sequence"), column


def _patterns(feed: Feed) -> Found:
    patterns: list[tuple[Path, str]] = [(("feed", "files"), feed.files)]
    if feed.initial:
        patterns.append((("feed", "initial", "files"), feed.initial.files))
    if isinstance(feed.time, FileTime):
        patterns.append((("feed", "time", "file"), feed.time.pattern))
    for path, pattern in patterns:
        called = ".".join(path)
        try:
            groups = re.compile(pattern).groups
        except (re.error, OverflowError, RecursionError) as error:
            yield path, f"{called} is no regular expression: {error}"
            continue
        if unknown := _UNKNOWN_TO_SNOWFLAKE.search(pattern):
            yield path, f'{called} has "{unknown[0]}" in it, which regular expressions of Snowflake do not know'
        elif path[-1] == "file" and groups != 1:
            yield path, rf"{called} needs one group around the time, as 'product_(\d{{4}}-\d{{2}}-\d{{2}})'"


def _op(feed: Feed) -> Found:
    if feed.op is None:
        return
    meaning: dict[str, str] = {}
    for kind in ("upsert", "delete", "truncate"):
        for word in getattr(feed.op, kind):
            if word in meaning:
                yield (
                    ("feed", "op", kind),
                    f'feed.op: "{word}" is {_both(meaning[word], kind)}; upper and lower case are one',
                )
            meaning.setdefault(word, kind)


def _both(one: str, other: str) -> str:
    return f"there twice as {one}" if one == other else f"a word for {one} and for {other}"


def _by_kind(definition: Definition) -> Found:
    feed = definition.feed
    if feed.kind == "snapshots":
        of_changes = {"op": feed.op, "sequence": feed.sequence, "initial": feed.initial}
        # A layout brings some of these words with it.
        for word in (word for word, value in of_changes.items() if value and feed.layout == "plain"):
            yield ("feed", word), f'feed.{word} goes with kind = "changes": in a snapshot, absence is the delete'
        if feed.missing == "keep":
            yield ("feed", "missing"), 'feed.missing = "keep" goes with kind = "changes": a snapshot is whole'
        for part in (part for part in definition.key if part.before):
            yield ("key", part.name, "before"), f'key.{part.name}.before goes with kind = "changes"'
        if feed.guard is None:
            yield (
                ("feed",),
                "feed.guard is missing: a snapshot needs a limit for what it may end, as "
                "guard = { max_deleted = 0.10, min_rows = 1000 }",
            )
    else:
        if feed.guard:
            yield ("feed", "guard"), 'feed.guard goes with kind = "snapshots": changes end nothing by absence'
        if isinstance(feed.time, FileTime):
            yield ("feed", "time"), 'feed.time.file goes with kind = "snapshots"; changes have a column with the time'


def _by_format(feed: Feed) -> Found:
    if feed.format == "csv" and feed.missing == "keep":
        yield ("feed", "missing"), 'feed.missing = "keep" goes with json and parquet: a line of CSV has all fields'
    if feed.format != "csv" and feed.null is not None:
        yield ("feed", "null"), f"feed.null goes with csv: {feed.format} has a NULL of its own"
    if feed.format != "csv":
        usual = Feed("changes", "csv", None, "")
        for word in ("delimiter", "quote", "encoding", "columns"):
            if getattr(feed, word) != getattr(usual, word):
                yield ("feed", word), f"feed.{word} goes with csv: {feed.format} says by itself how it is written"


def _by_layout(feed: Feed) -> Found:
    formats = FORMATS.get(feed.layout, ())
    if feed.layout == "plain":
        if feed.connector:
            yield ("feed", "connector"), "feed.connector goes with a layout whose rows are from a database's log"
        return
    if feed.kind == "snapshots":
        yield ("feed", "layout"), f'feed.layout = "{feed.layout}" goes with kind = "changes"'
    if feed.format not in formats:
        yield ("feed", "layout"), f'feed.layout = "{feed.layout}" goes with format = "{" or ".join(formats)}"'
    if feed.connector == "oracle" and feed.layout == "airbyte":
        yield ("feed", "connector"), "feed.connector: Airbyte reads no log of Oracle; say the time by which it copies"
    if feed.initial:
        yield ("feed", "initial"), f'feed.initial is not needed: rows of layout = "{feed.layout}" have their own time'
