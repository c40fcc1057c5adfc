"""What was true of a key at a time, as far as it was known at another."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from customertrack.reads.history import Key, as_known
from customertrack.reads.results import whole
from customertrack.reads.tables import Tables, as_named
from customertrack.warehouse import Connection

ALWAYS = datetime(9999, 12, 31)
"""After all that is known: now."""


@dataclass(frozen=True)
class Belief:
    """`values`: of the attributes, by name, as the events said them. The rest: of the event that said it last."""

    values: Mapping[str, Any]
    updated_at: datetime
    loaded_at: datetime
    source_file: str
    source_row: int


def belief(connection: Connection, tables: Tables, key: Key, time: datetime, known: datetime = ALWAYS) -> Belief | None:
    """What was true of a key at `time`, as known at `known` (both UTC); None if it was not there.

    An attribute that a version shows as its last, or as that of all versions, is here as it was said until `time`.
    """
    found = whole(as_known(connection, tables, time, known, key))
    if not found.rows:
        return None
    row = dict(zip(found.columns, found.rows[0], strict=True))
    values = {name: row[name] for name in map(as_named, tables.shown)}
    return Belief(values, row["updated_at"], row["loaded_at"], row["source_file"], int(row["source_row"]))


def differing(now: Belief | None, then: Belief | None) -> list[str]:
    """The attributes that two beliefs do not agree on; of one that there is not, all that the other has said."""
    one, other = (now.values if now else {}), (then.values if then else {})
    return [name for name in (one or other) if one.get(name) != other.get(name)]
