"""How a row of a dimension can be spoiled so that it is a reject."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from generator.definition import Definition, Type
from generator.values import misfits

OP, TIME = "op", "time"

_INVALID = {"iso": "2026-02-30 00:00:00"}
_FUTURE = {
    "iso": "9998-12-31 00:00:00",
    "epoch_s": "253370764800",
    "epoch_ms": "253370764800000",
    "epoch_us": "253370764800000000",
}
# Lines that are no JSON object: cut off, two of them, and what is no object.
_NO_OBJECTS = ('{"a": 1', '{"a": 1} {"a": 2}', "[{}]", "7")


@dataclass(frozen=True)
class Wrong:
    """What stands in a field in place of its value: a text, or None for NULL.

    `is_quoted`: in CSV, whatever the text is. `is_bare`: never. `is_left_out`: not even the field is there.
    """

    text: str | None
    is_quoted: bool = False
    is_bare: bool = False
    is_left_out: bool = False


@dataclass(frozen=True)
class Flaw:
    """`fields`: what is wrong, by field. `record`: the line, if that is wrong as a whole. `of_time`: a full load, whose
    times count for nothing, has none."""

    fields: Mapping[str, Wrong] = field(default_factory=dict)
    record: str | None = None
    of_time: bool = False


def key_field(at: int) -> str:
    """The field of a part of the key."""
    return f"key {at}"


def sequence_field(at: int) -> str:
    """The field of a number of the sequence."""
    return f"sequence {at}"


def attribute_field(name: str) -> str:
    """The field of an attribute."""
    return f"attribute {name}"


def flaws(definition: Definition) -> Sequence[Flaw]:
    """All ways, those of the time last. In a snapshot those of attributes alone: others would be of the whole of it."""
    if definition.is_snapshots:
        return list(_of_attributes(definition))
    found = [*_of_key(definition), *_of_op(definition), *_of_sequence(definition), *_of_attributes(definition)]
    both = [Flaw({**found[0].fields, **other.fields}) for other in found[-1:]]
    records = [Flaw(record=line) for line in _NO_OBJECTS if definition.format == "json"]
    return [*found, *both, *records, *_of_time(definition)]


def _of_key(definition: Definition) -> Iterator[Flaw]:
    for at, part in enumerate(definition.key):
        wrong = [Wrong(text, is_quoted=True) for text in _misfits(definition, part.type)]
        wrong += [Wrong(None)] if part.null is None else [Wrong(part.null, is_quoted=True)]
        yield from (Flaw({key_field(at): each}) for each in wrong)


def _of_op(definition: Definition) -> Iterator[Flaw]:
    if definition.is_debezium:
        yield Flaw({OP: Wrong("x")})
    if definition.op is None:
        return
    known = {word.upper() for word in (*definition.op.upsert, *definition.op.delete, *definition.op.truncate)}
    unknown = next("X" * length for length in range(1, len(known) + 2) if "X" * length not in known)
    yield Flaw({OP: Wrong(unknown, is_quoted=True)})
    if "" not in known:
        yield Flaw({OP: Wrong(None)})


def _of_sequence(definition: Definition) -> Iterator[Flaw]:
    if definition.is_debezium:
        yield Flaw({sequence_field(0): Wrong("x")})
        if definition.connector != "oracle":
            # There another number stands in for it.
            yield Flaw({sequence_field(0): Wrong(None)})
    if definition.format == "parquet":
        return
    for at in range(len(definition.sequence)):
        yield from (Flaw({sequence_field(at): Wrong(text, is_quoted=True)}) for text in ("x", "1.5"))


def _of_attributes(definition: Definition) -> Iterator[Flaw]:
    for attribute in definition.attributes:
        for text in _misfits(definition, attribute.type):
            yield Flaw({attribute_field(attribute.name): Wrong(text, is_quoted=True)})


def _misfits(definition: Definition, kind: Type) -> Sequence[str]:
    """The texts that the format can hold. A column of Parquet has values of its type and no others."""
    if definition.format == "parquet" and kind.base not in ("text", "uuid", "variant"):
        return []
    encoding = definition.dialect.encoding
    return [text for text in misfits(kind) if text.encode(encoding, "ignore").decode(encoding) == text]


def _of_time(definition: Definition) -> Iterator[Flaw]:
    """Also rows that are short, and rows shifted by a delimiter without quotes, which their last columns tell."""
    form = "epoch_us" if definition.is_debezium else definition.time_format
    yield Flaw({TIME: Wrong(None)}, of_time=True)
    if definition.format != "parquet":
        yield Flaw({TIME: Wrong(_INVALID.get(form, "soon"))}, of_time=True)
    yield Flaw({TIME: Wrong(_FUTURE[form])}, of_time=True)
    if definition.format == "json":
        yield Flaw({TIME: Wrong(None, is_left_out=True)}, of_time=True)
    if definition.format != "csv" or definition.dialect.columns:
        return
    yield Flaw({OP: Wrong(None, is_left_out=True), TIME: Wrong(None, is_left_out=True)}, of_time=True)
    if definition.op and definition.time_format == "iso":
        shifted = Wrong(f"Row{definition.dialect.delimiter} Jr.", is_bare=True)
        yield Flaw({attribute_field(definition.attributes[0].name): shifted}, of_time=True)
