"""The other dimension of the rehearsal, whose files somebody else lands: products, a few rows whose truth is known."""

from dataclasses import dataclass
from typing import Any

import boto3

from customertrack.local.home import sql_folder
from customertrack.migrations import discover
from customertrack.reads.results import query
from customertrack.warehouse import Connection
from snowglobe import FileLoad, TaskRun

NAME = "product"
LANDING = f"landing/{NAME}/"
PIPE, TASK = f"{NAME}_s3_pipe", f"{NAME}_refresh_task"
# Longer than a name may be.
LONG = "Chair" * 50
_COLUMNS = "sku,region,changed_at,change_no,name,price,on_sale,launched,stock,refreshed_at,brand"
FILES = {
    "first.csv": f"""\
{_COLUMNS}
A1,DE,2026-01-01,1,Chair,9.50,no,2026-01-01,,,Oak
A1,,2026-01-01,2,Chair,9.00,no,,,,Oak
""",
    # A change of on_sale alone, one of stock alone, and a reject.
    "second.csv": f"""\
{_COLUMNS}
A1,DE,2026-02-01,3,Chair,10.50,no,2026-02-01,,,Elm
A1,,2026-02-01,4,Chair,9.00,yes,,,,Oak
B2,FR,2026-02-01,5,Lamp,20.00,,,7,,Ash
B2,FR,2026-02-02,6,Lamp,20.00,,,5,,Ash
C3,FR,2026-02-01,7,{LONG},1.00,,,,,
""",
}
# By file: all versions after it, as sku, region, price, since when, until when.
VERSIONS = {
    "first.csv": [("A1", "*", "9.00", "2026-01-01", "9999-12-31"), ("A1", "DE", "9.50", "2026-01-01", "9999-12-31")],
    "second.csv": [
        ("A1", "*", "9.00", "2026-01-01", "2026-02-01"),
        ("A1", "*", "9.00", "2026-02-01", "9999-12-31"),
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


def put(bucket: str, file: str, text: str) -> None:
    """Land a file, as another system does."""
    boto3.client("s3").put_object(Bucket=bucket, Key=LANDING + file, Body=text.encode())


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
