"""The invariants of a dimension, in sql/<name>/invariants: queries that return the rows that offend."""

import re
from dataclasses import dataclass
from pathlib import Path

from customertrack.reads.results import Table, query
from customertrack.reads.tables import Tables
from customertrack.sqltext import statements
from customertrack.warehouse import Connection

# The one that derives the history by itself and compares it. It sorts whole rows, more than memory may hold.
EQUALS_REBUILD = 8
# Values of the log that a megabyte is enough for. DuckDB 2.0 sorts eight times as many in it, on disk, and fails at
# sixteen times as many: it keeps something of each row in memory.
_VALUES_PER_MEGABYTE = 16_000
# What it reads: the log, and the versions, or where there are none the current truth.
_READ = r"FROM (v_{name}_\w+|{name}_history|dimension\.{name})( AS \w+)?$"


@dataclass(frozen=True)
class Invariant:
    """One file of invariants and the rows that offend against it."""

    number: int
    rule: str
    offences: Table


@dataclass(frozen=True)
class KeyParts:
    """The keys of a dimension in `number` parts, of which one is looked at after the other."""

    tables: Tables
    number: int

    @classmethod
    def that_fit(cls, connection: Connection, tables: Tables, memory: int) -> "KeyParts":
        """As few parts as so many bytes of memory allow for the log as it is."""
        ((events,),) = query(connection, f"SELECT COUNT(*) FROM {tables.name}_event").rows
        values = events * (len(tables.key) + len(tables.attributes))
        return cls(tables, 1 + values // (_VALUES_PER_MEGABYTE * (memory >> 20)))


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
    of_some, times = of_some_keys(text, parts.tables)
    answers = [query(connection, of_some, [parts.number, part] * times) for part in range(parts.number)]
    return Table(answers[0].columns, [row for answer in answers for row in answer.rows])


def of_some_keys(text: str, tables: Tables) -> tuple[str, int]:
    """A query about one part of the keys, whose two binds stand as many times in it."""
    some = f"WHERE ABS(MOD(HASH({', '.join(tables.key)}), ?)) = ?"
    read = re.compile(_READ.format(name=tables.name), re.MULTILINE)
    return read.subn(lambda found: f"FROM (SELECT * FROM {found[1]} {some}){found[2] or ' AS some_keys'}", text)
