"""One machine's installation: a folder with the warehouse file and the landing zone, and where sql/ is."""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from customertrack import migrations
from customertrack.dimension.project import Project, installed_folder
from customertrack.errors import UserError
from customertrack.local import dimensions
from customertrack.local.changed import half_written
from customertrack.local.dimensions import CUSTOMER, LANDING_ROOT, Dimension
from customertrack.local.memory_limit import default_limit
from customertrack.reads import derived, stream
from snowglobe import Clock, Connection, FolderBucket, Held, Patience, connect, errors, read, utc_now

DATABASE = "customertrack"
SCHEMA = "dimension"
# A bucket's name, as on AWS; here it is the home folder.
_BUCKET = "customertrack-home"
LANDING_PREFIX = dimensions.landing_prefix(CUSTOMER)
# How far `updated_at` may lie after `loaded_at` (semantics, "Valid events").
CLOCK_SKEW_HOURS = 24

# The refresh empties them before it begins (sql/README.md, "Files").
_WORK_TABLES = ("key", "timeline", "lasting", "taken_up", "file", "loaded", "text", "landed", "known", "difference")

# What `cdk deploy` finds out in an account. Nothing on one machine looks at the names of topics and integrations.
VARIABLES = {
    "database": DATABASE,
    "landing_root": f"s3://{_BUCKET}/{LANDING_ROOT}",
    "topic_arn": "arn:aws:sns:us-east-1:000000000000:customertrack-landing",
    "storage_integration": "customertrack_storage",
    "error_integration": "customertrack_errors",
    "watch_role": "customertrack_watch",
    "clock_skew_hours": str(CLOCK_SKEW_HOURS),
    "tasks": "RESUME",
}

# Seconds that a command waits for another that has the home.
_PATIENCE = 60


class Opened(NamedTuple):
    """A connection with an open home; `broken`: why single dimensions cannot be asked, by their names."""

    connection: Connection
    broken: dict[str, str]


@dataclass(frozen=True)
class Home:
    """The folder of `--home`. `memory_limit`: bytes that the warehouse may hold before it works on disk.

    `project`: which dimensions it is for. `tell` hears a sentence when a command has to wait for another one, for up to
    `patience` seconds.
    """

    folder: Path
    memory_limit: int = field(default_factory=default_limit)
    project: Project = field(default_factory=lambda: Project(installed_folder()))
    tell: Callable[[str], object] = field(default=lambda sentence: None, compare=False)
    patience: float = field(default_factory=lambda: _PATIENCE)

    def dimension(self, name: str) -> Dimension:
        """One of the project's. Raises UserError if there is none, or if it has faults or no SQL."""
        definition = self.project.load(name)
        if not (self.project.sql / name).is_dir():
            raise UserError(f"There is no SQL of {name} yet; write it with: customertrack dimension render {name}")
        return Dimension(definition)

    @property
    def dimensions(self) -> list[str]:
        """The names of those that the home has tables for: customer, and others once they have a landing folder.

        So a home costs no more because a project defines more. Raises UserError.
        """
        with_sql = [name for name in self.project.names() if (self.project.sql / name).is_dir()]
        return [name for name in with_sql if name == CUSTOMER or self.landing_of(name).is_dir()]

    def take_up(self, names: Iterable[str]) -> None:
        """Have landing folders for dimensions, and so tables from the next opening on. Raises UserError."""
        try:
            for name in names:
                self.landing_of(name).mkdir(parents=True, exist_ok=True)
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(
                f"The home folder {self.folder} cannot be made: {error.strerror}. "
                "Give another one with --home, or change its permissions."
            ) from error

    @property
    def warehouse(self) -> Path:
        """The DuckDB file."""
        return self.folder / "warehouse.duckdb"

    @property
    def warehouse_size(self) -> int:
        """Bytes of the DuckDB file and of the log beside it."""
        return sum(file.stat().st_size for file in (self.warehouse, self._log) if file.exists())

    @property
    def _log(self) -> Path:
        """The log beside the DuckDB file, which is there while somebody writes, and after that was killed."""
        return self.warehouse.with_name(f"{self.warehouse.name}.wal")

    @property
    def landing(self) -> Path:
        """Where CSV files of customers are dropped."""
        return self.landing_of(CUSTOMER)

    def landing_of(self, dimension: str) -> Path:
        """Where CSV files of a dimension are dropped."""
        return self.folder / dimensions.landing_prefix(dimension)

    @property
    def bucket(self) -> FolderBucket:
        """What the stage reads from; its names are keys, `landing/<dimension>/...`."""
        return FolderBucket(self.folder)

    def path(self, name: str) -> Path:
        """Where the file with this key lies."""
        return self.folder / os.fsdecode(name.encode(errors="surrogateescape"))

    def exists(self) -> bool:
        """Whether something has been made here."""
        return self.warehouse.exists()

    @property
    def can_be_written(self) -> bool:
        """Whether this user may change what is here, and what is here can be changed."""
        return all(os.access(path, os.W_OK) for path in (self.folder, self.warehouse))

    def connect(self, clock: Clock = utc_now) -> Connection:
        """A connection with the warehouse, made if it is not there, for this process alone. Raises UserError."""
        self.take_up(self.dimensions)
        with _told():
            return connect(
                self.warehouse,
                database_name=DATABASE,
                schema=SCHEMA,
                buckets={_BUCKET: self.bucket},
                work_tables=[f"{SCHEMA}.{name}_work_{each}" for name in self.dimensions for each in _WORK_TABLES],
                clock=clock,
                memory_limit=self.memory_limit,
                patience=Patience(self.patience, self._waits),
            )

    def connect_to_read(self) -> Connection:
        """A connection that only reads, with a warehouse that is there, whoever else has it open. Raises UserError."""
        with _told():
            return read(
                self.warehouse,
                database_name=DATABASE,
                schema=SCHEMA,
                buckets={_BUCKET: self.bucket},
                memory_limit=self.memory_limit,
                patience=Patience(self.patience, self._waits),
            )

    def open(self, clock: Clock = utc_now, but: Collection[str] = ()) -> Opened:
        """The home, made if it is not there, migrated, with streams that can be read; readers beside are answered.

        `but`: dimensions that stay as they are.
        Raises UserError; but a dimension whose migrations failed holds up no other.
        """
        connection = self.connect(clock)
        try:
            broken = self._bring_up_to_date(connection, clock, but)
            connection.answer_readers()
        except BaseException:
            connection.close()
            raise
        return Opened(connection, broken)

    def open_to_read(self) -> Opened:
        """A home that is there, to be looked at: through the process that has it open, or side by side with others.

        What is left to do in it, as after an upgrade, is done first, if it can be; but not by SQL that is half written.
        Its answers are all of one moment. Where the process that answers ends, or another has waited two seconds to
        write, a question raises snowglobe.errors.ConnectionLost: ask again, from the beginning. Raises UserError.
        """
        connection = self.connect_to_read()
        try:
            behind = self._behind(connection)
            is_ours = connection.answered_by is None and self.can_be_written
            half = half_written(self.project, behind - {""}) if is_ours else {}
            if is_ours and (behind - half.keys() or self._log.exists()):
                connection.close()
                brought = self.open(but=half)
                brought.connection.close()
                return Opened(self.connect_to_read(), {**brought.broken, **half})
            if half:
                return Opened(connection, half)
            if behind and (connection.answered_by is None or "" in behind):
                raise UserError(self._why_behind(connection.answered_by))
        except BaseException:
            connection.close()
            raise
        return Opened(connection, {name: f"{name}: {self._why_behind(connection.answered_by)}" for name in behind})

    def _waits(self, held: Held) -> None:
        who = f"process {held.process}" if held.process else "another process"
        self.tell(f"waiting for {who}, which has the home {self.folder} open")

    def _bring_up_to_date(self, connection: Connection, clock: Clock, but: Collection[str]) -> dict[str, str]:
        """Migrate, derive again, renew streams; returns why that failed of single dimensions, by their names."""
        broken: dict[str, str] = {}
        try:
            self.migrate(connection, but)
        except migrations.MigrationFailed as failed:
            if not failed.report.by_dimension:
                raise
            broken = failed.report.by_dimension
        sound = [name for name in self.dimensions if name not in {*broken, *but}]
        self.derive_again(connection, sound)
        for name in stream.lost(connection, DATABASE, SCHEMA, clock(), sound):
            connection.cursor().execute(f"CALL renew_{name}_stream()")
        return broken

    def migrate(self, connection: Connection, but: Collection[str] = ()) -> migrations.Report:
        """Apply what is pending of the project's sql/, but for these dimensions.

        Raises UserError; MigrationFailed, if it is about some dimensions alone, with the others ready for use.
        """
        self.check_sql()
        # No other process has the file, so a lease that is still held is that of a run that was killed.
        patience = migrations.Patience(lease=3, wait=15, poll=0.1)
        try:
            report = migrations.apply(
                connection,
                self.project.sql,
                VARIABLES,
                database=DATABASE,
                installed_by=DATABASE,
                dimensions=[name for name in self.dimensions if name not in but],
                patience=patience,
            )
        except migrations.MigrationFailed as failed:
            if failed.report.by_dimension:
                _use(connection)
            raise
        _use(connection)
        return report

    def derive_again(self, connection: Connection, names: Sequence[str]) -> dict[str, str]:
        """Rebuild the tables of dimensions whose definition now says otherwise; returns what was done, by name."""
        return {name: derived.rebuild(connection, name) for name in derived.otherwise(connection, names)}

    def check_sql(self) -> None:
        """Raise UserError if the project has no SQL at all."""
        if not self.project.sql.is_dir():
            raise UserError(f"There is no folder {self.project.sql}; write it with: customertrack dimension render")

    def _behind(self, connection: Connection) -> set[str]:
        """The dimensions in which something is left to be done, "" for what all share. Raises UserError."""
        self.check_sql()
        found = migrations.read_folder(self.project.sql, VARIABLES, self.dimensions)
        planned = migrations.plan(found.migrations, migrations.read_history(connection, migrations.Tables(DATABASE)))
        pending = {each.migration.name.folder for each in planned.pending} | {*found.problems}
        if "" in pending:
            return pending
        sound = [name for name in self.dimensions if name not in pending]
        lost = stream.lost(connection, DATABASE, SCHEMA, utc_now(), sound)
        return {*pending, *derived.otherwise(connection, sound), *lost}

    def _why_behind(self, process: int | None) -> str:
        if process is None:
            return (
                f"The home {self.folder} was made by another version and cannot be written, so its tables cannot be "
                "brought up to date. Read a copy of it: copy the folder, then give the copy with --home."
            )
        return (
            f"The tables in {self.folder} are not those of this version, and process {process} has the home open. "
            "Wait until it has ended: the next command brings them up to date."
        )


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except errors.Error as error:
        raise UserError(f"{error.msg}.") from error


def _use(connection: Connection) -> None:
    connection.cursor().execute(f"USE SCHEMA {DATABASE}.{SCHEMA}")


def sql_folder() -> Path:
    """The folder of the SQL files that are installed: inside the package, beside it in a checkout."""
    return Project(installed_folder()).sql
