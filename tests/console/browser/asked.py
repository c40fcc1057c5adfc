"""What the warehouse says, as a CSV has it: the other side of each comparison."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from customertrack.dimension.project import Project
from customertrack.local.home import Home
from customertrack.reads.results import query
from customertrack.reads.text import text
from customertrack.warehouse import Connection
from tests.console.odd_home import OddHome


class Asked:
    """A warehouse that nobody else has open."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __call__(self, sql: str, *values: object) -> list[list[str]]:
        """The rows of a query, each value as text, NULL as nothing."""
        return [[text(value) for value in row] for row in query(self._connection, sql, values).rows]

    def one(self, sql: str, *values: object) -> str:
        """The only value of a query."""
        ((value,),) = self(sql, *values)
        return value


@contextmanager
def asked(odd: OddHome, folder: Path) -> Iterator[Asked]:
    """A copy of the home's warehouse in a folder."""
    shutil.copytree(odd.home, folder)
    with Home(folder, project=Project(odd.project)).open_to_read().connection as connection:
        yield Asked(connection)
