"""A definition for the tests to change, and what is wrong with a changed one."""

from pathlib import Path

from customertrack.dimension.checks import check
from customertrack.dimension.definition import Definition
from customertrack.dimension.faults import Fault
from customertrack.dimension.reading import read

THING = """\
dimension = "thing"

[feed]
kind   = "changes"
format = "csv"
time   = "changed_at"
op     = { column = "op", upsert = ["", "I"], delete = ["D"] }

[key]
thing_id = "integer"
region   = { type = "text(2)", null = "*" }

[attributes]
name  = "text(100)"
price = { type = "number(12,2)", change = "update" }
"""

# The ends of definitions that say how the tables are laid out.
LARGE, SMALL = '\n[storage]\nlayout = "merge_on_read"\n', '\n[storage]\nlayout = "small"\n'

# Lines of it, and what tests write in their place.
KINDS, TIME = 'kind   = "changes"', '"changed_at"'
OP, REGION = 'op     = { column = "op", upsert = ["", "I"], delete = ["D"] }', '{ type = "text(2)", null = "*" }'
PRICE = 'price = { type = "number(12,2)", change = "update" }'
COLUMNS = '["op", "thing_id", "region", "changed_at", "name", "price"]'
SNAPSHOTS = (KINDS, 'kind   = "snapshots"'), (f"{OP}\n", "")
GUARD = "guard = { max_deleted = 0.1, min_rows = 1 }\n"
WRITTEN = "integer, number(p,s), text(n), uuid, boolean, date, timestamp, variant"

# What is changed, the line of the fault, and its sentence.
OneFault = tuple[list[tuple[str, str]], str, str]
# What [feed] may have: every kind of change, or whole extracts.
ALL_CHANGES = 'kind = "changes"\nop = { column = "op", upsert = ["U"], delete = ["D"], truncate = ["T"] }'
ALL_ROWS = 'kind = "snapshots"\nguard = { max_deleted = 0.9, min_rows = 1 }'


def changed(*changes: tuple[str, str]) -> str:
    """THING with texts replaced, each of which stands in it once."""
    text = THING
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def faults_of(text: str | bytes, file: str = "thing.toml") -> list[Fault]:
    """All that is wrong with a definition in a file of this name."""
    written = text.encode() if isinstance(text, str) else text
    return check(*read(written, Path(file)))


def defined(text: str) -> Definition:
    """A definition without faults."""
    definition, faults = read(text.encode(), Path("thing.toml"))
    assert check(definition, faults) == []
    assert definition is not None
    return definition
