"""A peer: a SQLMesh model of kind SCD_TYPE_2_BY_TIME in a DuckDB file, given the changed rows only.

It learns of a delete only from the full source, so here deleted customers stay open. It needs DuckDB 1, so it lives in
an environment of its own.
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

os.environ.setdefault("SQLMESH__DISABLE_ANONYMIZED_ANALYTICS", "true")

import duckdb

# It lives in an environment of its own, and reads the variable above while it is imported.
from sqlmesh import Context  # pyright: ignore[reportMissingImports]

from benchmarks.columns import attributes, listed
from benchmarks.plan import Plan
from benchmarks.reading import last_state_per_key

FIRST_RUN = datetime(2024, 6, 1, tzinfo=UTC)
FIRST_EXTRACT = datetime(2024, 1, 1, tzinfo=UTC)
PROJECT = {
    "config.yaml": (
        "model_defaults:\n  dialect: duckdb\n  start: 2023-12-01\ndefault_gateway: local\ngateways:\n  local:\n"
        "    connection:\n      type: duckdb\n      database: sqlmesh.duckdb\n"
        "    state_connection:\n      type: duckdb\n      database: state.duckdb\n"
    ),
    "models/customer.sql": (
        "MODEL (\n  name warehouse.customer,\n  cron '@daily',\n  kind KIND,\n  columns (\n"
        "    customer_id BIGINT, ATTRIBUTES, op TEXT, updated_at TIMESTAMP, row_version TEXT\n  )\n);\n"
        "SELECT * FROM (CHANGES) WHERE op <> 'D'\n"
    ),
}

OF_CHANGES = (
    "SCD_TYPE_2_BY_TIME (\n    unique_key customer_id, updated_at_name updated_at, updated_at_as_valid_from true,\n"
    "    invalidate_hard_deletes false\n  )"
)
OF_EXTRACTS = (
    "SCD_TYPE_2_BY_COLUMN (\n    unique_key customer_id, columns [NAMES], execution_time_as_valid_from true,\n"
    "    invalidate_hard_deletes true\n  )"
)


class SqlMesh:
    """One context; each batch is a scheduled run, a day after the one before, of the folder that `current` links to."""

    def __init__(self, home: Path, plan: Plan) -> None:
        count = plan.attributes
        kind = OF_EXTRACTS.replace("NAMES", listed(count)) if plan.has_extracts else OF_CHANGES
        # The times of the extracts, if a run is to be one.
        self._first = FIRST_EXTRACT if plan.has_extracts else FIRST_RUN
        self._home = home
        self._columns = listed(count)
        texts = ", ".join(f"{name} TEXT" for name in attributes(count))
        changes = last_state_per_key(count).replace("$files", repr("current/*.csv"))
        self._runs = 0
        for name, text in PROJECT.items():
            (home / name).parent.mkdir(exist_ok=True)
            (home / name).write_text(
                text.replace("KIND", kind).replace("ATTRIBUTES", texts).replace("CHANGES", changes)
            )
        self._context = Context(paths=[str(home)])

    def apply(self, files: list[Path]) -> None:
        """Point at the batch and run; the first time, plan and backfill."""
        current = self._home / "current"
        current.unlink(missing_ok=True)
        current.symlink_to(files[0].parent, target_is_directory=True)
        now = self._first + timedelta(days=self._runs)
        if self._runs == 0:
            self._context.plan(execution_time=now, auto_apply=True, no_prompts=True, skip_tests=True)
        else:
            self._context.run(execution_time=now, skip_janitor=True)
        self._runs += 1

    def close(self) -> None:
        """Close the context, and with it the files."""
        self._context.close()

    def export_history(self, target: Path) -> bool:
        """The intervals are of event time, as ours."""
        with duckdb.connect(self._home / "sqlmesh.duckdb") as connection:
            connection.sql(
                f"SELECT customer_id, {self._columns}, "
                "valid_from::TIMESTAMP AS valid_from, valid_to::TIMESTAMP AS valid_to FROM warehouse.customer"
            ).write_parquet(str(target))
        return True


def opened(home: Path, plan: Plan) -> SqlMesh:
    """SQLMesh in a new project in `home`, which becomes the working directory: the model's path is relative to it."""
    os.chdir(home)
    return SqlMesh(home, plan)
