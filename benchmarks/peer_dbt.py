"""A peer: a dbt snapshot (timestamp strategy) into a DuckDB file, given the changed rows only; or the check
strategy, given full extracts.

A snapshot learns of a delete only from the full source, so with changed rows deleted customers stay open.
"""

import os
from pathlib import Path

os.environ.setdefault("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")

import duckdb

# It lives in the peers' environment, and reads the variable above while it is imported.
from dbt.adapters.duckdb.connections import DuckDBConnectionManager  # pyright: ignore[reportMissingImports]
from dbt.cli.main import dbtRunner  # pyright: ignore[reportMissingImports]

from benchmarks.columns import attributes, listed
from benchmarks.plan import Plan
from benchmarks.reading import last_state_per_key

PROJECT = {
    "dbt_project.yml": "name: benchmark\nprofile: benchmark\nflags:\n  send_anonymous_usage_stats: false\n",
    "profiles.yml": (
        "benchmark:\n  target: local\n  outputs:\n    local:\n      type: duckdb\n      path: dbt.duckdb\n"
        "      schema: warehouse\n      threads: 1\n"
    ),
    "snapshots/customer.sql": (
        "{% snapshot customer %}\n"
        "{{ config(unique_key='customer_id', STRATEGY) }}\n"
        "SELECT * FROM (CHANGES) WHERE op <> 'D'\n"
        "{% endsnapshot %}\n"
    ),
}
# Of full extracts it is the way that its documentation shows: all columns compared, what is absent ended.
OF_CHANGES = "strategy='timestamp', updated_at='updated_at'"
OF_EXTRACTS = "strategy='check', check_cols=[ATTRIBUTES], updated_at='updated_at', hard_deletes='invalidate'"


class Dbt:
    """One project, parsed once; each batch is one `dbt snapshot` of the folder that the link `current` points to."""

    def __init__(self, home: Path, plan: Plan) -> None:
        count = plan.attributes
        strategy = OF_EXTRACTS if plan.has_extracts else OF_CHANGES
        strategy = strategy.replace("ATTRIBUTES", ", ".join(map(repr, attributes(count))))
        self._home = home
        self._columns = listed(count)
        changes = last_state_per_key(count).replace("$files", repr("current/*.csv"))
        for name, text in PROJECT.items():
            (home / name).parent.mkdir(exist_ok=True)
            (home / name).write_text(text.replace("STRATEGY", strategy).replace("CHANGES", changes))
        self._runner = dbtRunner(manifest=self._invoked(dbtRunner(), "parse"))

    def apply(self, files: list[Path]) -> None:
        """Point at the batch and snapshot it."""
        current = self._home / "current"
        current.unlink(missing_ok=True)
        current.symlink_to(files[0].parent, target_is_directory=True)
        self._invoked(self._runner, "snapshot")

    def _invoked(self, runner: dbtRunner, command: str) -> object:
        outcome = runner.invoke([command, "--quiet", "--no-write-json", "--profiles-dir", "."])
        if not outcome.success:
            raise outcome.exception or RuntimeError(f"dbt {command} failed: {outcome.result}")
        return outcome.result

    def close(self) -> None:
        """Close the file, which dbt keeps open from run to run of one process."""
        DuckDBConnectionManager.close_all_connections()

    def export_history(self, target: Path) -> bool:
        """The intervals are of event time, as ours; but a customer that is gone is ended when dbt has run."""
        with duckdb.connect(self._home / "dbt.duckdb") as connection:
            connection.sql(
                f"SELECT customer_id, {self._columns}, "
                "dbt_valid_from AS valid_from, dbt_valid_to AS valid_to FROM warehouse.customer"
            ).write_parquet(str(target))
        return True


def opened(home: Path, plan: Plan) -> Dbt:
    """dbt in a new project in `home`, which becomes the working directory: dbt's paths are relative to it."""
    os.chdir(home)
    return Dbt(home, plan)
