"""Products whose definition has changed in every way in which it may, at once, and what is wrong with their tables.

What these must hold is what the replay makes of all files, each under the definition under which it landed.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from customertrack.warehouse import Connection
from snowglobe import FileLoad, TaskRun
from tests.dimension.landed import LandedFile
from tests.dimension.replay import replay
from tests.emulator import products, replayed
from tests.emulator.ministack import ROOT
from tests.emulator.products import LONG

COMPACT_TASK = f"{products.NAME}_compact_task"
FILES = {
    # A name of the new length, a late row, a reject.
    "third.csv": f"""\
sku,region,changed_at,change_no,name,price,launched,stock,refreshed_at,maker,color
A1,DE,2026-03-01,8,{LONG},10.50,2026-03-01,,,Fir,red
B2,FR,2026-02-01T12:00,9,Lamp,21.00,,6,,Ash,blue
C3,FR,2026-03-01,10,Rug,cheap,,,,,
""",
}
_DEFINITION = Path("dimensions") / f"{products.NAME}.toml"
# Where the rest of the definition begins, which says what the generator makes up: of these products nothing.
_GENERATED = "# What is made up"
_CHANGES = {
    '"text(200)"': '"text(300)"',
    'on_sale      = "boolean"': 'on_sale      = { type = "boolean", retired = true }',
    '{ type = "integer", change = "update" }': '{ type = "integer", change = "version" }',
    "brand        = { ": 'maker        = { was = "brand", ',
}
_ADDED = """\
color        = { type = "text(20)", since = 2, before = "first" }

[storage]
layout = "merge_on_read"
"""


@dataclass(frozen=True)
class Found:
    """What was loaded, a run of the refresh and one of the compaction, and what is wrong with the tables then."""

    loads: list[FileLoad]
    runs: list[TaskRun]
    wrong: dict[str, str]


def redefine(project: Path) -> None:
    """Write the other definition over the one that ships, in the folder of a project."""
    text, generated, _ = (ROOT / _DEFINITION).read_text(encoding="utf-8").partition(_GENERATED)
    assert generated
    for old, new in _CHANGES.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (project / _DEFINITION).write_text(text.rstrip() + "\n" + _ADDED, encoding="utf-8")


def wrong(connection: Connection, project: Path, files: Sequence[str]) -> dict[str, str]:
    """Where the tables differ from the replay, by table, and broken invariants. `files`: of FILES, what has landed."""
    then, now = (tomllib.loads((folder / _DEFINITION).read_text(encoding="utf-8")) for folder in (ROOT, project))
    loaded_at = datetime.now(UTC).replace(tzinfo=None)
    landed = [LandedFile(name, text.encode(), loaded_at, then) for name, text in products.FILES.items()]
    landed += [LandedFile(name, FILES[name].encode(), loaded_at) for name in files]
    return replayed.wrong(connection, project, now, replay(now, landed))
