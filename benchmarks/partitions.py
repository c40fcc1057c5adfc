"""A table in micro-partitions that are never changed, only replaced, as Snowflake keeps it.

What is assumed, because the vendor's pages ("Micro-partitions & Data Clustering", "Data storage considerations") say
that micro-partitions are immutable and replaced by DML, but not how those of one statement are filled:

- A partition holds 16 MB, compressed.
- A DELETE writes the rows that stay in each partition that it hits, and only those partitions.
- An INSERT writes its rows into new partitions and fills up none that is there.
- Where `merging`, a DELETE puts partitions that it hits and that are less than half full together, as far as they fit.
"""

from dataclasses import dataclass

import numpy as np

PARTITION_BYTES = 16_000_000


@dataclass(frozen=True)
class Written:
    """Bytes that a step wrote, and those of the partitions that it replaced, which Time Travel holds on to."""

    written: int = 0
    replaced: int = 0

    def __add__(self, other: "Written") -> "Written":
        return Written(self.written + other.written, self.replaced + other.replaced)


class Table:
    """One row of `row_bytes` for each of the keys 0 to `keys` - 1, loaded in the order of the keys.

    Rows that were written together stay together; such a piece lies in one partition, which may have several.
    """

    def __init__(self, keys: int, row_bytes: int, *, merging: bool = False) -> None:
        self._row_bytes = row_bytes
        self._merging = merging
        self._capacity = PARTITION_BYTES // row_bytes
        first = -(-keys // self._capacity)
        # 0: where the first load put the row; else 1 + the number of the piece after those of the first load.
        self._moved = np.zeros(keys, dtype=np.uint32)
        self._first = first
        self._partition = np.arange(first)
        self._rows = np.full(first, self._capacity)
        self._rows[-1] = keys - (first - 1) * self._capacity

    @property
    def bytes(self) -> int:
        """Of all rows."""
        return int(self._rows.sum()) * self._row_bytes

    @property
    def partitions(self) -> int:
        """How many have rows."""
        return int(np.count_nonzero(self._rows))

    def replace(self, keys: np.ndarray) -> Written:
        """DELETE the rows of these keys, int64 (n,), each once, and INSERT them anew."""
        hits = np.bincount(self._partition[self._pieces(keys)], minlength=self._rows.size)
        hit = np.flatnonzero(hits)
        replaced = int(self._rows[hit].sum())
        self._rows -= hits
        stayed = int(self._rows[hit].sum())
        if self._merging:
            self._merge(hit)
        self._insert(keys)
        return Written((stayed + keys.size) * self._row_bytes, replaced * self._row_bytes)

    def _pieces(self, keys: np.ndarray) -> np.ndarray:
        moved = self._moved[keys]
        return np.where(moved == 0, keys // self._capacity, self._first + moved.astype(np.int64) - 1)

    def _insert(self, keys: np.ndarray) -> None:
        pieces = self._partition.size + np.arange(keys.size) // self._capacity
        self._moved[keys] = pieces - self._first + 1
        rows = np.bincount(pieces - self._partition.size)
        self._partition = np.append(self._partition, self._rows.size + np.arange(rows.size))
        self._rows = np.append(self._rows, rows)

    def _merge(self, hit: np.ndarray) -> None:
        small = hit[(self._rows[hit] * 2 < self._capacity) & (self._rows[hit] > 0)]
        became = np.arange(self._rows.size)
        target = -1
        for partition in small.tolist():
            if target >= 0 and self._rows[target] + self._rows[partition] <= self._capacity:
                became[partition] = target
                self._rows[target] += self._rows[partition]
                self._rows[partition] = 0
            else:
                target = partition
        self._partition = became[self._partition]
