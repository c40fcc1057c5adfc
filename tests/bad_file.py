"""A file that is not what it should be, and what must come of it."""

from dataclasses import dataclass
from pathlib import Path

from customertrack.local.pipeline import Pipeline
from customertrack.reads import history
from tests.command import Command
from tests.tables import assert_sound, events, rejects

HEADER = b"customer_id,first_name,updated_at\n"
AT = b",2026-01-01\n"
ROW = HEADER + b"7,a" + AT
NO_KEY_OR_TIME = "missing_key, missing_updated_at"

_GOOD = HEADER + b"1,good" + AT


@dataclass(frozen=True)
class BadFile:
    """`content` and what must come of it.

    `names`: first_name by key, of its valid events (None: it has none, or a delete). `reasons`: of its rejects, in the
    order of the rows; None: any number of rejects. `failed`: what the sentence says if nothing of it can be loaded.
    `said`: what else the user is told.
    """

    content: bytes
    names: dict[int, str | None]
    reasons: tuple[str, ...] | None = ()
    failed: str = ""
    said: str = ""


def assert_comes_of_it(command: Command, home: Path, path: Path, bad: BadFile) -> None:
    """Ingest the bad file as `path` between two good ones, by the command line."""
    path.write_bytes(bad.content)
    before, after = path.with_name("a.csv"), path.with_name("z.csv")
    for file in (before, after):
        file.write_bytes(_GOOD)
    ended = command("ingest", before, path, after)
    assert ended.out == ""
    assert ended.code == (1 if bad.failed else 0), ended.err
    assert bad.said in ended.err
    if bad.failed:
        sentence = f"{path.name}: nothing of it was loaded, because "
        assert [line for line in ended.err.splitlines() if line.startswith(sentence) and bad.failed in line]
    with Pipeline.open(home) as pipeline:
        assert_sound(pipeline.connection)
        found = events(pipeline.connection)
        refused = rejects(pipeline.connection)
        assert history.versions_of(pipeline.connection, pipeline.dimension.tables, [1]).rows[0][1] == "good"
    assert [event.place for event in found if event.key == 1] == [("a.csv", 1), ("z.csv", 1)]
    assert {event.key: event.state and event.state[0] for event in found if event.place[0] == path.name} == bad.names
    assert {name for name, _ in refused} <= {path.name}
    if bad.reasons is not None:
        assert [refused[place] for place in sorted(refused)] == [frozenset(text.split(", ")) for text in bad.reasons]
