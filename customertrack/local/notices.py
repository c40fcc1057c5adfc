"""What there is to say about files in the landing folder whose rows are not all in the tables."""

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from customertrack.local.content import Unfit, other_format, unfit
from customertrack.local.differences import differences
from customertrack.local.dimensions import LANDING_ROOT, Dimension
from customertrack.local.home import Home
from customertrack.local.landing import endings, feed_of, is_landable
from snowglobe import Connection


@dataclass(frozen=True)
class Notice:
    """One file and why not all of its rows are in the tables. `name`: as in the landing folder. `text`: about "it".

    `kind`: DIFFERS, from what was loaded of it, until someone decides; EMPTY, it has no rows yet and its name is not
    used up; NO_CSV, it is never loaded as it is; UNSETTLED, it is still being written.
    """

    name: str
    kind: Literal["DIFFERS", "EMPTY", "NO_CSV", "UNSETTLED"]
    text: str


def notices(home: Home, connection: Connection, dimension: Dimension) -> list[Notice]:
    """What to say about the files in the landing folder of a dimension, by kind and name.

    Files that only wait are no news.
    """
    differing = [
        Notice(short_name(one.name), "DIFFERS", f"{one.what}, and what is new in it is not in the tables")
        for one in differences(home, connection, dimension)
    ]
    unnamed = [
        Notice(name, "NO_CSV", "its name is no UTF-8; rename it")
        for _, _, files in os.walk(home.landing_of(dimension.name))
        for name in files
        if not name.startswith(".") and name.encode(errors="ignore").decode() != name
    ]
    taken = connection.names_taken(dimension.pipe)
    waiting = [name for name in home.bucket.names(dimension.prefix) if name not in taken and home.path(name).is_file()]
    # What the definition leaves out is left alone.
    waiting = [name for name in waiting if dimension.takes(name) or not is_landable(name, dimension)]
    return (
        differing
        + unnamed
        + sorted(filter(None, (_waits(home, name, dimension) for name in waiting)), key=lambda one: one.kind)
    )


def unsettled(names: Iterable[str]) -> list[Notice]:
    """What to say about files that are left to the next command, by their keys."""
    text = "it is still being written, and is left to the next command"
    return [Notice(short_name(name), "UNSETTLED", text) for name in names]


def short_name(key: str) -> str:
    """The name of a landed file below the landing folder of its dimension."""
    return key.removeprefix(LANDING_ROOT).partition("/")[2]


def _waits(home: Home, name: str, dimension: Dimension) -> Notice | None:
    found: Unfit | None = None
    feed = feed_of(dimension)
    fits = is_landable(name, dimension)
    # One that cannot be read is told when it is loaded.
    with suppress(OSError):
        found = unfit(home.path(name), feed) if fits else other_format(home.path(name), feed.format)
    if found:
        kind = "EMPTY" if found.is_empty else "NO_CSV"
        return Notice(short_name(name), kind, f"nothing of it was loaded, because {found.reason}; {found.next_step}")
    if not fits:
        text = f"it is not loaded, because its name does not end in {endings(dimension)}; rename it, or take it away"
        return Notice(short_name(name), "NO_CSV", text)
    return None
