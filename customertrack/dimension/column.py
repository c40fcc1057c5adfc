"""A column of a definition as the templates see it."""

from dataclasses import dataclass, replace

from customertrack.dimension import typing_sql
from customertrack.dimension.names import written
from customertrack.dimension.types import Type

LASTING = ("correct", "keep")
"""What holds in all versions of a key."""


@dataclass(frozen=True)
class Column:
    """`name`: in the tables. `type`: there. `kind`: of the definition. `feed`: its name among the landed columns.

    `landed`: its landed text, as SQL. `absent`: of each of its paths in a record whether it is not said there. `text`:
    its name in the view while it is text. `reason`: what a reject calls it, and who reads the tables. `change`,
    `since`, `before` and `is_retired`: of an attribute. `formerly`: what landed columns of it were called. `earlier`:
    of a part of the key, what it was before the row, if rows say that. `place`: of an attribute's character in
    `unsaid`, 0 if each row says all.
    """

    name: str
    type: str
    kind: Type
    feed: str
    landed: str
    text: str
    reason: str = ""
    change: str = ""
    null: str | None = None
    since: int = 1
    before: str = "null"
    is_retired: bool = False
    formerly: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    earlier: "Column | None" = None
    place: int = 0

    @property
    def previous(self) -> str:
        """Its value in the event before."""
        return f"{self.reason}_before"

    @property
    def shown(self) -> "Column":
        """As who reads the tables calls it."""
        return replace(self, name=written(self.reason))

    @property
    def is_carried(self) -> bool:
        """Whether the first value that is said is shown by the versions before it."""
        return self.since > 1 and self.before == "first" and self.change not in LASTING

    @property
    def is_filled(self) -> bool:
        """Whether an event may not have said it, so that it goes on as it was said before."""
        return self.since > 1 or self.place > 0

    def is_said(self, of: str = "") -> str:
        """Whether an event has said it, as SQL. `of`: its table and a point, where there are others beside it."""
        added = [f"{of}definition >= {self.since}"] if self.since > 1 else []
        partial = [f"SUBSTR({of}unsaid, {self.place}, 1) IS DISTINCT FROM '1'"] if self.place else []
        return " AND ".join(added + partial)

    @property
    def saying(self) -> str:
        """What it is said with: all that one definition has added, or nothing else."""
        return f"{self.place or self.since}"

    @property
    def landed_text(self) -> str:
        """Its text beside its value, as the view calls it for a reject, which has no value. A text is both."""
        return self.text if self.text != self.name else "_landed_" + self.name.strip('"').lower()

    @property
    def stored(self) -> str:
        """A part of the key as the view selects it, with its stand-in for NULL."""
        return self.name if self.null is None else f"{self._never_null} AS {self.name}"

    @property
    def earlier_stored(self) -> str:
        """What it was before, as the view selects it: where a row does not say that, what it is now."""
        assert self.earlier
        return f"COALESCE({self.earlier.name}, {self._never_null}) AS {self.earlier.name}"

    @property
    def is_another(self) -> str:
        """Whether it was another one before, as SQL."""
        assert self.earlier
        return f"COALESCE({self.earlier.name} <> {self._never_null}, FALSE)"

    @property
    def is_misfit_before(self) -> str:
        """Whether what landed as the value before is none, as SQL. The stand-in itself must not land."""
        assert self.earlier
        if self.null is None:
            return f"{self.earlier.name} IS NULL AND {self.earlier.text} IS NOT NULL"
        return f"COALESCE({self.earlier.name} = {self.stand_in}, {self.earlier.text} IS NOT NULL)"

    @property
    def _never_null(self) -> str:
        return self.name if self.null is None else f"COALESCE({self.name}, {self.stand_in})"

    @property
    def stand_in(self) -> str:
        """What NULL is stored as, as SQL."""
        return typing_sql.constant(self.kind, self.null or "")


@dataclass(frozen=True)
class Moment:
    """A column of times in ISO 8601: typed step by step, as each step is needed several times."""

    name: str
    feed: str
    text: str
    fraction: str
    initial: bool = False
