"""The questions that docs/dimensions.md shows, asked."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.dimension.landed import LandedFile
from tests.dimension.warehouse import Dimension, dimension

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/dimensions.md").read_text(encoding="utf-8")
BY_INTERVAL, BY_ASOF, BY_ID = re.findall(r"^```sql\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
CUSTOMERS = """\
customer_id,city,op,updated_at
7,Rome,,2026-01-01 05:00:00
7,Oslo,,2026-01-01 10:00:00
7,,D,2026-01-01 15:00:00
7,Bern,,2026-01-01 20:00:00
8,Lima,,2026-01-01 05:00:00
"""
ORDERS = [
    (1, 7, "04:59"),
    (2, 7, "05:00"),
    (3, 7, "09:59"),
    (4, 7, "10:00"),
    (5, 7, "15:00"),
    (6, 7, "23:00"),
    (7, 9, "12:00"),
]
CITIES = {1: None, 2: "Rome", 3: "Rome", 4: "Oslo", 5: None, 6: "Bern", 7: None}


@pytest.fixture(scope="module")
def customers() -> Iterator[Dimension]:
    with dimension((ROOT / "dimensions/customer.toml").read_text(encoding="utf-8")) as made:
        made.land([LandedFile("a.csv", CUSTOMERS.encode(), datetime(2026, 1, 2))])
        cursor = made.connection.cursor()
        cursor.execute(
            "CREATE TABLE orders (order_id NUMBER, customer_id NUMBER, ordered_at TIMESTAMP_NTZ, amount NUMBER)"
        )
        for order, customer, time in ORDERS:
            cursor.execute("INSERT INTO orders VALUES (?, ?, ?, 1)", [order, customer, f"2026-01-01 {time}:00"])
        yield made


@pytest.mark.parametrize("join", [BY_INTERVAL, BY_ASOF])
def test_facts_find_the_version_of_their_time(customers: Dimension, join: str):
    assert {row["order_id"]: row["city"] for row in customers.rows(join)} == CITIES


def test_an_id_is_resolved(customers: Dimension):
    (found,) = customers.rows(BY_ID)
    assert found == {"customer_id": 7, "city": "Rome", "valid_from": datetime(2026, 1, 1, 5)}
