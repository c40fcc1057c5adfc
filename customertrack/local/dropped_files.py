"""Files that others put into the landing folder while a run has the home open."""

import os
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, time

from customertrack.local.home import LANDING_PREFIX
from customertrack.local.pipeline import PIPE, Pipeline

# A copy that is still being written grows; one that has not for so many seconds is whole.
_SETTLED = 1.0
_ENDINGS = (".csv", ".csv.gz")


@dataclass(frozen=True)
class _Look:
    size: int
    modified_ns: int
    at: float


class DroppedFiles:
    """Looks for CSV files that are whole and that the pipe has not taken."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._looks: dict[str, _Look] = {}
        self._taken: frozenset[str] = frozenset()

    def ready(self) -> list[str]:
        """The names (`landing/customer/...`) of those that have come, by name; a name is given once.

        A file counts as whole when it has not changed for a second since it was seen, or for two before that.
        """
        there = self._files()
        if there:
            self._taken = self._pipeline.connection.names_taken(PIPE)
        new = [name for name in there if name not in self._taken]
        whole = [name for name in new if self._is_whole(name, there[name])]
        self._looks = {name: self._looks[name] for name in new if name not in whole}
        self._taken |= set(whole)
        return sorted(whole)

    @property
    def unsettled(self) -> bool:
        """Whether a file has come that may still be being written."""
        return bool(self._looks)

    def _files(self) -> dict[str, os.stat_result]:
        """The files that are not known to be taken: a landing folder may hold thousands that are."""
        found = {}
        with os.scandir(self._pipeline.home.landing) as entries:
            for entry in entries:
                name = LANDING_PREFIX + entry.name
                if name not in self._taken and _is_csv(entry.name) and (stat := _stat(entry.path)):
                    found[name] = stat
        return found

    def _is_whole(self, name: str, stat: os.stat_result) -> bool:
        now = monotonic()
        look = self._looks.get(name)
        if look and (look.size, look.modified_ns) == (stat.st_size, stat.st_mtime_ns):
            return now - look.at >= _SETTLED
        self._looks[name] = _Look(stat.st_size, stat.st_mtime_ns, now)
        return time() - stat.st_mtime > 2 * _SETTLED


def _is_csv(name: str) -> bool:
    """Whether the pipe takes a file of this name, and the warehouse can keep it: the bytes of some are no UTF-8."""
    if name.startswith(".") or not name.lower().endswith(_ENDINGS):
        return False
    return name.encode(errors="ignore").decode() == name


def _stat(path: str) -> os.stat_result | None:
    """None if the file is gone by now, or is none."""
    try:
        return Path(path).stat() if Path(path).is_file() else None
    except FileNotFoundError:
        return None
