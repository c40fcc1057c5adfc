"""The floor of a history: what DuckDB alone takes to make one of the files, in three statements and with no care.

A home stores each row as it landed, as an event, and, if it changed something, as a version. So does this, with plain
casts, a signature, and windows. It has no check, no reject, no digest of a file, no state to go on from, and cannot be
interrupted. `python -m benchmarks.bare FOLDER HOME` does it once.
"""

import os
import shutil
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
LANDED = f"""
    INSERT INTO landed
    SELECT filename, now(), customer_id, {ATTRIBUTES}, op, updated_at
    FROM {rows(len(CUSTOMER), filename=True)}
"""
EVENTS = f"""
    INSERT INTO event
    SELECT customer_id, updated_at, op = 'D', source_file, rowid, loaded_at, {ATTRIBUTES} FROM landed
"""
SIGNATURE = " || ".join(f"coalesce(length({name}) || ':' || {name}, '-')" for name in CUSTOMER)
# Of several events of a time the last counts; what says the same as the one before it begins no version.
VERSIONS = f"""
    INSERT INTO version
    WITH signed AS (
        SELECT *, if(is_delete, NULL, md5({SIGNATURE})) AS signature FROM event WHERE hash(customer_id) % $parts = $part
    ), counting AS (
        SELECT * FROM signed
        QUALIFY lead(updated_at) OVER (PARTITION BY customer_id ORDER BY updated_at, source_file, source_row)
            IS DISTINCT FROM updated_at
    ), change AS (
        SELECT * FROM counting
        QUALIFY signature IS DISTINCT FROM lag(signature) OVER (PARTITION BY customer_id ORDER BY updated_at)
    ), dated AS (
        SELECT *, lead(updated_at) OVER (PARTITION BY customer_id ORDER BY updated_at) AS valid_to FROM change
    )
    SELECT customer_id, updated_at, valid_to, source_file, source_row, {ATTRIBUTES} FROM dated WHERE NOT is_delete
"""
# As a home has them.
SETTINGS = "SET checkpoint_threshold = '256MB'; SET memory_limit = '1.5GB'; SET preserve_insertion_order = false"
ROWS_AT_ONCE = 5_000_000


def make(files: list[Path], home: Path) -> None:
    """Copy the files into `home`, as a bucket would have them, and make their history in a DuckDB file there."""
    for file in files:
        with file.open("rb") as source, (home / file.name).open("xb") as copy:
            shutil.copyfileobj(source, copy, 1 << 20)
            os.fsync(copy.fileno())
    with duckdb.connect(home / "bare.duckdb") as connection:
        connection.execute(SETTINGS)
        connection.execute(TABLES)
        connection.execute(LANDED, {"files": [str(home / file.name) for file in files]})
        (count,) = connection.execute(EVENTS).fetchone() or (0,)
        parts = count // ROWS_AT_ONCE + 1
        for part in range(parts):
            connection.execute(VERSIONS, {"parts": parts, "part": part})


def main() -> None:
    """Make the history of the files of a folder."""
    parser = ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path, help="has the CSV files")
    parser.add_argument("home", type=Path, help="where they are copied to, and the database is made")
    arguments = parser.parse_args()
    make(sorted(arguments.folder.glob("*.csv")), arguments.home)


if __name__ == "__main__":
    main()
