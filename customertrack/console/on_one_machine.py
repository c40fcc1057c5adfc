"""The console for a home: what the pages read there, and one run of it as a script with arguments."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from customertrack.console.app import show
from customertrack.console.source import AskAgainError, NothingThereError
from customertrack.dimension.definition import Definition
from customertrack.dimension.project import Project
from customertrack.errors import UserError
from customertrack.local import last_check
from customertrack.local.changed import ChangedError, Watched
from customertrack.local.dimensions import LANDING_ROOT
from customertrack.local.home import Home
from customertrack.local.landed_line import landed_line
from customertrack.local.pipeline import Pipeline
from customertrack.local.reader import is_lost, memory_told
from customertrack.reads.last_check import LastCheck
from customertrack.warehouse import Connection


@dataclass(frozen=True)
class OneMachine:
    """A home. `program`: what a person types to call the command for it."""

    home: Home
    program: str

    def names(self) -> list[str]:
        """Those that the home has tables for. Raises UserError."""
        if not self.home.exists():
            sentence = f"There is nothing in {self.home.folder} yet. Begin with, or ingest files of your own:"
            raise NothingThereError(sentence, f"{self.program} run")
        return self.home.dimensions

    def definition(self, name: str) -> Definition:
        """As the project has it. Raises UserError."""
        return self.home.dimension(name).definition

    def text(self, name: str) -> str:
        """The file of the project. Raises UserError."""
        return self.home.project.text(name)

    def files(self, name: str) -> list[tuple[str, str]]:
        """Those of the project's `sql/<name>/`. Raises UserError."""
        return self.home.project.sql_of(name)

    @contextmanager
    def reading(self, name: str) -> Iterator[Connection]:
        """The home's warehouse at one moment, beside whoever writes it. Raises UserError."""
        asked = Watched(self.home.project, [name])
        # What is wrong with it is told before what is wrong with its tables.
        self.definition(name)
        try:
            with Pipeline.open_to_read(self.home).of(name) as opened:
                # Raises if its tables are not those of this version.
                _ = opened.dimension
                with memory_told(opened):
                    yield opened.connection
        except UserError:
            raise
        except Exception as error:
            if is_lost(error):
                raise AskAgainError("Another process has opened or left the home; look again.") from error
            try:
                asked.explain()
            except ChangedError as changed:
                raise AskAgainError(str(changed)) from error
            raise

    def landed_line(self, file: str, row: int) -> str | None:
        """From the landing folder: of which dimension, the name of the file says. Raises UserError."""
        name = file.removeprefix(LANDING_ROOT).partition("/")[0]
        return landed_line(self.home, self.definition(name).feed, file, row)

    def last_check(self, name: str) -> LastCheck | None:
        """What `verify` or `run` wrote down. Raises UserError."""
        return last_check.read(self.home, name)


def arguments(home: Home, program: str) -> list[str]:
    """What the script is given, so that it looks at this home."""
    return [str(home.folder), str(home.project.folder), str(home.memory_limit), program]


def main() -> None:
    """One run of the console, with `arguments`."""
    folder, project, memory_limit, program = sys.argv[1:]
    show(OneMachine(Home(Path(folder), int(memory_limit), Project(Path(project))), program))
