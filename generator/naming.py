"""What the files of a feed are called."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from enum import Enum
from hashlib import sha256
from typing import Any
from zlib import crc32

from generator import file_times
from generator.definition import Definition
from generator.errors import SettingsError
from generator.faults import Faults
from generator.file_names import Pattern
from generator.population import Population
from generator.settings import Settings

# What was added after the first feeds, whose labels it is not in unless it says something else.
_ADDED = {
    "before": None,
    "truncate": (),
    "kind": "changes",
    "format": "csv",
    "layout": "plain",
    "connector": "postgres",
    "keeps_missing": False,
    "time_file": None,
    "min_rows": 0,
    "dialect": {"delimiter": ",", "quote": '"', "encoding": "utf8", "columns": ()},
    "move_rate": 0.0,
    "truncate_rate": 0.0,
}


class Kind(Enum):
    """Why there is a file. The value tells its name from the slot's others, and sorts it behind them."""

    SLOT = ""
    AGAIN = "_again"
    LATE = "_late"


class Names:
    """Those of a dimension's feeds. The label is what all names of a feed have in common."""

    def __init__(self, definition: Definition, settings: Settings) -> None:
        self._definition = definition
        self._settings = settings
        self._pattern = Pattern(definition.files)
        self._initial = Pattern(definition.initial.files) if definition.initial else None

    def check_packed(self, label: str) -> None:
        """Raises SettingsError if the definition does not take the names with .gz behind them."""
        for k, pattern in ((0, self._initial or self._pattern), (1, self._pattern)):
            if not pattern.fits(f"{self.name(k, Kind.SLOT, label)}.gz"):
                raise SettingsError(f"names that fit {pattern.pattern} do not end in .gz: leave out --gzip")

    def name(self, k: int, kind: Kind, label: str) -> str:
        """That of slot k's file of a kind. Raises SettingsError if none is found that fits the definition."""
        number = k * len(Kind) + list(Kind).index(kind)
        if self._initial and k == 0 and kind is not Kind.LATE:
            name = self._initial.name(number, crc32(label.encode()))
            if not self._pattern.fits(name):
                raise SettingsError(
                    f"no name is found that fits both {self._initial.pattern} and {self._pattern.pattern}"
                )
            return name
        if self._definition.time_file is not None:
            return self._dated_name(self._definition.time_file, k, kind, label)
        name = self._usual_name(k, kind, label)
        if not self._pattern.fits(name):
            name = self._pattern.name(number, crc32(label.encode()), self._initial)
        if self._initial and self._initial.fits(name):
            raise SettingsError(f"the name {name} would be that of a full load: leave names to others than full loads")
        return name

    def _usual_name(self, k: int, kind: Kind, label: str) -> str:
        begin = self._settings.slot_start(k)
        whole_seconds = self._settings.start_ms % 1000 == 0 and self._settings.interval_ms % 1000 == 0
        fraction = "" if whole_seconds else f"{begin.microsecond // 1000:03}"
        definition = self._definition
        return f"{definition.name}_{begin:%Y%m%dT%H%M%S}{fraction}Z_{label}{kind.value}.{definition.format}"

    def _dated_name(self, time: str, k: int, kind: Kind, label: str) -> str:
        """One in which the expression for the time finds that of the slot, and no other."""
        moment = self._settings.slot_start(k)
        written = file_times.written(time, moment)
        before, behind = (Pattern(part).name(0, 0) if part else "" for part in file_times.around(time))
        ending = f".{self._definition.format}"
        for name in (
            f"{before}{written}{behind}_{label}{kind.value}{ending}",
            f"{before}{written}{behind.removesuffix(ending)}{ending}",
        ):
            if self._pattern.fits(name) and file_times.found(time, name) == [written]:
                return name
        raise SettingsError(
            f"no name is found that fits {self._pattern.pattern} and has a time by {time}: "
            "write the expressions in a simpler way"
        )


def digest(population: Population, faults: Faults) -> str:
    """Eight hexadecimal digits that differ between feeds, and are equal where all that makes one is."""
    settings = population.settings
    values = asdict(settings) | asdict(faults)
    # A rate may be 0 or 0.0, and of the times only the milliseconds count.
    plain = {name: float(value) for name, value in values.items() if name not in ("start", "interval", "rates")}
    plain |= {"seed": settings.seed, "start": settings.start_ms, "interval": settings.interval_ms}
    plain |= {"move_rate": float(settings.move_rate * population.is_moving), "truncate_rate": population.truncate_rate}
    groups = [
        (float(population.rate(group)), population.pools[group.name].rows) for group in population.definition.groups
    ]
    made = {**asdict(population.definition), "groups": [asdict(one) for one in population.definition.attributes]}
    written = json.dumps([_without_added(plain), _without_added(made), groups], sort_keys=True, default=str)
    return sha256(written.encode()).hexdigest()[:8]


def _without_added(told: Any) -> Any:
    if isinstance(told, Mapping):
        kept = {name: value for name, value in told.items() if name not in _ADDED or value != _ADDED[name]}
        return {name: _without_added(value) for name, value in kept.items()}
    return [_without_added(each) for each in told] if isinstance(told, (list, tuple)) else told
