"""What the SQL calls its own columns and tables is no trap: an attribute may be called so, or is refused."""

import json
import re
from datetime import datetime

import pytest

from customertrack.dimension.names import STEPS, faults_of_column
from customertrack.dimension.render import render
from tests.dimension.definitions import ALL_CHANGES, ALL_ROWS, LARGE
from tests.dimension.landed import LandedFile
from tests.dimension.warehouse import dimension, parsed

KINDS = {
    "all said": (ALL_CHANGES, ""),
    "some said": (f'{ALL_CHANGES}\nmissing = "keep"', ""),
    "some said, merged on read": (f'{ALL_CHANGES}\nmissing = "keep"', LARGE),
    "snapshots": (ALL_ROWS, ""),
}
CHANGE = ('"text(40)"', '{ type = "text(40)", change = "update" }', '{ type = "text(40)", change = "correct" }')


def defined(kind: str, names: list[str]) -> str:
    """A definition with attributes of these names, each with one of the kinds of change."""
    feed, end = KINDS[kind]
    attributes = "".join(f"{name} = {CHANGE[place % 3]}\n" for place, name in enumerate(names))
    return (
        f'dimension = "thing"\n[feed]\nformat = "json"\ntime = "at"\n{feed}\n'
        f'[key]\nid = "integer"\n[attributes]\n{attributes}{end}'
    )


def inner_names(text: str) -> list[str]:
    """What stands behind AS in its SQL, as far as a column can be called so."""
    definition, _ = parsed(text)
    found = {name for sql in render(definition).values() for name in re.findall(r"\bAS ([a-z]\w*)", sql)}
    steps = {f"{one.name}_{step}" for one in (*definition.key, *definition.attributes) for step in STEPS}
    return sorted(name for name in found - {"id"} - steps if not list(faults_of_column(name)))


@pytest.mark.parametrize("kind", KINDS)
def test_attributes_may_be_called_as_the_sql_calls_its_own(kind: str):
    """All at once, in events in order, late ones and a delete."""
    names = inner_names(defined(kind, ["one", "two", "three"]))
    assert {"e", "offence", "versions"} < set(names)
    said = dict.fromkeys(names, "x")
    gone = [] if kind == "snapshots" else [{"id": 2, "at": "2026-01-06", "op": "D"}]
    days = [
        [{"id": number, "at": "2026-01-05", "op": "U", **said} for number in (1, 2)],
        [{"id": 1, "at": "2026-01-01", "op": "U", names[0]: "z"}],
        [{"id": 1, "at": "2026-01-06", "op": "U", **said}, *gone],
    ]
    with dimension(defined(kind, names)) as made:
        for place, rows in enumerate(days):
            content = "".join(f"{json.dumps(row)}\n" for row in rows).encode()
            made.land([LandedFile(f"{place}.json", content, datetime(2026, 6, 2 + place))])
        made.compact()
        assert [{name: row[name] for name in names} for row in made.current()] == [said]
        assert made.offences() == {}
        made.connection.cursor().execute("CALL pdr_rebuild_thing()")
        assert made.offences() == {}
