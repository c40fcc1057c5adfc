"""The files of a dimension as they are committed: written from its definition, or compared with it."""

import shlex
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from customertrack.dimension.changes import refusals
from customertrack.dimension.project import Project, installed_folder
from customertrack.dimension.tables_kept import dropped, losses, unmade
from customertrack.errors import UserError

# What every project has beside the folders of its dimensions, and no definition changes.
_SHARED = "V*.sql"
# Which of them makes the log.
_TABLES = "R__12_tables.sql"
# And which the refresh's own: what they hold is worth nothing once it has ended, so nothing is lost with one of them.
_WORK = "R__14_work.sql"
_WRITE_IT = "write it with: customertrack dimension render"


def write(project: Project, name: str) -> list[Path]:
    """Write `sql/<name>/`, and take away what the definition no longer makes; returns the files that have changed.

    What all dimensions share is written too, where it is not there yet.

    Raises UserError if the definition has faults, if it changes what cannot be changed, if a table that has been
    written would lose a column, or if a file cannot be written.
    """
    changed = []
    try:
        for path, text in _checked(project, name, list(_differing(project, name))):
            changed.append(path)
            if text is None:
                path.unlink()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(f"{error.filename} cannot be written: {error.strerror}.") from error
    return changed


def _checked(
    project: Project, name: str, differing: Sequence[tuple[Path, str | None]]
) -> Sequence[tuple[Path, str | None]]:
    """Nothing is written if anything would be lost."""
    tables = project.sql / name / _TABLES
    if tables.exists():
        _refuse(project, name, refusals(tables.read_text(encoding="utf-8"), project.load(name)), project.file(name))
    given_up = dropped(path.read_text(encoding="utf-8") for path in (project.sql / name).glob("*.sql"))
    for path, text in differing:
        if path.exists():
            before, after = path.read_text(encoding="utf-8"), text or ""
            worthless = unmade(before, after) if path.name == _WORK else frozenset()
            _refuse(project, name, losses(before, after, given_up | worthless), path)
    return differing


def _refuse(project: Project, name: str, sentences: Iterable[str], told: Path) -> None:
    lines = [f"{told}: {sentence}{'' if sentence.endswith('?') else '.'}" for sentence in sentences]
    if lines:
        anew = (
            f"If nothing of {name} has been loaded yet, begin anew: rm -r {shlex.quote(str(project.sql / name))}, then "
            f"customertrack dimension render {name}. A home that has its tables already cannot go on; give another."
        )
        raise UserError("\n".join([*lines, anew]))


def differing(project: Project, name: str) -> list[Path]:
    """The files that are not as the definition makes them: changed, missing, or not made by it. Raises UserError."""
    return [path for path, _ in _differing(project, name)]


def check_rendered(project: Project, name: str) -> None:
    """Raise UserError if the SQL of a dimension is missing, or is not as its definition makes it.

    What is installed is held to its definitions by `make check`, so that no command waits for that.
    """
    if project.folder == installed_folder():
        return
    if differing(project, name):
        there = "is not as its definition makes it" if (project.sql / name).is_dir() else "has not been written yet"
        raise UserError(f"The SQL of {name}, in {project.sql / name}, {there}; {_WRITE_IT} {name}")


def _differing(project: Project, name: str) -> Iterator[tuple[Path, str | None]]:
    """Each with the text that it should have, None if it should not be there."""
    # Jinja2 is needed here alone; commands that only use what is installed do not wait for it.
    from customertrack.dimension.render import render

    for shared in sorted(Project(installed_folder()).sql.glob(_SHARED)):
        if not (project.sql / shared.name).exists():
            yield project.sql / shared.name, shared.read_text(encoding="utf-8")
    folder = project.sql / name
    made = {folder / path: text for path, text in render(project.load(name)).items()}
    for path in sorted({*made, *folder.rglob("*.sql")}):
        if not path.exists() or path not in made or path.read_text(encoding="utf-8") != made[path]:
            yield path, made.get(path)
