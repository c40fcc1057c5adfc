"""The keys of a dimension in parts that memory suffices for, asked about one after the other.

A question that joins, sorts or groups most rows of a home keeps something of each row in memory, however much of it the
warehouse puts on disk. So the older a home the more it would need.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from customertrack.reads.tables import Tables

# Values that a megabyte is enough for. DuckDB 2.0 works on eight times as many in it, partly on disk, and fails at
# sixteen times as many.
_VALUES_PER_MEGABYTE = 16_000


@dataclass(frozen=True)
class KeyParts:
    """The keys of a dimension in `number` parts of about one size."""

    tables: Tables
    number: int

    @classmethod
    def that_fit(cls, tables: Tables, values: int, memory: int) -> "KeyParts":
        """As few as so many bytes of memory allow for a question of so many values, a row having some."""
        return cls(tables, 1 + values // (_VALUES_PER_MEGABYTE * (memory >> 20)))

    def condition(self, table: str = "") -> str:
        """Whether a row is of the part that is bound. `table`: the one that the columns of the key are of."""
        return f"ABS(MOD(HASH({self.tables.ordered(table)}), ?)) = ?"

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """What is bound, part by part."""
        return ((self.number, part) for part in range(self.number))
