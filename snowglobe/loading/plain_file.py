"""A landed file as DuckDB's readers can take it: unpacked, and by a name that is no pattern."""

import bz2
import gzip
import os
import shutil
import stat
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from snowglobe.loading.rows import FileError, UnreadableError

_BLOCK = 256 * 1024
_ZSTD = b"\x28\xb5\x2f\xfd"
_PATTERN = set("*?[")


@dataclass(frozen=True)
class Packing:
    """A way in which a file is packed: `mark`: how it begins; `suffix`: how it is named."""

    name: str
    mark: bytes
    suffix: str
    open: Callable[[Path], gzip.GzipFile | bz2.BZ2File]


PACKINGS = {
    "GZIP": Packing("gzip", b"\x1f\x8b", ".gz", gzip.GzipFile),
    "BZ2": Packing("bzip2", b"BZh", ".bz2", bz2.BZ2File),
}
_LONGEST_MARK = 4


@contextmanager
def plain_file(path: Path, scratch: Path, compression: str = "AUTO") -> Iterator[Path]:
    """The file at `path`, or what it is unpacked, in the folder `scratch` until the context ends.

    `compression`: a key of PACKINGS, NONE, or AUTO: whichever it begins with. Raises FileError if it is no regular file
    or its packed data is broken, UnreadableError if the system does not let it be read, OSError if the scratch file
    cannot be written.
    """
    if packing := _packing(path, compression):
        with scratch_file(scratch) as plain:
            _unpack(path, plain, packing)
            yield plain
    elif _PATTERN & set(str(path.absolute())):
        # DuckDB would take the name for a pattern, and read whatever it fits.
        with scratch_file(scratch) as plain:
            shutil.copyfile(path, plain)
            yield plain
    else:
        yield path


@contextmanager
def scratch_file(scratch: Path) -> Iterator[Path]:
    """An empty file in the folder `scratch`, gone when the context ends. Raises OSError if it cannot be made."""
    handle, name = tempfile.mkstemp(dir=scratch)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _packing(path: Path, compression: str) -> "Packing | None":
    """How the file is packed."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise FileError("it is not a regular file")
        with path.open("rb") as file:
            begin = file.read(_LONGEST_MARK)
    except OSError as error:
        raise UnreadableError(f"the file cannot be read: {error.strerror}") from error
    if compression == "NONE":
        return None
    if compression == "AUTO":
        if begin.startswith(_ZSTD):
            raise FileError("it is packed with zstd, which nothing here unpacks: pack it with gzip")
        found = next((packing for packing in PACKINGS.values() if begin.startswith(packing.mark)), None)
        wanted = next((packing for packing in PACKINGS.values() if path.suffix.lower() == packing.suffix), found)
    else:
        found = wanted = PACKINGS[compression]
    if begin and wanted and not (found and begin.startswith(wanted.mark)):
        named = f"named {wanted.suffix}" if compression == "AUTO" else f"said to be {wanted.name}"
        raise FileError(f"it is {named} and is not {wanted.name}")
    return found if begin else None


def _unpack(path: Path, target: Path, packing: "Packing") -> None:
    with target.open("wb") as out:
        for block in _unpacked(path, packing):
            out.write(block)


def _unpacked(path: Path, packing: "Packing") -> Iterator[bytes]:
    """The blocks of a packed file. A generator, so that an error in writing them is not taken for one in reading."""
    try:
        with packing.open(path) as file:
            while block := file.read(_BLOCK):
                yield block
    except gzip.BadGzipFile as error:
        raise FileError("the gzip data is broken: a checksum or a length is wrong, or something follows it") from error
    except (OSError, EOFError, zlib.error) as error:
        raise FileError(f"the {packing.name} data is broken: {error}") from error
