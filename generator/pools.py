"""The values that customers can have: made by Faker, once per seed, and from then on only picked from."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain, cycle, islice
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from faker import Faker

T = TypeVar("T")

# Powers of two, and every entry once: an odd step through a pool then never lands on the value it came from.
FIRST_NAMES = 512
LAST_NAMES = 1024
USER_NAMES = 1024
STREETS = 4096
PLACES = 1024

# What Faker does not come up with and a CSV reader must survive. Text is taken as it is, so Null is a name.
AWKWARD_FIRST_NAMES = ('Anna "Nan"', "Jean-François", "Zoë", "Mary Ann", "李")
AWKWARD_LAST_NAMES = ("O'Brien", "Smith, Jr.", "Null", "Núñez y Ñíguez", "van 't Hoff", 'Kim "K", Dr.')
AWKWARD_STREETS = ('3 "The Elms"', "1, Rue de l'Église", "Flat 2, 10 Downing Street", "Größe-Weg 7; Hof", "N/A")

# The domains of RFC 2606: nobody's mailbox.
DOMAINS = ("example.com", "example.org", "example.net", "mail.example.com")

# A locale and the share of the customers who live there, in sixteenths.
COUNTRIES = {
    "en_US": ("United States", 10),
    "de_DE": ("Germany", 2),
    "fr_FR": ("France", 2),
    "pl_PL": ("Poland", 2),
}


class Place(NamedTuple):
    """What goes together in an address. Only the United States has a state here; elsewhere it is NULL."""

    city: str
    state: str | None
    country: str


AWKWARD_PLACES = (Place("Washington, D.C.", None, "United States"), Place("서울", None, "Korea, Republic of"))


@dataclass(frozen=True)
class Pools:
    """Values to pick from by position; each pool's length is the constant of its name."""

    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    user_names: tuple[str, ...]
    streets: tuple[str, ...]
    places: tuple[Place, ...]


@cache
def make_pools(seed: int) -> Pools:
    """The pools of a seed: the same on every machine with the same release of Faker."""
    from faker import Faker  # 60 ms that only those who generate should pay

    fakers: dict[str, Faker] = {}
    for number, locale in enumerate(COUNTRIES):
        # Weighted picks cost five times as much, and only the distinct values count here.
        fakers[locale] = Faker(locale, use_weighting=False)
        fakers[locale].seed_instance(seed * len(COUNTRIES) + number)
    return Pools(
        first_names=_fill(FIRST_NAMES, AWKWARD_FIRST_NAMES, fakers, lambda _, faker: _short(faker.first_name, 12)),
        last_names=_fill(LAST_NAMES, AWKWARD_LAST_NAMES, fakers, lambda _, faker: _short(faker.last_name, 14)),
        user_names=_fill(USER_NAMES, (), {"en_US": fakers["en_US"]}, lambda _, faker: _short(faker.user_name, 14)),
        streets=_fill(STREETS, AWKWARD_STREETS, fakers, lambda _, faker: _short(faker.street_address, 28)),
        places=_fill(PLACES, AWKWARD_PLACES, fakers, _place),
    )


def _fill(
    size: int, given: Iterable[T], fakers: dict[str, "Faker"], make: Callable[[str, "Faker"], T]
) -> tuple[T, ...]:
    """``size`` distinct values: those given, then the countries in turn, each as often as its share asks for."""
    turns = [locale for locale in fakers for _ in range(COUNTRIES[locale][1])]
    made = (make(locale, fakers[locale]) for locale in cycle(turns))
    return tuple(islice(_distinct(chain(given, made)), size))


def _distinct(values: Iterable[T]) -> Iterator[T]:
    seen: set[T] = set()
    for value in values:
        if value not in seen:
            seen.add(value)
            yield value


def _short(make: Callable[[], str], most: int) -> str:
    """The first value of at most so many characters: one long street would widen every row while it is written."""
    while len(value := make().strip()) > most:
        pass
    return value


def _place(locale: str, faker: "Faker") -> Place:
    city = _short(faker.city, 20)
    state = _short(faker.state, 20) if locale == "en_US" else None
    return Place(city, state, COUNTRIES[locale][0])
