"""Landing a file: into the landing folder under its own name, whole or not at all, and never over another one."""

import filecmp
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from uuid import uuid4

from customertrack.dimension.definition import Feed, Format
from customertrack.dimension.reading_feed import FILES
from customertrack.errors import UsageError
from customertrack.local.content import USUAL, other_format, unfit
from customertrack.local.dimensions import CUSTOMER, Dimension, landing_prefix
from customertrack.local.home import Home
from snowglobe import FolderBucket, LoadMetadata

# As the pattern of the pipe (sql/<name>/R__25_pipe.sql).
_ONCE = "landed files never change, and a name is used once, so land it under another name"
_ENDINGS: dict[Format, tuple[str, ...]] = {
    "csv": (".csv", ".csv.gz"),
    "json": (".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz"),
    "parquet": (".parquet",),
}
_CALLED: dict[Format, str] = {"csv": "CSV", "json": "JSON", "parquet": "Parquet"}


@dataclass(frozen=True)
class Landed:
    """What became of one given file.

    `name`: its key, `landing/<dimension>/...`. `status`: LANDED; SKIPPED, the same file landed before; LIES_THERE, it
    is in the landing folder already, put there by others; EMPTY, it has no rows yet, and its name is not used up;
    REFUSED, it could not be landed. `reason`: a clause, unless it landed.
    """

    path: Path
    name: str
    status: Literal["LANDED", "SKIPPED", "LIES_THERE", "EMPTY", "REFUSED"]
    reason: str = ""


def endings(dimension: Dimension | None, before: str = "", last: str = "or") -> str:
    """How the names of a dimension's files end, as a clause of a sentence says it. `before`: each of them."""
    *others, end = (f"{before}{ending}" for ending in _ENDINGS[_form(dimension)])
    return f"{', '.join(others)} {last} {end}" if others else end


def landable_files(paths: Sequence[Path], dimension: Dimension | None = None) -> list[Path]:
    """The files of a dimension that the paths name; a folder stands for its *.csv and *.csv.gz, by name, or whatever
    the files of its format are called. Raises UsageError.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(
                file
                for file in path.iterdir()
                if _fits(file.name, dimension) and not file.name.startswith(".") and file.is_file()
            )
            if not inside:
                such = "".join(f", such as {path / name}" for name in folders_in(path)[:1])
                none = f"The folder {path} holds no {endings(dimension, '*')} file"
                raise UsageError(f"{none}; name the files, or another folder{such}.")
            found += inside
        elif not path.exists():
            raise UsageError(f"There is no file {path}; check the name.")
        elif not path.is_file():
            raise UsageError(f"{path} is no regular file; save what it gives to a file, and ingest that.")
        elif path.name.startswith("."):
            raise UsageError(f"{path} begins with a dot, as files do that are still being written; rename it.")
        elif "\n" in path.name:
            raise UsageError(f"The name of {path} has a line end in it; rename the file.".replace("\n", "\\n"))
        elif not _fits(path.name, dimension):
            raise UsageError(f"{path} {_why_none(path, dimension)}.")
        else:
            found.append(path)
    for path in found:
        _check_utf8(path)
    return found


def other_files(folder: Path, dimension: Dimension | None = None) -> list[str]:
    """The names of the files in a folder that are none of a dimension's format by their names, but for hidden ones."""
    return sorted(
        file.name
        for file in folder.iterdir()
        if not _fits(file.name, dimension) and not file.name.startswith(".") and file.is_file()
    )


def folders_in(folder: Path) -> list[str]:
    """The names of the folders in a folder, which are not looked into, but for hidden ones."""
    return sorted(file.name for file in folder.iterdir() if not file.name.startswith(".") and file.is_dir())


def land(
    home: Home, path: Path, taken: Mapping[str, LoadMetadata] | None = None, dimension: Dimension | None = None
) -> Landed:
    """Put a copy of `path` into the landing folder of a dimension, whole or not at all.

    `taken`: what is kept of the files that the pipe has loaded or tried to, by name, whether or not they still lie
    there.
    """
    called = dimension.name if dimension else CUSTOMER
    folder, prefix = home.landing_of(called), landing_prefix(called)
    name = prefix + path.name
    try:
        if below := name_below(folder, path):
            key = prefix + below
            return Landed(path, key, "SKIPPED" if taken and key in taken else "LIES_THERE")
        return _land(path, name, folder / path.name, (taken or {}).get(name), feed_of(dimension))
    except OSError as error:
        return Landed(path, name, "REFUSED", f"it was not landed, because {_why(error)}")


def _land(path: Path, name: str, target: Path, taken: LoadMetadata | None, feed: Feed) -> Landed:
    if taken and _is_same(path, target, taken):
        return Landed(path, name, "SKIPPED", "the same file landed before")
    if taken:
        return Landed(path, name, "REFUSED", f"another file of this name landed before; {_ONCE}")
    if target.exists():
        if filecmp.cmp(path, target, shallow=False):
            return Landed(path, name, "LANDED")
        return Landed(path, name, "REFUSED", f"another file of this name landed before; {_ONCE}")
    if found := unfit(path, feed):
        if found.is_empty:
            return Landed(path, name, "EMPTY", found.reason)
        return Landed(path, name, "REFUSED", f"{found.reason}; {found.next_step}")
    if not copy_whole(path, target):
        return Landed(path, name, "REFUSED", "it changed while it was copied; land it when it is written to its end")
    return Landed(path, name, "LANDED")


def name_below(folder: Path, path: Path) -> str | None:
    """What a file is called that lies in the folder or below it, though it may be a link; None if it does not."""
    place, top = path.parent.resolve() / path.name, folder.resolve()
    return place.relative_to(top).as_posix() if place.is_relative_to(top) else None


def ending_of(name: str, dimension: Dimension) -> str:
    """How a name of a dimension's file ends, in lower case, so that another one is taken, too."""
    known = sorted(_ENDINGS[_form(dimension)], key=len, reverse=True)
    return next((ending for ending in known if name.lower().endswith(ending)), known[-1])


def is_landable(name: str, dimension: Dimension | None = None) -> bool:
    """Whether a file of this name is one of the format, and the warehouse can keep it: some names are no UTF-8."""
    file = name.rpartition("/")[2]
    if file.startswith(".") or not _fits(file, dimension):
        return False
    return name.encode(errors="ignore").decode() == name


def _is_same(path: Path, target: Path, taken: LoadMetadata) -> bool:
    """Whether a file has the content that was loaded under its name; that may not lie there any more."""
    if taken.etag is not None:
        return FolderBucket(path.parent).etag(path.name) == taken.etag
    return target.exists() and filecmp.cmp(path, target, shallow=False)


def feed_of(dimension: Dimension | None) -> Feed:
    """How the files of a dimension are written: of the customers, if there is none."""
    return dimension.definition.feed if dimension else USUAL


def _form(dimension: Dimension | None) -> Format:
    return feed_of(dimension).format


def _fits(name: str, dimension: Dimension | None) -> bool:
    """Whether a name is that of a file of the format. Names that end in no such way may be those that a feed says."""
    form = _form(dimension)
    usual = re.fullmatch(FILES[form], name, re.IGNORECASE) is not None
    return usual or (form != "csv" and dimension is not None and dimension.takes(name))


def _why_none(path: Path, dimension: Dimension | None) -> str:
    form = _form(dimension)
    try:
        found = other_format(path, form)
    except OSError:
        found = None
    if found:
        return f"is no {_CALLED[form]} file: {found.reason}; {found.next_step}"
    for other, called in _CALLED.items():
        if re.fullmatch(FILES[other], path.name, re.IGNORECASE):
            return (
                f'is called like {called}, and {dimension.name if dimension else CUSTOMER} has format = "{form}"; '
                f'land it as {_CALLED[form]}, or in a dimension with format = "{other}"'
            )
    return f"is no {_CALLED[form]} file by its name; rename it to end in {endings(dimension)}"


def _check_utf8(path: Path) -> None:
    try:
        path.name.encode()
    except UnicodeEncodeError as error:
        shown = path.name.encode(errors="backslashreplace").decode()
        raise UsageError(f"The name of {shown} is no UTF-8; rename the file.") from error


def copy_whole(path: Path, target: Path) -> bool:
    """Copy to a name that the stage does not see, then rename: whole or not at all, also after a power cut.

    False, and there is no copy: `path` changed meanwhile.
    """
    before = FolderBucket(path.parent).stat(path.name).version
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{uuid4().hex}")
    try:
        with path.open("rb") as source, part.open("xb") as copy:
            shutil.copyfileobj(source, copy, 1 << 20)
            copy.flush()
            os.fsync(copy.fileno())
        if FolderBucket(path.parent).stat(path.name).version != before:
            return False
        part.rename(target)
        return True
    finally:
        part.unlink(missing_ok=True)


def _why(error: OSError) -> str:
    match error.errno:
        case 28:
            return "the disk is full; free some space and land it again"
        case 13 | 1:
            return f"permission denied for {error.filename}; change the permissions and land it again"
    return f"{error.strerror or error}"
