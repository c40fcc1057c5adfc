"""Which files of sql/ a stage deploys: those of the database, and those of its dimensions."""

from collections.abc import Sequence
from pathlib import Path


def migrations(folder: Path, dimensions: Sequence[str]) -> list[Path]:
    """The files that are applied. ``folder`` is sql/, in which each dimension has a folder by its name."""
    return sorted(path for place in (folder, *(folder / name for name in dimensions)) for path in place.glob("*.sql"))


def packaged(folder: Path, dimensions: Sequence[str]) -> list[Path]:
    """The migrations, and what lies below them: the queries of the watch, and the grants of the console."""
    return sorted({*folder.glob("*.sql"), *of_dimensions(folder, dimensions)})


def of_dimensions(folder: Path, dimensions: Sequence[str]) -> list[Path]:
    """All that these dimensions have in their folders."""
    return sorted(path for name in dimensions for path in (folder / name).rglob("*.sql"))
