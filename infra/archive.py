"""Zip files that are the same whenever their content is."""

from collections.abc import Iterable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo


def add(archive: ZipFile, name: str, content: bytes) -> None:
    """Adds a file that anybody may read, of no particular time."""
    entry = ZipInfo(name)  # 1980-01-01, the first day that a zip file knows
    entry.create_system = 3  # Unix, wherever it is made: the rights below count
    entry.external_attr = 0o644 << 16
    entry.compress_type = ZIP_DEFLATED
    archive.writestr(entry, content, compresslevel=9)


def add_folder(archive: ZipFile, folder: Path) -> None:
    """Adds every file below ``folder``, by name."""
    for path in files(folder):
        add(archive, path.relative_to(folder).as_posix(), path.read_bytes())


def files(*folders: Path) -> Iterable[Path]:
    """Every file below the folders, in an order that does not depend on the machine."""
    return sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
