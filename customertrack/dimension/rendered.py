"""The files of a dimension as they are committed: written from its definition, or compared with it."""

from collections.abc import Iterator
from pathlib import Path

from customertrack.dimension.project import Project
from customertrack.dimension.render import render
from customertrack.errors import UserError

FOLDER = "sql"


def write(project: Project, name: str) -> list[Path]:
    """Write `sql/<name>/`, and take away what the definition no longer makes; returns the files that have changed.

    Raises UserError if the definition has faults or a file cannot be written.
    """
    changed = []
    try:
        for path, text in _differing(project, name):
            changed.append(path)
            if text is None:
                path.unlink()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(f"{error.filename} cannot be written: {error.strerror}.") from error
    return changed


def differing(project: Project, name: str) -> list[Path]:
    """The files that are not as the definition makes them: changed, missing, or not made by it. Raises UserError."""
    return [path for path, _ in _differing(project, name)]


def _differing(project: Project, name: str) -> Iterator[tuple[Path, str | None]]:
    """Each with the text that it should have, None if it should not be there."""
    folder = project.folder / FOLDER / name
    made = {folder / path: text for path, text in render(project.load(name)).items()}
    for path in sorted({*made, *folder.rglob("*.sql")}):
        if not path.exists() or path not in made or path.read_text(encoding="utf-8") != made[path]:
            yield path, made.get(path)
