"""What the columns of a landed file say of it, by what its definition reads: whether it was understood."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Columns:
    """What a definition reads of a file's columns.

    `wanted`: of each one that it reads, the names that it may have. `optional`: names that a file need not have.
    `has_case`: whether names are as they are written; in upper case if not. `others_are_lost`: whether a column that is
    unknown is left out while loading. `places`: how many there are, where they have no names. With neither `wanted` nor
    `places` a file's columns tell nothing: in JSON each row has its own.
    """

    wanted: Sequence[frozenset[str]] = ()
    optional: frozenset[str] = frozenset()
    has_case: bool = False
    others_are_lost: bool = False
    places: int = 0

    @property
    def tell(self) -> bool:
        """Whether it is worth reading those of a file."""
        return bool(self.wanted or self.places)

    def faults(self, found: Iterable[str], table: frozenset[str]) -> list[str]:
        """What is wrong with a file that has these. `table`: the columns that a file may bring, in upper case."""
        names = frozenset(found)
        if self.places:
            return [] if len(names) == self.places else [f"has {len(names)} columns instead of {self.places}"]
        unknown = sorted(names - table) if self.others_are_lost else []
        missing = sorted(min(one) for one in self.wanted if not one & names)
        said = [f"unknown columns, not loaded: {', '.join(map(repr, unknown))}"] if unknown else []
        # An optional one is told beside an unknown one, since that may be it under another name.
        if missing and (unknown or not self.optional.issuperset(missing)):
            said += [f"missing columns, NULL in every row: {', '.join(missing)}"]
        return said
