"""Accepted events that do not count, because a later file says something else of their key and time."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from customertrack.reads.key_parts import KeyParts
from customertrack.reads.results import binds, in_lists, query
from customertrack.reads.tables import Tables
from customertrack.warehouse import Connection


@dataclass(frozen=True)
class Superseded:
    """How many accepted events of a file do not count, because of others in the file `by`."""

    name: str
    by: str
    events: int


def superseded(connection: Connection, tables: Tables, names: Sequence[str], memory: int) -> list[Superseded]:
    """Of the named files, by name. `memory`: bytes that the answer may take, as far as that can be foreseen."""
    found: list[Superseded] = []
    same = [tables.same_key("lost", "won"), "lost.updated_at = won.updated_at", *map(_equal, tables.sequence)]
    parts = {
        "name": tables.name,
        "same": " AND ".join(same),
        "equal": " AND ".join(map(_equal, ["is_delete", *tables.attributes])),
    }
    for some in in_lists(names):
        overtaken = _OVERTAKEN.format(names=binds(some), **parts)
        # As a rule there is none, which is soon known.
        if query(connection, f"SELECT 1 {overtaken} LIMIT 1", some).rows:
            count = f"SELECT COUNT(*) FROM {tables.name}_event WHERE source_file IN ({binds(some)})"
            ((events,),) = query(connection, count, some).rows
            by_keys = KeyParts.that_fit(tables, events * _WIDTH, memory)
            sql = _SUPERSEDED.format(overtaken=f"{overtaken} AND {by_keys.condition('lost')}", **parts)
            events_by_files: Counter[tuple[str, str]] = Counter()
            for part in by_keys:
                events_by_files.update({(name, by): n for name, by, n in query(connection, sql, [*some, *part]).rows})
            found += [Superseded(name, by, n) for (name, by), n in sorted(events_by_files.items())]
    return found


def _equal(column: str) -> str:
    return f"lost.{column} IS NOT DISTINCT FROM won.{column}"


# Values of a row until it is known which of them to compare.
_WIDTH = 8
_OVERTAKEN = """
FROM {name}_event AS lost
INNER JOIN {name}_event AS won ON {same} AND lost.source_file < won.source_file
WHERE lost.source_file IN ({names})
"""
# An event that the one that counts says again is not told: nothing is lost with it. A row that changes a key is two
# events, and counts once.
_SUPERSEDED = """
WITH overtaken AS (
    SELECT lost.source_file, lost.source_row, MAX(won.source_file) AS winner
    {overtaken}
    GROUP BY lost.source_file, lost.source_row
),

decided AS (
    SELECT o.source_file, o.source_row, o.winner, MAX(won.source_row) AS winner_row
    FROM overtaken AS o
    INNER JOIN {name}_event AS lost ON lost.source_file = o.source_file AND lost.source_row = o.source_row
    INNER JOIN {name}_event AS won ON won.source_file = o.winner AND {same}
    GROUP BY o.source_file, o.source_row, o.winner
)

SELECT d.source_file, d.winner, COUNT(DISTINCT d.source_row)
FROM decided AS d
INNER JOIN {name}_event AS lost ON lost.source_file = d.source_file AND lost.source_row = d.source_row
INNER JOIN {name}_event AS won ON won.source_file = d.winner AND won.source_row = d.winner_row AND {same}
WHERE NOT ({equal})
GROUP BY d.source_file, d.winner
"""
