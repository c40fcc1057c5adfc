"""The feed of a dimension in a home: one set of settings and faults, what its files are called, how far it has come."""

from collections.abc import Mapping, Set
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from functools import cached_property
from itertools import count
from typing import Any

from customertrack.local.dimensions import landing_prefix
from generator import Definition, Faults, Feed, Settings, read
from generator.usual import usual_interval


@dataclass(frozen=True)
class HomeFeed:
    """What the feed of a dimension is made with. A dimension has one, as the truth of two is not known.

    `text`: the definition as it was when the feed began, in TOML. `label`: what its files have in their names; empty:
    what a Feed of all this has by itself. Raises SettingsError for what cannot be.
    """

    text: str
    settings: Settings
    faults: Faults
    label: str = ""

    def __post_init__(self) -> None:
        # What cannot be is told at once.
        _ = self.feed

    @cached_property
    def definition(self) -> Definition:
        """The definition that the rows are made by."""
        return read(self.text)

    @cached_property
    def feed(self) -> Feed:
        """The feed itself."""
        return Feed(self.definition, self.settings, self.faults, self.label)

    def values(self) -> dict[str, Any]:
        """The fields of settings and faults by name."""
        return asdict(self.settings) | asdict(self.faults)


def landed_names(feed: Feed, name: str) -> set[str]:
    """The names that a file of the feed can have in the landing folder, plain or packed."""
    landed = landing_prefix(feed.population.definition.name) + name
    return {landed, f"{landed}.gz"}


def slots_in(feed: Feed, names: Set[str]) -> int:
    """How many slots, from the first on, are among the names of landed files without a gap."""
    return next(k for k in count() if not landed_names(feed, feed.object_name(k)) & names)


def file_names(feed: Feed, slots: int) -> set[str]:
    """The names, as landed, that files of the first `slots` slots have or can have."""
    return {landed for k in range(slots) for name in feed.possible_names(k) for landed in landed_names(feed, name)}


def from_values(text: str, values: Mapping[str, Any]) -> HomeFeed:
    """The feed of a definition with these fields of Settings and Faults, by name; `start` may be ISO 8601.

    Raises ValueError for a name that is none of theirs, SettingsError for a value that cannot be.
    """
    start = values.get("start")
    values = {**values, "start": datetime.fromisoformat(start)} if isinstance(start, str) else values
    values = {**usual_interval(read(text)), **values}
    settings, faults = ({field.name for field in fields(record)} for record in (Settings, Faults))
    if unknown := set(values) - settings - faults:
        raise ValueError(f"{', '.join(sorted(unknown))} is no setting")
    return HomeFeed(
        text,
        Settings(**{name: value for name, value in values.items() if name in settings}),
        Faults(**{name: value for name, value in values.items() if name in faults}),
    )
