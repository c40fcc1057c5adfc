"""What a stage reads from: a bucket. On one machine a bucket is a folder."""

import errno
import hashlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class StoredFile:
    """A file of a bucket: its name (the key, from the bucket's root), bytes, and time of last modification (UTC).

    `version`: as long as it is the same, so is the content. Where it is another, the content may be.
    """

    name: str
    size: int
    modified_at: datetime
    version: str


class Bucket(Protocol):
    """Named, immutable files. Whoever connects says which bucket stands behind the host name of a stage's s3:// URL."""

    @property
    def root(self) -> Path:
        """The local folder below which all paths lie that `fetch` returns, absolute."""
        ...

    def names(self, prefix: str) -> list[str]:
        """The names of all files that begin with `prefix`, in order. Raises OSError if they cannot be listed."""
        ...

    def fetch(self, name: str) -> Path:
        """A local path with the file's content. Raises OSError."""
        ...

    def stat(self, name: str) -> StoredFile:
        """One file. Raises OSError if there is none."""
        ...

    def etag(self, name: str) -> str:
        """What tells one content of a file from every other. Raises OSError if it cannot be read."""
        ...


@dataclass(frozen=True)
class Role:
    """The role of AWS that a storage integration names, and the external id to say when it is assumed."""

    arn: str
    external_id: str


class Cloud(Protocol):
    """All buckets that have no folder on this machine: reached as Snowflake does, through a role that is assumed."""

    @property
    def root(self) -> Path:
        """The local folder below which the roots of all its buckets lie, absolute."""
        ...

    @property
    def user(self) -> str:
        """The ARN of the user of AWS that the account acts as."""
        ...

    def bucket(self, name: str, role: Role) -> Bucket:
        """The bucket as `role` sees it. Raises OSError if the role cannot be assumed."""
        ...


@dataclass(frozen=True)
class FolderBucket:
    """A bucket that is a folder.

    Names beginning with a dot, and what is below them, are not there: writers use them until a file is whole. Nor are
    names that are no UTF-8.
    """

    folder: Path

    @property
    def root(self) -> Path:
        """See Bucket."""
        return self.folder.absolute()

    def names(self, prefix: str) -> list[str]:
        """See Bucket."""
        start = self.folder / prefix if prefix.endswith("/") else (self.folder / prefix).parent
        found: list[str] = []
        for folder, inside, files in os.walk(start):
            inside[:] = [name for name in inside if not name.startswith(".")]
            base = Path(folder).relative_to(self.folder).as_posix()
            found += [f"{base}/{name}" for name in files if not name.startswith(".")]
        return sorted(name for name in found if name.startswith(prefix) and _is_text(name))

    def fetch(self, name: str) -> Path:
        """See Bucket."""
        return _path(self.root, name)

    def stat(self, name: str) -> StoredFile:
        """See Bucket."""
        status = _path(self.folder, name).stat()
        modified_at = datetime.fromtimestamp(status.st_mtime, UTC).replace(tzinfo=None)
        # Writing, replacing, and putting back the time of modification: each changes one of the three.
        version = f"{status.st_ino}-{status.st_mtime_ns}-{status.st_ctime_ns}"
        return StoredFile(name, status.st_size, modified_at, version)

    def etag(self, name: str) -> str:
        """See Bucket."""
        path = _path(self.folder, name)
        # To open a named pipe would wait for whoever writes into it.
        if not path.is_file():
            raise OSError(errno.EINVAL, "it is not a regular file")
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


def _is_text(name: str) -> bool:
    """Whether the warehouse can keep the name: the bytes of some are no UTF-8."""
    return name.encode(errors="ignore").decode() == name


def _path(folder: Path, name: str) -> Path:
    """Where the file of a name lies. Names are UTF-8, whatever the locale says of those of files."""
    return folder / os.fsdecode(name.encode(errors="surrogateescape"))
