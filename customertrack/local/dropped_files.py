"""Files that others put into the landing folder: which are whole and fit to be loaded, and which are not yet."""

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from time import monotonic, time

from customertrack.dimension.definition import Feed
from customertrack.local.content import Unfit, has_no_rows, unfit
from customertrack.local.dimensions import Dimension
from customertrack.local.home import Home
from customertrack.local.landing import feed_of, is_landable
from snowglobe import Connection, StoredFile

# A copy that is still being written grows; one that has not for so many seconds is whole. Where it ends in the middle
# of a row, or is a snapshot without rows, its writer may only be waiting for more.
_SETTLED = 1.0
_SETTLED_UNFINISHED = 10.0
# How often, and how many seconds apart, a command looks that waits for the last ones.
LOOKS = 12
BETWEEN_LOOKS = 1.0


@dataclass
class _Look:
    file: StoredFile
    at: float
    settled_after: float
    unfit: Unfit | None = None


class DroppedFiles:
    """Looks for the files of a dimension that are whole, that have rows, and that the pipe has not taken."""

    def __init__(self, home: Home, connection: Connection, dimension: Dimension) -> None:
        self._home = home
        self._connection = connection
        self._dimension = dimension
        self._looks: dict[str, _Look] = {}
        self._taken = connection.names_taken(dimension.pipe)
        self._left: frozenset[str] = frozenset()

    def ready(self) -> list[str]:
        """The names (`landing/<dimension>/...`) of those that have come, by name; a name is given once.

        A file counts as whole when it has not changed for a second since it was seen, or for two before that; for ten
        if its last row has no line end, or if it is a snapshot without rows.
        """
        there = self._files()
        if there:
            self._taken = self._connection.names_taken(self._dimension.pipe) | self._left
        new = [name for name in there if name not in self._taken]
        whole = [name for name in new if self._is_whole(name, there[name]) and not self._is_unfit(name)]
        self._looks = {name: self._looks[name] for name in new if name not in whole}
        self._taken |= set(whole)
        return sorted(whole)

    def leave(self, names: Iterable[str]) -> None:
        """Somebody else takes care of these."""
        self._left |= set(names)

    @property
    def unsettled(self) -> list[str]:
        """The names of those that may still be being written, by name."""
        return sorted(name for name, look in self._looks.items() if look.unfit is None)

    def _files(self) -> dict[str, StoredFile]:
        """The files that are not known to be taken: a landing folder may hold thousands that are."""
        found = {}
        for name in self._home.bucket.names(self._dimension.prefix):
            if name in self._taken or not (is_landable(name, self._dimension) and self._dimension.takes(name)):
                continue
            if self._home.path(name).is_file():
                # It may be gone by now.
                with suppress(OSError):
                    found[name] = self._home.bucket.stat(name)
        return found

    def _is_whole(self, name: str, file: StoredFile) -> bool:
        now = monotonic()
        look = self._looks.get(name)
        if look is None or look.file != file:
            settled_after = _settled_after(self._home.path(name), feed_of(self._dimension))
            look = self._looks[name] = _Look(file, now, settled_after)
        untouched = time() - file.modified_at.replace(tzinfo=UTC).timestamp()
        return now - look.at >= look.settled_after or untouched > max(look.settled_after, 2 * _SETTLED)

    def _is_unfit(self, name: str) -> bool:
        look = self._looks[name]
        if look.unfit is None:
            # One that cannot be read is left to the pipe, which says so.
            with suppress(OSError):
                look.unfit = unfit(self._home.path(name), feed_of(self._dimension))
        return look.unfit is not None


def _settled_after(path: Path, feed: Feed) -> float:
    """For how many seconds a file must not change to be taken for whole."""
    with suppress(OSError), path.open("rb") as file:
        if feed.kind == "snapshots" and has_no_rows(path, feed):
            return _SETTLED_UNFINISHED
        is_packed = file.read(2) == b"\x1f\x8b"
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 4))
        end = file.read()
        is_ended = end[-1:] in (b"", b"\n", b"\r") or end == b"PAR1"
        return _SETTLED if is_packed or is_ended else _SETTLED_UNFINISHED
    return _SETTLED
