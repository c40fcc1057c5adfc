"""A landed file as DuckDB's readers can take it: unpacked, and by a name that is no pattern."""

import gzip
import os
import shutil
import stat
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from snowglobe.loading.rows import FileError, UnreadableError

_BLOCK = 256 * 1024
_GZIP = b"\x1f\x8b"
_PATTERN = set("*?[")


@contextmanager
def plain_file(path: Path, scratch: Path) -> Iterator[Path]:
    """The file at `path`, or what it is unpacked, in the folder `scratch` until the context ends.

    Raises FileError if it is no regular file or its gzip data is broken, UnreadableError if the system does not let it
    be read, OSError if the scratch file cannot be written.
    """
    if _is_gzip(path):
        with scratch_file(scratch) as plain:
            _unpack(path, plain)
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


def _is_gzip(path: Path) -> bool:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise FileError("it is not a regular file")
        with path.open("rb") as file:
            begin = file.read(len(_GZIP))
    except OSError as error:
        raise UnreadableError(f"the file cannot be read: {error.strerror}") from error
    if begin and begin != _GZIP and path.suffix.lower() == ".gz":
        raise FileError("it is named .gz and is not gzip")
    return begin == _GZIP


def _unpack(path: Path, target: Path) -> None:
    with target.open("wb") as out:
        for block in _unpacked(path):
            out.write(block)


def _unpacked(path: Path) -> Iterator[bytes]:
    """The blocks of a gzip file. A generator, so that an error in writing them is not taken for one in reading."""
    try:
        with gzip.open(path) as file:
            while block := file.read(_BLOCK):
                yield block
    except gzip.BadGzipFile as error:
        raise FileError("the gzip data is broken: a checksum or a length is wrong, or something follows it") from error
    except (OSError, EOFError, zlib.error) as error:
        raise FileError(f"the gzip data is broken: {error}") from error
