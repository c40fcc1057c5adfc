"""Events as arrays, and arrays as CSV text."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np

from benchmarks.columns import CUSTOMER, attributes

START = np.datetime64("2024-01-01T00:00:00", "s")
TEXT = np.dtypes.StringDType()

FIRST_NAMES = np.array(["Ada", "Bob", "Carl", "Dora", "Emil", "Fay", "Gus", "Hana", "Ines", "Jon", "Kira"], dtype=TEXT)
LAST_NAMES = np.array(["Abel", "Brandt", "Cohen", "Diaz", "Evans", "Fuchs", "Garcia", "Hall", "Ito"], dtype=TEXT)
STREETS = np.array(["Oak Street", "Mill Lane", "Station Road", "High Street", "Park Avenue"], dtype=TEXT)
PLACES = np.array(
    [
        "Austin,Texas,United States",
        "Munich,Bavaria,Germany",
        "Lyon,Auvergne-Rhone-Alpes,France",
        "Leeds,England,United Kingdom",
        "Osaka,Kansai,Japan",
        "Turin,Piedmont,Italy",
        "Quebec City,Quebec,Canada",
    ],
    dtype=TEXT,
)


@dataclass
class Events:
    """n rows of a file: `keys` int64 (n,), `versions` int64 (3, n) for name, e-mail and address, `seconds` int64 (n,)
    since 2024-01-01 UTC, `deleted` bool (n,), `blank` bool (n,) where the street is NULL."""

    keys: np.ndarray
    versions: np.ndarray
    seconds: np.ndarray
    deleted: np.ndarray
    blank: np.ndarray

    @classmethod
    def upserts(cls, keys: np.ndarray, versions: np.ndarray, seconds: np.ndarray) -> "Events":
        """Rows of which none is a delete and none has a NULL."""
        return cls(keys, versions, seconds, np.zeros(keys.size, dtype=bool), np.zeros(keys.size, dtype=bool))

    @classmethod
    def joined(cls, parts: "Sequence[Events]") -> "Events":
        """The rows of all parts, one after the other."""
        return cls(*(np.concatenate([getattr(p, f.name) for p in parts], axis=-1) for f in fields(cls)))

    def take(self, rows: "np.ndarray | slice") -> "Events":
        """A copy of the rows at these positions, in this order."""
        return Events(*(getattr(self, field.name)[..., rows].copy() for field in fields(self)))

    def at(self, seconds: np.ndarray) -> "Events":
        """The same rows at other times."""
        return replace(self, seconds=seconds)


def header(count: int) -> str:
    """The first line of a file with so many attributes."""
    return f"customer_id,{','.join(attributes(count))},op,updated_at"


def write_events(path: Path, events: Events, count: int) -> None:
    """Write a CSV file with a header and `count` attributes. An empty field is NULL; a delete has no attributes."""
    names, emails, addresses = events.versions
    keys, ids = events.keys, events.keys.astype(TEXT)
    numbers = (1 + (keys * 13 + addresses * 17) % 997).astype(TEXT)
    streets = np.where(events.blank, "", numbers + " " + STREETS[(keys + addresses) % STREETS.size])
    values = (
        FIRST_NAMES[(keys + names) % FIRST_NAMES.size]
        + ","
        + LAST_NAMES[(keys * 7 + names) % LAST_NAMES.size]
        + ",customer"
        + ids
        + "."
        + emails.astype(TEXT)
        + "@example.com,"
        + streets
        + ","
        + PLACES[(keys * 3 + addresses) % PLACES.size]
    )
    times = np.datetime_as_string(START + events.seconds.astype("timedelta64[s]")).astype(TEXT)
    for number in range(len(CUSTOMER), count):
        # Each changes with one of the three groups.
        values += "," + ((keys * number + events.versions[number % 3]) % 99_991).astype(TEXT)
    rows = ids + "," + np.where(events.deleted, "," * (count - 1), values) + np.where(events.deleted, ",D,", ",U,")
    lines = rows + np.strings.replace(times, "T", " ")
    path.write_text("\n".join([header(count), *lines.tolist(), ""]))
