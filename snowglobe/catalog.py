"""What DuckDB has no notion of (stages, pipes, streams, tasks, procedures ...), kept in the database file itself."""

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, ClassVar, TypeVar

import duckdb

from snowglobe.names import quoted

# In one transaction: each commit waits for the disk.
_SCHEMA = """
BEGIN TRANSACTION;
CREATE SCHEMA IF NOT EXISTS embedded;
CREATE SCHEMA IF NOT EXISTS public;
CREATE TABLE IF NOT EXISTS embedded.object (kind VARCHAR NOT NULL, name VARCHAR NOT NULL, definition VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS embedded.load (
    target VARCHAR NOT NULL,
    table_name VARCHAR NOT NULL,
    file_name VARCHAR NOT NULL,
    file_size BIGINT,
    file_modified_at TIMESTAMP,
    status VARCHAR NOT NULL,
    row_count BIGINT NOT NULL,
    first_error VARCHAR,
    loaded_at TIMESTAMP NOT NULL
);
ALTER TABLE embedded.load ADD COLUMN IF NOT EXISTS etag VARCHAR;
ALTER TABLE embedded.load ADD COLUMN IF NOT EXISTS version VARCHAR;
CREATE TABLE IF NOT EXISTS embedded.task_run (
    name VARCHAR NOT NULL,
    started_at TIMESTAMP NOT NULL,
    completed_at TIMESTAMP NOT NULL,
    state VARCHAR NOT NULL,
    return_value VARCHAR,
    error_message VARCHAR
);
ALTER TABLE embedded.task_run ADD COLUMN IF NOT EXISTS statements VARCHAR;
CREATE TABLE IF NOT EXISTS embedded.stream_position (stream VARCHAR NOT NULL, position BIGINT NOT NULL);
ALTER TABLE embedded.stream_position ADD COLUMN IF NOT EXISTS reached_at TIMESTAMP;
CREATE TABLE IF NOT EXISTS embedded.staged_file (
    stage VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    content BLOB NOT NULL,
    modified_at TIMESTAMP NOT NULL
);
COMMIT;
"""


@dataclass(frozen=True)
class Entry:
    """What is kept of one object, as JSON: a subclass for each kind, whose name stands in the file.

    `words`: what an error calls the kind. `in_schema`: whether its names have a schema; else they are the account's.
    """

    words: ClassVar[str]
    in_schema: ClassVar[bool] = True
    name: str


E = TypeVar("E", bound=Entry)


# Those that others than the kind's own module look at. All other entries stand in the module of their kind.
@dataclass(frozen=True)
class FileFormat(Entry):
    """CREATE FILE FORMAT: its options as written, keys in upper case."""

    words = "FILE FORMAT"
    options: dict[str, Any]


@dataclass(frozen=True)
class Stage(Entry):
    """CREATE STAGE: an external location; without a bucket an internal one. `prefix` ends with a slash or is empty."""

    words = "STAGE"
    bucket: str
    prefix: str
    options: dict[str, Any]


@dataclass(frozen=True)
class Pipe(Entry):
    """CREATE PIPE: its COPY statement as written, and the names of stage and table in it.

    `stopped`: the state that only a new pipe ends, or "". `paused_at`: when it was paused, in ISO form, or "".
    """

    words = "PIPE"
    copy: str
    options: dict[str, Any]
    paused: bool = False
    stage: str = ""
    table: str = ""
    stopped: str = ""
    paused_at: str = ""


@dataclass(frozen=True)
class Stream(Entry):
    """CREATE STREAM ... APPEND_ONLY: the rows of `table` from the position on that embedded.stream_position holds,
    and since when it holds it.
    """

    words = "STREAM"
    table: str
    comment: str = ""

    @property
    def deleted_rows(self) -> str:
        """The table, in SQL, of the rows that the stream still shows though they were deleted."""
        return f"embedded.{quoted(self.name)}"


@dataclass(frozen=True)
class Retention(Entry):
    """What a table was given of the two parameters by which its streams become stale, in days."""

    words = "TABLE"
    days: int = 1
    extension: int = 14


@dataclass(frozen=True)
class TransientTable(Entry):
    """CREATE TRANSIENT TABLE: in DuckDB a table like any other."""

    words = "TABLE"


@dataclass(frozen=True)
class WorkTable(Entry):
    """A transient table that each session has for itself, empty at first: its definition in DuckDB's SQL."""

    words = "TABLE"
    definition: str

    @property
    def columns(self) -> str:
        """As CREATE TABLE has them, brackets included."""
        return self.definition.removeprefix(f"{work_table_begins(self.name)} ")


def work_table_begins(name: str) -> str:
    """What the definition of a work table has before its columns."""
    return f"CREATE TEMPORARY TABLE IF NOT EXISTS {quoted(name.partition('.')[2])}"


@dataclass(frozen=True)
class View(Entry):
    """CREATE VIEW: the names it reads, so that a read through it is known to reach a stream. The rest is DuckDB's."""

    words = "VIEW"
    reads: list[str]


@dataclass(frozen=True)
class Function(Entry):
    """CREATE FUNCTION: a DuckDB macro, and the names that its body reads."""

    words = "FUNCTION"
    reads: list[str]


@dataclass(frozen=True)
class StorageIntegration(Entry):
    """CREATE STORAGE INTEGRATION: which locations are reached through which role of AWS."""

    words = "INTEGRATION"
    in_schema = False
    role_arn: str
    external_id: str
    allowed: list[str]
    blocked: list[str]
    enabled: bool
    comment: str = ""


class Catalog:
    """All entries by kind and name, in memory and in the file, which one process alone has open."""

    def __init__(self, duck: duckdb.DuckDBPyConnection, *, read_only: bool) -> None:
        """Read the catalog's tables; make them first where they are not there, unless `read_only`."""
        if not read_only:
            duck.execute(_SCHEMA)
        self.version = 0
        self._function_names: tuple[int, frozenset[str]] = (-1, frozenset())
        self.read(duck)

    def read(self, duck: duckdb.DuckDBPyConnection) -> None:
        """Take what the file says, as after a rollback."""
        rows = duck.execute("SELECT kind, name, definition FROM embedded.object").fetchall()
        self._definitions = {(str(kind), str(name)): str(definition) for kind, name, definition in rows}
        self.changed()

    def get(self, kind: type[E], name: str) -> E | None:
        """The entry, or None. `name`: qualified, if the kind's objects are in schemas."""
        definition = self._definitions.get((kind.__name__, name))
        entry = _entry(kind, definition) if definition else None
        return entry if isinstance(entry, kind) else None

    def has(self, kind: str, name: str) -> bool:
        """Whether there is an entry of the kind, by the name of its class."""
        return (kind, name) in self._definitions

    def all(self, kind: type[E]) -> list[E]:
        """All entries of one kind, by name."""
        names = sorted(name for each, name in list(self._definitions) if each == kind.__name__)
        return [entry for name in names if (entry := self.get(kind, name))]

    def put(self, duck: duckdb.DuckDBPyConnection, entry: Entry) -> None:
        """Add or replace an entry, within `duck`'s open transaction."""
        kind, definition = type(entry), json.dumps(asdict(entry))
        self.drop(duck, kind, entry.name)
        duck.execute("INSERT INTO embedded.object VALUES (?, ?, ?)", [kind.__name__, entry.name, definition])
        self._definitions[kind.__name__, entry.name] = definition

    def drop(self, duck: duckdb.DuckDBPyConnection, kind: type[Entry], name: str) -> None:
        """Take an entry out, within `duck`'s open transaction."""
        duck.execute("DELETE FROM embedded.object WHERE kind = ? AND name = ?", [kind.__name__, name])
        self._definitions.pop((kind.__name__, name), None)
        self.changed()

    def changed(self) -> None:
        """Note that objects or columns are others than before: what was read of them is out of date."""
        self.version += 1

    def function_names(self) -> frozenset[str]:
        """The names, with and without their schema, by which the functions may be called."""
        version, names = self._function_names
        if version != self.version:
            qualified = frozenset(function.name for function in self.all(Function))
            names = qualified | {name.partition(".")[2] for name in qualified}
            self._function_names = (self.version, names)
        return names

    def streams_on(self, table: str) -> list[Stream]:
        """The streams on one table."""
        return [stream for stream in self.all(Stream) if stream.table == table]

    def streams_read(self, names: frozenset[str]) -> list[Stream]:
        """The streams that a statement reads which names `names`, directly or through views and functions."""
        found = {name: stream for name in self.names_read(names) if (stream := self.get(Stream, name))}
        return [found[name] for name in sorted(found)]

    def names_read(self, names: Collection[str]) -> set[str]:
        """`names`, and those of all that is read through the views and functions among them."""
        open_names: set[str] = set(names)
        seen: set[str] = set()
        while open_names:
            name = open_names.pop()
            seen.add(name)
            for entry in (self.get(View, name), self.get(Function, name)):
                open_names |= set(entry.reads) - seen if entry else set()
        return seen


@lru_cache(maxsize=1024)
def _entry(kind: type[Entry], definition: str) -> Entry:
    return kind(**json.loads(definition))
