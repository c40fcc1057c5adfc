"""What a file of SQL makes: each object, and what it is for, in the words of its COMMENT or of the lines above it."""

import re
from dataclasses import dataclass

from customertrack.sqltext import statements

_MAKES = re.compile(
    r"CREATE (?:OR ALTER |OR REPLACE )?(?:TRANSIENT )?(?P<kind>FILE FORMAT|[A-Z]+) (?:IF NOT EXISTS )?(?P<name>\w+)"
)
_COMMENT = re.compile(r"^\s*COMMENT = '((?:[^']|'')*)'", re.MULTILINE)
_LINE = "--"


@dataclass(frozen=True)
class Made:
    """An object: its `kind` as SQL calls it (TABLE, FILE FORMAT), its name, what it is for, "" if nothing says it."""

    kind: str
    name: str
    purpose: str


def made(text: str, path: str) -> list[Made]:
    """The objects that the statements of a file make, in order. Raises UserError as `statements.split`."""
    lines = text.splitlines()
    found = []
    for statement in statements.split(text, path):
        makes = _MAKES.match(statement.text)
        if makes:
            comment = _COMMENT.search(statement.text)
            purpose = comment[1].replace("''", "'") if comment else _above(lines, statement.line - 1) or _above(lines)
            found.append(Made(makes["kind"], makes["name"], purpose))
    return found


def _above(lines: list[str], below: int | None = None) -> str:
    """The comment that ends right above a line; without one, that with which the file begins."""
    if below is None:
        below = next((at for at, line in enumerate(lines) if not line.startswith(_LINE)), len(lines))
    first = below
    while first and lines[first - 1].startswith(_LINE):
        first -= 1
    return " ".join(line.removeprefix(_LINE).strip() for line in lines[first:below])
