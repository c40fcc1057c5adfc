"""How tables were derived from their log, and how their definition says that they are."""

from collections.abc import Sequence

from customertrack.reads.results import query
from customertrack.warehouse import Connection


def otherwise(connection: Connection, dimensions: Sequence[str]) -> list[str]:
    """The dimensions whose tables were derived in another way than their definition says, until they are rebuilt."""
    if not dimensions:
        return []
    each = [f"SELECT '{name}' FROM {name}_refresh WHERE derived_as <> derivation" for name in dimensions]
    return [name for (name,) in query(connection, " UNION ALL ".join(each)).rows]


def rebuild(connection: Connection, dimension: str) -> str:
    """Derive the tables again from the log, in one transaction; returns what was done, in words."""
    return str(query(connection, f"CALL pdr_rebuild_{dimension}()").rows[0][0])
