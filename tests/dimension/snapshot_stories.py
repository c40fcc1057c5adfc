"""Random feeds of snapshots: a definition, and files of few times, keys and values, in the order in which they land."""

from typing import Any

from hypothesis import strategies as st

from tests.dimension import definition as definitions_of
from tests.dimension.landed import LandedFile
from tests.dimension.strategies import LOADED_AT, Story, Toml, definitions, file_texts, key_cells, rows

# Each a time, as files and rows may write it.
_TIMES = (
    ("2026-01-01", "2026-01-01T00:00:00Z", "2026-01-01 02:00:00+02:00"),
    ("2026-01-02", "2026-01-02 00:00", "2026-01-01T19:00:00-05:00"),
    ("2026-01-02T06:30", "2026-01-02T06:30:00.000Z"),
    ("2026-01-03", "2026-01-03 00:00:00"),
)
_SUFFIXES = ("", "_a", "_b")


@st.composite
def snapshot_stories(draw: st.DrawFn, time_in: str) -> Story:
    """`time_in`: file, or column. Of every few files one is held: too few rows, no time, or a key that is none."""
    toml = _as_changes(draw(definitions()))
    definition = definitions_of.read(toml)
    keys = draw(key_cells(definition)) + draw(key_cells(definition))
    content = st.lists(rows(definition, keys), max_size=5)
    files = []
    for time, suffix in draw(st.lists(st.tuples(st.sampled_from(_TIMES), st.sampled_from(_SUFFIXES)), max_size=6)):
        found = draw(content) if not files or draw(st.integers(0, 4)) else files[-1][2]
        files.append((draw(st.sampled_from(time)), suffix, found))
    snapshot_toml = toml | {"feed": _feed(time_in, draw(st.sampled_from([0, 1, 2])))}
    landed = {}
    for time, suffix, found in files:
        name = f"item_{time if time_in == 'file' else time[:10]}{suffix}.csv"
        text = draw(file_texts(definition, [row | {"updated_at": _cell(draw, time)} for row in found]))
        landed[name] = LandedFile(name, text.encode(), LOADED_AT)
    return Story(snapshot_toml, tuple(landed.values()))


def _cell(draw: st.DrawFn, time: str) -> str:
    """The time as each row says it: of some files one row says another."""
    same = next(spellings for spellings in _TIMES if time in spellings)
    return draw(st.sampled_from([*same] * 15 + ["2026-01-04"]))


def _as_changes(toml: Toml) -> Toml:
    """The definition with a time that rows are drawn for, and nothing that goes with changes alone or came later."""
    history = toml.get("history", {}).get("keep", True)
    left_out = {"since", "before"} if history else {"since", "before", "change"}
    attributes = {
        name: {word: value for word, value in _words(written).items() if word not in left_out}
        for name, written in toml["attributes"].items()
    }
    null = {"null": toml["feed"]["null"]} if "null" in toml["feed"] else {}
    feed = {"kind": "changes", "format": "csv", "time": "updated_at", **null}
    return toml | {"feed": feed, "attributes": attributes}


def _words(written: Any) -> dict[str, Any]:
    return {"type": written} if isinstance(written, str) else dict(written)


def _feed(time_in: str, min_rows: int) -> dict[str, Any]:
    time: Any = {"file": "item_([0-9][0-9T:Z.+ -]*)"} if time_in == "file" else "updated_at"
    return {
        "kind": "snapshots",
        "format": "csv",
        "time": time,
        "guard": {"max_deleted": 1.0, "min_rows": min_rows},
    }
