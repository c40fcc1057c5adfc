"""Short forms for the tests of the embedded warehouse."""

from pathlib import Path
from typing import Any

from snowglobe.connection import Connection

ROOT = Path(__file__).parents[2]


def rows(connection: Connection, sql: str, *binds: object) -> list[tuple[Any, ...]]:
    """All rows of a statement."""
    return connection.cursor().execute(sql, binds).fetchall()


def value(connection: Connection, sql: str, *binds: object) -> Any:
    """The first column of the first row."""
    return rows(connection, sql, *binds)[0][0]


def run(connection: Connection, *statements: str) -> None:
    """Statements one after the other."""
    for statement in statements:
        connection.cursor().execute(statement)


def drop_file(folder: Path, name: str, *lines: str) -> None:
    """A CSV file in the stage's folder of the bucket."""
    (folder / "bucket" / "in" / name).write_text("".join(f"{line}\n" for line in lines))
