"""The invariants of a dimension, in sql/<name>/invariants: queries that return the rows that offend."""

import re
from dataclasses import dataclass
from pathlib import Path

from customertrack.reads.key_parts import KeyParts
from customertrack.reads.results import Table, query
from customertrack.reads.tables import Tables
from customertrack.sqltext import statements
from customertrack.warehouse import Connection

# The one that derives the history by itself and compares it. It sorts whole rows, more than memory may hold.
EQUALS_REBUILD = 8
# What it reads: the log, and the versions, or where there are none the current truth.
_READ = r"FROM (v_{name}_\w+|{name}_history|dimension\.{name})( AS \w+)?$"


@dataclass(frozen=True)
class Invariant:
    """One file of invariants and the rows that offend against it."""

    number: int
    rule: str
    offences: Table


def parts_that_fit(connection: Connection, tables: Tables, memory: int) -> KeyParts:
    """In which memory, so many bytes, suffices for the log as it is."""
    ((events,),) = query(connection, f"SELECT COUNT(*) FROM {tables.name}_event").rows
    return KeyParts.that_fit(tables, events * (len(tables.key) + len(tables.attributes)), memory)


def check(
    connection: Connection,
    folder: Path,
    dimension: str = "customer",
    only: int | None = None,
    parts: KeyParts | None = None,
) -> list[Invariant]:
    """Run each query of sql/<name>/invariants/, or the `only` one of that number; `folder` is sql/.

    An invariant holds if it has no offences. `parts`: in which what needs much memory is asked; else all at once.
    """
    found = []
    for path in sorted((folder / dimension / "invariants").glob("*.sql" if only is None else f"{only:02}_*.sql")):
        (statement,) = statements.split(path.read_text(encoding="utf-8"), str(path))
        number, _, rule = path.stem.partition("_")
        in_parts = parts if parts and int(number) == EQUALS_REBUILD else None
        found.append(Invariant(int(number), rule.replace("_", " "), _offences(connection, statement.text, in_parts)))
    return found


def _offences(connection: Connection, text: str, parts: KeyParts | None) -> Table:
    if parts is None or parts.number == 1:
        return query(connection, text)
    of_some, times = of_some_keys(text, parts)
    answers = [query(connection, of_some, part * times) for part in parts]
    return Table(answers[0].columns, [row for answer in answers for row in answer.rows])


def of_some_keys(text: str, parts: KeyParts) -> tuple[str, int]:
    """A query about one part of the keys, whose two binds stand as many times in it."""
    read = re.compile(_READ.format(name=parts.tables.name), re.MULTILINE)
    some = f"WHERE {parts.condition()}"
    return read.subn(lambda found: f"FROM (SELECT * FROM {found[1]} {some}){found[2] or ' AS some_keys'}", text)
