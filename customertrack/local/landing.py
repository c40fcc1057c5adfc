"""Landing a file: into the landing folder under its own name, whole or not at all, and never over another one."""

import filecmp
import os
import re
import shutil
from collections.abc import Container, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from uuid import uuid4

from customertrack.errors import UsageError
from customertrack.local.home import LANDING_PREFIX, Home

# As the pattern of the pipe (sql/R__20_customer_s3_pipe.sql).
_ONCE = "landed files never change, and a name is used once, so land it under another name"
_CSV = re.compile(r".*[.]csv([.]gz)?", re.IGNORECASE)


@dataclass(frozen=True)
class Landed:
    """What became of one given file.

    `name`: its key, `landing/customer/...`. `status`: LANDED; SKIPPED, the same file landed before; REFUSED, it could
    not be landed. `reason`: a clause, unless it landed.
    """

    path: Path
    name: str
    status: Literal["LANDED", "SKIPPED", "REFUSED"]
    reason: str = ""


def csv_files(paths: Sequence[Path]) -> list[Path]:
    """The files that the paths name; a folder stands for its *.csv and *.csv.gz, by name. Raises UsageError."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(
                file
                for file in path.iterdir()
                if _CSV.fullmatch(file.name) and not file.name.startswith(".") and file.is_file()
            )
            if not inside:
                raise UsageError(
                    f"The folder {path} holds no *.csv or *.csv.gz file; name the files, or another folder."
                )
            found += inside
        elif not path.exists():
            raise UsageError(f"There is no file {path}; check the name.")
        elif not path.is_file():
            raise UsageError(f"{path} is no regular file; save what it gives to a file, and ingest that.")
        elif path.name.startswith("."):
            raise UsageError(f"{path} begins with a dot, as files do that are still being written; rename it.")
        elif not _CSV.fullmatch(path.name):
            raise UsageError(f"{path} is no CSV file by its name; rename it to end in .csv or .csv.gz.")
        else:
            found.append(path)
    for path in found:
        _check_utf8(path)
    return found


def land(home: Home, path: Path, taken: Container[str] = ()) -> Landed:
    """Put a copy of `path` into the landing folder, whole or not at all.

    `taken`: names that the pipe has loaded or tried to, whether or not their files are still there.
    """
    target = home.landing / path.name
    name = LANDING_PREFIX + path.name
    try:
        if path.resolve() == target.resolve():
            return _there(path, name, taken)
        if not target.exists():
            if name in taken:
                return Landed(path, name, "REFUSED", f"a file of this name was loaded before; {_ONCE}")
            _copy(path, target)
            return Landed(path, name, "LANDED")
        if filecmp.cmp(path, target, shallow=False):
            return _there(path, name, taken)
    except OSError as error:
        return Landed(path, name, "REFUSED", f"it was not landed, because {_why(error)}")
    return Landed(path, name, "REFUSED", f"another file of this name landed before; {_ONCE}")


def _check_utf8(path: Path) -> None:
    try:
        path.name.encode()
    except UnicodeEncodeError as error:
        shown = path.name.encode(errors="backslashreplace").decode()
        raise UsageError(f"The name of {shown} is no UTF-8; rename the file.") from error


def _there(path: Path, name: str, taken: Container[str]) -> Landed:
    """The same file lies there already, of this command or one that was stopped before it was loaded."""
    return (
        Landed(path, name, "SKIPPED", "the same file landed before") if name in taken else Landed(path, name, "LANDED")
    )


def _copy(path: Path, target: Path) -> None:
    """Copy to a name that the stage does not see, then rename: whole or not at all, also after a power cut."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{uuid4().hex}")
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
