"""A warehouse of its own for each test: a schema, a bucket that is a folder, and a clock that the test sets."""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from snowglobe.connection import Connection, connect
from snowglobe.storage.bucket import FolderBucket
from tests.snowglobe.support import run

LANDING = """
CREATE FILE FORMAT csv TYPE = CSV PARSE_HEADER = TRUE ERROR_ON_COLUMN_COUNT_MISMATCH = FALSE
    FIELD_OPTIONALLY_ENCLOSED_BY = '"' ESCAPE_UNENCLOSED_FIELD = NONE NULL_IF = ('') SKIP_BLANK_LINES = TRUE
    REPLACE_INVALID_CHARACTERS = TRUE;
CREATE STAGE ext_stage URL = 's3://bucket/in/' STORAGE_INTEGRATION = integration;
CREATE TABLE raw (id VARCHAR, name VARCHAR, source_file VARCHAR, source_row NUMBER, loaded_at TIMESTAMP_LTZ)
"""
COPY = (
    "COPY INTO raw FROM @ext_stage FILE_FORMAT = (FORMAT_NAME = 'csv') ON_ERROR = SKIP_FILE "
    "MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE INCLUDE_METADATA = (source_file = METADATA$FILENAME, "
    "source_row = METADATA$FILE_ROW_NUMBER, loaded_at = METADATA$START_SCAN_TIME)"
)


class Clock:
    """The time is what `now` says."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 2, 3, 4, 5, 678901)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **distance: float) -> None:
        self.now += timedelta(**distance)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "bucket" / "in").mkdir(parents=True)
    return tmp_path


@pytest.fixture
def open_warehouse(folder: Path, clock: Clock) -> Iterator[Callable[[], Connection]]:
    """Opens one connection more; all are closed in the end."""
    opened: list[Connection] = []

    def connection() -> Connection:
        buckets = {"bucket": FolderBucket(folder / "bucket")}
        opened.append(connect(folder / "warehouse.duckdb", schema="dimension", buckets=buckets, clock=clock))
        return opened[-1]

    yield connection
    for each in opened:
        each.close()


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a warehouse with an empty schema: a copy costs half of making another."""
    path = tmp_path_factory.mktemp("empty") / "warehouse.duckdb"
    with connect(path) as connection:
        connection.cursor().execute("CREATE SCHEMA dimension")
    return path


@pytest.fixture
def warehouse(empty: Path, folder: Path, open_warehouse: Callable[[], Connection]) -> Connection:
    """An open warehouse with an empty schema."""
    shutil.copyfile(empty, folder / "warehouse.duckdb")
    return open_warehouse()


@pytest.fixture
def landing(warehouse: Connection) -> Connection:
    """A warehouse with a file format, a stage on the bucket's folder `in`, and the table raw to load into."""
    for statement in LANDING.split(";"):
        warehouse.cursor().execute(statement)
    return warehouse


@pytest.fixture
def strict(landing: Connection) -> Connection:
    """Its pipe's table takes numbers alone."""
    run(
        landing,
        "CREATE TABLE strict (id NUMBER, source_file VARCHAR, source_row NUMBER, loaded_at TIMESTAMP_LTZ)",
        f"CREATE PIPE pipe AUTO_INGEST = TRUE AS {COPY.replace('raw', 'strict')}",
    )
    return landing


@pytest.fixture
def piped(landing: Connection) -> Connection:
    """With a pipe on the landing."""
    run(landing, f"CREATE PIPE pipe AUTO_INGEST = TRUE AS {COPY}")
    return landing
