"""The console as a Streamlit app in Snowflake: what the pages read there. Beside it lie the definitions it shows.

The app runs as its owner, a role that only reads; Streamlit hands over the session, whose binds are `?`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import streamlit as st

from customertrack.console.app import show
from customertrack.dimension.definition import Definition
from customertrack.dimension.project import Project
from customertrack.reads.last_check import LastCheck
from customertrack.warehouse import Connection

# Of the app: dimensions/ and sql/ lie beside this package.
_FOLDER = Path(__file__).parents[2]


@dataclass(frozen=True)
class InSnowflake:
    """The account that the app is in. `project`: the definitions that were deployed."""

    project: Project
    # No command reads an account.
    program: str = ""

    def names(self) -> list[str]:
        """Those that were deployed."""
        return list(self.project.names())

    def definition(self, name: str) -> Definition:
        """As it was deployed. Raises UserError."""
        return self.project.load(name)

    def text(self, name: str) -> str:
        """The definition that was deployed. Raises UserError."""
        return self.project.text(name)

    def files(self, name: str) -> list[tuple[str, str]]:
        """The SQL that was deployed. Raises UserError."""
        return self.project.sql_of(name)

    @contextmanager
    def reading(self, name: str) -> Iterator[Connection]:
        """The app's own session, in the schema of the dimensions, which it is made in; it stays open."""
        yield cast("Connection", st.connection("snowflake").raw_connection)

    def landed_line(self, file: str, row: int) -> str | None:
        """It cannot be had: an app reads no external stage."""
        return None

    def last_check(self, name: str) -> LastCheck | None:
        """The watch keeps it, as metrics."""
        return None


def main() -> None:
    """One run of the console."""
    show(InSnowflake(Project(_FOLDER)))
