"""Which tables a question is put to: those of one dimension, and the names of their columns."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tables:
    """The tables of the dimension `name`. Columns are as SQL writes them, with quotes where they need them.

    `key`: the business key. `sequence`: what orders events of one time. `attributes`: the others of an event, and
    `shown`: what the views call them.
    `landed`: the columns of a landed row, and `needed` those of them without which it is a reject. `called`: what the
    definition calls them, where they have no names of their own.
    `has_history`: whether versions are kept. `logs`: the tables of which a landed row goes into one, by what stands
    behind the name. `has_snapshots`: whether each file is the whole truth of its time.
    """

    name: str
    key: tuple[str, ...]
    sequence: tuple[str, ...]
    attributes: tuple[str, ...]
    landed: tuple[str, ...]
    needed: tuple[str, ...]
    has_history: bool = True
    called: tuple[str, ...] = ()
    logs: tuple[str, ...] = ("event", "reject")
    has_snapshots: bool = False
    shown: tuple[str, ...] = ()

    def ordered(self, table: str = "") -> str:
        """The columns of the key, for ORDER BY and PARTITION BY; `table`: before each."""
        return ", ".join(f"{table and f'{table}.'}{part}" for part in self.key)

    def same_key(self, left: str, right: str) -> str:
        """The condition that two tables' rows have one key."""
        return " AND ".join(f"{left}.{part} = {right}.{part}" for part in self.key)

    def has_key(self, table: str = "") -> str:
        """The condition that a row has the key that is bound, a `?` for each part."""
        return " AND ".join(f"{table and f'{table}.'}{part} = ?" for part in self.key)


def as_named(column: str) -> str:
    """What a result calls a column, and a person: without quotes."""
    return column.lower().strip('"')
