"""What a definition means for who reads: the tables to ask, the columns of the landed files, the paths in records."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from customertrack.dimension.definition import ColumnTime, Definition, Feed
from customertrack.dimension.landed_sql import landed_name, record, sequence_column
from customertrack.dimension.layout_sql import is_envelope
from customertrack.dimension.layouts import AIRBYTE_COLUMNS, AIRBYTE_OTHERS
from customertrack.dimension.names import written, written_in_feed
from customertrack.reads.tables import Tables


@dataclass(frozen=True)
class Columns:
    """The columns of a landed file, in lower case and in the order in which they are told.

    `key`: those of the business key, `needed` those without which a row is a reject. `time`: "" if it stands in the
    file's name. `op`: that of the operation, if there is one that may be left out. `instead`: names that a file may
    have too, each with the column that it stands for, or None if that is read no more. `before`: those that say what
    the key was.
    """

    all: tuple[str, ...]
    key: tuple[str, ...]
    needed: tuple[str, ...]
    time: str
    op: str | None
    instead: Mapping[str, str | None] = field(default_factory=dict)
    before: tuple[str, ...] = ()


def columns_of(definition: Definition) -> Columns:
    """The columns of the files of a dimension. Airbyte's CSV has the row as JSON in one of them."""
    feed, op, time = definition.feed, definition.feed.op, _time(definition.feed)
    if feed.layout == "airbyte":
        return Columns(AIRBYTE_COLUMNS, (), AIRBYTE_COLUMNS[:1], "", None, dict.fromkeys(AIRBYTE_OTHERS))
    key = tuple(part.feed_name for part in definition.key)
    others = [*feed.sequence, *(attribute.feed_name for attribute in definition.shown)]
    needed = [part.feed_name for part in definition.key if part.null is None]
    may_lack_op = op is not None and "" in (*op.upsert, *op.delete)
    if op and not may_lack_op:
        needed.append(op.column)
    return Columns(
        _lower(*key, *others, *([op.column] if op else []), *time),
        _lower(*key),
        _lower(*needed, *time),
        "".join(time).lower(),
        op.column.lower() if op and may_lack_op else None,
        {was: one.feed_name.lower() for one in definition.shown for was in one.was}
        | {one.feed_name.lower(): None for one in definition.attributes if one.retired},
        _lower(*_before(definition)),
    )


def paths_of(definition: Definition, *, all_known: bool) -> list[str]:
    """The paths that a dimension reads in each record, or all that it knows something of."""
    op = definition.feed.op
    attributes = definition.attributes if all_known else definition.shown
    read = [*(part.feed_name for part in definition.key), *_time(definition.feed), *definition.feed.sequence]
    read += [attribute.feed_name for attribute in attributes]
    if not all_known:
        return read
    return [*read, *_before(definition), *(was for one in attributes for was in one.was), *([op.column] if op else [])]


def columns_of_records(definition: Definition) -> list[str]:
    """The paths that are told if they are gone from a file whose records are all alike.

    One that had another name is not: the file may have that.
    """
    op = definition.feed.op
    keys = [*(part.feed_name for part in definition.key), *_time(definition.feed), *definition.feed.sequence]
    named = [attribute.feed_name for attribute in definition.shown if not attribute.was]
    return [*keys, *_before(definition), *named, *([op.column] if op else [])]


def tables_of(definition: Definition) -> Tables:
    """The tables of the rows of a dimension."""
    feed, columns = definition.feed, columns_of(definition)
    return Tables(
        definition.name,
        tuple(written(part.name) for part in definition.key),
        tuple(sequence_column(feed, name) for name in feed.sequence),
        tuple(written(attribute.column) for attribute in definition.shown),
        _landed(feed, columns.all),
        _landed(feed, columns.needed) if feed.format == "csv" else (),
        definition.history,
        tuple(map(written_in_feed, columns.all)) if feed.columns else (),
        _logs(feed),
        feed.kind == "snapshots",
        tuple(written(attribute.name) for attribute in definition.shown),
    )


def _logs(feed: Feed) -> tuple[str, ...]:
    """Which tables a landed row goes into."""
    truncates, ignores = bool(feed.op and feed.op.truncate), is_envelope(feed)
    return ("event", "reject", *(["barrier"] * truncates), *(["ignored"] * ignores))


def _landed(feed: Feed, names: tuple[str, ...]) -> tuple[str, ...]:
    """The landed columns of names of the feed."""
    if feed.format != "csv":
        return tuple(record(feed.format)["raw"])
    return tuple(landed_name(feed, name) for name in names)


def _before(definition: Definition) -> list[str]:
    """The columns that say what the key was."""
    return [part.before for part in definition.key if part.before]


def _time(feed: Feed) -> list[str]:
    """The column of the time, if it stands in one."""
    return [feed.time.column] if isinstance(feed.time, ColumnTime) else []


def _lower(*names: str) -> tuple[str, ...]:
    return tuple(name.lower() for name in names)
