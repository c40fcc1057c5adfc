"""What a definition can say already, and nothing can run yet: the table to delete from when something is built."""

from collections.abc import Callable, Iterator, Sequence

from customertrack.dimension.definition import Definition
from customertrack.dimension.places import Path

_NOT_YET: Sequence[tuple[str, Callable[[Definition], Sequence[Path]]]] = (
    ('format = "json"', lambda one: [("feed", "format")] * (one.feed.format == "json")),
    ('format = "parquet"', lambda one: [("feed", "format")] * (one.feed.format == "parquet")),
    ('missing = "keep"', lambda one: [("feed", "missing")] * (one.feed.missing == "keep")),
    ('layout = "debezium"', lambda one: [("feed", "layout")] * (one.feed.layout == "debezium")),
    ("truncate", lambda one: [("feed", "op", "truncate")] * bool(one.feed.op and one.feed.op.truncate)),
    ("before of a key", lambda one: [("key", part.name, "before") for part in one.key if part.before]),
)


def not_yet(definition: Definition) -> Iterator[tuple[Path, str]]:
    """Where it stands, and a sentence."""
    for what, where in _NOT_YET:
        for path in where(definition):
            yield path, f"{what} is not built yet"
