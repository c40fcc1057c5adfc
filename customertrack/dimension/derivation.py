"""Whether the tables follow from the log as they did: a short text of what in a definition decides that."""

from dataclasses import replace
from hashlib import sha256

from customertrack.dimension.definition import Attribute, Definition


def derivation(definition: Definition) -> str:
    """A short text that is another one where the tables follow from the log in another way."""
    # What an attribute does that is not shown makes no difference.
    said = [
        f"{one.column} retired" if one.retired else f"{one.column} {one.change} {one.since} {one.before}"
        for one in definition.attributes
    ]
    partial = ["partial"] if definition.feed.missing == "keep" else []
    return sha256("\n".join([f"{definition.history}", *partial, *said]).encode()).hexdigest()[:12]


def same_derivations(definition: Definition) -> list[str]:
    """Those of the definition under its earlier numbers: what nobody has said yet changes no table."""
    earlier = range(1, definition.number)
    return [derivation(replace(definition, attributes=_until(definition, number))) for number in earlier]


def _until(definition: Definition, number: int) -> tuple[Attribute, ...]:
    return tuple(attribute for attribute in definition.attributes if attribute.since <= number)
