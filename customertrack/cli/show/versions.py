"""One key's history for people: what changed when, a line or a few for each version."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rich.table import Table as Grid
from rich.text import Text

from customertrack.cli.show.value import printable, text
from customertrack.reads.results import Row, Table

# The columns of the history beside the key, and what is known of how a version came, that are no attribute.
_OTHER = {"valid_from", "valid_to", "is_current", "source_file", "source_row", "is_late"}


@dataclass(frozen=True)
class _Version:
    valid_from: datetime
    valid_to: datetime
    is_current: bool
    attributes: dict[str, Any]
    is_late: bool


def grid(history: Table, key: Sequence[str]) -> Grid:
    """The versions of one key, as `versions_and_lateness` gives them, in three columns that fit 80 characters.

    `key`: its columns, which come first. The first version, and one that follows a gap, is shown whole, the others by
    what they changed.
    """
    table = Grid(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    table.add_column("valid_from", no_wrap=True)
    table.add_column("valid_to", no_wrap=True)
    table.add_column("what was true", overflow="fold")
    versions = [_version(history.columns[len(key) :], row[len(key) :]) for row in history.rows]
    for at, version in enumerate(versions):
        before = versions[at - 1] if at else None
        if before and before.valid_to < version.valid_from:
            table.add_row(_second(before.valid_to), _second(version.valid_from), Text("deleted", style="red"))
            before = None
        what = _difference(before, version) if before else _whole(version)
        if version.is_late:
            what.append("  (arrived late)", style="yellow")
        until = "open" if version.is_current else _second(version.valid_to)
        table.add_row(_second(version.valid_from), until, what)
    if versions and not versions[-1].is_current:
        table.add_row(_second(versions[-1].valid_to), "", Text("deleted", style="red"))
    return table


def _second(time: datetime) -> str:
    """The time to the second, which leaves room for what was true."""
    return text(time.replace(microsecond=0))


def _version(columns: Sequence[str], row: Row) -> _Version:
    values = dict(zip(columns, row, strict=True))
    attributes = {name: value for name, value in values.items() if name not in _OTHER}
    return _Version(values["valid_from"], values["valid_to"], values["is_current"], attributes, values["is_late"])


def _whole(version: _Version) -> Text:
    present = [printable(value) for value in version.attributes.values() if value is not None]
    return Text(", ".join(present) or "no attribute is known")


def _difference(before: _Version, version: _Version) -> Text:
    changed = [
        f"{name}: {'none' if value is None else printable(value)}"
        for name, value in version.attributes.items()
        if value != before.attributes[name]
    ]
    return Text(", ".join(changed))
