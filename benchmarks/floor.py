"""The floor: read the batch and store it. No dimension, so nothing that keeps one can be faster.

`python -m benchmarks.floor FOLDER HOME` does it once, with all files of a folder.
"""

from argparse import ArgumentParser
from pathlib import Path

import duckdb

from benchmarks.columns import CUSTOMER, attributes
from benchmarks.plan import Plan
from benchmarks.reading import rows


class Floor:
    """One DuckDB file with one table of text; one transaction per batch."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, count: int) -> None:
        self._rows = rows(count)
        self._connection = connection
        # As the embedded warehouse has it. The peers keep their defaults.
        self._connection.execute("SET checkpoint_threshold = '256MB'")
        self._connection.execute(
            f"CREATE TABLE landed (customer_id VARCHAR, {' VARCHAR, '.join(attributes(count))} VARCHAR, "
            "op VARCHAR, updated_at VARCHAR)"
        )

    def apply(self, files: list[Path]) -> None:
        """Append the rows of the files."""
        self._connection.execute(f"INSERT INTO landed FROM {self._rows}", {"files": [str(file) for file in files]})

    def close(self) -> None:
        """Checkpoint, and close the file."""
        self._connection.close()

    def export_history(self, target: Path) -> bool:
        """There is none."""
        return False


def opened(home: Path, plan: Plan) -> Floor:
    """The floor on a new DuckDB file in `home`."""
    return on_file(home, plan.attributes)


def on_file(home: Path, count: int) -> Floor:
    """The same for rows of `count` attributes."""
    return Floor(duckdb.connect(home / "floor.duckdb"), count)


def main() -> None:
    """Read and store the files of a folder."""
    parser = ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path, help="has the CSV files")
    parser.add_argument("home", type=Path, help="where the database is made")
    arguments = parser.parse_args()
    floor = on_file(arguments.home, len(CUSTOMER))
    floor.apply(sorted(arguments.folder.glob("*.csv")))
    floor.close()


if __name__ == "__main__":
    main()
