"""What files of AWS DMS tell beside their rows: the order of changes, the key as it was, what is a full load."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from customertrack.dimension.guess_types import Guessed

_LOADED = re.compile(r"(SEGMENT[0-9]+_)?LOAD[0-9A-F]+[.](csv|csv[.]gz|parquet)")
_BEFORE = re.compile("BI_(.+)", re.IGNORECASE)


@dataclass(frozen=True)
class DmsGuess:
    """`sequence`: what changes of one commit are numbered by. `before`: by the name of a column, what has its value as
    it was. `full_load`: a pattern for names of its files, if there are any.
    """

    sequence: Sequence[Guessed] = ()
    before: Mapping[str, Guessed] = field(default_factory=dict)
    full_load: str | None = None

    @property
    def columns(self) -> Sequence[Guessed]:
        """Those that are neither key nor attribute."""
        return [*self.sequence, *self.before.values()]


NO_DMS = DmsGuess()


def guess_dms(columns: Sequence[Guessed], files: Sequence[str]) -> DmsGuess:
    """What there is of it, if rows begin with what happened to them, in the words of DMS. `files`: their names."""
    if columns[0].feed_name != "Op" or {"I", "U", "D"}.isdisjoint(columns[0].facts.values):
        return NO_DMS
    names = {column.feed_name.lower() for column in columns}
    found = ((_BEFORE.fullmatch(column.feed_name), column) for column in columns)
    before = {match[1].lower(): column for match, column in found if match and match[1].lower() in names}
    endings = {match[2] for name in files if (match := _LOADED.fullmatch(name))}
    ending = "parquet" if "parquet" in endings else "csv([.]gz)?"
    return DmsGuess(
        [column for column in columns if column.all_match("change sequence")],
        before,
        f"(SEGMENT[0-9]+_)?LOAD[0-9A-F]+[.]{ending}" if endings else None,
    )
