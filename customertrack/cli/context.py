"""What every command is given: where to work, where to write, and how the user calls it."""

import shlex
from dataclasses import dataclass
from typing import TextIO

from customertrack.cli.arguments import DEFAULT_HOME
from customertrack.errors import UserError
from customertrack.local.home import Home
from customertrack.local.pipeline import Pipeline


@dataclass(frozen=True)
class Context:
    """`program`: what the user types to call it. `out` is for results alone, `err` for everything that is said."""

    home: Home
    program: str
    out: TextIO
    err: TextIO

    def say(self, line: str) -> None:
        """A line for people."""
        print(line, file=self.err, flush=True)

    def command(self, line: str) -> str:
        """A command as the user can type it, for the same home."""
        if self.home.folder == DEFAULT_HOME:
            return f"{self.program} {line}"
        return f"{self.program} --home {shlex.quote(str(self.home.folder))} {line}"

    def open_existing(self) -> Pipeline:
        """The home, which must be there, to be looked at: it may be one that cannot be written. Raises UserError."""
        if not self.home.exists():
            raise UserError(
                f"There is nothing in {self.home.folder} yet; begin with: {self.command('run')}, "
                f"or with files of your own: {self.command('ingest FILE.csv')}."
            )
        return Pipeline.open_to_read(self.home)
