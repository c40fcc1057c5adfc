"""A peer: dlt's `scd2` merge into a DuckDB file, given the changed rows only, or full extracts.

Deletes reach it too: a deleted key is staged, is in the scope that may be retired, and is filtered out of the source
(the merge options `destination_scope` and `source_filter`).
"""

import os
from pathlib import Path
from typing import Any

os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")
os.environ.setdefault("RUNTIME__LOG_LEVEL", "ERROR")

# It lives in the peers' environment, and reads the variables above while it is imported.
import dlt  # pyright: ignore[reportMissingImports]
import duckdb

from benchmarks.columns import listed
from benchmarks.plan import Plan
from benchmarks.reading import last_state_per_key

MERGE = {
    "disposition": "merge",
    "strategy": "scd2",
    "row_version_column_name": "row_version",
    "source_filter": "op <> 'D'",
    "destination_scope": "customer_id IN (SELECT customer_id FROM {staging_table})",
}
# Of full extracts it retires what is absent by itself, and is told the time that it would else take from its clock.
MERGE_EXTRACT = {"disposition": "merge", "strategy": "scd2", "row_version_column_name": "row_version"}


class Dlt:
    """One pipeline, one run per batch, rows handed over as an Arrow table, which is dlt's fastest way in."""

    def __init__(self, home: Path, plan: Plan) -> None:
        self._columns = listed(plan.attributes)
        self._has_extracts = plan.has_extracts
        self._changes = last_state_per_key(plan.attributes)
        self._database = home / "dlt.duckdb"
        self._reader = duckdb.connect()
        self._pipeline: Any = dlt.pipeline(
            "benchmark",
            pipelines_dir=str(home / "pipelines"),
            destination=dlt.destinations.duckdb(str(self._database)),
            dataset_name="warehouse",
        )

    def apply(self, files: list[Path]) -> None:
        """Stage the last state of each key in the files, and merge."""
        rows = self._reader.sql(self._changes, params={"files": [str(file) for file in files]}).to_arrow_table()
        merge = MERGE
        if self._has_extracts:
            merge = MERGE_EXTRACT | {"boundary_timestamp": rows["updated_at"][0].as_py().isoformat()}
        self._pipeline.run([rows], table_name="customer", write_disposition=merge).raise_on_failed_jobs()

    def close(self) -> None:
        """Nothing is open: each run closes the file."""

    def export_history(self, target: Path) -> bool:
        """dlt's interval is the time of its load; the event's own time is kept as a column."""
        with duckdb.connect(self._database) as connection:
            connection.sql(
                f"SELECT customer_id, {self._columns}, "
                "updated_at::TIMESTAMP AS valid_from, _dlt_valid_to::TIMESTAMP AS valid_to FROM warehouse.customer"
            ).write_parquet(str(target))
        return True


def opened(home: Path, plan: Plan) -> Dlt:
    """dlt on a new DuckDB file in `home`."""
    return Dlt(home, plan)
