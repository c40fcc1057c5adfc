"""Ours, by the path a user's file takes: landed, ingested and refreshed by the pipeline, in one process."""

from pathlib import Path

import duckdb

from customertrack.local.pipeline import Pipeline


class Ours:
    """One open pipeline on a home of its own."""

    def __init__(self, home: Path) -> None:
        self._pipeline = Pipeline.open(home)

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
                "SELECT customer_id, first_name, last_name, email, street, city, state, country, valid_from, "
                "CASE WHEN NOT is_current THEN valid_to END AS valid_to FROM dimension.customer_history"
            ).write_parquet(str(target))
        return True


def opened(home: Path) -> Ours:
    """The pipeline on a new home in `home`."""
    return Ours(home)
