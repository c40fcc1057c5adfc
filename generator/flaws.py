"""How a row of a dimension can be spoiled so that it is a reject."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from generator.csv_text import NULL_CELL, cell
from generator.definition import Definition, Group
from generator.values import misfits

# Names of cells; those of the key, the groups and the sequence have their place among them behind.
KEY, GROUP, SEQUENCE, OP, TIME = "key", "group", "sequence", "op", "time"

_INVALID = {"iso": "2026-02-30 00:00:00"}
_FUTURE = {
    "iso": "9998-12-31 00:00:00",
    "epoch_s": "253370764800",
    "epoch_ms": "253370764800000",
    "epoch_us": "253370764800000000",
}


@dataclass(frozen=True)
class Flaw:
    """`cells`: those that are overwritten, by name. `of_time`: a full load, whose times count for nothing, has none."""

    cells: Mapping[str, bytes]
    of_time: bool = False


def flaws(definition: Definition) -> Sequence[Flaw]:
    """All ways, those of the time last."""
    found = [*_of_key(definition), *_of_op(definition), *_of_sequence(definition), *_of_attributes(definition)]
    both = [Flaw({**found[0].cells, **other.cells}) for other in found[-1:]]
    return [*found, *both, *_of_time(definition)]


def _of_key(definition: Definition) -> Iterator[Flaw]:
    for at, part in enumerate(definition.key):
        wrong = [cell(text, quoted=True) for text in misfits(part.type)]
        wrong += [NULL_CELL] if part.null is None else [cell(part.null, quoted=True)]
        yield from (Flaw({f"{KEY} {at}": each}) for each in wrong)


def _of_op(definition: Definition) -> Iterator[Flaw]:
    if definition.op is None:
        return
    known = {word.upper() for word in (*definition.op.upsert, *definition.op.delete)}
    unknown = next("X" * length for length in range(1, len(known) + 2) if "X" * length not in known)
    yield Flaw({OP: cell(unknown, quoted=True)})
    if "" not in known:
        yield Flaw({OP: NULL_CELL})


def _of_sequence(definition: Definition) -> Iterator[Flaw]:
    for at in range(len(definition.sequence)):
        yield from (Flaw({f"{SEQUENCE} {at}": cell(text, quoted=True)}) for text in ("x", "1.5"))


def _of_attributes(definition: Definition) -> Iterator[Flaw]:
    for number, group in enumerate(definition.groups):
        for at, attribute in enumerate(group.attributes):
            for text in misfits(attribute.type):
                yield Flaw({f"{GROUP} {number}": _in_group(group, at, cell(text, quoted=True))})


def _in_group(group: Group, at: int, wrong: bytes) -> bytes:
    return b"".join(wrong if place == at else NULL_CELL for place in range(len(group.attributes)))


def _of_time(definition: Definition) -> Iterator[Flaw]:
    """Also rows that are short, and rows shifted by a comma without quotes, which their last columns tell."""
    yield Flaw({TIME: NULL_CELL}, of_time=True)
    yield Flaw({TIME: cell(_INVALID.get(definition.time_format, "soon"))}, of_time=True)
    yield Flaw({TIME: cell(_FUTURE[definition.time_format])}, of_time=True)
    yield Flaw({OP: b"", TIME: b""}, of_time=True)
    if definition.op and definition.time_format == "iso":
        shifted = b",Row, Jr." + NULL_CELL * (len(definition.groups[0].attributes) - 1)
        yield Flaw({f"{GROUP} 0": shifted}, of_time=True)
