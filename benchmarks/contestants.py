"""Who takes part, and what a contestant has to do."""

from importlib import import_module
from pathlib import Path
from typing import Protocol

HISTORY_COLUMNS = (
    "customer_id",
    "first_name",
    "last_name",
    "email",
    "street",
    "city",
    "state",
    "country",
    "valid_from",
    "valid_to",
)
OURS = "ours"
FLOOR = "floor"
PEERS = ("dlt", "dbt", "sqlmesh")
MODULES = {
    OURS: "benchmarks.ours",
    FLOOR: "benchmarks.floor",
    "dlt": "benchmarks.peer_dlt",
    "dbt": "benchmarks.peer_dbt",
    "sqlmesh": "benchmarks.peer_sqlmesh",
}


class Contestant(Protocol):
    """Something that keeps a history of customers in a folder of its own."""

    def apply(self, files: list[Path]) -> None:
        """Apply one batch; when this returns, the batch is committed. This is what is timed."""
        ...

    def close(self) -> None:
        """Put away the database file. Timed too: what was put off until now, such as a checkpoint, shows here."""
        ...

    def export_history(self, target: Path) -> bool:
        """Once closed, write all versions to a Parquet file with `HISTORY_COLUMNS`, `valid_to` NULL in open ones.

        False, and no file, if the contestant keeps no history.
        """
        ...


def opened(name: str, home: Path) -> Contestant:
    """Open a contestant on an empty folder. Only its own module is imported: its environment may lack the others."""
    return import_module(MODULES[name]).opened(home)
