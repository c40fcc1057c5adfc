"""A landed row, as it landed: what an event or a reject was made of."""

from customertrack.reads.results import Table, query
from customertrack.reads.tables import Tables
from customertrack.warehouse import Connection


def landed_row(
    connection: Connection, tables: Tables, file: str, row: int, *, is_parquet: bool = False
) -> Table | None:
    """Column and text of one landed row, as the pipe loaded it; None if it is purged.

    `is_parquet`: it landed as a record, which is told as JSON. A row of JSON is one line.
    """
    read = ", ".join(f"TO_JSON({column})" for column in tables.landed) if is_parquet else ", ".join(tables.landed)
    sql = f"SELECT {read} FROM {tables.name}_raw WHERE source_file = ? AND source_row = ? LIMIT 1"
    found = query(connection, sql, [file, row]).rows
    if not found:
        return None
    names = [name.strip('"').replace('""', '"') for name in tables.called or tables.landed]
    return Table(("column", "landed as"), list(zip(names, found[0], strict=False)))
