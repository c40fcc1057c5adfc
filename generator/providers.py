"""Values that Faker makes up, of several countries; which providers there are, and whether theirs fit a type."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any

from generator.definition import Attribute
from generator.errors import SettingsError
from generator.values import Value, value_of

if TYPE_CHECKING:
    from faker import Faker

# A locale and its share of the values, in sixteenths.
LOCALES = {"en_US": 10, "de_DE": 2, "fr_FR": 2, "pl_PL": 2}
# How often a value is made anew that does not fit its type, or that is long: one long street would widen every row
# while it is written.
TRIES, LONG = 20, 28
_PLAIN = (str, bool, int, float, Decimal, date, datetime)
# Its values depend on today's date, and a feed is the same for ever.
_TIMES = "faker.providers.date_time"


def rows(attributes: Sequence[Attribute], seed: int, count: int) -> list[tuple[Value, ...]]:
    """So many rows of values for the attributes, which have providers: each of one country, and mostly distinct.

    A provider that a country lacks gives NULL. Raises SettingsError where `fault` finds one.
    """
    for attribute in attributes:
        if found := fault(attribute):
            raise SettingsError(f"{attribute.name}: {found}")
    for number, faker in enumerate(_fakers().values()):
        faker.seed_instance(seed * len(LOCALES) + number)
    turns = cycle([faker for locale, faker in _fakers().items() for _ in range(LOCALES[locale])])
    made: dict[tuple[Value, ...], None] = {}
    for _ in range(TRIES * count):
        if len(made) == count:
            break
        faker = next(turns)
        made[tuple(_value(faker, attribute) for attribute in attributes)] = None
    return list(islice(cycle(made), count))


def fault(attribute: Attribute) -> str:
    """What is wrong with an attribute's provider, as a clause; nothing if it can be used."""
    provider = attribute.provider or ""
    if provider not in names():
        return f'there is no provider "{provider}" of Faker'
    fakers = [faker for faker in _fakers().values() if hasattr(faker, provider)]
    if any(_makes(faker, provider).__module__.startswith(_TIMES) for faker in fakers):
        return f'the values of the provider "{provider}" depend on today; leave it out, and they come from the type'
    for faker in fakers:
        if _value(faker, attribute) is None:
            return f'the values of the provider "{provider}" are no {_written(attribute)}'
    return ""


@cache
def names() -> frozenset[str]:
    """The providers that one of the countries has."""
    return frozenset(
        name
        for faker in _fakers().values()
        for provider in faker.get_providers()
        for name in dir(provider)
        if not name.startswith("_") and callable(getattr(provider, name))
    )


def _written(attribute: Attribute) -> str:
    base, size = attribute.type.base, attribute.type.size
    return f"{base}({','.join(map(str, size))})" if size else base


@cache
def _fakers() -> dict[str, "Faker"]:
    from faker import Faker  # a while that only those who generate should pay

    # Weighted picks cost five times as much, and only the distinct values count here.
    return {locale: Faker(locale, use_weighting=False) for locale in LOCALES}


def _makes(faker: "Faker", provider: str) -> Callable[[], Any]:
    return getattr(faker, provider)


def _value(faker: "Faker", attribute: Attribute) -> Value:
    """A value that fits the type; None where the country has no such provider, or nothing that fits."""
    provider = attribute.provider or ""
    if not hasattr(faker, provider):
        return None
    make = _makes(faker, provider)
    found: Value = None
    for _ in range(TRIES):
        try:
            told = make()
            if isinstance(told, _PLAIN):
                found = value_of(str(told), attribute.type)
        # One that needs arguments, or whose values do not fit.
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            continue
        if found is not None and len(str(found)) <= LONG:
            break
    return found
