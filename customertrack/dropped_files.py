"""Files that others put into the landing folder while a run has the home open."""

import os
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, time

from customertrack.home import LANDING_PREFIX
from customertrack.pipeline import PIPE, Pipeline

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

        A file counts as whole when it has not changed since it was looked at, or was last changed, a second ago.
        """
        there = self._files()
        new = [name for name in there if name not in self._taken]
        if new:
            self._taken = self._pipeline.connection.names_taken(PIPE)
            new = [name for name in new if name not in self._taken]
        whole = [name for name in new if self._is_whole(name, there[name])]
        self._looks = {name: self._looks[name] for name in new if name not in whole}
        self._taken |= set(whole)
        return sorted(whole)

    def look_again(self) -> None:
        """What was given last has not been loaded."""
        self._taken = frozenset()

    def _files(self) -> dict[str, os.stat_result]:
        found = {}
        with os.scandir(self._pipeline.home.landing) as entries:
            for entry in entries:
                if not entry.name.startswith(".") and entry.name.lower().endswith(_ENDINGS) and _is_text(entry.name):
                    stat = _stat(entry.path)
                    if stat is not None:
                        found[LANDING_PREFIX + entry.name] = stat
        return found

    def _is_whole(self, name: str, stat: os.stat_result) -> bool:
        now = monotonic()
        look = self._looks.get(name)
        if look and (look.size, look.modified_ns) == (stat.st_size, stat.st_mtime_ns):
            return now - look.at >= _SETTLED
        self._looks[name] = _Look(stat.st_size, stat.st_mtime_ns, now)
        return time() - stat.st_mtime > 2 * _SETTLED


def _is_text(name: str) -> bool:
    """Whether the warehouse can keep the name: the bytes of some are no UTF-8."""
    return name.encode(errors="ignore").decode() == name


def _stat(path: str) -> os.stat_result | None:
    """None if the file is gone by now, or is none."""
    try:
        return Path(path).stat() if Path(path).is_file() else None
    except FileNotFoundError:
        return None
