"""Whether what a definition says makes sense: each check yields where, and a sentence."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from customertrack.dimension.checks_of_feed import (
    csv_is_readable,
    feed_names_are_apart,
    feed_names_are_free,
    feed_words_fit,
    paths_are_paths,
)
from customertrack.dimension.definition import Definition
from customertrack.dimension.faults import Fault, Faults
from customertrack.dimension.landed_sql import sequence_column
from customertrack.dimension.names import STEPS, faults_of_column, faults_of_dimension, objects
from customertrack.dimension.places import Path
from customertrack.dimension.types import VARIANT
from customertrack.dimension.words import did_you_mean

Found = Iterator[tuple[Path, str]]

# A scalar function has at most so many arguments, and the signature's has one for each column
# (docs.snowflake.com, "Defining arguments for UDFs and stored procedures").
MOST_COLUMNS = 500


def check(definition: Definition | None, faults: Faults) -> list[Fault]:
    """Everything that is wrong with one definition, by line: what reading it has found, and what it means."""
    if definition is not None:
        for one_check in _CHECKS:
            for path, sentence in one_check(definition):
                faults.add(path, sentence)
        if definition.name and definition.name != faults.file.stem:
            faults.add(
                ("dimension",), f'The dimension "{definition.name}" has to stand in a file {definition.name}.toml'
            )
    return sorted(set(faults.found))


def meetings(name: str, others: Iterable[str]) -> Iterator[str]:
    """A sentence for each other dimension that would have an object of the same name.

    Landing folders cannot meet: each is a name of one word with a slash behind it.
    """
    for other in others:
        if shared := objects(name) & objects(other):
            yield (
                f'The dimension "{name}" cannot stand beside "{other}": both would have an object '
                f"{min(shared)}; call one of them otherwise"
            )


def _name(definition: Definition) -> Found:
    if definition.name:
        for sentence in faults_of_dimension(definition.name):
            yield ("dimension",), sentence


def _columns(definition: Definition) -> Found:
    key = {part.name for part in definition.key}
    for table, columns in (("key", definition.key), ("attributes", definition.attributes)):
        for column in columns:
            for sentence in faults_of_column(column.name):
                yield (table, column.name), sentence
    names = [one.name for one in (*definition.key, *definition.attributes)]
    ordered = [sequence_column(definition.feed, name).strip('"').lower() for name in definition.feed.sequence]
    for name in (name for name in names if name in ordered):
        table = "key" if name in key else "attributes"
        yield (table, name), f'"{name}" is what feed.sequence has in the tables; give it another name, and say from'
    if len(set(ordered)) < len(ordered):
        yield ("feed", "sequence"), "feed.sequence has two columns that are one in the tables; call one otherwise"
    names += ordered
    steps = {f"{name}_{step}": name for name in names for step in STEPS}
    for name in (name for name in ordered if name in steps):
        yield ("feed", "sequence"), f'feed.sequence: "{name}" is what "{steps[name]}" is called on the way to its value'
    for attribute in definition.attributes:
        if attribute.name in steps:
            yield (
                ("attributes", attribute.name),
                f'"{attribute.name}" cannot stand beside "{steps[attribute.name]}": that is its name on the way '
                f'from text to value; give it another name, and say from = "{attribute.name}"',
            )
        if attribute.name in key:
            yield ("attributes", attribute.name), f'"{attribute.name}" is a part of the key, so it is no attribute'
    if (count := len(definition.key) + len(definition.attributes)) > MOST_COLUMNS:
        yield ("attributes",), f"Key and attributes are {count:,} columns, and {MOST_COLUMNS} is the most"


def _key(definition: Definition) -> Found:
    for part in definition.key:
        if part.type == VARIANT:
            yield ("key", part.name), f"key.{part.name} cannot be a variant; give it a type whose values are compared"
        elif part.null is not None and not part.type.takes(part.null):
            yield (
                ("key", part.name, "null"),
                f'key.{part.name}.null: the stand-in "{part.null}" is no {part.type.name}',
            )


def _history(definition: Definition) -> Found:
    if definition.history:
        return
    for attribute in definition.attributes:
        if attribute.change != "version":
            yield (
                ("attributes", attribute.name, "change"),
                f'attributes.{attribute.name}: change = "{attribute.change}" says something of versions, and '
                "history.keep = false keeps none",
            )


def _over_time(definition: Definition) -> Found:
    numbers = {0, 1, *(attribute.since for attribute in definition.attributes)}
    for attribute in definition.attributes:
        if attribute.since - 1 not in numbers:
            yield (
                ("attributes", attribute.name, "since"),
                f"attributes.{attribute.name} is since {attribute.since}, and nothing is since "
                f"{attribute.since - 1}: the number of a definition rises by one",
            )
    if definition.attributes and all(attribute.retired for attribute in definition.attributes):
        yield ("attributes",), "All attributes are retired; one has to be left"


def _renamed(definition: Definition) -> Found:
    names = {column.name for column in (*definition.key, *definition.attributes)}
    before = Counter(name for attribute in definition.attributes for name in attribute.was)
    for attribute in definition.attributes:
        where = ("attributes", attribute.name, "was")
        for name in attribute.was:
            if name in names:
                yield where, f'attributes.{attribute.name}.was: "{name}" is still the name of a column'
            if before[name] > 1:
                yield where, f'attributes.{attribute.name}.was: "{name}" has become two attributes'


def _generate(definition: Definition) -> Found:
    names = [attribute.name for attribute in definition.attributes]
    groups = Counter(name for group in definition.generate for name in group.attributes)
    for group in definition.generate:
        where = ("generate", group.name, "attributes")
        for name in group.attributes:
            if name not in names:
                yield where, f'generate.{group.name}: there is no attribute "{name}"{did_you_mean(name, names)}'
            elif groups[name] > 1:
                yield where, f'generate.{group.name}: "{name}" is in two groups'
        for name, provider in group.faker.items():
            if name not in group.attributes:
                yield (
                    ("generate", group.name, "faker", name),
                    f'generate.{group.name}.faker: "{name}" is not in the group',
                )
            elif not re.fullmatch("[a-z][a-z0-9_]*", provider):
                yield (
                    ("generate", group.name, "faker", name),
                    f'generate.{group.name}.faker.{name}: "{provider}" is no name of a provider, such as "company"',
                )


_CHECKS = (
    _name,
    _columns,
    _key,
    _history,
    _over_time,
    _renamed,
    _generate,
    feed_words_fit,
    feed_names_are_apart,
    feed_names_are_free,
    csv_is_readable,
    paths_are_paths,
)
