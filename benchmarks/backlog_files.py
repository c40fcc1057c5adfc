"""The files of a backlog, written by DuckDB: `python -m benchmarks.backlog_files --rows N ...`."""

from argparse import ArgumentParser
from pathlib import Path

import duckdb

# Keys at random, each row a random state of its customer, in the order of time but for a tenth that is late.
EVENTS = """
    COPY (
        WITH numbered AS (
            SELECT i, (hash(i) >> 1)::BIGINT % $customers AS key, (hash(i + 1_000_000_000) >> 1)::BIGINT AS chance
            FROM range($first, $first + $count) AS r (i)
        ), drawn AS (
            SELECT i, key, key + chance % 4 AS name, chance // 4 % 4 AS mail, key + chance // 16 % 4 AS place,
                chance // 64 % 100 > 0 AS kept, chance // 6_400 % 33 > 0 AS housed,
                if(chance // 211_200 % 10 = 0, chance // 2_112_000 % 450, 0) AS late
            FROM numbered
        )
        SELECT
            key AS customer_id,
            if(kept, ['Ada', 'Bob', 'Carl', 'Dora', 'Emil'][1 + name % 5], NULL) AS first_name,
            if(kept, ['Abel', 'Brandt', 'Cohen', 'Diaz', 'Evans', 'Fuchs', 'Garcia'][1 + name % 7], NULL) AS last_name,
            if(kept, concat('customer', key, '.', mail, '@example.com'), NULL) AS email,
            if(kept AND housed, concat(1 + place * 17 % 997, ' Station Road'), NULL) AS street,
            if(kept, ['Austin', 'Munich', 'Lyon', 'Quebec City'][1 + place % 4], NULL) AS city,
            if(kept, ['Texas', 'Bavaria', 'Auvergne-Rhone-Alpes', 'Quebec'][1 + place % 4], NULL) AS state,
            if(kept, ['United States', 'Germany', 'France', 'Canada'][1 + place % 4], NULL) AS country,
            if(kept, 'U', 'D') AS op,
            TIMESTAMP '2024-01-02 00:00:00' + to_seconds(i * 25_000_000 // $rows - late) AS updated_at
        FROM drawn
        ORDER BY i
    ) TO '{target}' (FORMAT csv, HEADER)
"""


def write(folder: Path, rows: int, customers: int, file_rows: int) -> None:
    """Write `rows` rows of the CSV contract about `customers` customers into new files below `folder`.

    `file_rows`: rows of each file; the last may have fewer. The same numbers are the same files.
    """
    folder.mkdir(parents=True)
    with duckdb.connect() as connection:
        for number, first in enumerate(range(0, rows, file_rows)):
            target = str(folder / f"customer_{number:06}.csv").replace("'", "''")
            connection.execute(
                EVENTS.format(target=target),
                {"customers": customers, "first": first, "count": min(file_rows, rows - first), "rows": rows},
            )


def main() -> None:
    """Write one backlog; a process of its own, so that its memory is nobody else's."""
    parser = ArgumentParser(description=main.__doc__)
    for name in ("rows", "customers", "file-rows"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True, help="is made")
    arguments = parser.parse_args()
    write(arguments.folder, arguments.rows, arguments.customers, arguments.file_rows)


if __name__ == "__main__":
    main()
