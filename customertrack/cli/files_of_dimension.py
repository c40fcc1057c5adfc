"""Which dimension files are of, by the folders they lie in."""

from collections.abc import Iterable, Sequence
from os.path import realpath
from pathlib import Path

from customertrack.cli.meant import meant
from customertrack.local.home import Home
from customertrack.local.landing import name_below


def by_dimension(home: Home, paths: Iterable[Path], named: str | None) -> dict[str, list[Path]]:
    """The paths by the dimension that each is of: the one that was named, if one was."""
    found: dict[str, list[Path]] = {}
    names = [] if named else home.project.names()
    for path in paths:
        found.setdefault(dimension_of(home, path, names) or meant(home.project, named), []).append(path)
    return found


def dimension_of(home: Home, path: Path, names: Sequence[str]) -> str | None:
    """The one in whose landing folder a path is, or else whose name a folder has that is part of it, the innermost."""
    for name in names:
        landing = home.landing_of(name)
        # realpath, as resolve() raises an error of its own at links that lead in a circle.
        if realpath(path) == realpath(landing) or name_below(landing, path):
            return name
    folders = path.parts if path.is_dir() else path.parts[:-1]
    return next((folder for folder in reversed(folders) if folder in names), None)
