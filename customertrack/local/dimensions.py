"""A dimension as one machine has it: where its files land, its pipe and task, its tables, the columns of its files."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from customertrack.dimension.definition import ColumnTime, Definition
from customertrack.dimension.landed_sql import landed_name, record, sequence_column
from customertrack.dimension.layouts import AIRBYTE_COLUMNS, AIRBYTE_OTHERS
from customertrack.dimension.names import written, written_in_feed
from customertrack.dimension.reading_feed import in_any_case
from customertrack.reads.tables import Tables

# The one that is meant where none is named, and that the generator makes up.
CUSTOMER = "customer"
LANDING_ROOT = "landing/"


def landing_prefix(name: str) -> str:
    """Where the files of a dimension land: what their keys begin with."""
    return f"{LANDING_ROOT}{name}/"


def pipe(name: str) -> str:
    """The pipe of a dimension."""
    return f"{name}_s3_pipe"


def task(name: str) -> str:
    """The task that refreshes a dimension."""
    return f"{name}_refresh_task"


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


@dataclass(frozen=True)
class Dimension:
    """What a definition means for one machine."""

    definition: Definition

    @property
    def name(self) -> str:
        """As it is called."""
        return self.definition.name

    @property
    def prefix(self) -> str:
        """What the keys of its files begin with."""
        return landing_prefix(self.name)

    @property
    def pipe(self) -> str:
        """What loads its files."""
        return pipe(self.name)

    @property
    def task(self) -> str:
        """What refreshes it."""
        return task(self.name)

    @property
    def compact_task(self) -> str | None:
        """What moves the rows that refreshes have appended into its tables, if its layout has that."""
        return f"{self.name}_compact_task" if self.definition.storage == "merge_on_read" else None

    def takes(self, name: str) -> bool:
        """Whether its feed has files of this name, as the pattern of its pipe says (sql/<name>/R__25_pipe.sql)."""
        files = self.definition.feed.files
        flags = re.IGNORECASE if in_any_case(files) else re.NOFLAG
        return re.fullmatch(files, name.rpartition("/")[2], flags) is not None

    @cached_property
    def columns(self) -> Columns:
        """Those of its files. Airbyte's CSV has the row as JSON in one of them."""
        definition, op, time = self.definition, self.definition.feed.op, self._time
        if definition.feed.layout == "airbyte":
            return Columns(AIRBYTE_COLUMNS, (), AIRBYTE_COLUMNS[:1], "", None, dict.fromkeys(AIRBYTE_OTHERS))
        key = tuple(part.feed_name for part in definition.key)
        others = [*definition.feed.sequence, *(attribute.feed_name for attribute in definition.shown)]
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
            _lower(*self._before),
        )

    @property
    def has_records(self) -> bool:
        """Whether its rows land whole, with fields of which it reads some by paths of its own."""
        return self.definition.feed.format != "csv" and self.definition.feed.layout == "plain"

    def paths(self, *, all_known: bool) -> list[str]:
        """The paths that it reads in each record, or all that it knows something of."""
        definition, op = self.definition, self.definition.feed.op
        attributes = definition.attributes if all_known else definition.shown
        read = [*(part.feed_name for part in definition.key), *self._time, *definition.feed.sequence]
        read += [attribute.feed_name for attribute in attributes]
        if not all_known:
            return read
        return [*read, *self._before, *(was for one in attributes for was in one.was), *([op.column] if op else [])]

    @property
    def columns_of_records(self) -> list[str]:
        """The paths that are told if they are gone from a file whose records are all alike.

        One that had another name is not: the file may have that.
        """
        definition, op = self.definition, self.definition.feed.op
        keys = [*(part.feed_name for part in definition.key), *self._time, *definition.feed.sequence, *self._before]
        return [
            *keys,
            *(attribute.feed_name for attribute in definition.shown if not attribute.was),
            *([op.column] if op else []),
        ]

    @cached_property
    def tables(self) -> Tables:
        """Those of its rows."""
        definition = self.definition
        return Tables(
            definition.name,
            tuple(written(part.name) for part in definition.key),
            tuple(sequence_column(definition.feed, name) for name in definition.feed.sequence),
            tuple(written(attribute.column) for attribute in definition.shown),
            self._landed(self.columns.all),
            self._landed(self.columns.needed) if definition.feed.format == "csv" else (),
            definition.history,
            tuple(map(written_in_feed, self.columns.all)) if definition.feed.columns else (),
        )

    def _landed(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """The landed columns of names of the feed."""
        feed = self.definition.feed
        if feed.format != "csv":
            return tuple(record(feed.format)["raw"])
        return tuple(landed_name(feed, name) for name in names)

    @property
    def has_snapshots(self) -> bool:
        """Whether each of its files is the whole truth of its time."""
        return self.definition.feed.kind == "snapshots"

    @property
    def _before(self) -> list[str]:
        """The columns that say what the key was."""
        return [part.before for part in self.definition.key if part.before]

    @property
    def _time(self) -> list[str]:
        """The column of the time, if it stands in one."""
        time = self.definition.feed.time
        return [time.column] if isinstance(time, ColumnTime) else []


def _lower(*names: str) -> tuple[str, ...]:
    return tuple(name.lower() for name in names)
