"""Batches of each kind that docs/costs.md counts, and what the page says of them: its tables as they stand there."""

import re
from pathlib import Path

_COSTS = (Path(__file__).parents[2] / "docs" / "costs.md").read_text(encoding="utf-8")
_BEFORE = ("1,Ann,U,10", "2,Bob,U,10", "3,Cid,U,10")
# What the tables hold before, and what lands then: rows of customer_id,first_name,op,minute.
BATCHES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "in order, one event for each key": (_BEFORE, ("1,Anna,U,20", "4,Dan,U,20")),
    "with several events of a key": (_BEFORE, ("1,Anna,U,20", "1,Anne,U,21", "4,Dan,U,20")),
    "with rejects": (_BEFORE, ("1,Anna,U,20", "x,Eve,U,20")),
    "with late keys": (_BEFORE, ("1,Anna,U,20", "2,Bo,U,05")),
    "with all three": (_BEFORE, ("1,Anna,U,20", "1,Anne,U,21", "2,Bo,U,05", "x,Eve,U,20")),
    "nothing pending": (_BEFORE, ()),
}


def rows(heading: str) -> list[list[str]]:
    """The cells of the one table of costs.md whose first cell of the header is `heading`, without the header."""
    table = _COSTS[_COSTS.index(f"\n| {heading} |") :].partition("\n\n")[0]
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.strip().splitlines()]
    return lines[2:]


def statements() -> dict[str, int]:
    """What the page says of each kind of batch."""
    return {kind: int(count) for kind, count in rows("batch")}


def refreshes() -> dict[str, int]:
    """What the page says of each feed: refreshes a month."""
    return {feed: int(count.replace(",", "")) for feed, count, _ in rows("feed")}


def rate() -> float:
    """The credits of an hour of serverless compute that the page's examples take."""
    found = re.search(r"in the tables `f` = ([\d.]+)", _COSTS)
    assert found
    return float(found[1])
