"""The floor of a home: read the files and store each row as often as a home keeps it, with no thought about it.

A home keeps a row as it landed, as an event, and, unless it changed nothing, as a version. Here those are three tables,
typed by plain casts: no order, no comparison, no reject. `python -m benchmarks.kept FOLDER HOME` does it once.
"""

from argparse import ArgumentParser
from pathlib import Path

import duckdb

from benchmarks.columns import CUSTOMER, listed
from benchmarks.reading import rows

ATTRIBUTES = listed(len(CUSTOMER))
TEXTS = ", ".join(f"{name} VARCHAR" for name in CUSTOMER)
TABLES = f"""
    CREATE TABLE landed (
        source_file VARCHAR, loaded_at TIMESTAMPTZ, customer_id VARCHAR, {TEXTS}, op VARCHAR, updated_at VARCHAR
    );
    CREATE TABLE event (
        customer_id HUGEINT, updated_at TIMESTAMP, is_delete BOOLEAN, source_file VARCHAR, source_row BIGINT,
        loaded_at TIMESTAMPTZ, {TEXTS}
    );
    CREATE TABLE version (
        customer_id HUGEINT, valid_from TIMESTAMP, valid_to TIMESTAMP, source_file VARCHAR, source_row BIGINT, {TEXTS}
    );
"""
LAND = f"""
    INSERT INTO landed
    SELECT filename, now(), customer_id, {ATTRIBUTES}, op, updated_at
    FROM {rows(len(CUSTOMER), filename=True)}
"""
TYPE = f"""
    INSERT INTO event
    SELECT customer_id, updated_at, op = 'D', source_file, rowid, loaded_at, {ATTRIBUTES} FROM landed
"""
DATE = f"""
    INSERT INTO version
    SELECT customer_id, updated_at, updated_at, source_file, source_row, {ATTRIBUTES} FROM event
"""
# As the embedded warehouse has them; it also holds no more memory than that.
SETTINGS = "SET checkpoint_threshold = '256MB'; SET memory_limit = '1GB'; SET preserve_insertion_order = false"


def main() -> None:
    """Read the files of a folder, and store their rows three times."""
    parser = ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path, help="has the CSV files")
    parser.add_argument("home", type=Path, help="where the database is made")
    arguments = parser.parse_args()
    files = [str(file) for file in sorted(arguments.folder.glob("*.csv"))]
    with duckdb.connect(arguments.home / "kept.duckdb") as connection:
        connection.execute(SETTINGS)
        connection.execute(TABLES)
        connection.execute(LAND, {"files": files})
        connection.execute(TYPE)
        connection.execute(DATE)


if __name__ == "__main__":
    main()
