"""Landed files that are not any more what was loaded of them: each is told until someone decides.

What was loaded is in the pipe's load metadata. A file differs if its present content was never loaded, under whatever
name: then there may be rows in it that nobody has. A file that is gone lost nothing.
"""

from dataclasses import dataclass

from customertrack.local.decisions import Decisions
from customertrack.local.dimensions import Dimension
from customertrack.local.home import Home
from snowglobe import Connection, FolderBucket, LoadMetadata, StoredFile


@dataclass(frozen=True)
class Difference:
    """A landed file that differs from what was loaded of it. `name`: its key. `what`: a clause about "it".

    `etag`: that of the present content; None if the file cannot be read.
    """

    name: str
    what: str
    etag: str | None


def differences(home: Home, connection: Connection, dimension: Dimension) -> list[Difference]:
    """The landed files of a dimension that differ and about which nobody has decided, by name."""
    metadata = connection.load_metadata(dimension.pipe)
    loaded = {one.etag for one in metadata if one.error is None}
    decisions = Decisions(home)
    found = []
    for one in metadata:
        file = _present(home.bucket, one.name)
        if file is None or _is_untouched(one, file):
            continue
        etag = _etag(home.bucket, file, decisions)
        if etag is None or etag not in {one.etag, *loaded, decisions.kept(one.name)}:
            found.append(Difference(one.name, _what(one, file, etag), etag))
    decisions.save_looks()
    return found


def _present(bucket: FolderBucket, name: str) -> StoredFile | None:
    try:
        return bucket.stat(name)
    except OSError:
        return None


def _is_untouched(taken: LoadMetadata, file: StoredFile) -> bool:
    if taken.etag is None:
        return (taken.size, taken.modified_at) == (file.size, file.modified_at)
    return taken.version == file.version


def _etag(bucket: FolderBucket, file: StoredFile, decisions: Decisions) -> str | None:
    """Of the file's content; read only if the file is not as it was when it was looked at last."""
    seen = decisions.seen.get(file.name)
    if seen is None or seen.version != file.version:
        try:
            etag = bucket.etag(file.name)
        except OSError:
            return None
        seen = decisions.looked(file.name, file.version, etag)
    return seen.etag


def _what(taken: LoadMetadata, file: StoredFile, etag: str | None) -> str:
    if etag is None:
        return "it has changed since it was loaded, and cannot be read now"
    if taken.error is not None:
        return f"nothing of it could be loaded, because {taken.error}; it has changed since"
    rows = "1 row" if taken.rows == 1 else f"{taken.rows:,} rows"
    if file.size == taken.size:
        return f"it has changed since {rows} of it were loaded"
    change = "grown" if file.size > taken.size else "shrunk"
    return f"it has {change} from {taken.size:,} to {file.size:,} bytes since {rows} of it were loaded"
