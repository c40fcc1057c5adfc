"""What of a dimension's definition the generator has to know, from the text of its TOML file.

Whether a definition makes sense is asked elsewhere (`customertrack dimension check`); here it is only read.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from generator.errors import SettingsError

USUAL_FILES = ".*[.]csv([.]gz)?"
# The share of the keys per batch in which one of the attributes changes that are in no group.
RATE_OF_THE_REST = 0.05


@dataclass(frozen=True)
class Type:
    """`size`: (n,) of text(n), (p, s) of number(p,s), else ()."""

    base: str
    size: tuple[int, ...] = ()


@dataclass(frozen=True)
class Part:
    """A part of the key. `column`: its name in the feed. `null`: what NULL is stored as, if it may be NULL."""

    name: str
    column: str
    type: Type
    null: str | None = None


@dataclass(frozen=True)
class Attribute:
    """`column`: its name in the feed. `change`: version, update, correct, keep. `provider`: of Faker, if it has one."""

    name: str
    column: str
    type: Type
    change: str = "version"
    provider: str | None = None


@dataclass(frozen=True)
class Group:
    """Attributes that change together, in this share of the keys per batch."""

    name: str
    attributes: tuple[Attribute, ...]
    rate: float


@dataclass(frozen=True)
class Op:
    """The words for what a row is; '' is an empty field."""

    column: str
    upsert: tuple[str, ...]
    delete: tuple[str, ...]


@dataclass(frozen=True)
class Initial:
    """A full load: rows of files whose names match `files` are true since `time`, whatever they say."""

    files: str
    time: str


@dataclass(frozen=True)
class Definition:
    """A dimension. `time`, `time_format`: the column of the event time, and iso, epoch_s, epoch_ms or epoch_us.

    `null`: the unquoted word for NULL. `files`: the regular expression that the names of files match.
    """

    name: str
    key: tuple[Part, ...]
    groups: tuple[Group, ...]
    time: str
    time_format: str = "iso"
    sequence: tuple[str, ...] = ()
    op: Op | None = None
    null: str | None = None
    files: str = USUAL_FILES
    initial: Initial | None = None

    @cached_property
    def attributes(self) -> tuple[Attribute, ...]:
        """Those of all groups, in the order in which files have them."""
        return tuple(attribute for group in self.groups for attribute in group.attributes)


def read(text: str) -> Definition:
    """The definition in a TOML text that has no faults. Raises SettingsError for a text that is none."""
    try:
        return _definition(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise SettingsError(f"the definition cannot be read ({error}): give one that has no faults") from error


def _definition(toml: Mapping[str, Any]) -> Definition:
    feed = toml["feed"]
    time = feed["time"] if isinstance(feed["time"], dict) else {"column": feed["time"]}
    op, initial = feed.get("op"), feed.get("initial")
    return Definition(
        toml["dimension"],
        tuple(_part(name, _table(said)) for name, said in toml["key"].items()),
        tuple(_groups(toml)),
        time["column"],
        time.get("format", "iso"),
        tuple(feed.get("sequence", ())),
        Op(op["column"], tuple(op["upsert"]), tuple(op["delete"])) if op else None,
        feed.get("null"),
        feed.get("files", USUAL_FILES),
        Initial(initial["files"], initial["time"]) if initial else None,
    )


def _table(said: Any) -> Mapping[str, Any]:
    return said if isinstance(said, dict) else {"type": said}


def type_of(written: str) -> Type:
    """The type that a definition writes so."""
    base, *size = re.findall(r"\w+", written)
    return Type(base, tuple(map(int, size)))


def _part(name: str, said: Mapping[str, Any]) -> Part:
    return Part(name, said.get("from", name), type_of(said["type"]), said.get("null"))


def _groups(toml: Mapping[str, Any]) -> Iterator[Group]:
    """Those of [generate], and each other attribute by itself, by the first attribute of each."""
    attributes = {name: _table(said) for name, said in toml["attributes"].items()}
    there = {name: said for name, said in attributes.items() if not said.get("retired")}
    groups = toml.get("generate", {})
    group_of = {attribute: name for name, group in groups.items() for attribute in group["attributes"]}
    rest = len(there.keys() - group_of.keys())
    seen: set[str] = set()
    for name, said in there.items():
        group = group_of.get(name, name)
        if name not in group_of:
            yield Group(
                f"{name} alone" if name in groups else name, (_attribute(name, said, None),), RATE_OF_THE_REST / rest
            )
        elif group not in seen:
            seen.add(group)
            names = [each for each in groups[group]["attributes"] if each in there]
            providers = groups[group].get("faker", {})
            members = tuple(_attribute(each, there[each], providers.get(each)) for each in names)
            yield Group(group, members, groups[group]["rate"])


def _attribute(name: str, said: Mapping[str, Any], provider: str | None) -> Attribute:
    return Attribute(name, said.get("from", name), type_of(said["type"]), said.get("change", "version"), provider)
