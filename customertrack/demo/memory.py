"""What a home remembers of its feeds, in feed/NAME.json: a run goes on with it, and its truth is known."""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from customertrack.demo.feed import HomeFeed, from_values
from customertrack.errors import UserError
from customertrack.local.home import Home
from generator import SettingsError


def remembered(home: Home, dimension: str) -> HomeFeed | None:
    """The feed of a dimension in a home, or None if it has none. Raises UserError if what is remembered cannot be
    read."""
    path = _path(home, dimension)
    try:
        return _from_written(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, KeyError, ValueError, TypeError, SettingsError) as error:
        raise UserError(
            f"{path} cannot be read ({error}). Restore it, or remove it: then only the invariants can be checked."
        ) from error


def remember(home: Home, feed: HomeFeed) -> None:
    """Write it down, for good. Raises UserError if that cannot be done."""
    written = feed.values() | {"start": feed.settings.start.isoformat(), "label": feed.feed.label}
    written["definition"] = feed.text
    path = _path(home, feed.definition.name)
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
        part.rename(path)
    except OSError as error:
        raise UserError(
            f"{path} cannot be written: {error.strerror}. Free some space or change the permissions."
        ) from error


def forget(home: Home, dimension: str) -> None:
    """Undo `remember`, as no file was made."""
    path = _path(home, dimension)
    path.unlink(missing_ok=True)
    with suppress(OSError):
        path.parent.rmdir()
        home.folder.rmdir()


def _path(home: Home, dimension: str) -> Path:
    return home.folder / "feed" / f"{dimension}.json"


def _from_written(values: Any) -> HomeFeed:
    if not isinstance(values, Mapping):
        raise ValueError("it holds no settings")
    settings = {name: value for name, value in values.items() if name not in ("label", "definition")}
    feed, label = from_values(str(values["definition"]), settings), values["label"]
    if not isinstance(label, str) or not re.fullmatch(r"\w+", label, re.ASCII):
        raise ValueError(f"{label} is no part of a name")
    return replace(feed, label=label)
