"""Of two changes of one time the place in the source's log decides: the first of its numbers that differs."""

import json
from typing import Any

import pytest

from tests.dimension.landed import LandedFile
from tests.dimension.warehouse import dimension
from tests.feeds.feed import LOADED_AT

DEFINITION = """
dimension = "thing"
feed = {{ kind = "changes", format = "json", layout = "{layout}", connector = "{connector}" }}
key = {{ id = "integer" }}
attributes = {{ name = "text(40)" }}
"""
CALLED = {"postgres": "postgresql"}
# Of each number its name, and two values: as numbers, or as the texts that the source writes, which sort otherwise.
DEBEZIUM: dict[str, list[tuple[str, Any, Any]]] = {
    "postgres": [("lsn", 9, 10)],
    "mysql": [("file", "binlog.999999", "binlog.1000000"), ("pos", 9, 10), ("row", 9, 10)],
    "sqlserver": [
        ("commit_lsn", "0000002a:00000348:0009", "0000002A:00000348:000a"),
        ("change_lsn", "0000002a:ffffffff:0009", "0000002b:00000000:0001"),
        ("event_serial_no", 9, 10),
    ],
    "oracle": [("commit_scn", "9", "10"), ("scn", "9", "10"), ("ssn", 9, 10)],
}
AIRBYTE: dict[str, list[tuple[str, Any, Any]]] = {
    "postgres": [("lsn", 9, 10)],
    "mysql": [("log_file", "binlog.999999", "binlog.1000000"), ("log_pos", 9, 10)],
    "sqlserver": [
        ("lsn", "0000002a:00000348:0009", "0000002A:00000348:000a"),
        ("event_serial_no", 9, 10),
    ],
}
MOMENT = 1772438400


def envelope(connector: str, name: str, place: dict[str, Any]) -> dict[str, Any]:
    source = {"connector": CALLED.get(connector, connector), "ts_ms": MOMENT * 1000, **place}
    return {"before": None, "after": {"id": 1, "name": name}, "source": source, "op": "u"}


def flattened(connector: str, name: str, place: dict[str, Any]) -> dict[str, Any]:
    source = envelope(connector, name, place)["source"]
    return {"id": 1, "name": name, "__op": "u", **{f"__source_{field}": value for field, value in source.items()}}


def of_airbyte(connector: str, name: str, place: dict[str, Any]) -> dict[str, Any]:
    cdc = {"updated_at": "2026-03-02T08:00:00Z", "deleted_at": None, **place}
    return {"_airbyte_data": {"id": 1, "name": name, **{f"_ab_cdc_{field}": value for field, value in cdc.items()}}}


MADE = {"debezium": envelope, "debezium_flat": flattened, "airbyte": of_airbyte}
CASES = [
    (layout, connector, number)
    for layout, places in (("debezium", DEBEZIUM), ("debezium_flat", DEBEZIUM), ("airbyte", AIRBYTE))
    for connector, numbers in places.items()
    for number in range(len(numbers))
]


@pytest.mark.parametrize(("layout", "connector", "number"), CASES)
def test_the_first_number_that_differs_decides(layout: str, connector: str, number: int):
    numbers = (AIRBYTE if layout == "airbyte" else DEBEZIUM)[connector]
    before = {name: low for name, low, _ in numbers[:number]}
    name, low, high = numbers[number]
    # All that are behind it say the contrary.
    first = {**before, name: low, **{name: high for name, _, high in numbers[number + 1 :]}}
    last = {**before, name: high, **{name: low for name, low, _ in numbers[number + 1 :]}}
    rows = [MADE[layout](connector, "last", last), MADE[layout](connector, "first", first)]
    files = [LandedFile(f"{n}.json", json.dumps(row).encode(), LOADED_AT) for n, row in enumerate(rows)]
    with dimension(DEFINITION.format(layout=layout, connector=connector), LOADED_AT) as made:
        made.land(files)
        assert made.rejects() == {}
        assert [row["name"] for row in made.history()] == ["last"]
