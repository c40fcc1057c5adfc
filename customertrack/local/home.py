"""One machine's installation: a folder with the warehouse file and the landing zone, and where sql/ is."""

import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from customertrack import migrations
from customertrack.dimension.definition import Kind
from customertrack.dimension.project import Project, installed_folder
from customertrack.errors import UsageError, UserError
from customertrack.local import dimensions
from customertrack.local.dimensions import CUSTOMER, LANDING_ROOT, Dimension
from customertrack.local.memory_limit import default_limit
from customertrack.reads import derived
from snowglobe import Clock, Connection, FolderBucket, connect, errors, utc_now

DATABASE = "customertrack"
SCHEMA = "dimension"
# A bucket's name, as on AWS; here it is the home folder.
_BUCKET = "customertrack-home"
LANDING_PREFIX = dimensions.landing_prefix(CUSTOMER)

# How far `updated_at` may lie after `loaded_at` (semantics, "Valid events").
CLOCK_SKEW_HOURS = 24

# The refresh empties them before it begins (sql/README.md, "Files").
_WORK_TABLES = ("key", "timeline", "lasting", "taken_up", "file", "loaded", "landed", "difference")

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


@dataclass(frozen=True)
class Home:
    """The folder of `--home`. `memory_limit`: bytes that the warehouse may hold before it works on disk.

    `project`: which dimensions it is for.
    """

    folder: Path
    memory_limit: int = field(default_factory=default_limit)
    project: Project = field(default_factory=lambda: Project(installed_folder()))

    def dimension(self, name: str) -> Dimension:
        """One of the project's. Raises UserError if there is none, or if it has faults or no SQL."""
        definition = self.project.load(name)
        if not (self.project.sql / name).is_dir():
            raise UserError(f"There is no SQL of {name} yet; write it with: customertrack dimension render {name}")
        return Dimension(definition)

    def meant(self, named: str | None, of: Kind | None = None) -> str:
        """The dimension that a command is about: the one that was named, or customer, or the only one there is.

        `of`: of those with feeds of this kind. Raises UsageError if there are several, with their names.
        """
        if named:
            return named
        names = [name for name in self.project.names() if of is None or self.project.load(name).feed.kind == of]
        if CUSTOMER in names or not names:
            return CUSTOMER
        if len(names) > 1:
            raise UsageError(f"There are {len(names)} dimensions; say which: {', '.join(names)}.")
        return names[0]

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
        """Bytes of the DuckDB file and of the log beside it, which is there while somebody writes."""
        files = (self.warehouse, self.warehouse.with_name(f"{self.warehouse.name}.wal"))
        return sum(file.stat().st_size for file in files if file.exists())

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
        """A connection with the warehouse, made if it is not there. Raises UserError."""
        self.take_up(self.dimensions)
        return self._connect(clock, read_only=False)

    def connect_to_read(self) -> Connection:
        """A connection that changes nothing, with a warehouse that is there. Raises UserError."""
        return self._connect(utc_now, read_only=True)

    def _connect(self, clock: Clock, *, read_only: bool) -> Connection:
        try:
            return connect(
                self.warehouse,
                database_name=DATABASE,
                schema=SCHEMA,
                buckets={_BUCKET: self.bucket},
                work_tables=[f"{SCHEMA}.{name}_work_{each}" for name in self.dimensions for each in _WORK_TABLES],
                clock=clock,
                memory_limit=self.memory_limit,
                read_only=read_only,
            )
        except errors.Error as error:
            raise UserError(f"{error.msg}.") from error

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

    def check_migrated(self, connection: Connection) -> None:
        """Raise UserError if something of the project's sql/ is pending: a home that cannot be written keeps it so."""
        self.check_sql()
        history = migrations.read_history(connection, migrations.Tables(DATABASE))
        found = migrations.read_folder(self.project.sql, VARIABLES, self.dimensions).migrations
        pending = migrations.plan(found, history).pending
        _use(connection)
        if pending or derived.otherwise(connection, self.dimensions):
            raise UserError(
                f"The home {self.folder} was made by another version and cannot be written, so its tables cannot be "
                "brought up to date. Read a copy of it: copy the folder, then give the copy with --home."
            )


def _use(connection: Connection) -> None:
    connection.cursor().execute(f"USE SCHEMA {DATABASE}.{SCHEMA}")


def sql_folder() -> Path:
    """The folder of the SQL files that are installed: inside the package, beside it in a checkout."""
    return Project(installed_folder()).sql
