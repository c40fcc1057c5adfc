"""Who takes part, and what a contestant has to do."""

from importlib import import_module
from pathlib import Path
from typing import Protocol

from benchmarks.plan import Plan

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
        """Once closed, write all versions to a Parquet file with the key, the attributes, `valid_from`
        and `valid_to`, which is NULL in open ones.

        False, and no file, if the contestant keeps no history.
        """
        ...


def opened(name: str, home: Path, plan: Plan) -> Contestant:
    """Open a contestant on an empty folder, for the batches of a plan.

    Only its own module is imported: its environment may lack the others.
    """
    return import_module(MODULES[name]).opened(home, plan)
