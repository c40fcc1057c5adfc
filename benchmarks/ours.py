"""Ours, by the path a user's file takes: landed, ingested and refreshed by the pipeline, in one process."""

from pathlib import Path

import duckdb

from benchmarks.columns import CUSTOMER, attributes, listed
from benchmarks.plan import Plan
from customertrack.dimension.project import Project, installed_folder
from customertrack.dimension.rendered import write
from customertrack.local.home import Home
from customertrack.local.pipeline import Pipeline

# What the definition begins with where each file is all that there is.
EXTRACTS = """\
dimension = "customer"

[feed]
kind   = "snapshots"
format = "csv"
time   = "updated_at"
guard  = { max_deleted = 0.5, min_rows = 1 }

[key]
customer_id = "integer"

"""


class Ours:
    """One open pipeline on a home of its own."""

    def __init__(self, home: Path, plan: Plan) -> None:
        self._columns = listed(plan.attributes)
        self._pipeline = Pipeline.open(Home(home, project=_project(home, plan)))

    def apply(self, files: list[Path]) -> None:
        """Land the files, ingest and refresh, once for all of them."""
        self._pipeline.ingest(files)

    def close(self) -> None:
        """Close the warehouse, which checkpoints it."""
        self._pipeline.close()

    def export_history(self, target: Path) -> bool:
        """The view `customer_history`, read past the pipeline: the file is what counts."""
        with duckdb.connect(self._pipeline.home.warehouse, read_only=True) as connection:
            connection.sql(
                f"SELECT customer_id, {self._columns}, valid_from, "
                "CASE WHEN NOT is_current THEN valid_to END AS valid_to FROM dimension.customer_history"
            ).write_parquet(str(target))
        return True


def _project(home: Path, plan: Plan) -> Project:
    """What is installed, or one in `home` whose customers have more attributes, or come as full extracts."""
    installed = Project(installed_folder())
    if plan.attributes == len(CUSTOMER) and not plan.has_extracts:
        return installed
    more = "".join(f'{name} = "text(40)"\n' for name in attributes(plan.attributes)[len(CUSTOMER) :])
    # They go where the attributes begin, as another table may follow.
    begin, head, rest = installed.file("customer").read_text().partition("[attributes]\n")
    made = Project(home / "project")
    made.file("customer").parent.mkdir(parents=True)
    made.write_new("customer", (EXTRACTS if plan.has_extracts else begin) + head + more + rest)
    write(made, "customer")
    return made


def opened(home: Path, plan: Plan) -> Ours:
    """The pipeline on a new home in `home`."""
    return Ours(home, plan)
