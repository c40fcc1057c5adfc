"""What a definition can say already, and nothing can run yet: the table to delete from when something is built."""

from collections.abc import Callable, Iterator, Sequence

from customertrack.dimension.definition import Definition
from customertrack.dimension.places import Path

_NOT_YET: Sequence[tuple[str, Callable[[Definition], Sequence[Path]]]] = (
    ('kind = "snapshots"', lambda one: [("feed", "kind")] * (one.feed.kind == "snapshots")),
)


def not_yet(definition: Definition) -> Iterator[tuple[Path, str]]:
    """Where it stands, and a sentence."""
    for what, where in _NOT_YET:
        for path in where(definition):
            yield path, f"{what} is not built yet"
