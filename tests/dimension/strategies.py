"""Random definitions, and for each of them files whose rows are few keys, few times and few values.

So ties, no-ops, late events, duplicates and rejects of every kind are the rule.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from hypothesis import strategies as st

from tests.dimension import definition as definitions_of
from tests.dimension import drawn_values as values
from tests.dimension.definition import Definition, type_of
from tests.dimension.landed import LandedFile

LOADED_AT = datetime(2026, 1, 5, 12)
KEY_NAMES = ("item_id", "region", "since_day")
NAMES = ("name", "price", "stock", "brand", "city", "launched", "is_active", "note")
CHANGES = ("version", "version", "version", "update", "correct", "keep")
OPS: tuple[dict[str, Any], ...] = (
    {"column": "op", "upsert": ["", "I", "U"], "delete": ["D"]},
    {"column": "Op", "upsert": ["I", "U"], "delete": ["D"]},
    {"column": "op", "upsert": ["", "I", "U"], "delete": ["D"], "truncate": ["T"]},
    {"column": "change", "upsert": ["insert", "update"], "delete": ["delete", "remove"], "truncate": ["wipe"]},
)
# In byte order: 10.csv, 9.csv, B.csv, LOAD1.csv, LOADA.csv, a.csv, a.csv.csv, b.csv
FILE_NAMES = ("10.csv", "9.csv", "B.csv", "LOAD1.csv", "LOADA.csv", "a.csv", "a.csv.csv", "b.csv")
INITIAL = {"files": "LOAD[0-9A-F]+[.]csv", "time": "1900-01-01"}

Toml = dict[str, Any]
Row = dict[str, str]
"""The cells of a row as they stand in the file, quotes included."""


class Story(NamedTuple):
    """A definition, and files in the order in which they land. Those of an earlier definition name it."""

    toml: Toml
    files: tuple[LandedFile, ...]


def toml_text(toml: Toml) -> str:
    """The definition as a TOML file."""
    tables = {name: table for name, table in toml.items() if isinstance(table, dict)}
    lines = [f"{name} = {_inline(value)}" for name, value in toml.items() if name not in tables]
    for name, table in tables.items():
        lines += ["", f"[{name}]", *(f"{key} = {_inline(value)}" for key, value in table.items())]
    return "\n".join(lines) + "\n"


def _inline(value: Any) -> str:
    match value:
        case dict():
            return "{ " + ", ".join(f"{name} = {_inline(inner)}" for name, inner in value.items()) + " }"
        case list():
            return "[" + ", ".join(map(_inline, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


@st.composite
def definitions(draw: st.DrawFn) -> Toml:
    """A definition of a feed of changes in CSV. What was added since stands last."""
    feed: Toml = {"kind": "changes", "format": "csv"}
    notation = draw(st.sampled_from(values.FORMATS))
    feed["time"] = "updated_at" if notation == "iso" else {"column": "Commit_At", "format": notation}
    optional = {
        "sequence": st.sampled_from([None, ["seq"], ["lsn", "Pos"]]),
        "op": st.sampled_from([None, *OPS]),
        "null": st.sampled_from([None, "NULL", "\\N"]),
        "initial": st.sampled_from([None, INITIAL]),
    }
    words = {name: draw(drawn) for name, drawn in optional.items()}
    feed |= {name: word for name, word in words.items() if word is not None}
    key = {name: draw(_part(name)) for name in KEY_NAMES[: draw(st.integers(1, 3))]}
    first, added = draw(st.integers(1, 5)), draw(st.sampled_from([0, 0, 1, 2, 3]))
    attributes = {
        name: draw(_attribute(name, 1 if at < first else 2)) for at, name in enumerate(NAMES[: first + added])
    }
    keep = draw(st.sampled_from([{}, {}, {}, {}, {}, {"history": {"keep": False}}]))
    return {"dimension": "item", "feed": feed, "key": key, "attributes": attributes, **keep}


@st.composite
def _part(draw: st.DrawFn, name: str) -> str | Toml:
    kind = draw(st.sampled_from(values.KEY_TYPES))
    more: Toml = {"null": values.STAND_INS[type_of(kind).base]} if draw(st.booleans()) else {}
    more |= draw(st.sampled_from([{}, {}, {"from": f"{name}_at_source"}]))
    more |= draw(st.sampled_from([{}, {}, {"before": f"old_{name}"}]))
    return {"type": kind, **more} if more else kind


@st.composite
def _attribute(draw: st.DrawFn, name: str, since: int) -> str | Toml:
    kind = draw(st.sampled_from(values.TYPES))
    change = draw(st.sampled_from(CHANGES))
    more: Toml = {} if change == "version" else {"change": change}
    more |= draw(st.sampled_from([{}, {}, {"from": f"{name.upper()}_2"}]))
    if since > 1:
        more |= {"since": since} | draw(st.sampled_from([{}, {"before": "first"}, {"before": "null"}]))
    return {"type": kind, **more} if more else kind


@st.composite
def stories(draw: st.DrawFn, of: st.SearchStrategy[Toml] | None = None) -> Story:
    """A definition and its files; some come twice under other names, some before attributes were added."""
    toml = draw(definitions() if of is None else of)
    definition = definitions_of.read(toml)
    row = rows(definition, draw(key_cells(definition)))
    contents = draw(st.lists(st.lists(row, min_size=1, max_size=8), min_size=1, max_size=4))
    texts = [draw(file_texts(definition, content)) for content in contents]
    texts += draw(st.lists(st.sampled_from(texts), max_size=1))
    names = draw(st.permutations(FILE_NAMES))
    earlier = draw(st.integers(0, len(texts))) if definitions_of.before(toml, 1) != toml else 0
    files = [
        LandedFile(name, text.encode(), LOADED_AT, definitions_of.before(toml, 1) if at < earlier else None)
        for at, (name, text) in enumerate(zip(names, texts, strict=False))
    ]
    return Story(toml, tuple(files))


def rows(definition: Definition, keys: Sequence[Row]) -> st.SearchStrategy[Row]:
    """Upserts, deletes and truncates, and every third or so a row that is at fault, in one field or several.

    An upsert of one of `keys` may have been another of them before.
    """
    feed = definition.feed
    right: dict[str, Sequence[str]] = {}
    times = [text for time in values.times(feed.time_format) for text in time]
    right[feed.time_column] = _cells(feed.null, times)
    for attribute in definition.attributes:
        fitting = values.spellings(attribute.type)
        # Two values stand for most, so that states come back.
        often = [fitting[0][0], fitting[1][0]] * sum(map(len, fitting))
        texts = [text for value in fitting for text in value]
        right[attribute.column] = _cells(feed.null, [*often, *texts]) + _nulls(feed.null)
    for column in feed.sequence:
        right[column] = ["", "9", "10", "010", "-1", "9" * 38]
    if feed.ops:
        upserts = [word for word, kind in feed.ops.items() if kind == "upsert"]
        deletes = [word for word, kind in feed.ops.items() if kind == "delete"]
        truncates = [word for word, kind in feed.ops.items() if kind == "truncate"]
        right[feed.op_column] = [*upserts, *map(str.lower, upserts), *deletes * 2, *truncates * 2]
    valid = st.fixed_dictionaries({column: st.sampled_from(cells) for column, cells in right.items()})
    fault = st.sampled_from(_faults(definition)).flatmap(
        lambda found: st.tuples(st.just(found[0]), st.sampled_from(found[1]))
    )
    faults = st.one_of(st.just([]), st.just([]), st.lists(fault, min_size=1, max_size=3))
    befores = {part.before: part.column for part in definition.key if part.before}
    nothing = {before: st.sampled_from(_nulls(feed.null)) for before in befores}
    earlier = st.one_of(
        st.fixed_dictionaries(nothing),
        st.sampled_from(keys).map(lambda key: {before: key[column] for before, column in befores.items()}),
    )
    valid = st.builds(lambda row, before: row | before, valid, earlier)
    return st.builds(lambda row, key, found: row | key | dict(found), valid, st.sampled_from(keys), faults)


@st.composite
def key_cells(draw: st.DrawFn, definition: Definition) -> list[Row]:
    """The cells of one key or two, in several spellings."""
    null = definition.feed.null
    found = []
    for _ in range(draw(st.integers(1, 2))):
        key = {}
        for part in definition.key:
            fitting = [_cells(null, value) for value in values.spellings(part.type)[:2]]
            key[part.column] = draw(st.sampled_from(fitting + ([] if part.null is None else [_nulls(null)])))
        found += [{column: draw(st.sampled_from(cells)) for column, cells in key.items()} for _ in range(2)]
    return found


def _faults(definition: Definition) -> list[tuple[str, Sequence[str]]]:
    """The columns that may be at fault, each with cells that are: once for each kind of fault."""
    feed = definition.feed
    nothing = _nulls(feed.null)
    time = feed.time_column
    found: list[tuple[str, Sequence[str]]] = [(time, nothing), (time, [values.too_late(feed.time_format)])]
    found.append((time, _cells(feed.null, values.no_times(feed.time_format))))
    for part in definition.key:
        found.append((part.column, _cells(feed.null, values.misfits(part.type))))
        found.append((part.column, nothing if part.null is None else [part.null]))
        if part.before:
            stand_in = [] if part.null is None else [part.null]
            found.append((part.before, [*_cells(feed.null, values.misfits(part.type)), *stand_in]))
    found += [(column, ["x", "1.5", "9" * 39]) for column in feed.sequence]
    if feed.ops:
        found.append((feed.op_column, ["X", "UU", "DD", *([] if "" in feed.ops else nothing)]))
    # Twice, because there may be many attributes beside them.
    return found * 2 + [(one.column, _cells(feed.null, values.misfits(one.type))) for one in definition.attributes]


def _cells(null: str | None, texts: Sequence[str]) -> list[str]:
    """Each text plain where it may be, and in quotes."""
    special = set(',"\r\n')
    plain = [text for text in texts if text and text != null and not special & set(text)]
    return [*plain, *('"' + text.replace('"', '""') + '"' for text in texts)]


def _nulls(null: str | None) -> list[str]:
    return ["", '""', *([null] if null else [])]


@st.composite
def file_texts(draw: st.DrawFn, definition: Definition, content: list[Row]) -> str:
    """A CSV file with its columns in any order, some missing, some that nobody asked for."""
    feed = definition.feed
    needed = [feed.time_column, *(part.column for part in definition.key)]
    others = [*(one.column for one in definition.attributes), *feed.sequence, *([feed.op_column] if feed.ops else [])]
    others += [part.before for part in definition.key if part.before]
    missing = draw(st.one_of(st.just([]), st.just([]), st.lists(st.sampled_from(others), max_size=2)))
    columns = draw(st.permutations([*needed, *(column for column in others if column not in missing), "extra"]))
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    lines = [columns, *([row.get(column, "x") for column in columns] for row in content)]
    return newline.join([*map(",".join, lines), ""])
