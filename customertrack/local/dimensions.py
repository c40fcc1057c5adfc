"""A dimension as one machine has it: where its files land, its pipe and task, its tables, the columns of its files."""

import re
from dataclasses import dataclass
from functools import cached_property

from customertrack.described import Columns, columns_of, columns_of_records, paths_of, tables_of
from customertrack.dimension.definition import Definition
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
        """Those of its files."""
        return columns_of(self.definition)

    @property
    def has_records(self) -> bool:
        """Whether its rows land whole, with fields of which it reads some by paths of its own."""
        return self.definition.feed.format != "csv" and self.definition.feed.layout == "plain"

    def paths(self, *, all_known: bool) -> list[str]:
        """The paths that it reads in each record, or all that it knows something of."""
        return paths_of(self.definition, all_known=all_known)

    @property
    def columns_of_records(self) -> list[str]:
        """The paths that are told if they are gone from a file whose records are all alike."""
        return columns_of_records(self.definition)

    @cached_property
    def tables(self) -> Tables:
        """Those of its rows."""
        return tables_of(self.definition)

    @property
    def has_snapshots(self) -> bool:
        """Whether each of its files is the whole truth of its time."""
        return self.definition.feed.kind == "snapshots"
