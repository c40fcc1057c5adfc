"""Landing a file: into the landing folder under its own name, whole or not at all, and never over another one."""

import filecmp
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from customertrack.errors import UsageError, UserError
from customertrack.home import LANDING_PREFIX, Home

# As the pattern of the pipe (sql/R__20_customer_s3_pipe.sql).
_CSV = re.compile(r".*[.]csv([.]gz)?", re.IGNORECASE)


@dataclass(frozen=True)
class Landed:
    """What became of one given file. `name`: its key, `landing/customer/...`. `status`: LANDED; SKIPPED, the same file landed before; REFUSED, a
    file with other content did. `reason`: a sentence, unless it landed."""

    path: Path
    name: str
    status: str
    reason: str = ""


def csv_files(paths: Sequence[Path]) -> Iterator[Path]:
    """The files that the paths name: a folder stands for its *.csv and *.csv.gz, by name. Raises UsageError before the first one is yielded."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(file for file in path.iterdir() if _CSV.fullmatch(file.name) and not file.name.startswith(".") and file.is_file())
            if not inside:
                raise UsageError(f"The folder {path} holds no *.csv or *.csv.gz file; name the files, or another folder.")
            found += inside
        elif not path.exists():
            raise UsageError(f"There is no file {path}; check the name.")
        elif not _CSV.fullmatch(path.name):
            raise UsageError(f"{path} is no CSV file by its name; rename it to end in .csv or .csv.gz.")
        else:
            found.append(path)
    yield from found


def land(home: Home, path: Path, taken: frozenset[str] = frozenset()) -> Landed:
    """Put a copy of `path` into the landing folder. `taken`: names that the pipe has loaded, whether or not their files are still there.

    Raises UserError if the file cannot be read or the folder cannot be written; nothing is landed then.
    """
    target = home.landing / path.name
    name = LANDING_PREFIX + path.name
    try:
        if path.resolve() == target.resolve():
            return Landed(path, name, "SKIPPED" if name in taken else "LANDED", "it lies in the landing folder and was loaded before")
        if not target.exists():
            if name in taken:
                return Landed(path, name, "REFUSED", "a file of this name was loaded before; landed names are used once, so land it under another name")
            _copy(path, target)
            return Landed(path, name, "LANDED")
        if filecmp.cmp(path, target, shallow=False):
            return Landed(path, name, "SKIPPED", "the same file landed before")
    except OSError as error:
        raise UserError(f"{path} was not landed: {_why(error)}.") from error
    return Landed(path, name, "REFUSED", "another file of this name landed before; landed files never change, so land it under another name")


def _copy(path: Path, target: Path) -> None:
    """Copy to a name that the stage does not see, then rename: a file is there whole or not at all, also after a power cut."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{uuid4().hex}")
    try:
        with path.open("rb") as source, part.open("xb") as copy:
            shutil.copyfileobj(source, copy, 1 << 20)
            copy.flush()
            os.fsync(copy.fileno())
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)


def _why(error: OSError) -> str:
    match error.errno:
        case 28:
            return "the disk is full; free some space and land it again"
        case 13 | 1:
            return f"permission denied for {error.filename}; change the permissions and land it again"
    return f"{error.strerror or error}"
