"""A project's definitions: the folder `dimensions/`, with a file for each dimension."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from customertrack.dimension import places
from customertrack.dimension.checks import check, meetings
from customertrack.dimension.definition import Definition
from customertrack.dimension.faults import Fault
from customertrack.dimension.reading import read
from customertrack.dimension.words import did_you_mean
from customertrack.errors import UserError

FOLDER = "dimensions"


@dataclass(frozen=True)
class Project:
    """The folder that holds `dimensions/`."""

    folder: Path

    def file(self, name: str) -> Path:
        """Where the definition of a dimension is, or would be."""
        return self.folder / FOLDER / f"{name}.toml"

    def names(self) -> Sequence[str]:
        """Of all dimensions, in order. They are the names of the files. Raises UserError if there is no such folder."""
        folder = self.folder / FOLDER
        if not folder.is_dir():
            raise UserError(f"There is no folder {folder}; give the one that has {FOLDER}/ in it with --project.")
        return sorted(path.stem for path in folder.glob("*.toml"))

    def read(
        self, name: str, more: Callable[[Definition], Iterable[tuple[places.Path, str]]] | None = None
    ) -> tuple[Definition | None, list[Fault]]:
        """A definition, and everything that is wrong with it, by itself or beside the others.

        `more`: a check that this room cannot make; it gives places and sentences. With faults the definition is what
        could be read; it is whole only without. Raises UserError if it is not there.
        """
        names = self.names()
        if name not in names:
            raise UserError(f'There is no dimension "{name}" in {self.folder / FOLDER}{did_you_mean(name, names)}')
        definition, faults = read(self._bytes(name), self.file(name))
        for sentence in meetings(name, (other for other in names if other != name)):
            faults.add(("dimension",), sentence)
        for path, sentence in more(definition) if more and definition else ():
            faults.add(path, sentence)
        return definition, check(definition, faults)

    def load(self, name: str) -> Definition:
        """A definition without faults. Raises UserError with all of them."""
        definition, faults = self.read(name)
        if definition is None or faults:
            raise UserError("\n".join(map(str, faults)))
        return definition

    def check_new(self, name: str) -> None:
        """Raise UserError if there is a definition of this name already."""
        if self.file(name).exists():
            raise UserError(
                f"There is a definition {self.file(name)} already; delete it, or give the new one another name."
            )

    @property
    def sql(self) -> Path:
        """The folder of its SQL files, whether or not it is there."""
        return self.folder / "sql"

    def text(self, name: str) -> str:
        """A definition as it is written. Raises UserError."""
        return _text(self.file(name))

    def sql_of(self, name: str) -> list[tuple[str, str]]:
        """The SQL of a dimension, by file: its path below the dimension's folder, and its text. Raises UserError."""
        folder = self.sql / name
        return [(path.relative_to(folder).as_posix(), _text(path)) for path in sorted(folder.rglob("*.sql"))]

    def stamp(self, name: str) -> object:
        """Another one whenever the definition of a dimension, or a file of its SQL, was written anew."""
        found = {}
        for path in (self.file(name), *(self.sql / name).rglob("*.sql")):
            # It may just have been taken away.
            with suppress(OSError):
                told = path.stat()
                found[path] = told.st_mtime_ns, told.st_size
        return found

    def write_new(self, name: str, text: str) -> None:
        """A definition that is not there yet, and the folder if need be. Raises UserError."""
        self.check_new(name)
        try:
            self.file(name).parent.mkdir(exist_ok=True)
            with self.file(name).open("x", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            raise UserError(f"The definition {self.file(name)} cannot be written: {error.strerror}.") from error

    def _bytes(self, name: str) -> bytes:
        file = self.file(name)
        try:
            return file.read_bytes()
        except OSError as error:
            raise UserError(f"The definition {file} cannot be read: {error.strerror}.") from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"The file {path} cannot be read: {error}.") from error


def default_folder(here: Path) -> Path:
    """The project of somebody who works in the folder `here`: that, if it has `dimensions/`, else what is installed."""
    return here if (here / FOLDER).is_dir() else installed_folder()


def installed_folder() -> Path:
    """The project that is installed: inside the package, or around it in a checkout."""
    package = Path(__file__).parents[1]
    return package if (package / FOLDER).is_dir() else package.parent
