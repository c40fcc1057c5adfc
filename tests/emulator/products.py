"""The other dimension of the rehearsal, whose files somebody else lands: products, a few rows whose truth is known."""

from dataclasses import dataclass
from typing import Any

import boto3

from customertrack.local.home import sql_folder
from customertrack.migrations import discover
from customertrack.reads.results import query
from customertrack.warehouse import Connection
from snowglobe import FileLoad, TaskRun
from tests.csv_text import csv_text

NAME = "product"
LANDING = f"landing/{NAME}/"
PIPE, TASK = f"{NAME}_s3_pipe", f"{NAME}_refresh_task"
_COLUMNS = ("sku", "region", "changed_at", "change_no", "name", "price")
# What they have besides is empty; a file without these columns would be told as misread.
_EMPTY = ("on_sale", "launched", "stock", "refreshed_at", "brand")
_FIRST = [("A1", "DE", "2026-01-01", 1, "Chair", "9.50"), ("A1", "", "2026-01-01", 2, "Chair", "9.00")]
_SECOND = [("A1", "DE", "2026-02-01", 3, "Chair", "10.50"), ("B2", "FR", "2026-02-01", 4, "Lamp", "20.00")]
FILES = {"first.csv": _FIRST, "second.csv": _SECOND}
# By file: all versions after it, as sku, region, price, since when, until when.
VERSIONS = {
    "first.csv": [("A1", "*", "9.00", "2026-01-01", "9999-12-31"), ("A1", "DE", "9.50", "2026-01-01", "9999-12-31")],
    "second.csv": [
        ("A1", "*", "9.00", "2026-01-01", "9999-12-31"),
        ("A1", "DE", "9.50", "2026-01-01", "2026-02-01"),
        ("A1", "DE", "10.50", "2026-02-01", "9999-12-31"),
        ("B2", "FR", "20.00", "2026-02-01", "9999-12-31"),
    ],
}


@dataclass(frozen=True)
class Products:
    """What came of a file: what the pipe loaded, how the refresh went, and all versions after it."""

    file: str
    loads: list[FileLoad]
    refresh: TaskRun
    versions: list[tuple[Any, ...]]

    @property
    def right(self) -> bool:
        """Whether the versions are what they must be."""
        return self.versions == VERSIONS[self.file]


def put(bucket: str, file: str) -> None:
    """Land a file, as another system does."""
    columns: list[str] = [*_COLUMNS, *_EMPTY]
    rows = [dict(zip(columns, [*map(str, row), *("" for _ in _EMPTY)], strict=True)) for row in FILES[file]]
    boto3.client("s3").put_object(Bucket=bucket, Key=LANDING + file, Body=csv_text(columns, rows).encode())


def versions(connection: Connection) -> list[tuple[Any, ...]]:
    """All that there are, as in VERSIONS."""
    shown = query(
        connection,
        "SELECT sku, region, price::VARCHAR, TO_CHAR(valid_from, 'YYYY-MM-DD'), TO_CHAR(valid_to, 'YYYY-MM-DD') "
        "FROM product_history ORDER BY sku, region, valid_from",
    )
    return [tuple(row) for row in shown.rows]


def make_fail(connection: Connection) -> None:
    """Somebody pauses the pipe, and has taken what the refresh calls."""
    for statement in (
        f"ALTER PIPE {PIPE} SET PIPE_EXECUTION_PAUSED = TRUE",
        f"DROP PROCEDURE pdr_pipeline_scd2_{NAME}()",
    ):
        connection.cursor().execute(statement)


def mend(connection: Connection, variables: dict[str, str]) -> None:
    """It is made good by hand. `variables`: those of sql/ that the refresh needs."""
    script = f"{NAME}/R__50_refresh.sql"
    migrations = discover(sql_folder(), variables, [NAME])
    (refresh,) = (each for each in migrations if each.script == script)
    for statement in refresh.statements:
        connection.cursor().execute(statement.text)
    connection.cursor().execute(f"ALTER PIPE {PIPE} SET PIPE_EXECUTION_PAUSED = FALSE")
