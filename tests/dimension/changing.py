"""Random definitions that change, and files for each of them.

Attributes are added, retired, renamed, and change otherwise than before.
"""

from typing import Any, NamedTuple

from hypothesis import strategies as st

from tests.dimension import definition as definitions_of
from tests.dimension.landed import LandedFile
from tests.dimension.strategies import CHANGES, FILE_NAMES, LOADED_AT, Toml, file_texts, key_cells, rows

_WHAT = ("nothing", "nothing", "nothing", "change", "rename", "retire")


class Changes(NamedTuple):
    """The definitions one after the other, and the files that land under each; all but the last ones name theirs."""

    definitions: list[Toml]
    files: list[list[LandedFile]]


@st.composite
def changes(draw: st.DrawFn, of: st.SearchStrategy[Toml]) -> Changes:
    """The last definition is one of `of`, with what it was changed from."""
    toml = draw(of)
    today: dict[str, Any] = {}
    first: dict[str, Any] = {}
    renamed: dict[str, str] = {}
    for name, said in toml["attributes"].items():
        words: Toml = {"type": said} if isinstance(said, str) else dict(said)
        today[name] = words
        if words.get("since", 1) > 1:
            continue
        then, called = dict(words), name
        match draw(st.sampled_from(_WHAT)):
            case "change" if "history" not in toml:
                then["change"] = draw(st.sampled_from(CHANGES))
            case "rename":
                called = f"old_{name}"
                words["was"] = called
                renamed |= {} if "from" in words else {name: called}
            case "retire" if first:
                words["retired"] = True
            case _:
                pass
        first[called] = then
    if added := [name for name, words in today.items() if words.get("since", 1) > 1][1:]:
        today[added[-1]]["since"] = draw(st.sampled_from([2, 3]))
    last = {**toml, "attributes": today}
    numbers = sorted({words.get("since", 1) for words in today.values()})
    definitions = [
        {**toml, "attributes": first},
        *({**definitions_of.before(last, each)} for each in numbers[1:-1]),
        last,
    ]
    return Changes(definitions, draw(_files(definitions, renamed)))


@st.composite
def _files(draw: st.DrawFn, definitions: list[Toml], renamed: dict[str, str]) -> list[list[LandedFile]]:
    """Files with all columns that there ever are, by the names that they have at first and later."""
    last = definitions[-1]
    shown = {name: {**words, "retired": False} for name, words in last["attributes"].items()}
    all_columns = definitions_of.read({**last, "attributes": shown})
    row = rows(all_columns, draw(key_cells(all_columns)))
    contents = draw(st.lists(st.lists(row, min_size=1, max_size=6), min_size=2, max_size=5))
    texts = [draw(file_texts(all_columns, content)) for content in contents]
    names = draw(st.permutations(FILE_NAMES))
    steps = sorted(draw(st.lists(st.integers(0, len(definitions) - 1), min_size=len(texts), max_size=len(texts))))
    found: list[list[LandedFile]] = [[] for _ in definitions]
    for step, name, text in zip(steps, names, texts, strict=False):
        content = _with_header(text, renamed) if step == 0 else text
        then = definitions[step] if step < len(definitions) - 1 else None
        found[step].append(LandedFile(name, content.encode(), LOADED_AT, then))
    return found


def _with_header(text: str, names: dict[str, str]) -> str:
    """The file with other names of columns."""
    newline = "\r\n" if "\r\n" in text.split("\n", 1)[0] + "\n" else "\n"
    header, rest = text.split(newline, 1)
    return newline.join([",".join(names.get(column, column) for column in header.split(",")), rest])
