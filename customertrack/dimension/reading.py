"""From the text of a definition to its record. What is wrong is told and left out, and the rest is read."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path as File
from typing import TypeVar, get_args

from customertrack.dimension import places, types
from customertrack.dimension.definition import (
    Attribute,
    Before,
    Change,
    Definition,
    Feed,
    Group,
    KeyPart,
    StorageLayout,
)
from customertrack.dimension.faults import Fault, Faults
from customertrack.dimension.reading_feed import FILES, read_feed
from customertrack.dimension.section import Section
from customertrack.dimension.types import Type

T = TypeVar("T", KeyPart, Attribute)

_AT_LINE = re.compile(r" \(at line ([0-9]+), column [0-9]+\)$")
_AT_END = " (at end of document)"


def read(text: bytes, file: File) -> tuple[Definition | None, Faults]:
    """The definition, with what could be read of it, and what is wrong with its words.

    `file`: only to be named. There is no definition where the text is no TOML.
    """
    faults = Faults(file)
    try:
        decoded = text.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = 1 + text.count(b"\n", 0, error.start)
        faults.found.append(Fault(file, line, "The text is not UTF-8; save it as that."))
        return None, faults
    try:
        table = tomllib.loads(decoded)
    except tomllib.TOMLDecodeError as error:
        faults.found.append(_syntax(error, file, decoded))
        return None, faults
    faults.lines = places.lines(decoded)
    return _definition(Section(table, (), faults)), faults


def _syntax(error: tomllib.TOMLDecodeError, file: File, text: str) -> Fault:
    said = str(error)
    found = _AT_LINE.search(said)
    line = int(found[1]) if found else 1 + text.rstrip("\n").count("\n")
    return Fault(file, line, f"This is no TOML: {_AT_LINE.sub('', said).removesuffix(_AT_END)}.")


def _definition(top: Section) -> Definition:
    top.need("dimension", "the name, which is the file's too")
    top.need("feed", "how the rows arrive")
    top.need("key", "the columns that name one of them at the source")
    top.need("attributes", "the columns whose changes are kept")
    name = top.text("dimension")
    feed = top.section("feed")
    key, written = _columns(top, "key", _part), _columns(top, "attributes", _attribute)
    history, storage, generate = top.section("history"), top.section("storage"), top.section("generate")
    read_in_full = read_feed(feed) if feed else Feed("changes", "csv", None, FILES["csv"])
    keeps = _flag(history)
    layout = _layout(storage)
    groups = tuple(_groups(generate)) if generate else ()
    top.end()
    attributes = tuple(sorted(written, key=lambda attribute: attribute.since))
    return Definition(name or "", read_in_full, key, attributes, keeps, layout, groups)


def _flag(history: Section | None) -> bool:
    if history is None:
        return True
    keeps = history.flag("keep")
    history.end()
    return keeps is not False


def _layout(storage: Section | None) -> StorageLayout | None:
    if storage is None:
        return None
    layout = storage.choice("layout", get_args(StorageLayout))
    storage.end()
    return layout


def _columns(top: Section, word: str, read_one: Callable[[Section, str], T | None]) -> tuple[T, ...]:
    section = top.section(word)
    if section is None:
        return ()
    names = list(section.names())
    if not names:
        top.wrong(word, "has no column in it")
    return tuple(one for name in names if (one := read_one(section, name)) is not None)


def _part(key: Section, name: str) -> KeyPart | None:
    written = key.either(name, 'its type, such as "integer"')
    if isinstance(written, str):
        kind = _type(key, name, written)
        return KeyPart(name, kind, name) if kind else None
    if written is None:
        return None
    kind = _type_in(written)
    null, before, feed_name = written.text("null"), written.text("before"), written.text("from")
    written.end()
    return KeyPart(name, kind, feed_name or name, null, before) if kind else None


def _attribute(attributes: Section, name: str) -> Attribute | None:
    written = attributes.either(name, 'its type, such as "text(100)"')
    if isinstance(written, str):
        kind = _type(attributes, name, written)
        return Attribute(name, kind, name) if kind else None
    if written is None:
        return None
    if written.has("before") and not written.has("since"):
        written.wrong("before", "says what older versions show, so it needs a since beside it")
    kind = _type_in(written)
    found = {
        "change": written.choice("change", get_args(Change)),
        "retired": written.flag("retired"),
        "was": _was(written),
        "since": written.whole("since", 1),
        "before": written.choice("before", get_args(Before)),
    }
    feed_name = written.text("from") or name
    written.end()
    given = {word: value for word, value in found.items() if value is not None}
    return Attribute(name, kind, feed_name, **given) if kind else None


def _was(written: Section) -> tuple[str, ...] | None:
    if written.holds_list("was"):
        return written.texts("was")
    name = written.text("was")
    return (name,) if name else None


def _type_in(written: Section) -> Type | None:
    written.need("type", f"one of {', '.join(types.WRITTEN)}")
    word = written.text("type")
    return _type(written, "type", word) if word else None


def _type(section: Section, word: str, written: str) -> Type | None:
    try:
        return types.parse(written)
    except ValueError as error:
        return section.wrong(word, f"has no type: {error}")


def _groups(generate: Section) -> list[Group]:
    groups = []
    for name in generate.names():
        group = generate.section(name)
        if group is None:
            continue
        group.need("attributes", "the attributes that change together")
        group.need("rate", "the share of the keys in which they change per batch")
        attributes, rate, faker = group.texts("attributes"), group.share("rate"), group.section("faker")
        providers = {each: provider for each in faker.names() if (provider := faker.text(each))} if faker else {}
        group.end()
        groups.append(Group(name, attributes or (), rate or 0.0, providers))
    return groups
