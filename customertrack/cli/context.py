"""What every command is given: where to work, where to write, and how the user calls it."""

import shlex
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from customertrack.cli.arguments import DEFAULT_HOME
from customertrack.cli.show.value import sayable
from customertrack.cli.show.words import file_name
from customertrack.dimension.project import default_folder
from customertrack.dimension.rendered import check_rendered
from customertrack.errors import UserError
from customertrack.local.changed import Watched
from customertrack.local.dimensions import CUSTOMER
from customertrack.local.home import Home
from customertrack.local.pipeline import Pipeline
from customertrack.local.reader import Reader
from customertrack.reads.snapshots import Waiting


@dataclass(frozen=True)
class Context:
    """`program`: what the user types to call it. `out` is for results alone, `err` for everything that is said."""

    home: Home
    program: str
    out: TextIO
    err: TextIO

    def say(self, line: str) -> None:
        """A line for people."""
        print(sayable(line), file=self.err, flush=True)

    def command(self, line: str) -> str:
        """A command as the user can type it, for the same home."""
        program, project = self.program, self.home.project.folder
        if self.home.folder != DEFAULT_HOME:
            program += f" --home {shlex.quote(str(self.home.folder))}"
        if project != default_folder(Path()):
            program += f" --project {shlex.quote(str(project))}"
        return f"{program} {line}"

    def command_of(self, dimension: str, line: str) -> str:
        """A command that takes --dimension, as the user can type it."""
        return self.command(line if dimension == CUSTOMER else f"{line} --dimension {dimension}")

    def about_held(self, snapshot: Waiting) -> str:
        """The two commands of which one decides about a snapshot that is held, or the only one that can."""
        file = shlex.quote(file_name(snapshot.source_file))
        discard = self.command(f"discard {file}")
        if not snapshot.can_be_released:
            return f"{discard}, and land it again under another name; it cannot be released"
        return f"{self.command(f'release {file}')}, or {discard}"

    def open_existing(self, dimension: str | None = None) -> Pipeline:
        """A dimension, or customer, in the home, which must be there, for this process alone. Raises UserError."""
        self._check_there(dimension)
        return self._sound(Pipeline.open(self.home), dimension)

    def reading(self, dimension: str | None = None) -> Reader:
        """The same, to be looked at: it may be open in another process, or one that cannot be written."""
        self._check_there(dimension)
        asked = Watched(self.home.project, [dimension] if dimension else self.home.dimensions)
        return Reader(lambda: self._sound(Pipeline.open_to_read(self.home), dimension), asked.explain)

    def _check_there(self, dimension: str | None) -> None:
        if not self.home.exists():
            raise UserError(
                f"There is nothing in {self.home.folder} yet; begin with: {self.command('run')}, "
                f"or with files of your own: {self.command('ingest FILE.csv')}."
            )
        if dimension and dimension not in self.home.dimensions:
            # One that is not defined is told as that.
            begin = self.command_of(self.home.dimension(dimension).name, "ingest FILE.csv")
            raise UserError(f"No file of {dimension} has landed in {self.home.folder} yet; begin with: {begin}.")

    def _sound(self, opened: Pipeline, dimension: str | None) -> Pipeline:
        self.say_broken(opened, but=[dimension])
        if dimension and dimension in opened.broken:
            opened.close()
            raise UserError(opened.broken[dimension])
        return opened.of(dimension) if dimension else opened

    def each_of(self, opened: Pipeline) -> tuple[dict[str, Pipeline], int]:
        """The dimensions of an open home by their names, and the exit code 1 if one cannot be asked, which is said.

        It must not keep what is there of the others from being seen.
        """
        sound: dict[str, Pipeline] = {}
        code = 1 if opened.broken else 0
        for name in opened.dimensions:
            pipeline = opened.of(name)
            try:
                sound[pipeline.dimension.name] = pipeline
            except UserError as error:
                self.say(f"customertrack: {error}")
                code = error.exit_code
        return sound, code

    def as_defined(self, names: Iterable[str]) -> list[str]:
        """Those of the dimensions whose SQL is as their definitions make it; what is wrong with the others is said."""
        found = []
        for name in names:
            try:
                check_rendered(self.home.project, name)
                found.append(name)
            except UserError as error:
                self.say(f"customertrack: {error}")
        return found

    def say_broken(self, opened: Pipeline, but: Collection[str | None]) -> None:
        """Which dimensions of a home cannot be asked, and why; but for those of which it is an error."""
        for name, sentence in opened.broken.items():
            if name not in but:
                self.say(f"customertrack: {sentence}")
