"""Notes that nobody waits for: they go with the next commit. One of their own would be a sync of the disk for each.

A process that is killed before loses them; so they are of what went well, and nothing depends on them.
"""

from collections.abc import Callable, Sequence


class Later:
    """INSERTs of DuckDB's, in order. Whoever writes them has the turn (Database.wait_for_turn)."""

    def __init__(self) -> None:
        self._notes: list[tuple[str, Sequence[object]]] = []

    def __bool__(self) -> bool:
        return bool(self._notes)

    def add(self, sql: str, values: Sequence[object]) -> None:
        """Keep one until it is written."""
        self._notes.append((sql, values))

    def write(self, run: Callable[[str, Sequence[object]], object]) -> int:
        """Write them within the open transaction; returns how many, to be forgotten once that is committed.

        `run`: what executes DuckDB's SQL.
        """
        notes = list(self._notes)
        for sql, values in notes:
            run(sql, values)
        return len(notes)

    def forget(self, count: int) -> None:
        """Let go of the first ones, which are in the file now."""
        del self._notes[:count]
