"""What of a dimension's definition the generator has to know, from the text of its TOML file.

Whether a definition makes sense is asked elsewhere (`customertrack dimension check`); here it is only read.
"""

import re
import tomllib
from codecs import lookup
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from generator.errors import SettingsError

# What the names of files match where a definition does not say.
USUAL_FILES = {
    "csv": ".*[.]csv([.]gz)?",
    "json": ".*[.](json|jsonl|ndjson)([.]gz)?",
    "parquet": ".*[.]parquet",
}
DEBEZIUM = "debezium"
# What Python calls an encoding that it does not know without dashes.
_CODECS = {
    **{f"utf{width}{end}": f"utf-{width}-{end}" for width in (16, 32) for end in ("be", "le")},
    **{f"windows125{part}": f"cp125{part}" for part in range(9)},
    **{f"iso8859{part}": f"iso8859-{part}" for part in range(1, 17)},
    "koi8r": "koi8-r",
}
# The share of the keys per batch in which one of the attributes changes that are in no group.
RATE_OF_THE_REST = 0.05


@dataclass(frozen=True)
class Type:
    """`size`: (n,) of text(n), (p, s) of number(p,s), else ()."""

    base: str
    size: tuple[int, ...] = ()


@dataclass(frozen=True)
class Part:
    """A part of the key. `column`: its name in the feed. `null`: what NULL is stored as, if it may be NULL.

    `before`: the column with the key as it was before the row.
    """

    name: str
    column: str
    type: Type
    null: str | None = None
    before: str | None = None


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
    truncate: tuple[str, ...] = ()


@dataclass(frozen=True)
class Initial:
    """A full load: rows of files whose names match `files` are true since `time`, whatever they say."""

    files: str
    time: str


@dataclass(frozen=True)
class Dialect:
    """How CSV is written. `quote`: "" for none. `encoding`: as Python calls it. `columns`: the names by position; none:
    they stand in a header."""

    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf8"
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Definition:
    """A dimension. `time`, `time_format`: the column of the event time, and iso, epoch_s, epoch_ms or epoch_us.

    `null`: the unquoted word for NULL. `files`: the regular expression that the names of files match. `kind`: changes
    or snapshots. `format`: csv, json or parquet. `layout`: plain or debezium, whose `connector` says how it numbers
    changes. `keeps_missing`: what a row does not say stays as it was. `time_file`: the expression for a time in the
    names of files, in place of `time`. `min_rows`: a snapshot of fewer is not taken.
    """

    name: str
    key: tuple[Part, ...]
    groups: tuple[Group, ...]
    time: str
    time_format: str = "iso"
    sequence: tuple[str, ...] = ()
    op: Op | None = None
    null: str | None = None
    files: str = USUAL_FILES["csv"]
    initial: Initial | None = None
    kind: str = "changes"
    format: str = "csv"
    layout: str = "plain"
    connector: str = "postgres"
    keeps_missing: bool = False
    time_file: str | None = None
    min_rows: int = 0
    dialect: Dialect = Dialect()

    @cached_property
    def attributes(self) -> tuple[Attribute, ...]:
        """Those of all groups, in the order in which files have them."""
        return tuple(attribute for group in self.groups for attribute in group.attributes)

    @property
    def is_debezium(self) -> bool:
        """Whether rows come in Debezium's envelopes."""
        return self.layout == DEBEZIUM

    @property
    def is_snapshots(self) -> bool:
        """Whether each file has all keys."""
        return self.kind == "snapshots"

    @property
    def is_ordered(self) -> bool:
        """Whether something orders the rows of one time."""
        return bool(self.sequence) or self.is_debezium

    @property
    def has_deletes(self) -> bool:
        """Whether a feed can say that a key is gone."""
        return self.op is not None or self.is_debezium or self.is_snapshots

    @property
    def has_truncates(self) -> bool:
        """Whether a feed can say that all keys are gone."""
        return self.is_debezium or bool(self.op and self.op.truncate)

    @property
    def has_moves(self) -> bool:
        """Whether a feed can say of all of a key that it was another: nothing before a row means that it was not."""
        return self.is_debezium or all(part.before and part.null is None for part in self.key)


def read(text: str) -> Definition:
    """The definition in a TOML text that has no faults. Raises SettingsError for a text that is none."""
    try:
        return _definition(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise SettingsError(f"the definition cannot be read ({error}): give one that has no faults") from error


def _definition(toml: Mapping[str, Any]) -> Definition:
    feed = toml["feed"]
    layout, form = feed.get("layout", "plain"), feed["format"]
    said = feed["time"] if layout == "plain" else feed.get("time", "")
    time = said if isinstance(said, dict) else {"column": said}
    initial = feed.get("initial")
    return Definition(
        toml["dimension"],
        tuple(_part(name, _table(said)) for name, said in toml["key"].items()),
        tuple(_groups(toml)),
        time.get("column", ""),
        time.get("format", "iso"),
        tuple(feed.get("sequence", ())),
        _op(feed.get("op")),
        feed.get("null"),
        feed.get("files", USUAL_FILES[form]),
        Initial(initial["files"], initial["time"]) if initial else None,
        feed["kind"],
        form,
        layout,
        feed.get("connector", "postgres"),
        feed.get("missing") == "keep",
        time.get("file"),
        feed.get("guard", {}).get("min_rows", 0),
        _dialect(feed),
    )


def _op(op: Mapping[str, Any] | None) -> Op | None:
    if op is None:
        return None
    return Op(op["column"], tuple(op["upsert"]), tuple(op["delete"]), tuple(op.get("truncate", ())))


def _dialect(feed: Mapping[str, Any]) -> Dialect:
    usual = Dialect()
    quote = feed.get("quote", usual.quote)
    encoding = re.sub("[-_ ]", "", feed.get("encoding", usual.encoding)).lower()
    try:
        codec = lookup(_CODECS.get(encoding, encoding)).name
    except LookupError as error:
        raise SettingsError(f"Python knows no encoding {encoding}: take UTF8") from error
    return Dialect(
        feed.get("delimiter", usual.delimiter),
        "" if quote == "none" else quote,
        usual.encoding if codec == "utf-8" else codec,
        tuple(feed.get("columns", ())),
    )


def _table(said: Any) -> Mapping[str, Any]:
    return said if isinstance(said, dict) else {"type": said}


def type_of(written: str) -> Type:
    """The type that a definition writes so."""
    base, *size = re.findall(r"\w+", written)
    return Type(base, tuple(map(int, size)))


def _part(name: str, said: Mapping[str, Any]) -> Part:
    return Part(name, said.get("from", name), type_of(said["type"]), said.get("null"), said.get("before"))


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
