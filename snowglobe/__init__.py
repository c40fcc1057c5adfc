"""An embedded Snowflake on DuckDB. What is imported here is its face; every other name is the package's own."""

from snowglobe import errors
from snowglobe.account.principal import User
from snowglobe.account.privileges import Grant
from snowglobe.answering.reach import read
from snowglobe.catalog import StorageIntegration
from snowglobe.clock import Clock, utc_now
from snowglobe.connection import Connection, Cursor, connect
from snowglobe.execute import only_reads
from snowglobe.loading.copy import FILES_AT_ONCE, FileLoad
from snowglobe.loading.metadata import LoadMetadata
from snowglobe.loading.profile import ColumnProfile, Profile, profile
from snowglobe.loading.rows import Oddities, Some
from snowglobe.lock import Held, Patience
from snowglobe.objects.pipe import Pipe
from snowglobe.objects.task import Task, TaskRun
from snowglobe.open_questions import OpenQuestion
from snowglobe.storage.bucket import Bucket, Cloud, FolderBucket, Role, StoredFile

__all__ = [
    "FILES_AT_ONCE",
    "Bucket",
    "Clock",
    "Cloud",
    "ColumnProfile",
    "Connection",
    "Cursor",
    "FileLoad",
    "FolderBucket",
    "Grant",
    "Held",
    "LoadMetadata",
    "Oddities",
    "OpenQuestion",
    "Patience",
    "Pipe",
    "Profile",
    "Role",
    "Some",
    "StorageIntegration",
    "StoredFile",
    "Task",
    "TaskRun",
    "User",
    "connect",
    "errors",
    "only_reads",
    "profile",
    "read",
    "utc_now",
]
