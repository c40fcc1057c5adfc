"""A definition as the replay reads it. Whether it is a right one is the product's to check."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

Toml = Mapping[str, Any]
"""A definition as tomllib reads it."""


class Type(NamedTuple):
    """`size`: (n,) of a text, (precision, scale) of a number, else ()."""

    base: str
    size: tuple[int, ...]


class Part(NamedTuple):
    """One part of the key. `null`: its stand-in. `before`: the column with the key as it was."""

    name: str
    column: str
    type: Type
    null: str | None
    before: str | None


class Attribute(NamedTuple):
    """`change`: version, update, correct, keep. `before`: first or null. `was`: the names it had, the first first."""

    name: str
    column: str
    type: Type
    change: str
    before: str
    was: tuple[str, ...]


class Feed(NamedTuple):
    """`time_column` or `time_file` (a pattern). `ops`: the kind of input by word in upper case; None without op."""

    kind: str
    format: str
    time_column: str
    time_file: str | None
    time_format: str
    sequence: tuple[str, ...]
    op_column: str
    ops: dict[str, str] | None
    null: str | None
    initial_files: str | None
    initial_time: str
    keeps_missing: bool
    min_rows: int


class Definition(NamedTuple):
    """`attributes`: those that are not retired. `keeps_history`: False for type 1 only."""

    name: str
    feed: Feed
    key: tuple[Part, ...]
    attributes: tuple[Attribute, ...]
    keeps_history: bool


def read(toml: Toml) -> Definition:
    """The definition that a TOML file gives."""
    key = tuple(_part(name, _table(said)) for name, said in toml["key"].items())
    attributes = [(name, _table(said)) for name, said in toml["attributes"].items()]
    return Definition(
        toml["dimension"],
        _feed(toml["feed"]),
        key,
        tuple(_attribute(name, said) for name, said in attributes if not said.get("retired")),
        toml.get("history", {}).get("keep", True),
    )


def before(toml: Toml, number: int) -> Toml:
    """The definition as it was under that number: without the attributes that were added since."""
    attributes = toml["attributes"]
    then = {name: said for name, said in attributes.items() if _table(said).get("since", 1) <= number}
    return {**toml, "attributes": then}


def type_of(text: str) -> Type:
    """`number(12,2)` as a Type."""
    base, *size = re.findall(r"\w+", text)
    return Type(base, tuple(map(int, size)))


def _table(said: Any) -> dict[str, Any]:
    return said if isinstance(said, dict) else {"type": said}


def _part(name: str, said: dict[str, Any]) -> Part:
    null = said.get("null")
    return Part(
        name, said.get("from", name), type_of(said["type"]), None if null is None else str(null), said.get("before")
    )


def _attribute(name: str, said: dict[str, Any]) -> Attribute:
    change, carried = said.get("change", "version"), said.get("before", "null")
    was = said.get("was", [])
    names = (was,) if isinstance(was, str) else tuple(was)
    return Attribute(name, said.get("from", name), type_of(said["type"]), change, carried, names)


def _feed(said: dict[str, Any]) -> Feed:
    time = said["time"] if isinstance(said["time"], dict) else {"column": said["time"]}
    op, initial = said.get("op"), said.get("initial", {})
    kinds = ("upsert", "delete", "truncate")
    return Feed(
        said["kind"],
        said["format"],
        time.get("column", ""),
        time.get("file"),
        time.get("format", "iso"),
        tuple(said.get("sequence", ())),
        op["column"] if op else "",
        {word.upper(): kind for kind in kinds for word in op.get(kind, ())} if op else None,
        said.get("null"),
        initial.get("files"),
        initial.get("time", ""),
        said.get("missing") == "keep",
        said.get("guard", {}).get("min_rows", 0),
    )
