"""The generator's feed of a home, remembered beside the warehouse: a run goes on with it, and its truth is known."""

import json
import re
from argparse import Namespace
from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from customertrack.errors import UsageError, UserError
from customertrack.local.home import LANDING_PREFIX, Home
from generator import Faults, Feed, GeneratorError, Settings, SettingsError
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

    def forget(self, home: Home) -> None:
        """Undo `save`, as no file was made."""
        _path(home).unlink(missing_ok=True)
        with suppress(OSError):
            home.folder.rmdir()

    def save(self, home: Home) -> None:
        """Remember it, for good. Raises UserError if that cannot be written."""
        written = self.values() | {"start": self.settings.start.isoformat(), "label": self.feed().label}
        path = _path(home)
        part = path.with_name(f".{path.name}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
            part.rename(path)
        except OSError as error:
            raise UserError(
                f"{path} cannot be written: {error.strerror}. Free some space or change the permissions."
            ) from error


def remembered(home: Home) -> HomeFeed | None:
    """The feed of a home, or None if it has none. Raises UserError if what is remembered cannot be read."""
    path = _path(home)
    try:
        return _from_written(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, SettingsError) as error:
        raise UserError(
            f"{path} cannot be read ({error}). Restore it, or remove it: then only the invariants can be checked."
        ) from error


def given_in(args: Namespace) -> dict[str, Any]:
    """The settings and faults that a command line gives, by their fields' names. A switch is given if it is on."""
    values = {field.name: getattr(args, field.name, None) for record in (Settings, Faults) for field in fields(record)}
    return {name: value for name, value in values.items() if value is not None and value is not False}


def chosen(home: Home, given: Mapping[str, Any], otherwise: Mapping[str, Any]) -> HomeFeed:
    """The feed to make: the one remembered, else a new one of what is `given` and, where nothing is, `otherwise`.

    Both map field names of Settings and Faults to values. Raises UsageError if something else is given than what the
    home was made with, and for a value that cannot be.
    """
    old = remembered(home)
    with told_to_the_user():
        new = _from_values({**(old.values() if old else otherwise), **given})
    if old is None:
        return new
    before, after = old.values(), new.values()
    other = [name for name in given if after[name] != before[name]]
    if other:
        made = ", ".join(_flag(name, before[name]) for name in other)
        raise UsageError(
            f"The feed in {home.folder} was made with {made} and goes on only so; "
            "leave that out here, or name another folder with --home."
        )
    return old


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


@contextmanager
def told_to_the_user() -> Iterator[None]:
    """The generator's errors as those of the rest: SettingsError as UsageError, the others as UserError."""
    try:
        yield
    except SettingsError as error:
        raise UsageError(f"{error}.") from error
    except GeneratorError as error:
        raise UserError(f"{error}.") from error


def _path(home: Home) -> Path:
    return home.folder / "feed.json"


def _from_written(values: Any) -> HomeFeed:
    if not isinstance(values, Mapping):
        raise ValueError("it holds no settings")
    feed = _from_values({name: value for name, value in values.items() if name != "label"})
    # Before the label was remembered, names had the seed alone.
    label = values.get("label", f"seed{feed.settings.seed}")
    if not isinstance(label, str) or not re.fullmatch(r"\w+", label, re.ASCII):
        raise ValueError(f"{label} is no part of a name")
    return replace(feed, label=label)


def _from_values(values: Mapping[str, Any]) -> HomeFeed:
    start = values.get("start")
    values = {**values, "start": datetime.fromisoformat(start)} if isinstance(start, str) else values
    settings, faults = ({field.name for field in fields(record)} for record in (Settings, Faults))
    if unknown := set(values) - settings - faults:
        raise ValueError(f"{', '.join(sorted(unknown))} is no setting")
    return HomeFeed(
        Settings(**{name: value for name, value in values.items() if name in settings}),
        Faults(**{name: value for name, value in values.items() if name in faults}),
    )


def _flag(name: str, value: Any) -> str:
    flag = f"--{name.replace('_', '-')}"
    if isinstance(value, bool):
        return flag if value else f"no {flag}"
    return f"{flag} {value.isoformat() if isinstance(value, datetime) else value}"
