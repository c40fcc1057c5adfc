"""The picture of the rooms, docs/rooms.svg, drawn from the imports: `make picture`.

A room is a package, or a module on which several rooms stand. Its floor is the longest chain of imports below it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path

from grimp import ImportGraph, build_graph

PICTURE = Path(__file__).parents[2] / "docs" / "rooms.svg"
PACKAGES = ("customertrack", "snowglobe", "generator", "lambdas", "infra", "benchmarks")

Imports = Mapping[str, set[str]]


@dataclass(frozen=True)
class Room:
    """What the picture cannot take from the imports: the column in which a room stands, and what it is for."""

    column: float
    purpose: str


ROOMS = {
    "benchmarks": Room(0, "beside other tools"),
    "customertrack.cli": Room(2, "the commands"),
    "customertrack.cli.show": Room(2, "what a person sees"),
    "customertrack.console": Room(1.5, "pages in a browser"),
    "customertrack.demo": Room(3, "a feed, its truth"),
    "customertrack.local": Room(2.75, "one machine"),
    "customertrack.described": Room(2.75, "what it means"),
    "customertrack.dimension": Room(2.75, "definitions, as TOML"),
    "customertrack.reads": Room(2.5, "questions, as SQL"),
    "customertrack.migrations": Room(1.5, "apply sql/"),
    "customertrack.sqltext": Room(1, "SQL as text"),
    "customertrack.warehouse": Room(2, "what a connection is"),
    "customertrack.errors": Room(1, "what a user is told"),
    "lambdas": Room(0, "functions in AWS"),
    "snowglobe": Room(4, "Snowflake on DuckDB"),
    "generator": Room(5, "customers, as CSV"),
    "infra": Room(0, "the stack, in CDK"),
}
# `python -m customertrack` is another door to the command line.
INSIDE = {"customertrack.__main__": "customertrack.cli"}
# It takes run-time code by path, into the Lambda package and the image.
APART = "infra"

_FLOOR, _COLUMN = 84, 154
_BOX_WIDTH, _BOX_HEIGHT = 134, 48
_LEFT, _TOP, _BELOW = 28, 62, 58


def room_of(module: str) -> str:
    """The innermost room that a module is in. Raises LookupError for one that has no place in the picture."""
    if module in INSIDE:
        return INSIDE[module]
    around = [room for room in ROOMS if f"{module}.".startswith(f"{room}.")]
    if not around:
        raise LookupError(f"{module} is in no room of the picture; give it a place in ROOMS.")
    return max(around, key=len)


def imports_of_rooms(graph: ImportGraph) -> dict[str, set[str]]:
    """What each room imports of the others."""
    found: dict[str, set[str]] = {room: set() for room in ROOMS}
    for module in graph.modules - {"customertrack"}:
        room = room_of(module)
        found[room] |= {room_of(other) for other in graph.find_modules_directly_imported_by(module)} - {room}
    return found


def floors(imports: Imports) -> dict[str, int]:
    """The floor of each room, the ground floor is 0. Raises graphlib.CycleError for rooms that import each other."""
    found: dict[str, int] = {}
    for room in TopologicalSorter(imports).static_order():
        found[room] = max((found[below] + 1 for below in imports[room]), default=0)
    return found


def drawn(imports: Imports) -> list[tuple[str, str]]:
    """The arrows from room to room, without those that follow from others. Raises graphlib.CycleError."""
    below: dict[str, set[str]] = {}
    for room in TopologicalSorter(imports).static_order():
        below[room] = imports[room].union(*(below[other] for other in imports[room]))
    return [
        (room, other)
        for room in imports
        for other in sorted(imports[room])
        if not any(other in below[between] for between in imports[room])
    ]


class Plan:
    """Where everything stands. Raises graphlib.CycleError, and ValueError where two rooms would stand in one place."""

    def __init__(self, imports: Imports) -> None:
        self.arrows = drawn(imports)
        on = floors(imports)
        self.bottom = _TOP + (max(on.values()) + 1) * _FLOOR
        self.corners = {
            room: (_LEFT + round(ROOMS[room].column * _COLUMN), self.bottom - (on[room] + 1) * _FLOOR)
            for room in imports
        }
        if len(set(self.corners.values())) < len(imports):
            raise ValueError("Two rooms stand in one place of the picture; give one of them another column in ROOMS.")

    def frame(self) -> tuple[int, int, int, int]:
        """x, y, width and height of what is around the rooms of customertrack."""
        corners = [corner for room, corner in self.corners.items() if room.startswith("customertrack.")]
        (left, right), (top, bottom) = ((min(ends), max(ends)) for ends in zip(*corners, strict=True))
        return left - 10, top - 32, right - left + _BOX_WIDTH + 20, bottom - top + _BOX_HEIGHT + 44

    def ends(self, arrow: tuple[str, str]) -> tuple[int, int, int, int]:
        """x and y of an arrow's start and of its tip. Arrows of one room stand side by side, as where they go to."""
        upper, lower = arrow
        out = sorted(self.corners[other] for room, other in self.arrows if room == upper)
        into = sorted(self.corners[room] for room, other in self.arrows if other == lower)
        (x, y), (to_x, to_y) = self.corners[upper], self.corners[lower]
        return (
            x + _BOX_WIDTH * (2 * out.index((to_x, to_y)) + 1) // (2 * len(out)),
            y + _BOX_HEIGHT,
            to_x + _BOX_WIDTH * (2 * into.index((x, y)) + 1) // (2 * len(into)),
            to_y - 2,
        )


def picture(imports: Imports) -> str:
    """The SVG; equal imports give an equal text. Raises what Plan does."""
    plan = Plan(imports)
    x, y, width, height = plan.frame()
    arrows = (
        f'<path d="M{x1} {y1} C{x1} {y1 + 30} {x2} {y2 - 30} {x2} {y2}" class="a"/>'
        for x1, y1, x2, y2 in map(plan.ends, plan.arrows)
    )
    lines = [
        f'<rect x="0.75" y="0.75" width="958.5" height="{plan.bottom + _BELOW - 1.5}" rx="12" class="page"/>',
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="12" class="house"/>',
        f'<text x="{x + 14}" y="{y + 22}" class="n">customertrack/</text>',
        *arrows,
        *(line for room, corner in plan.corners.items() for line in _box(room, *corner)),
        f'<text x="{_LEFT}" y="{plan.bottom + 18}" class="n">An arrow goes from a room to one that it imports; '
        "it is left out where other arrows lead there too.</text>",
        f'<text x="{_LEFT}" y="{plan.bottom + 38}" class="n">Dashed: imports nothing of the rest; '
        "it takes run-time code by its path.</text>",
    ]
    return _HEAD.format(height=plan.bottom + _BELOW) + "".join(f"  {line}\n" for line in lines) + "</svg>\n"


def _box(room: str, x: int, y: int) -> Iterator[str]:
    kind = "apart" if room == APART else "inner" if room.startswith("customertrack.") else "outer"
    middle = x + _BOX_WIDTH // 2
    yield f'<rect x="{x}" y="{y}" width="{_BOX_WIDTH}" height="{_BOX_HEIGHT}" rx="8" class="{kind}"/>'
    yield f'<text x="{middle}" y="{y + 20}" class="t">{room.removeprefix("customertrack.")}</text>'
    yield f'<text x="{middle}" y="{y + 37}" class="s">{ROOMS[room].purpose}</text>'


_HEAD = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 {height}" width="960" height="{height}" role="img" \
aria-labelledby="title description">
  <title id="title">The rooms, and what each imports</title>
  <desc id="description">Drawn from the imports by make picture. A room stands above all that it imports.</desc>
  <style>
    text {{ font-family: -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif; fill: #1a202c }}
    .t {{ font-size: 14px; font-weight: 600; text-anchor: middle }}
    .s {{ font-size: 12px; fill: #4a5568; text-anchor: middle }}
    .n {{ font-size: 13px; fill: #4a5568 }}
    .a {{ fill: none; stroke: #4a5568; stroke-width: 1.5; marker-end: url(#head) }}
    rect {{ stroke-width: 1.5 }}
    .page {{ fill: #f7fafc; stroke: #a0aec0 }}
    .house {{ fill: #ffffff; stroke: #a0aec0 }}
    .inner {{ fill: #e8f1fb; stroke: #2b6cb0 }}
    .outer {{ fill: #fff8e6; stroke: #b7791f }}
    .apart {{ fill: #fff8e6; stroke: #b7791f; stroke-dasharray: 6 4 }}
  </style>
  <defs>
    <marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">\
<path d="M0 0 L8 4 L0 8 Z" fill="#4a5568"/></marker>
  </defs>
"""


def main() -> None:
    """Draw the picture, and count."""
    graph = build_graph(*PACKAGES, cache_dir=None)
    imports = imports_of_rooms(graph)
    PICTURE.write_text(picture(imports), encoding="utf-8")
    modules = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    for what, each in (("rooms", imports), ("modules", modules)):
        count = sum(map(len, each.values()))
        print(f"{len(each)} {what} on {max(floors(each).values()) + 1} floors, {count} imports")
    print(f"{len(drawn(imports))} arrows are drawn in {PICTURE.name}")


if __name__ == "__main__":
    main()
