"""The floor: read the batch and store it. No dimension, so nothing that keeps one can be faster."""

from pathlib import Path

import duckdb

from benchmarks.reading import ROWS


class Floor:
    """One DuckDB file with one table of text; one transaction per batch."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        # As the embedded warehouse has it. The peers keep their defaults.
        self._connection.execute("SET checkpoint_threshold = '256MB'")
        self._connection.execute(
            "CREATE TABLE landed (customer_id VARCHAR, first_name VARCHAR, last_name VARCHAR, email VARCHAR, "
            "street VARCHAR, city VARCHAR, state VARCHAR, country VARCHAR, op VARCHAR, updated_at VARCHAR)"
        )

    def apply(self, files: list[Path]) -> None:
        """Append the rows of the files."""
        self._connection.execute(f"INSERT INTO landed FROM {ROWS}", {"files": [str(file) for file in files]})

    def close(self) -> None:
        """Checkpoint, and close the file."""
        self._connection.close()

    def export_history(self, target: Path) -> bool:
        """There is none."""
        return False


def opened(home: Path) -> Floor:
    """The floor on a new DuckDB file in `home`."""
    return Floor(duckdb.connect(home / "floor.duckdb"))
