"""Random feeds for the property tests: files of rows, and how they arrive.

Few keys, times and values, so that ties, no-ops and late events are the rule.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from hypothesis import strategies as st

from tests.csv_text import csv_text
from tests.replay import ATTRIBUTES

Row = dict[str, str | None]

# In byte order, which no locale follows: 10.csv, 9.csv, B.csv, a b.csv, a.csv, a.csv.csv, b.csv, é.csv, 東.csv
NAMES = ("10.csv", "9.csv", "B.csv", "a b.csv", "a.csv", "a.csv.csv", "b.csv", "é.csv", "東.csv")
TIMES = tuple(f"2026-01-01 00:{minute:02}:00" for minute in range(0, 60, 10))
# One instant, written in several ways.
SPELLINGS = (
    "2026-01-01 00:10:00",
    "2026-01-01T00:10:00Z",
    "2026-01-01T02:10:00+02:00",
    "2025-12-31 19:10:00.000000-05:00",
    "2026-01-01 00:10",
)
PLAIN = (None, "a", "b")
COLUMNS = ("customer_id", "first_name", "city", "op", "updated_at")
# One, two, three and four bytes of UTF-8, the last two units of UTF-16; and what CSV and JSON have to escape.
CHARACTERS = ("a", "é", "東", "😀", '"', "\\", "\n")
# The digits of a key may be 38.
KEYS_AT_THE_LIMIT = (
    "9" * 38,
    "-" + "9" * 38,
    "+" + "1" * 38,
    "0" * 37 + "1",
    "9" * 39,
    "-1" + "0" * 38,
    "0" * 38 + "1",
)
# What collides when a state is glued together, trimmed, unquoted, or compared by a locale.
TRICKY = (
    None, "-", "1:a", "a-", "1:a-", "2:a-", " a", "a ", "A", "NULL", "\\N", "null", ",", '"', 'a"b', "l\nb",
    "\r\n", "\t", "a", "é", "e\u0301", "\u00a0", "0",
)  # fmt: skip
FAULTS = st.sampled_from(
    [
        {"customer_id": None},
        {"customer_id": "x"},
        {"customer_id": "1x"},
        {"updated_at": None},
        {"updated_at": "soon"},
        {"updated_at": "2026-02-30 00:00:00"},
        {"updated_at": "2026-01-09 00:00:00"},
        {"op": "X"},
        {"op": "UPDATE"},
        {"first_name": "x" * 257},
        {"city": "x" * 257},
    ]
)
OPS = st.sampled_from(["U", "U", "U", "U", "I", "u", None, "c", "R", "D", "D", "d"])


class File(NamedTuple):
    """A CSV file to be. `columns`: in the order of its header."""

    name: str
    rows: tuple[Row, ...]
    columns: tuple[str, ...]
    newline: str

    def text(self) -> str:
        """Its content; a file without rows has its header alone."""
        return csv_text(self.columns, self.rows, self.newline)


@dataclass(frozen=True)
class Delivery:
    """Files that arrive together. `how`: ingested, with one refresh or one for "each", or "dropped" in."""

    files: tuple[File, ...]
    how: str


def rows(
    values: tuple[str | None, ...] = PLAIN, *, keys: int = 2, times: tuple[str, ...] = TIMES
) -> st.SearchStrategy[Row]:
    """Valid rows: upserts and deletes."""
    value = st.sampled_from(values)
    return st.fixed_dictionaries(
        {
            "customer_id": st.integers(1, keys).map(str),
            "first_name": value,
            "city": value,
            "op": OPS,
            "updated_at": st.sampled_from(times),
        }
    )


def rows_at_the_limits() -> st.SearchStrategy[Row]:
    """Upserts that just fit, deletes whose attributes would not, and rejects: each field about as long as it may be."""
    time = st.sampled_from(TIMES)
    key = st.sampled_from(("1", "2"))
    odd = {
        "customer_id": st.sampled_from(("1", None, "x" * 200, *KEYS_AT_THE_LIMIT)),
        "op": st.one_of(OPS, st.sampled_from(["DD", "D" * 200])),
        "updated_at": st.sampled_from((*TIMES[:3], f"{TIMES[0]}.{9 * '0'}", f"{TIMES[0]}.{10 * '0'}", "2" * 200)),
    }
    upserts = _attributes(-1, 0) | {"customer_id": key, "op": st.sampled_from(["U", None]), "updated_at": time}
    deletes = _attributes(-1, 0, 1, 2_000) | {"customer_id": key, "op": st.just("D"), "updated_at": time}
    return st.one_of(*map(st.fixed_dictionaries, (upserts, deletes, _attributes(-1, 0, 1, 2_000) | odd)))


def _attributes(*beyond: int) -> dict[str, st.SearchStrategy[str | None]]:
    """Attributes of no, of one, and of about so many characters as they have room for; `beyond`: how many more."""
    return {name: _text([0, 1, *(length + more for more in beyond)]) for name, length in ATTRIBUTES.items()}


def _text(sizes: list[int]) -> st.SearchStrategy[str | None]:
    return st.builds(
        lambda size, character: character * size or None, st.sampled_from(sizes), st.sampled_from(CHARACTERS)
    )


def faulty_rows() -> st.SearchStrategy[Row]:
    """Rows of which every third or so is no valid event, for one reason or several."""
    faults = st.one_of(st.just([]), st.just([]), st.lists(FAULTS, min_size=1, max_size=3))
    return st.builds(
        lambda row, found: {**row, **{column: value for fault in found for column, value in fault.items()}},
        rows(),
        faults,
    )


def rows_in_turn(at: int) -> st.SearchStrategy[Row]:
    """Rows of a feed in order: file number `at` has an hour of its own, whose end is the begin of the next one's."""
    times = [f"2026-01-01 {at:02}:{minute:02}:00" for minute in (0, 20, 40)]
    return rows(times=(*times, f"2026-01-01 {at + 1:02}:00:00"))


@st.composite
def feeds(
    draw: st.DrawFn, rows_of: Callable[[int], st.SearchStrategy[Row]], header: tuple[str, ...] = COLUMNS
) -> list[Delivery]:
    """Rows in files, some files twice under other names, over any number of refreshes; `rows_of`: of the n-th file."""
    count = draw(st.integers(1, 5))
    contents = [draw(st.lists(rows_of(at), max_size=7).map(tuple)) for at in range(count)]
    copies = draw(st.lists(st.sampled_from(contents), max_size=2))
    names = draw(st.permutations(NAMES))
    columns = st.permutations(header).map(tuple)
    newline = st.sampled_from(["\n", "\r\n"])
    both = zip(names, contents + copies, strict=False)
    files = [File(name, content, draw(columns), draw(newline)) for name, content in both]
    found: list[Delivery] = []
    while files:
        taken = draw(st.integers(1, len(files)))
        found.append(Delivery(tuple(files[:taken]), draw(st.sampled_from(["together", "each", "dropped"]))))
        files = files[taken:]
    return found
