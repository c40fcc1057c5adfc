"""The feed of a home: one set of settings and faults, what its files are called, and how far it has come."""

from collections.abc import Mapping, Set
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from itertools import count
from typing import Any

from customertrack.local.home import LANDING_PREFIX
from generator import Faults, Feed, Settings
from generator.feed import Kind


@dataclass(frozen=True)
class HomeFeed:
    """What the feed of a home is made with. A home has one, as the truth of two is not known.

    `label`: what its files have in their names; empty: what a Feed of these settings and faults has by itself.
    """

    settings: Settings
    faults: Faults
    label: str = ""

    def feed(self) -> Feed:
        """The feed itself."""
        return Feed(self.settings, self.faults, self.label)

    def values(self) -> dict[str, Any]:
        """The fields of settings and faults by name."""
        return asdict(self.settings) | asdict(self.faults)


def landed_names(name: str) -> set[str]:
    """The names that a file of the feed can have in the landing folder, plain or packed."""
    return {LANDING_PREFIX + name, f"{LANDING_PREFIX}{name}.gz"}


def slots_in(feed: Feed, names: Set[str]) -> int:
    """How many slots, from the first on, are among the names of landed files without a gap."""
    return next(k for k in count() if not landed_names(feed.object_name(k)) & names)


def file_names(feed: Feed, slots: int) -> set[str]:
    """The names, as landed, that files of the first `slots` slots have or can have."""
    stems = [feed.object_name(k).removesuffix(".csv") for k in range(slots)]
    return {name for stem in stems for kind in Kind for name in landed_names(f"{stem}{kind.value}.csv")}


def from_values(values: Mapping[str, Any]) -> HomeFeed:
    """The feed of these fields of Settings and Faults, by name; `start` may be ISO 8601.

    Raises ValueError for a name that is none of theirs, SettingsError for a value that cannot be.
    """
    start = values.get("start")
    values = {**values, "start": datetime.fromisoformat(start)} if isinstance(start, str) else values
    settings, faults = ({field.name for field in fields(record)} for record in (Settings, Faults))
    if unknown := set(values) - settings - faults:
        raise ValueError(f"{', '.join(sorted(unknown))} is no setting")
    return HomeFeed(
        Settings(**{name: value for name, value in values.items() if name in settings}),
        Faults(**{name: value for name, value in values.items() if name in faults}),
    )
