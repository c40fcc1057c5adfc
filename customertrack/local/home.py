"""One machine's installation: a folder with the warehouse file and the landing zone, and where sql/ is."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from customertrack import migrations
from customertrack.errors import UserError
from customertrack.local.memory_limit import default_limit
from snowglobe import Clock, Connection, FolderBucket, connect, errors, utc_now

DATABASE = "customertrack"
SCHEMA = "dimension"
# A bucket's name, as on AWS; here it is the home folder.
_BUCKET = "customertrack-home"
LANDING_ROOT = "landing/"
LANDING_PREFIX = f"{LANDING_ROOT}customer/"
PIPE = "customer_s3_pipe"

# How far `updated_at` may lie after `loaded_at` (semantics, "Valid events").
CLOCK_SKEW_HOURS = 24

# The refresh empties them before it begins (sql/README.md, "Files").
WORK_TABLES = tuple(f"{SCHEMA}.customer_work_{name}" for name in ("key", "timeline", "taken_up"))

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
    """The folder of `--home`. `memory_limit`: bytes that the warehouse may hold before it works on disk."""

    folder: Path
    memory_limit: int = field(default_factory=default_limit)

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
        """Where CSV files are dropped."""
        return self.folder / LANDING_PREFIX

    @property
    def bucket(self) -> FolderBucket:
        """What the stage reads from; its names are keys, `landing/customer/...`."""
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
        try:
            self.landing.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(
                f"The home folder {self.folder} cannot be made: {error.strerror}. "
                "Give another one with --home, or change its permissions."
            ) from error
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
                work_tables=WORK_TABLES,
                clock=clock,
                memory_limit=self.memory_limit,
                read_only=read_only,
            )
        except errors.Error as error:
            raise UserError(f"{error.msg}.") from error

    def migrate(self, connection: Connection) -> migrations.Report:
        """Apply what is pending of sql/. Raises UserError."""
        # No other process has the file, so a lease that is still held is that of a run that was killed.
        patience = migrations.Patience(lease=3, wait=15, poll=0.1)
        report = migrations.apply(
            connection, sql_folder(), VARIABLES, database=DATABASE, installed_by=DATABASE, patience=patience
        )
        connection.cursor().execute(f"USE SCHEMA {DATABASE}.{SCHEMA}")
        return report

    def check_migrated(self, connection: Connection) -> None:
        """Raise UserError if something of sql/ is pending, which a home that cannot be written is never rid of."""
        history = migrations.read_history(connection, migrations.Tables(DATABASE))
        if migrations.plan(migrations.discover(sql_folder(), VARIABLES), history).pending:
            raise UserError(
                f"The home {self.folder} was made by another version and cannot be written, so its tables cannot be "
                "brought up to date. Read a copy of it: copy the folder, then give the copy with --home."
            )
        connection.cursor().execute(f"USE SCHEMA {DATABASE}.{SCHEMA}")


def sql_folder() -> Path:
    """The folder of the SQL files: inside the package where it was installed, beside it in a checkout."""
    package = Path(__file__).parents[1]
    inside = package / "sql"
    return inside if inside.is_dir() else package.parent / "sql"
