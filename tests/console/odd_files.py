"""Files that land in the home of oddities, by their dimension and in the order of their landing."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.console.odd_values import ODD
from tests.csv_text import csv_text

# The key with the most versions, and how many it has.
BUSIEST, VERSIONS = 2000, 2000
# Keys that are deleted, and of them those that came back.
DELETED, BACK = range(101, 121), range(101, 106)
# Keys of which rows came late.
LATE = range(131, 141)
# The first of the odd customers: they have the keys that follow, in the order of ODD.
FIRST_ODD = 1001
# Keys at the ends of what a key may be.
FAR = ("0", "-5", "9" * 38)

_COLUMNS = (
    "customer_id", "first_name", "last_name", "email", "street", "city", "state", "country", "op", "updated_at",
)  # fmt: skip
_CITIES = (("Dover", "Delaware", "US"), ("Łomża", "Podlaskie", "Poland"), ("Bernburg", "Saxony-Anhalt", "Germany"))
_NAMES = ("Ann", "Bob", "Cy", "Di", "Ed", "Flo", "Gus", "Hal", "Ida", "Jo")


@dataclass(frozen=True)
class OddFile:
    """A file, and how many days before the end it lands. `problem`: it cannot be loaded."""

    dimension: str
    name: str
    days: float
    content: str
    problem: bool = False


def files(end: datetime) -> list[OddFile]:
    """All of them, in the order of their landing; the last landed at `end`."""
    found = [*_customers(end), *_products(end), *_stocks(end), *_rates(end)]
    return sorted(found, key=lambda file: -file.days)


def _customers(end: datetime) -> Iterator[OddFile]:
    drawn = random.Random(1)

    def row(key: object, days: float, op: str = "", **values: object) -> dict[str, object]:
        name, (city, state, country) = drawn.choice(_NAMES), drawn.choice(_CITIES)
        usual = {"first_name": name, "last_name": f"Lee{drawn.randrange(90)}", "city": city, "state": state}
        usual |= {"street": f"{drawn.randrange(99)} Oak Ave", "email": f"{name}.{key}@example.org", "country": country}
        return {"customer_id": key, "op": op, "updated_at": before(end, days)} | usual | values

    def file(name: str, days: float, rows: list[dict[str, object]]) -> OddFile:
        return OddFile("customer", name, days, csv_text(_COLUMNS, rows))

    yield file("01_first.csv", 9, [row(key, 9.5 - key / 1000) for key in range(1, 301)])
    odd = [
        row(
            key,
            9.2,
            first_name=value[:256],
            last_name=value[:256],
            street=value,
            email=None if key % 2 else value[:320],
        )
        for key, value in enumerate(ODD.values(), FIRST_ODD)
    ]
    odd += [row(key, 9.2, first_name="Far") for key in FAR]
    nothing = dict.fromkeys(_COLUMNS[1:8])
    yield file("02 odd & <b>bold [x](y) ünï.csv", 8.5, [*odd, row(99, 9, **nothing)])
    changed = [row(key, 8 - key / 500) for key in range(1, 301, 2)]
    yield file("03_changed.csv", 7, [*changed, *(row(key, 7.1, "D") for key in DELETED)])
    many = [row(BUSIEST, 9 - n / VERSIONS * 3, street=f"{n} Long Road") for n in range(VERSIONS)]
    yield file("04_busiest.csv", 6, many)
    late = [row(key, 8.9 - n / 40, last_name=f"Late{n}") for key in LATE for n in range(3)]
    yield file("05_late.csv", 5, [*late, *(row(key, 5.1, "I") for key in BACK)])
    yield file("06_rejects.csv", 4, [*_rejects(end), row(1, 4.1, first_name="Beside rejects")])
    yield OddFile("customer", "07_broken.csv", 3, f'{",".join(_COLUMNS)}\n1,"never closed\n', problem=True)
    yield file("08_last.csv", 1, [row(key, 1.2 - key / 1000) for key in range(1, 200, 3)])


def _rejects(end: datetime) -> list[dict[str, object]]:
    good: dict[str, object] = {**dict.fromkeys(_COLUMNS, "x"), "op": "", "updated_at": before(end, 4.5)}
    faults = {
        "customer_id": ["", "abc", "1.5"],
        "updated_at": ["", "yesterday", before(end, -30)],
        "op": ["X"],
        "first_name": ["f" * 257],
        "last_name": ["l" * 257],
        "email": ["e" * 321],
        "street": ["s" * 513],
        "city": ["c" * 257],
        "state": ["s" * 257],
        "country": ["c" * 257],
    }
    each = [
        good | {"customer_id": 7000 + n, column: value}
        for n, (column, value) in enumerate((column, value) for column, values in faults.items() for value in values)
    ]
    odd = [good | {"customer_id": value, "first_name": value[:256], "op": "X"} for value in ODD.values()]
    many = [good | {"customer_id": f"no. {n}"} for n in range(200)]
    return [*each, *odd, *many]


def _products(end: datetime) -> Iterator[OddFile]:
    columns = ("sku", "region", "name", "price", "on_sale", "launched", "stock", "refreshed_at", "brand", "op")
    columns += ("changed_at", "change_no")

    def row(sku: str, region: str | None, days: float, number: int, **values: object) -> dict[str, object]:
        usual = {"name": f"Chair {number % 7}", "price": f"{number % 90}.50", "on_sale": number % 2 == 0}
        usual |= {"launched": "2026-01-01", "stock": number, "refreshed_at": before(end, days), "brand": "Oak & Co"}
        said = {"sku": sku, "region": region, "op": "", "changed_at": before(end, days), "change_no": number}
        return said | usual | values

    def file(name: str, days: float, rows: list[dict[str, object]]) -> OddFile:
        return OddFile("product", name, days, csv_text(columns, rows))

    regions = ("DE", None, "<>", "é ")
    skus = [value[:40] for value in ODD.values() if value.strip() == value] + [
        f"A/B-{n}?c=d&e=f#g%2F" for n in range(9)
    ]
    every = [(sku, region) for sku in dict.fromkeys(skus) for region in regions]
    yield file("products_1.csv", 8, [row(*key, 8.5, n, name=key[0]) for n, key in enumerate(every)])
    changed = [row(*key, 6.5, 1000 + n, brand="Elm & Co") for n, key in enumerate(every[::3])]
    gone = [row(*key, 6.4, 2000 + n, op="D") for n, key in enumerate(every[::10])]
    empty = dict.fromkeys(("name", "price", "on_sale", "launched", "stock", "refreshed_at", "brand"))
    yield file("products_2.csv", 6, [*changed, *gone, row("nothing", "DE", 6.3, 1, **empty)])
    wrong = [
        row("", "DE", 5.5, 1),
        row("a", "*", 5.5, 1),
        row("a", "DEU", 5.5, 1),
        row("a", "DE", 5.5, 1, price="dear"),
    ]
    late = [row(*key, 7.5, 3000 + n, name="Late") for n, key in enumerate(every[1::9])]
    yield file("products_3.csv", 5, [*late, *wrong])


def _stocks(end: datetime) -> Iterator[OddFile]:
    def file(day: int, landed: float, skus: Sequence[str]) -> OddFile:
        date = before(end, day)[:10]
        rows = [
            {"sku": sku, "name": ODD.get(sku, f"Part {sku}"), "price": (day * n) % 17} for n, sku in enumerate(skus)
        ]
        return OddFile("stock", f"stock_{date}.csv", landed, csv_text(("sku", "name", "price"), rows))

    usual = [f"s{n}" for n in range(40)]
    yield file(9, 8.9, [*usual, *ODD])
    yield file(8, 7.9, [*usual[4:], *ODD])
    yield file(6, 5.9, [*usual, *ODD])
    # Between two that have landed.
    yield file(7, 4.8, [*usual[:30], *ODD])
    yield file(5, 3.9, usual[:3])
    yield file(4, 2.9, [*usual[2:], *list(ODD)[:30]])


def _rates(end: datetime) -> Iterator[OddFile]:
    rows = [{"currency": f"C{n % 30:02}", "rate": f"{n}.25", "at": before(end, 8 - n / 20)} for n in range(60)]
    yield OddFile("rate", "rates.csv", 2, csv_text(("currency", "rate", "at"), rows))


def before(end: datetime, days: float) -> str:
    """A time so many days before the end, as a file says it."""
    return (end - timedelta(days=days)).isoformat(sep=" ", timespec="seconds")[:19]
