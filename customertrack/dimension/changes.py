"""What a definition cannot become, once there are tables: held against the log as it was rendered last."""

from collections.abc import Iterator, Sequence

from customertrack.dimension.definition import Attribute, Definition, Feed, KeyPart
from customertrack.dimension.landed_sql import places, record, sequence_column
from customertrack.dimension.names import written
from customertrack.dimension.tables_kept import Column, columns, unquoted
from customertrack.dimension.types import of_column
from customertrack.dimension.words import did_you_mean

# Columns of the log between which those of the definition stand, in their order.
_BEHIND_KEY, _BEHIND_SEQUENCE, _BEFORE_ATTRIBUTES = "updated_at", "is_delete", "unsaid"
# In the comment on what rows do not say, where they need not say all.
_PARTIAL = "a character for each"
# Columns of the rejects that stand before those of what landed.
_IN_REJECT = 6


def refusals(before: str, definition: Definition) -> Iterator[str]:
    """A sentence for each thing that cannot be changed. `before`: the file that makes the tables, as it is."""
    log = columns(before).get(f"{definition.name}_event")
    if not log:
        return
    names = [column.name for column in log]
    key = log[: names.index(_BEHIND_KEY)]
    sequence = names[names.index(_BEHIND_KEY) + 1 : names.index(_BEHIND_SEQUENCE)]
    attributes = log[names.index(_BEFORE_ATTRIBUTES) + 1 :]
    yield from _key(key, definition.key)
    lands = [column.name for column in columns(before)[f"{definition.name}_reject"]][_IN_REJECT:]
    if _way(lands) != (way := _way_of(definition.feed)):
        yield f"The files were {_way(lands)}, and are {way} now: another way of landing is another dimension"
    now = [sequence_column(definition.feed, name) for name in definition.feed.sequence]
    if [unquoted(name) for name in sequence] != [unquoted(name) for name in now]:
        yield f"feed.sequence was {_listed(sequence)}: the order of the events that are there does not change"
    if _PARTIAL in log[names.index(_BEFORE_ATTRIBUTES)].comment and definition.feed.missing != "keep":
        yield 'feed.missing was "keep", and has to stay: the log has events that do not say all'
    yield from _attributes(attributes, definition.attributes)


def _way(lands: Sequence[str]) -> str:
    """How rows land, by the columns in which they do."""
    if "column_1" in lands:
        return "CSV without a header"
    return {"line": "JSON", "record": "Parquet"}.get(" ".join(lands), "CSV with a header")


def _way_of(feed: Feed) -> str:
    return _way(places(feed) if feed.columns else record(feed.format)["raw"] if feed.format != "csv" else [])


def _key(there: Sequence[Column], key: Sequence[KeyPart]) -> Iterator[str]:
    if [column.name for column in there] != [written(part.name) for part in key]:
        was = _listed([column.name for column in there])
        yield f"The key was {was}, and the key of a dimension does not change: another key is another dimension"
        return
    for column, part in zip(there, key, strict=True):
        yield from _type(column, part, f"key.{part.name}", "another key is another dimension")


def _attributes(there: Sequence[Column], attributes: Sequence[Attribute]) -> Iterator[str]:
    known = {column.name: column for column in there}
    number = max((column.since for column in there), default=1)
    for attribute in attributes:
        called = f"attributes.{attribute.name}"
        if column := known.get(written(attribute.column)):
            yield from _type(column, attribute, called, "add another attribute, and retire this one")
            if column.since != attribute.since:
                yield f"{called} is there since {column.since}, and that does not change"
        elif attribute.was:
            yield f'{called}.was: no attribute was called "{attribute.was[0]}"{did_you_mean(attribute.was[0], known)}'
        elif attribute.since <= number:
            yield f"{called} is new, and no event has said it yet: add since = {number + 1}"
    now = [written(attribute.column) for attribute in attributes]
    for name in (name for name in known if name not in now):
        yield (
            f'attributes.{name} is gone, and its column cannot go: say retired = true, or was = "{name}" where it has '
            "another name now"
        )
    kept = [name for name in now if name in known]
    if kept != [name for name in known if name in now]:
        yield f"The order of the attributes was {', '.join(known)}, and does not change: put new ones at the end"


def _type(column: Column, one: Attribute | KeyPart, called: str, instead: str) -> Iterator[str]:
    was = of_column(column.type)
    if was is None or not was.widens_to(one.type):
        told = column.type if was is None else was.name
        if column.type != one.type.column:
            yield f"{called} was {told} and cannot become {one.type.name}: types only widen; {instead}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "not there"
