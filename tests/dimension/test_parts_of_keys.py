"""A row of the log and the version that it made are in one part of the keys, whatever the key is made of."""

import json
from datetime import datetime

import pytest

from customertrack.described import tables_of
from customertrack.dimension.render import render
from customertrack.reads.invariants import of_some_keys
from customertrack.reads.key_parts import KeyParts
from tests.dimension.definitions import ALL_CHANGES, ALL_ROWS, LARGE
from tests.dimension.landed import LandedFile
from tests.dimension.warehouse import dimension

KINDS = {
    "changes": (ALL_CHANGES, ""),
    "partial rows, merged on read": (f'{ALL_CHANGES}\nmissing = "keep"', LARGE),
    "without history": (ALL_CHANGES, "[history]\nkeep = false\n"),
    "snapshots": (ALL_ROWS, ""),
}
KEY = {
    "a": ("integer", 7),
    "b": ("text(9)", "x"),
    "c": ("number(12,2)", 1.5),
    "d": ("date", "2026-01-02"),
    "e": ("timestamp", "2026-01-02 03:04:05.5"),
    "f": ("boolean", True),
    "g": ("uuid", "0b5c1d52-51b4-4c0f-8f0e-3a7d7f0e9b11"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_of_all_types(kind: str):
    feed, end = KINDS[kind]
    key = "".join(f'{name} = "{of}"\n' for name, (of, _) in KEY.items())
    head = f'dimension = "thing"\n[feed]\nformat = "json"\ntime = "at"\n{feed}\n'
    text = f'{head}[key]\n{key}[attributes]\nz = "text(9)"\n{end}'
    usual = {name: value for name, (_, value) in KEY.items()}
    with dimension(text) as made:
        for day in (1, 3, 2):
            rows = [{**usual, "a": number, "at": f"2026-01-0{day}", "op": "U", "z": f"{day}"} for number in range(20)]
            content = "".join(f"{json.dumps(row)}\n" for row in rows).encode()
            made.land([LandedFile(f"{day}.json", content, datetime(2026, 6, 1 + day))])
        assert len(made.current()) == 20
        parts = KeyParts(tables_of(made.definition), 3)
        asked, times = of_some_keys(render(made.definition)["invariants/08_history_equals_rebuild.sql"], parts)
        cursor = made.connection.cursor()
        assert [cursor.execute(asked.rstrip().rstrip(";"), part * times).fetchall() for part in parts] == [[], [], []]
