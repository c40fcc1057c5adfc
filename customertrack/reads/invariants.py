"""The invariants of a dimension, in sql/<name>/invariants: queries that return the rows that offend."""

from dataclasses import dataclass
from pathlib import Path

from customertrack.reads.results import Table, query
from customertrack.sqltext import statements
from customertrack.warehouse import Connection


@dataclass(frozen=True)
class Invariant:
    """One file of invariants and the rows that offend against it."""

    number: int
    rule: str
    offences: Table


def check(
    connection: Connection, folder: Path, dimension: str = "customer", only: int | None = None
) -> list[Invariant]:
    """Run each query of sql/<name>/invariants/, or the `only` one of that number; `folder` is sql/.

    An invariant holds if it has no offences.
    """
    found = []
    for path in sorted((folder / dimension / "invariants").glob("*.sql" if only is None else f"{only:02}_*.sql")):
        (statement,) = statements.split(path.read_text(encoding="utf-8"), str(path))
        number, _, rule = path.stem.partition("_")
        found.append(Invariant(int(number), rule.replace("_", " "), query(connection, statement.text)))
    return found
