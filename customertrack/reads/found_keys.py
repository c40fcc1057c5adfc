"""Keys that are found by part of what is known of them: of the key itself, or of any attribute."""

from collections.abc import Sequence
from dataclasses import dataclass

from customertrack.reads.history import Key
from customertrack.reads.results import query
from customertrack.reads.tables import Tables, as_named
from customertrack.warehouse import Connection

MOST = 50
"""So many keys are told at most."""


@dataclass(frozen=True)
class Match:
    """A key of which the text was found. `column`: where, and `value`: what stands there, as text.

    `is_present`: whether the key is there now.
    """

    key: Key
    column: str
    value: str
    is_present: bool


@dataclass(frozen=True)
class Matches:
    """The keys that were found, at most MOST. `is_more`: whether there are others."""

    keys: list[Match]
    is_more: bool


def find_keys(connection: Connection, tables: Tables, text: str, *, also_was: bool = False) -> Matches:
    """Keys with `text` in a part of the key or in an attribute, whether in capitals or not.

    Keys that are the text come first, then those that begin with it, then the others, each by key. `also_was`: in what
    was true before, too, and of keys that are deleted; where no versions are kept, in what the events say.
    A number, a time and the like are searched as the session writes them: 2026-05-01 08:00:00, 7.50, true.
    """
    if not also_was:
        rows = f"SELECT *, NULL AS _seen_at FROM {tables.name}"
    elif tables.has_history:
        rows = f"SELECT *, valid_from AS _seen_at FROM v_{tables.name}_version"
    else:
        rows = f"SELECT *, updated_at AS _seen_at FROM v_{tables.name}_event_applied WHERE NOT is_delete"
    is_of_events = also_was and not tables.has_history
    columns = [*tables.key, *(tables.attributes if is_of_events else tables.shown)]
    sql = _FOUND.format(
        rows=rows,
        name=tables.name,
        key=tables.ordered(),
        key_found=tables.ordered("f"),
        same_found=tables.same_key("r", "f"),
        same_now=tables.same_key("n", "f"),
        first_part=tables.key[0],
        contains=" OR ".join(map(_contains, columns)),
        equals=" OR ".join(f"LOWER({part}::VARCHAR) = LOWER(?)" for part in tables.key),
        begins=" OR ".join(f"STARTSWITH(LOWER({part}::VARCHAR), LOWER(?))" for part in tables.key),
        place="\n".join(f"        WHEN {_contains(f'r.{column}')} THEN {at}" for at, column in enumerate(columns)),
        values=", ".join(f"r.{column}::VARCHAR" for column in columns),
        most=MOST + 1,
    )
    found = query(connection, sql, [text] * sql.count("?")).rows
    parts = len(tables.key)
    names = [as_named(column) for column in (*tables.key, *tables.shown)]
    matches = [
        Match(row[:parts], names[row[parts]], row[parts + 2 + row[parts]], bool(row[parts + 1])) for row in found
    ]
    return Matches(matches[:MOST], len(matches) > MOST)


def is_known(connection: Connection, tables: Tables, key: Key) -> bool:
    """Whether anything was ever said of the key, be it that it was deleted."""
    sql = f"SELECT 1 FROM {tables.name}_event WHERE {tables.has_key()} LIMIT 1"
    return bool(query(connection, sql, list(key)).rows)


def some_keys(connection: Connection, tables: Tables, most: int = 5) -> Sequence[Key]:
    """The first keys that are there now."""
    asked = f"SELECT {tables.ordered()} FROM {tables.name} ORDER BY {tables.ordered()} LIMIT ?"
    return query(connection, asked, [most]).rows


def _contains(column: str) -> str:
    """No LIKE: there is no character in the text that would mean others."""
    return f"CONTAINS(LOWER({column}::VARCHAR), LOWER(?))"


# One look at all rows decides which keys are told; where the text stands is looked up for those alone.
_FOUND = """
WITH _found AS (
    SELECT
        {key},
        MAX(_seen_at) AS _seen_at,
        CASE WHEN {equals} THEN 0 WHEN {begins} THEN 1 ELSE 2 END AS _nearness
    FROM ({rows})
    WHERE {contains}
    GROUP BY {key}
    ORDER BY _nearness, {key}
    LIMIT {most}
)

SELECT
    {key_found},
    CASE
{place}
    END AS _place,
    n.{first_part} IS NOT NULL AS is_present,
    {values}
FROM _found AS f
INNER JOIN ({rows}) AS r ON {same_found} AND r._seen_at IS NOT DISTINCT FROM f._seen_at
LEFT JOIN {name} AS n ON {same_now}
QUALIFY ROW_NUMBER() OVER (PARTITION BY {key_found} ORDER BY _place NULLS LAST) = 1
ORDER BY f._nearness, {key_found}
"""
