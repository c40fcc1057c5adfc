"""Whether the providers that a definition names in [generate] are some of Faker's, and make values of the type."""

from collections.abc import Iterator

from customertrack.dimension.definition import Definition
from customertrack.dimension.places import Path
from customertrack.dimension.words import did_you_mean
from generator import providers
from generator.definition import Attribute, type_of


def provider_faults(definition: Definition) -> Iterator[tuple[Path, str]]:
    """Where each one that cannot be used is named, and a sentence. Faker is asked only if one is named."""
    types = {attribute.name: attribute.type.name for attribute in definition.attributes}
    for group in definition.generate:
        for name, provider in group.faker.items():
            if name not in types:
                continue
            made = Attribute(name, name, type_of(types[name]), provider=provider)
            if clause := providers.fault(made):
                near = "" if provider in providers.names() else _nearest(provider)
                yield ("generate", group.name, "faker", name), f"generate.{group.name}.faker.{name}: {clause}{near}"


def _nearest(provider: str) -> str:
    near = did_you_mean(provider, sorted(providers.names()))
    # There are hundreds.
    return near if near.endswith("?") else ""
