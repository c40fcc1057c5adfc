"""What the name of a migration file says: schemachange's `V<version>__<description>.sql` and `R__<description>.sql`.

Those of a dimension are in a folder by its name. They are repeatable, so that none waits for another's version.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["V", "R"]
Identity = tuple[Kind, tuple[int, ...], str]

_NAME = re.compile(
    r"(?:V(?P<version>[0-9]+(?:\.[0-9]+)*)|(?:(?P<folder>[a-z][a-z0-9_]*)/)?R)"
    r"__(?P<description>[A-Za-z0-9][A-Za-z0-9_-]*)\.sql"
)
_BEGINS_AS_MIGRATION = re.compile(r"V[0-9].*|[VR]_.*", re.IGNORECASE)
_DIMENSION = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Name:
    """`version` is numbers with dots between for a versioned migration, None for a repeatable one.

    `folder`: the dimension's, or "".
    """

    kind: Kind
    version: str | None
    description: str
    folder: str = ""

    @property
    def number(self) -> tuple[int, ...]:
        """The version as numbers, without zeros at its end: 1 = 1.0 = 1.0.0, and 1.10 is above 1.9. Else empty."""
        numbers = [int(number) for number in self.version.split(".")] if self.version else []
        while numbers and numbers[-1] == 0:
            numbers.pop()
        return tuple(numbers)

    @property
    def identity(self) -> Identity:
        """What makes two files the same migration: the version as a number, or the description whatever its case."""
        if self.kind == "V":
            return (self.kind, self.number, "")
        return (self.kind, (), f"{self.folder}/{self.description.casefold()}")


def parse(script: str) -> Name | None:
    """The parts of the name `script`, its folder's before it if it is in one; None if it follows neither pattern.

    Case matters.
    """
    match = _NAME.fullmatch(script)
    if match is None:
        return None
    return Name("V" if match["version"] else "R", match["version"], match["description"], match["folder"] or "")


def meant_as_migration(script: str) -> bool:
    """Whether its author expects the file to be run: `.sql` at the end of its name, or V or R at the beginning."""
    return script.casefold().endswith(".sql") or _BEGINS_AS_MIGRATION.fullmatch(script) is not None


def is_dimension(folder: str, files: Iterable[str]) -> bool:
    """Whether a folder of this name with these files is a dimension's: a plain name, a file that begins with V or R."""
    return _DIMENSION.fullmatch(folder) is not None and any(map(_BEGINS_AS_MIGRATION.fullmatch, files))
