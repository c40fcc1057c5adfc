"""Random feeds whose rows do not say all, with truncates and changes of key, and files for them.

Few keys, times and values, so that what is not said, ties and late rows are the rule. An attribute may be added between
the files.
"""

import json
from typing import Any

from hypothesis import strategies as st

from tests.dimension import definition as definitions_of
from tests.dimension.landed import LandedFile
from tests.dimension.strategies import CHANGES, LOADED_AT, Story, Toml

_OP = {"column": "op", "upsert": ["", "U"], "delete": ["D"], "truncate": ["T"]}
_NAMES = ("a", "b", "c", "d")
_FILES = ("1.json", "10.json", "2.json", "a.json", "b.json")


@st.composite
def partial_definitions(draw: st.DrawFn) -> Toml:
    """A definition of JSON lines, with what was added since at the end."""
    feed: Toml = {"kind": "changes", "format": "json", "missing": "keep", "time": "at", "op": _OP}
    feed |= draw(st.sampled_from([{}, {"sequence": ["n"]}]))
    key: Toml = {"id": draw(st.sampled_from(["integer", {"type": "integer", "before": "was.id"}]))}
    history = draw(st.sampled_from([{}, {}, {}, {"history": {"keep": False}}]))
    names = _NAMES[: draw(st.integers(1, 4))]
    changes = [draw(st.sampled_from(["version"] if history else CHANGES)) for _ in names]
    attributes: Toml = {
        name: {"type": draw(st.sampled_from(["text(3)", "integer"])), "change": change}
        for name, change in zip(names, changes, strict=True)
    }
    if len(names) > 1 and draw(st.booleans()):
        attributes[names[-1]] |= {"since": 2, "before": draw(st.sampled_from(["null", "first"]))}
    if history:
        attributes = {
            name: {word: said for word, said in words.items() if word != "change"} for name, words in attributes.items()
        }
    return {"dimension": "item", "feed": feed, "key": key, "attributes": attributes, **history}


@st.composite
def partial_stories(draw: st.DrawFn) -> Story:
    """A definition and its files; those that land before an attribute is added have the definition of then."""
    toml = draw(partial_definitions())
    contents = draw(st.lists(st.lists(_rows(toml), min_size=1, max_size=5), min_size=1, max_size=5))
    before = definitions_of.before(toml, 1)
    earlier = draw(st.integers(0, len(contents))) if before != toml else 0
    names = draw(st.permutations(_FILES))
    files = [
        LandedFile(
            name,
            "".join(f"{json.dumps(row)}\n" for row in rows).encode(),
            LOADED_AT,
            before if at < earlier else None,
        )
        for at, (name, rows) in enumerate(zip(names, contents, strict=False))
    ]
    return Story(toml, tuple(files))


def _rows(toml: Toml) -> st.SearchStrategy[dict[str, Any]]:
    """Rows that say some of it. A null is said; a text of four characters is at fault, as a text is for a number."""
    values = st.sampled_from(["x", "y", None, 1, 1, 2, 2, "long"])
    said = dict.fromkeys(toml["attributes"], values)
    sequence = {"n": st.sampled_from([None, 1, 2])} if "sequence" in toml["feed"] else {}
    was = st.sampled_from([None, None, {"id": 1}, {"id": 2}, {"id": None}])
    told = {
        "id": st.sampled_from([1, 1, 2]),
        "at": st.sampled_from([f"2026-01-0{day}" for day in range(1, 6)]),
        "op": st.sampled_from(["U", "U", "U", "U", "U", "D", "T"]),
    }
    more = {"was": was} if isinstance(toml["key"]["id"], dict) else {}
    return st.fixed_dictionaries(told | sequence | more, optional=said)
