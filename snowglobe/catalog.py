"""What DuckDB has no notion of (stages, pipes, streams, tasks, procedures ...), kept in the database file itself."""

import json
from dataclasses import asdict, dataclass
from typing import Any, TypeVar, get_args

import duckdb

_SCHEMA = """
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
CREATE TABLE IF NOT EXISTS embedded.task_run (
    name VARCHAR NOT NULL,
    started_at TIMESTAMP NOT NULL,
    completed_at TIMESTAMP NOT NULL,
    state VARCHAR NOT NULL,
    return_value VARCHAR,
    error_message VARCHAR
);
CREATE TABLE IF NOT EXISTS embedded.stream_position (stream VARCHAR NOT NULL, position BIGINT NOT NULL);
"""


@dataclass(frozen=True)
class FileFormat:
    """CREATE FILE FORMAT: its options as written, keys in upper case."""

    name: str
    options: dict[str, Any]


@dataclass(frozen=True)
class Stage:
    """CREATE STAGE: an external location. `prefix` ends with a slash or is empty."""

    name: str
    bucket: str
    prefix: str
    options: dict[str, Any]


@dataclass(frozen=True)
class Pipe:
    """CREATE PIPE: its COPY statement as written."""

    name: str
    copy: str
    options: dict[str, Any]
    paused: bool = False


@dataclass(frozen=True)
class Stream:
    """CREATE STREAM ... APPEND_ONLY: the rows of `table` from the position on that embedded.stream_position holds."""

    name: str
    table: str


@dataclass(frozen=True)
class Task:
    """CREATE TASK: created suspended. `failures` counts failed runs in a row."""

    name: str
    body: str
    condition: str
    options: dict[str, Any]
    started: bool = False
    failures: int = 0


@dataclass(frozen=True)
class Procedure:
    """CREATE PROCEDURE ... LANGUAGE SQL: the body, pairs of an argument and its type, the type it returns."""

    name: str
    body: str
    arguments: list[tuple[str, str]]
    returns: str = "VARCHAR"


@dataclass(frozen=True)
class TransientTable:
    """CREATE TRANSIENT TABLE: its definition in DuckDB's SQL. Each session has its own table."""

    name: str
    definition: str


@dataclass(frozen=True)
class View:
    """CREATE VIEW: the names it reads, so that a read through it is known to reach a stream. The rest is DuckDB's."""

    name: str
    reads: list[str]


@dataclass(frozen=True)
class Function:
    """CREATE FUNCTION: a DuckDB macro, and the names that its body reads."""

    name: str
    reads: list[str]


@dataclass(frozen=True)
class StorageIntegration:
    """CREATE STORAGE INTEGRATION: which locations are reached through which role of AWS."""

    name: str
    role_arn: str
    external_id: str
    allowed: list[str]
    blocked: list[str]
    enabled: bool
    comment: str = ""


@dataclass(frozen=True)
class NotificationIntegration:
    """CREATE NOTIFICATION INTEGRATION for an SNS topic: as what role errors are sent to it."""

    name: str
    topic_arn: str
    role_arn: str
    external_id: str
    enabled: bool
    comment: str = ""


@dataclass(frozen=True)
class User:
    """CREATE USER ... TYPE = SERVICE: its options as written, and the roles it was granted."""

    name: str
    options: dict[str, Any]
    roles: list[str]

    @property
    def identity(self) -> str:
        """The ARN of AWS that signs in as the user, or ''."""
        return str(self.options.get("WORKLOAD_IDENTITY", {}).get("ARN", ""))


@dataclass(frozen=True)
class Recorded:
    """A grant, role or warehouse: accepted, kept as written, without effect on one machine."""

    name: str
    statement: str


Entry = (
    FileFormat
    | Stage
    | Pipe
    | Stream
    | Task
    | Procedure
    | TransientTable
    | View
    | Function
    | StorageIntegration
    | NotificationIntegration
    | User
    | Recorded
)
_KINDS: dict[str, type[Entry]] = {kind.__name__: kind for kind in get_args(Entry)}
E = TypeVar("E", bound=Entry)


class Catalog:
    """All entries by kind and name, in memory and in the file, which one process alone has open."""

    def __init__(self, duck: duckdb.DuckDBPyConnection) -> None:
        """Make the catalog's tables if the file is new, and read them. `duck`: connected to the warehouse."""
        duck.execute(_SCHEMA)
        self.version = 0
        self._function_names: tuple[int, frozenset[str]] = (-1, frozenset())
        self.read(duck)

    def read(self, duck: duckdb.DuckDBPyConnection) -> None:
        """Take what the file says, as after a rollback."""
        self._entries: dict[tuple[type, str], Entry] = {}
        self.changed()
        for kind, name, definition in duck.execute("SELECT kind, name, definition FROM embedded.object").fetchall():
            self._entries[_KINDS[kind], name] = _KINDS[kind](**json.loads(definition))

    def get(self, kind: type[E], name: str) -> E | None:
        """The entry, or None."""
        entry = self._entries.get((kind, name))
        return entry if isinstance(entry, kind) else None

    def all(self, kind: type[E]) -> list[E]:
        """All entries of one kind, by name."""
        return sorted((e for e in self._entries.values() if isinstance(e, kind)), key=lambda e: e.name)

    def put(self, duck: duckdb.DuckDBPyConnection, entry: Entry) -> None:
        """Add or replace an entry, within `duck`'s open transaction."""
        kind = type(entry)
        definition = json.dumps(asdict(entry))
        duck.execute("DELETE FROM embedded.object WHERE kind = ? AND name = ?", [kind.__name__, entry.name])
        duck.execute("INSERT INTO embedded.object VALUES (?, ?, ?)", [kind.__name__, entry.name, definition])
        self._entries[kind, entry.name] = kind(**json.loads(definition))
        self.changed()

    def drop(self, duck: duckdb.DuckDBPyConnection, kind: type, name: str) -> None:
        """Take an entry out, within `duck`'s open transaction."""
        duck.execute("DELETE FROM embedded.object WHERE kind = ? AND name = ?", [kind.__name__, name])
        self._entries.pop((kind, name), None)
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
        found: dict[str, Stream] = {}
        open_names, seen = set(names), set()
        while open_names:
            name = open_names.pop()
            seen.add(name)
            if stream := self.get(Stream, name):
                found[name] = stream
            for entry in (self.get(View, name), self.get(Function, name)):
                open_names |= set(entry.reads) - seen if entry else set()
        return [found[name] for name in sorted(found)]
